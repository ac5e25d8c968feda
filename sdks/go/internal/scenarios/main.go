// Command scenarios runs sdks/scenarios.json as sdks/README.md says.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	usvideo "github.com/usvideoapi/go-sdk"
)

const scenarioMax = 5 * time.Minute

var keys = map[string]string{
	"sandbox": "USVIDEO_API_KEY", "live": "USVIDEO_LIVE_API_KEY", "limited": "USVIDEO_LIMITED_API_KEY", "full": "USVIDEO_FULL_API_KEY",
	"suspended": "USVIDEO_SUSPENDED_API_KEY", "capped": "USVIDEO_CAPPED_API_KEY",
}

type settings struct {
	Key        string `json:"key"`
	MaxRetries *int   `json:"max_retries"`
	TimeoutMs  int    `json:"timeout_ms"`
	Fault      string `json:"fault"`
}

type step struct {
	Call    string            `json:"call"`
	Args    map[string]any    `json:"args"`
	Options map[string]string `json:"options"`
	Save    string            `json:"save"`
	Expect  any               `json:"expect"`
	Error   any               `json:"error"`
	TookMs  any               `json:"took_ms"`
}

type scenario struct {
	Name   string   `json:"name"`
	Client settings `json:"client"`
	Steps  []step   `json:"steps"`
}

func main() {
	scenarios, err := readScenarios()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	passed, failed := 0, 0
	for _, each := range scenarios {
		if len(os.Args) > 1 && !strings.Contains(each.Name, os.Args[1]) {
			continue
		}
		if err := each.run(); err != nil {
			failed++
			fmt.Printf("not ok %s: %v\n", each.Name, err)
			continue
		}
		passed++
		fmt.Printf("ok %s\n", each.Name)
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 || passed == 0 {
		os.Exit(1)
	}
}

func readScenarios() ([]scenario, error) {
	file, err := os.Open(os.Getenv("USVIDEO_SCENARIOS"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var content struct {
		Scenarios []scenario `json:"scenarios"`
	}
	decoder := json.NewDecoder(file)
	decoder.DisallowUnknownFields()
	err = decoder.Decode(&content)
	return content.Scenarios, err
}

func (s scenario) run() error {
	ctx, cancel := context.WithTimeout(context.Background(), scenarioMax)
	defer cancel()
	run := fmt.Sprintf("%016x", rand.Uint64())
	saved := map[string]any{"run": run, "env": map[string]any{
		"webhook_secret": os.Getenv("USVIDEO_WEBHOOK_SECRET"), "stand_url": os.Getenv("USVIDEO_STAND_URL"),
	}}
	for number, each := range s.Steps {
		if err := each.run(ctx, s.Client, run, saved); err != nil {
			return fmt.Errorf("step %d, %s: %w", number+1, each.Call, err)
		}
	}
	return nil
}

func (s settings) client(run string) (*usvideo.Client, error) {
	key := "usv_test_wrong"
	if s.Key != "wrong" {
		name := s.Key
		if name == "" {
			name = "sandbox"
		}
		key = os.Getenv(keys[name])
	}
	options := []usvideo.Option{usvideo.WithAPIKey(key)}
	if s.MaxRetries != nil {
		options = append(options, usvideo.WithMaxRetries(*s.MaxRetries))
	}
	if s.TimeoutMs > 0 {
		options = append(options, usvideo.WithTimeout(time.Duration(s.TimeoutMs)*time.Millisecond))
	}
	if s.Fault != "" {
		options = append(options, usvideo.WithBaseURL(os.Getenv("USVIDEO_STAND_URL")+"/"+s.Fault+"/"+run))
	}
	return usvideo.New(options...)
}

func (s step) run(ctx context.Context, settings settings, run string, saved map[string]any) error {
	if key := s.Options["key"]; key != "" {
		settings.Key = key
	}
	client, err := settings.client(run)
	if err != nil {
		return err
	}
	call, known := calls[s.Call]
	if !known {
		return errors.New("this call is not known")
	}
	args, err := filled(map[string]any(s.Args), saved)
	if err != nil {
		return err
	}
	idempotencyKey, err := filled(s.Options["idempotency_key"], saved)
	if err != nil {
		return err
	}
	started := time.Now()
	answer, failed := call(ctx, client, arguments{args.(map[string]any), idempotencyKey.(string)})
	took := float64(time.Since(started).Microseconds()) / 1000
	var result any
	if failed == nil {
		if result, err = wire(answer); err != nil {
			return err
		}
	}
	if s.Save != "" {
		saved[s.Save] = result
	}
	return s.judge(result, failed, took, saved)
}

func (s step) judge(result any, failed error, took float64, saved map[string]any) error {
	switch {
	case s.Error != nil && failed == nil:
		return fmt.Errorf("no error, but %.300v", result)
	case s.Error != nil:
		if err := compare(s.Error, errorMembers(failed), "error", saved); err != nil {
			return err
		}
	case failed != nil:
		return failed
	case s.Expect != nil:
		if err := compare(s.Expect, result, "result", saved); err != nil {
			return err
		}
	}
	if s.TookMs != nil {
		return compare(s.TookMs, took, "took_ms", saved)
	}
	return nil
}
