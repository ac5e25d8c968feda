package usvideo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// DefaultWait bounds waiting where no context does.
const DefaultWait = time.Hour

// VideosService is about jobs: made, followed to their end, fetched as files.
type VideosService struct{ client *Client }

// Ended says whether the status is one that never changes again.
func (v *Video) Ended() bool {
	return v.Status == VideoStatusCompleted || v.Status == VideoStatusFailed || v.Status == VideoStatusCancelled
}

// CallOption changes one call.
type CallOption func(*call)

// WithIdempotencyKey makes the same order over again safe, even from another process. Otherwise each call has a key of its own.
func WithIdempotencyKey(key string) CallOption {
	return func(c *call) { c.header.Set("Idempotency-Key", key) }
}

// WithPatience is for how long 429 and 503 are waited out, whatever the client's retries.
func WithPatience(patience time.Duration) CallOption {
	return func(c *call) { c.patience = patience }
}

// Create orders a video and answers at once.
func (s *VideosService) Create(ctx context.Context, request CreateVideoRequest, options ...CallOption) (*Video, error) {
	return s.answer(ctx, creation("/v1/videos", request, options))
}

// creation is sent again under the same key, so that a lost answer does not make two.
func creation(path string, body any, options []CallOption) call {
	made := call{method: http.MethodPost, path: path, body: body, repeatable: true, header: http.Header{}}
	made.header.Set("Idempotency-Key", newKey())
	for _, option := range options {
		option(&made)
	}
	return made
}

// Retrieve answers the job as it is now.
func (s *VideosService) Retrieve(ctx context.Context, id string) (*Video, error) {
	return s.answer(ctx, get(videoPath(id, "")))
}

// RetrieveWhenEnded answers the job once it ended, if that is within wait (at most 50 s), and as it is then otherwise.
func (s *VideosService) RetrieveWhenEnded(ctx context.Context, id string, wait time.Duration) (*Video, error) {
	request := get(videoPath(id, ""))
	request.header = http.Header{"Prefer": {fmt.Sprintf("wait=%d", int(wait.Seconds()))}}
	request.timeout = s.client.timeout + wait
	return s.answer(ctx, request)
}

// List goes over all pages, newest first.
func (s *VideosService) List(ctx context.Context, params ListVideosParams) iter.Seq2[Video, error] {
	return pages[Video](ctx, s.client, "/v1/videos", params.values(), true)
}

// Cancel cancels a job that has not begun to render; nothing is charged.
func (s *VideosService) Cancel(ctx context.Context, id string) (*Video, error) {
	return s.answer(ctx, call{method: http.MethodPost, path: videoPath(id, "/cancel"), repeatable: true})
}

// Delete is the same as Cancel, as DELETE.
func (s *VideosService) Delete(ctx context.Context, id string) (*Video, error) {
	return s.answer(ctx, call{method: http.MethodDelete, path: videoPath(id, ""), repeatable: true})
}

// Erase deletes prompt, first frame and file of a job that has ended.
func (s *VideosService) Erase(ctx context.Context, id string) (*Video, error) {
	return s.answer(ctx, call{method: http.MethodDelete, path: videoPath(id, "/content"), repeatable: true})
}

// Wait follows a job and answers it once it ended, however it did. onProgress may be nil.
func (s *VideosService) Wait(ctx context.Context, id string, onProgress func(*Video)) (*Video, error) {
	return s.last(s.Stream(ctx, id), onProgress)
}

// WaitByPoll is Wait by long polls alone.
func (s *VideosService) WaitByPoll(ctx context.Context, id string, onProgress func(*Video)) (*Video, error) {
	return s.last(s.follow(ctx, id, true), onProgress)
}

func (s *VideosService) last(updates iter.Seq2[*Video, error], onProgress func(*Video)) (*Video, error) {
	var last *Video
	for video, err := range updates {
		if err != nil {
			return last, err
		}
		last = video
		if onProgress != nil {
			onProgress(video)
		}
	}
	return last, nil
}

// CreateAndWait answers the completed job. A job that ends without a video is a [VideoNotCompletedError].
func (s *VideosService) CreateAndWait(ctx context.Context, request CreateVideoRequest, onProgress func(*Video), options ...CallOption) (*Video, error) {
	made, err := s.Create(ctx, request, options...)
	if err != nil {
		return nil, err
	}
	video, err := s.Wait(ctx, made.ID, onProgress)
	if err != nil {
		return video, err
	}
	if video.Status != VideoStatusCompleted {
		return video, &VideoNotCompletedError{Video: video}
	}
	return video, nil
}

func (s *VideosService) answer(ctx context.Context, request call) (*Video, error) {
	return one[Video](ctx, s.client, request)
}

// one makes a call and answers what it was answered.
func one[T any](ctx context.Context, c *Client, request call) (*T, error) {
	answer := new(T)
	if err := c.do(ctx, request, answer); err != nil {
		return nil, err
	}
	return answer, nil
}

func videoPath(id, rest string) string { return "/v1/videos/" + url.PathEscape(id) + rest }

func newKey() string {
	bytes := make([]byte, 16)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	return hex.EncodeToString(bytes)
}
