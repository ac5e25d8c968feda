package usvideo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"reflect"
	"strings"
	"time"
)

const (
	// The server says every 15 seconds that it is still there.
	quietMax = 25 * time.Second
	pollWait = 45 * time.Second
	// Connections in a row that brought nothing, after which the network is taken to have no event streams.
	barrenMax     = 2
	reconnectWait = 500 * time.Millisecond
)

// Stream is the job each time that it changes, until it has ended. It comes by event stream, which is resumed where it was
// cut, and by long poll where there is none. The context bounds it, or [DefaultWait] does.
func (s *VideosService) Stream(ctx context.Context, id string) iter.Seq2[*Video, error] {
	return s.follow(ctx, id, false)
}

type following struct {
	service *VideosService
	id      string
	last    *Video
	lastID  string
	barren  int
	yield   func(*Video, error) bool
}

// errStop: whoever ranges over the job has enough.
var errStop = errors.New("usvideo: stopped")

func (s *VideosService) follow(ctx context.Context, id string, poll bool) iter.Seq2[*Video, error] {
	return func(yield func(*Video, error) bool) {
		within := ctx
		if _, bounded := ctx.Deadline(); !bounded {
			var cancel context.CancelFunc
			within, cancel = context.WithTimeout(ctx, DefaultWait)
			defer cancel()
		}
		job := &following{service: s, id: id, yield: yield}
		if err := job.toItsEnd(within, poll); err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}

func (f *following) toItsEnd(ctx context.Context, poll bool) error {
	for !poll && f.barren < barrenMax {
		if err := f.stream(ctx); err != nil {
			return err
		}
		if f.last != nil && f.last.Ended() {
			return nil
		}
		if f.barren > 0 {
			if err := sleep(ctx, reconnectWait*time.Duration(f.barren)); err != nil {
				return err
			}
		}
	}
	for {
		video, err := f.service.RetrieveWhenEnded(ctx, f.id, pollWait)
		if err != nil {
			return err
		}
		if err := f.saw(video); err != nil || video.Ended() {
			return err
		}
	}
}

func (f *following) saw(video *Video) error {
	news := f.last == nil || !reflect.DeepEqual(*f.last, *video)
	f.last = video
	if news && !f.yield(video, nil) {
		return errStop
	}
	return nil
}

// stream takes what one connection brings, until it ends, however that is.
func (f *following) stream(ctx context.Context) error {
	f.barren++
	err := f.connection(ctx)
	var refusal *APIError
	switch {
	case err == nil || errors.Is(err, errStop):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &refusal) && refusal.Status < 500 && refusal.Status != http.StatusTooManyRequests:
		return err
	}
	// The connection is made again, or the job polled.
	return nil
}

func (f *following) connection(ctx context.Context) error {
	within, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	quiet := time.AfterFunc(quietMax, func() { cancel(&ConnectionError{Timeout: true, Cause: context.DeadlineExceeded}) })
	defer quiet.Stop()
	request := get(videoPath(f.id, "/events"))
	request.header = http.Header{"Accept": {"text/event-stream"}}
	if f.lastID != "" {
		request.header.Set("Last-Event-ID", f.lastID)
	}
	response, err := f.service.client.open(ctx, within, request, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNoContent {
		// Nothing has happened since: it has ended, and its last state was seen before.
		f.barren = barrenMax
		return nil
	}
	if kind := response.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") {
		return fmt.Errorf("usvideo: an answer that is %q instead of an event stream", kind)
	}
	return f.events(newEventReader(response.Body, f.lastID, func() { quiet.Reset(quietMax) }))
}

func (f *following) events(reader *eventReader) error {
	for {
		event, err := reader.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		f.lastID, f.barren = event.id, 0
		video := new(Video)
		if err := json.Unmarshal([]byte(event.data), video); err != nil {
			return fmt.Errorf("usvideo: an event that is not what the API promises: %w", err)
		}
		if err := f.saw(video); err != nil || video.Ended() {
			return err
		}
	}
}
