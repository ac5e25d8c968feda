// Command benchmarks measures what a call costs beside bare net/http, and the time from the start of a program, where its packages are, to its first answer.
// Both are asked in turns of a server in this process that always answers the same.
package main

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
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
	report := map[string]any{"client": "net/http", "runtime": runtime.Version(), "call_us": scaled(perCall, 1)}
	report["first_byte_ms"] = scaled(toAnswer, 1000)
	return json.NewEncoder(os.Stdout).Encode(report)
}

// scaled divides medians of microseconds.
func scaled(medians map[string]int64, by float64) map[string]float64 {
	told := map[string]float64{}
	for which, micros := range medians {
		told[which] = float64(micros) / by
	}
	return told
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
