// Command benchmarks measures what a call costs beside bare net/http, and how soon after the start of a program an answer is there.
// Both are asked in turns of a server in this process that always answers the same.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"time"

	usvideo "github.com/usvideoapi/go-sdk"
)

const (
	calls  = 3000
	starts = 30
	answer = `{"object":"limits","livemode":false,"concurrent_jobs":{"allowed":10,"in_use":1},"queued_jobs":{"allowed":10,"in_use":1},` +
		`"streams":{"allowed":10,"in_use":1},"creates_per_minute":{"allowed":300},"reads_per_minute":{"allowed":3000}}`
)

func main() {
	if len(os.Args) == 3 {
		asker := map[string]func(string) (func() error, error){"bare": bare, "sdk": sdk}[os.Args[1]]
		ask, err := asker(os.Args[2])
		if err == nil {
			err = ask()
		}
		if err != nil {
			log.Fatal(err)
		}
		return
	}
	if err := measure(); err != nil {
		log.Fatal(err)
	}
}

func measure() error {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	askBare, err := bare(server.URL)
	if err != nil {
		return err
	}
	askSDK, err := sdk(server.URL)
	if err != nil {
		return err
	}
	perCall, err := compare(calls, askBare, askSDK)
	if err != nil {
		return err
	}
	toAnswer, err := compare(starts, started("bare", server.URL), started("sdk", server.URL))
	if err != nil {
		return err
	}
	table := map[string]map[string]int64{"a call": perCall, "from the start of a program to an answer": toAnswer}
	for what, medians := range table {
		fmt.Printf("%s, microseconds: bare net/http %d, usvideo %d (%+d)\n", what, medians["bare"], medians["sdk"], medians["sdk"]-medians["bare"])
	}
	return json.NewEncoder(os.Stdout).Encode(table)
}

func bare(url string) (func() error, error) {
	return func() error {
		response, err := http.Get(url + "/v1/limits")
		if err != nil {
			return err
		}
		defer response.Body.Close()
		return json.NewDecoder(response.Body).Decode(new(usvideo.Limits))
	}, nil
}

func sdk(url string) (func() error, error) {
	client, err := usvideo.New(usvideo.WithBaseURL(url), usvideo.WithAPIKey("x"))
	if err != nil {
		return nil, err
	}
	return func() error {
		_, err := client.Limits.Retrieve(context.Background())
		return err
	}, nil
}

func started(which, url string) func() error {
	return func() error { return exec.Command(os.Args[0], which, url).Run() }
}

// compare answers the median of each in microseconds.
func compare(times int, askBare, askSDK func() error) (map[string]int64, error) {
	took := map[string][]int64{}
	for range times {
		for which, ask := range map[string]func() error{"bare": askBare, "sdk": askSDK} {
			begun := time.Now()
			if err := ask(); err != nil {
				return nil, err
			}
			took[which] = append(took[which], time.Since(begun).Microseconds())
		}
	}
	medians := map[string]int64{}
	for which, each := range took {
		slices.Sort(each)
		medians[which] = each[len(each)/2]
	}
	return medians, nil
}
