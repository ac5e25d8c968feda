package usvideo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"
)

const (
	feedPoll = 2 * time.Second
	feedPage = 100
	// Answers in a row that were no stream, after which pages are asked for instead.
	barredMax = 3
)

// EventsService is about all events of an account and environment, in order and without a gap.
type EventsService struct{ client *Client }

// List answers one page; its NextCursor is the After of the next, also at the end of the feed.
func (s *EventsService) List(ctx context.Context, params ListEventsParams) (*EventList, error) {
	request := get("/v1/events")
	request.query = params.values()
	return one[EventList](ctx, s.client, request)
}

// Stream is each event as it happens, once and in order, until the context ends. A stream that is cut goes on where it was. After
// is the sequence of the last event that you have seen, "0" for all that are kept, and empty from now on.
func (s *EventsService) Stream(ctx context.Context, after string) iter.Seq2[*Event, error] {
	return func(yield func(*Event, error) bool) {
		feed := &feeding{service: s, after: after, yield: yield}
		if err := feed.run(ctx); err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}

// StreamTokensService is about streams in browsers, which cannot send a key.
type StreamTokensService struct{ client *Client }

// Create opens one stream: give its URL to an EventSource.
func (s *StreamTokensService) Create(ctx context.Context, request CreateStreamTokenRequest) (*StreamToken, error) {
	return one[StreamToken](ctx, s.client, call{method: http.MethodPost, path: "/v1/stream-tokens", body: request, repeatable: true})
}

type feeding struct {
	service *EventsService
	after   string
	barred  int
	failed  int
	yield   func(*Event, error) bool
}

func (f *feeding) run(ctx context.Context) error {
	for f.barred < barredMax {
		if err := f.stream(ctx); err != nil {
			return err
		}
		if err := sleep(ctx, min(grownWait, firstWait<<f.failed)); err != nil {
			return err
		}
	}
	return f.poll(ctx)
}

// stream takes what one connection brings, however it ends.
func (f *feeding) stream(ctx context.Context) error {
	err := f.connection(ctx)
	if err == nil || errors.Is(err, errStop) {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	f.failed = min(f.failed+1, 10)
	var refusal *APIError
	if !errors.As(err, &refusal) {
		return nil
	}
	if refusal.Status < 500 && refusal.Status != http.StatusTooManyRequests {
		return err
	}
	// A refusal without a code is not the API's: something on the way lets no stream through.
	if refusal.Status == http.StatusTooManyRequests || refusal.Code == "" {
		f.barred++
	}
	return nil
}

func (f *feeding) connection(ctx context.Context) error {
	within, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	quiet := time.AfterFunc(quietMax, func() { cancel(&ConnectionError{Timeout: true, Cause: context.DeadlineExceeded}) })
	defer quiet.Stop()
	request := get("/v1/events")
	request.header = http.Header{"Accept": {"text/event-stream"}}
	if f.after != "" {
		request.header.Set("Last-Event-ID", f.after)
	}
	response, err := f.service.client.open(ctx, within, request, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		f.barred++
		return nil
	}
	reader := newEventReader(response.Body, f.after, func() { quiet.Reset(quietMax) })
	for {
		event, err := reader.next()
		// Also of what has an id and no event: where to go on before anything happened.
		if reader.lastID != f.after {
			f.after, f.barred, f.failed = reader.lastID, 0, 0
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f.told(event.data); err != nil {
			return err
		}
	}
}

func (f *feeding) told(data string) error {
	event := new(Event)
	if err := json.Unmarshal([]byte(data), event); err != nil {
		return fmt.Errorf("usvideo: an event that is not what the API promises: %w", err)
	}
	if !f.yield(event, nil) {
		return errStop
	}
	return nil
}

// poll is for where no stream comes through. Who never had one is told from the end of the pages on.
func (f *feeding) poll(ctx context.Context) error {
	tells, after := f.after != "", f.after
	for {
		page, err := f.service.List(ctx, ListEventsParams{After: after, Limit: feedPage})
		if err != nil {
			return err
		}
		for index := range page.Data {
			if tells && !f.yield(&page.Data[index], nil) {
				return errStop
			}
		}
		if page.NextCursor != nil {
			after = *page.NextCursor
		}
		if page.HasMore {
			continue
		}
		tells = true
		if err := sleep(ctx, feedPoll); err != nil {
			return err
		}
	}
}
