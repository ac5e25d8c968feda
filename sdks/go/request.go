package usvideo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	answerBytesMax = 64 << 20
	errorBytesMax  = 1 << 20
)

// call is one request and how it may be repeated.
type call struct {
	method string
	path   string
	query  url.Values
	header http.Header
	body   any
	// Sent as it is instead of a body; the header says what it is.
	raw []byte
	// Zero for that of the client.
	timeout time.Duration
	// Whether a request whose answer was lost does no harm when it is sent again.
	repeatable bool
	patience   time.Duration
}

func get(path string) call { return call{method: http.MethodGet, path: path, repeatable: true} }

// Request makes any call of the API, also one that has no method here, and decodes the answer into it (nil for none).
// Only GET, PUT and DELETE are sent again when the answer was lost.
func (c *Client) Request(ctx context.Context, method, path string, query url.Values, header http.Header, body, answer any) error {
	repeatable := method == http.MethodGet || method == http.MethodHead || method == http.MethodPut || method == http.MethodDelete
	return c.do(ctx, call{method: method, path: path, query: query, header: header, body: body, repeatable: repeatable}, answer)
}

// do sends until there is an answer that stands, and decodes it.
func (c *Client) do(ctx context.Context, call call, answer any) error {
	content := call.raw
	if call.body != nil {
		var err error
		if content, err = json.Marshal(call.body); err != nil {
			return fmt.Errorf("usvideo: the request cannot be written as JSON: %w", err)
		}
	}
	policy := c.retry
	policy.patience = call.patience
	started := time.Now()
	for retries := 0; ; retries++ {
		err := c.try(ctx, call, content, answer)
		if err == nil {
			return nil
		}
		wait, again := policy.delay(err, retries, time.Since(started), call.repeatable)
		if !again || ctx.Err() != nil {
			return err
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

func (c *Client) try(ctx context.Context, call call, content []byte, answer any) error {
	timeout := call.timeout
	if timeout == 0 {
		timeout = c.timeout
	}
	within, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	response, err := c.open(ctx, within, call, content)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	read, err := readAll(ctx, response.Body, answerBytesMax)
	if err != nil {
		return err
	}
	return decode(response, read, answer)
}

// open answers a response of success, with its body still to come.
func (c *Client) open(ctx, within context.Context, call call, content []byte) (*http.Response, error) {
	address := c.baseURL + call.path
	if len(call.query) > 0 {
		address += "?" + call.query.Encode()
	}
	var body io.Reader
	if content != nil {
		body = bytes.NewReader(content)
	}
	request, err := http.NewRequestWithContext(within, call.method, address, body)
	if err != nil {
		return nil, fmt.Errorf("usvideo: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+c.apiKey)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", userAgent())
	if content != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, values := range call.header {
		request.Header[http.CanonicalHeaderKey(name)] = values
	}
	return c.send(ctx, request)
}

func (c *Client) send(ctx context.Context, request *http.Request) (*http.Response, error) {
	response, err := c.http.Do(request)
	if err != nil {
		return nil, connectionError(ctx, err)
	}
	if response.StatusCode >= 200 && response.StatusCode < 300 {
		return response, nil
	}
	defer response.Body.Close()
	content, err := readAll(ctx, response.Body, errorBytesMax)
	if err != nil {
		return nil, err
	}
	return nil, apiError(response.StatusCode, response.Header, content)
}

// connectionError is the caller's own error where it was the caller who gave up.
func connectionError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var network net.Error
	timeout := errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &network) && network.Timeout())
	return &ConnectionError{Timeout: timeout, Cause: err}
}

func readAll(ctx context.Context, body io.Reader, most int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(body, most+1))
	if err != nil {
		return nil, connectionError(ctx, err)
	}
	if int64(len(content)) > most {
		return nil, fmt.Errorf("usvideo: an answer of more than %d bytes", most)
	}
	return content, nil
}

func decode(response *http.Response, content []byte, answer any) error {
	if answer == nil || len(content) == 0 {
		return nil
	}
	if text, wanted := answer.(*string); wanted {
		*text = string(content)
		return nil
	}
	if !strings.Contains(response.Header.Get("Content-Type"), "json") {
		return fmt.Errorf("usvideo: an answer that is %q instead of JSON", response.Header.Get("Content-Type"))
	}
	if err := json.Unmarshal(content, answer); err != nil {
		return fmt.Errorf("usvideo: an answer that is not what the API promises: %w", err)
	}
	return nil
}
