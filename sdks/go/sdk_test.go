package usvideo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

type schema struct {
	Type       any               `json:"type"`
	Properties map[string]schema `json:"properties"`
	Required   []string          `json:"required"`
	Enum       []string          `json:"enum"`
	Text       string            `json:"description"`
}

type parameter struct{ Name, In string }

type document struct {
	Paths map[string]map[string]struct {
		Parameters  []parameter
		OperationID string `json:"operationId"`
		Security    []map[string]any
	} `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

func openAPI(t *testing.T) document {
	t.Helper()
	content, err := os.ReadFile("../../services/gateway/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var read document
	if err := json.Unmarshal(content, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

// types of this package that stand for schemas of the document.
var types = map[string]any{
	"CreateVideoRequest": CreateVideoRequest{}, "Video": Video{}, "Error": ErrorBody{}, "VideoList": VideoList{}, "ModelList": ModelList{},
	"CreateQuoteRequest": CreateQuoteRequest{}, "Quote": Quote{}, "Balance": Balance{}, "SpendCap": SpendCap{},
	"SetLowBalanceThresholdRequest": SetLowBalanceThresholdRequest{}, "LowBalanceThreshold": LowBalanceThreshold{},
	"SetSpendCapRequest": SetSpendCapRequest{}, "Usage": Usage{}, "UsageRow": UsageRow{}, "UsageGroup": UsageGroup{},
	"LedgerEntryList": LedgerEntryList{}, "LedgerEntry": LedgerEntry{}, "StatementList": StatementList{}, "Statement": Statement{},
	"StatementWithLines": StatementWithLines{}, "CreateTopUpRequest": CreateTopUpRequest{}, "TopUp": TopUp{}, "TopUpList": TopUpList{},
	"Account": Account{}, "Limits": Limits{}, "ApiKey": APIKey{}, "ApiKeyList": APIKeyList{}, "CreateApiKeyRequest": CreateAPIKeyRequest{},
	"NewApiKey": NewAPIKey{}, "RotateApiKeyRequest": RotateAPIKeyRequest{}, "RotatedApiKey": RotatedAPIKey{}, "DeliveryList": DeliveryList{},
	"File": File{}, "DeletedFile": DeletedFile{},
}

func TestATypeHasTheFieldsOfItsSchema(t *testing.T) {
	schemas := openAPI(t).Components.Schemas
	for name, value := range types {
		var fields, required []string
		of := reflect.TypeOf(value)
		for index := range of.NumField() {
			field, optional := strings.CutSuffix(of.Field(index).Tag.Get("json"), ",omitempty")
			fields = append(fields, field)
			if !optional {
				required = append(required, field)
			}
		}
		if slices.Sort(fields); !slices.Equal(fields, sorted(keysOf(schemas[name].Properties))) {
			t.Errorf("%s has %v, its schema %v", name, fields, sorted(keysOf(schemas[name].Properties)))
		}
		if slices.Sort(required); !slices.Equal(required, sorted(schemas[name].Required)) {
			t.Errorf("%s requires %v, its schema %v", name, required, schemas[name].Required)
		}
	}
}

func TestEveryCodeOfTheAPIHasAName(t *testing.T) {
	told := openAPI(t).Components.Schemas["Error"].Properties["error"]
	codes := told.Enum
	if len(codes) == 0 {
		codes = regexp.MustCompile(`\b[a-z]+(_[a-z]+)+\b`).FindAllString(told.Text, -1)
	}
	source, err := os.ReadFile("errors.go")
	if err != nil || len(codes) < 20 {
		t.Fatal(err, codes)
	}
	for _, code := range codes {
		if !bytes.Contains(source, []byte(`ErrorCode = "`+code+`"`)) {
			t.Errorf("%s has no name", code)
		}
	}
}

func TestWhatAnAnswerHasMoreDoesNoHarm(t *testing.T) {
	var video Video
	if err := json.Unmarshal([]byte(`{"id":"job_1","status":"dreaming","mood":"calm","billing":{"tip":1}}`), &video); err != nil {
		t.Fatal(err)
	}
	if video.Status != "dreaming" || video.Ended() {
		t.Fatal(video)
	}
}

func TestEventsDoNotDependOnHowTheyAreCut(t *testing.T) {
	stream := "retry: 2000\n\n: still here\n\nid: 7\nevent: video.completed\ndata: {\ndata: \u2028ü}\r\n\r\ndata:x\r\rid\ndata\n\nid: 9\ndata: lost"
	expected := []event{{"7", "video.completed", "{\n\u2028ü}"}, {"7", "", "x"}, {"", "", ""}}
	for _, body := range []io.Reader{strings.NewReader(stream), iotest.OneByteReader(strings.NewReader(stream)), iotest.HalfReader(strings.NewReader(stream))} {
		reader := newEventReader(body, "", func() {})
		for _, each := range expected {
			if found, err := reader.next(); err != nil || found != each {
				t.Fatal(found, err)
			}
		}
		if found, err := reader.next(); !errors.Is(err, io.EOF) {
			t.Fatal(found, err)
		}
	}
}

func TestAnEventWithoutAnEndIsBounded(t *testing.T) {
	for _, line := range []string{strings.Repeat("x", 1<<16), "data: " + strings.Repeat("x", 1<<16) + "\n"} {
		reader := newEventReader(strings.NewReader(strings.Repeat(line, eventBytesMax>>16+2)), "", func() {})
		if _, err := reader.next(); !errors.Is(err, errEventTooLong) {
			t.Fatal(err)
		}
	}
}

func TestRetries(t *testing.T) {
	policy := retryPolicy{maxRetries: 2, maxWait: time.Minute}
	patient := retryPolicy{maxRetries: 2, maxWait: time.Minute, patience: 1000 * time.Second}
	refusal := func(status int, after time.Duration) error { return &APIError{Status: status, RetryAfter: after} }
	cases := []struct {
		name        string
		policy      retryPolicy
		err         error
		retries     int
		elapsed     time.Duration
		repeatable  bool
		least, most time.Duration
	}{
		{"the first wait", policy, &ConnectionError{}, 0, 0, true, 250 * time.Millisecond, 500 * time.Millisecond},
		{"the second wait", policy, &ConnectionError{}, 1, 0, true, 500 * time.Millisecond, time.Second},
		{"never earlier than asked", policy, refusal(429, 7*time.Second), 0, 0, true, 7 * time.Second, 7700 * time.Millisecond},
		{"the end of retries", policy, refusal(503, 0), 2, 0, true, 0, 0},
		{"more than a minute", policy, refusal(429, 61*time.Second), 0, 0, true, 0, 0},
		{"what will not change", policy, refusal(400, 0), 0, 0, true, 0, 0},
		{"a duplicate under way", policy, &APIError{Status: 409, Code: CodeIdempotencyInProgress}, 0, 0, true, 250 * time.Millisecond, 500 * time.Millisecond},
		{"what may have been done", policy, refusal(503, 0), 0, 0, false, 0, 0},
		{"a limit did nothing", policy, refusal(429, time.Second), 0, 0, false, time.Second, 1100 * time.Millisecond},
		{"patience", patient, refusal(429, 300*time.Second), 50, 500 * time.Second, true, 300 * time.Second, 330 * time.Second},
		{"the end of patience", patient, refusal(429, 300*time.Second), 50, 800 * time.Second, true, 0, 0},
	}
	for _, c := range cases {
		for range 20 {
			wait, again := c.policy.delay(c.err, c.retries, c.elapsed, c.repeatable)
			if again != (c.most > 0) || (again && (wait < c.least || wait > c.most)) {
				t.Errorf("%s: %v, %v", c.name, wait, again)
			}
		}
	}
}

func TestThereIsNoDefaultHost(t *testing.T) {
	t.Setenv("USVIDEO_BASE_URL", "")
	t.Setenv("USVIDEO_API_KEY", "usv_test_x")
	for _, at := range []string{"", "ftp://example.com", "example.com"} {
		if _, err := New(WithBaseURL(at)); err == nil {
			t.Errorf("%q is an address", at)
		}
	}
	t.Setenv("USVIDEO_API_KEY", "")
	if _, err := New(WithBaseURL("http://127.0.0.1:1")); err == nil || !strings.Contains(err.Error(), "USVIDEO_API_KEY") {
		t.Error(err)
	}
}

func TestTheKeyStaysHereWhenAFileIsFetched(t *testing.T) {
	var authorization []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization = append(authorization, r.Header.Get("Authorization"))
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader("abcdef"))
	}))
	defer server.Close()
	client, err := New(WithBaseURL(server.URL), WithAPIKey("usv_test_secret"))
	if err != nil {
		t.Fatal(err)
	}
	link, path := server.URL+"/v/1.mp4", filepath.Join(t.TempDir(), "video.mp4")
	if err := os.WriteFile(path+".job_1.part", []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := client.Videos.Download(context.Background(), &Video{ID: "job_1", VideoURL: &link}, path); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil || string(content) != "abcdef" || !slices.Equal(authorization, []string{""}) {
		t.Fatal(string(content), authorization, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Fatal(left)
	}
}

func TestACallerWhoGivesUpGetsItsOwnError(t *testing.T) {
	client, err := New(WithBaseURL("http://127.0.0.1:1"), WithAPIKey("usv_test_x"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := client.Balance.Retrieve(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for result := range client.Batch(ctx, slices.Values([]CreateVideoRequest{{Prompt: "x"}}), BatchOptions{}) {
		if !errors.Is(result.Err, context.Canceled) {
			t.Fatal(result.Err)
		}
	}
}

func TestPagesComeWhereAProxyAnswersForTheStream(t *testing.T) {
	streams := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") == "text/event-stream" {
			streams++
			http.Error(w, "<html>Bad Gateway</html>", http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"object":"list","data":[{"id":"evt_1","sequence":8}],"has_more":false,"next_cursor":"8"}`))
	}))
	defer server.Close()
	client, err := New(WithBaseURL(server.URL), WithAPIKey("usv_test_x"))
	if err != nil {
		t.Fatal(err)
	}
	for event, err := range client.Events.Stream(context.Background(), "7") {
		if err != nil || event.ID != "evt_1" || streams != barredMax {
			t.Fatal(event, err, streams)
		}
		return
	}
	t.Fatal("no event")
}

func keysOf[V any](m map[string]V) []string {
	keys := []string{}
	for key := range m {
		keys = append(keys, key)
	}
	return keys
}

func sorted(names []string) []string {
	names = append([]string{}, names...)
	slices.Sort(names)
	return names
}

func TestAPictureIsSentAsItIs(t *testing.T) {
	var sent []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, _, err := r.FormFile("file")
		if err != nil {
			t.Error(err)
			return
		}
		content, err := io.ReadAll(file)
		if err != nil {
			t.Error(err)
		}
		sent = append(sent, r.Method+" "+r.URL.Path, string(content))
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer server.Close()
	client, err := New(WithBaseURL(server.URL), WithAPIKey("usv_test_secret"))
	if err != nil {
		t.Fatal(err)
	}
	// Two files would be made of one if it were sent again.
	if _, err := client.Files.Create(context.Background(), strings.NewReader("\x89PNG\r\n--x")); err == nil {
		t.Fatal("answered")
	}
	if !slices.Equal(sent, []string{"POST /v1/files", "\x89PNG\r\n--x"}) {
		t.Fatalf("%q", sent)
	}
}
