package usvideo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"time"
)

var (
	contentRange = regexp.MustCompile(`^bytes (\d+)-\d+/(\d+)$`)
	notInNames   = regexp.MustCompile(`[^0-9A-Za-z_-]`)
)

// DownloadByID is [VideosService.Download] of a job of which only the id is known.
func (s *VideosService) DownloadByID(ctx context.Context, id, path string) error {
	video, err := s.Retrieve(ctx, id)
	if err != nil {
		return err
	}
	return s.Download(ctx, video, path)
}

// Download writes the file of a completed job. A download that was cut is resumed, also by a later call: what has come
// waits beside path, which appears when all of it is there.
func (s *VideosService) Download(ctx context.Context, video *Video, path string) error {
	link, err := linkOf(video)
	if err != nil {
		return err
	}
	// Named for the job, whose bytes never change.
	part, err := openPart(path + "." + notInNames.ReplaceAllString(video.ID, "_") + ".part")
	if err != nil {
		return fmt.Errorf("usvideo: %w", err)
	}
	defer part.close()
	if err := s.fetchAll(ctx, video.ID, link, part); err != nil {
		return err
	}
	return part.finish(path)
}

func linkOf(video *Video) (string, error) {
	if video.VideoURL != nil {
		return *video.VideoURL, nil
	}
	if video.Status == VideoStatusCompleted {
		return "", &APIError{Status: http.StatusGone, Code: CodeVideoExpired, Message: "The file of " + video.ID + " was deleted."}
	}
	return "", &VideoNotCompletedError{Video: video}
}

func (s *VideosService) fetchAll(ctx context.Context, id, link string, part *partFile) error {
	retries, renewed := 0, false
	for !part.complete() {
		before := part.size
		err := s.fetch(ctx, link, part)
		if err == nil {
			continue
		}
		var refusal *APIError
		if errors.As(err, &refusal) {
			switch status := refusal.Status; {
			case (status == http.StatusForbidden || status == http.StatusNotFound || status == http.StatusGone) && !renewed:
				// Links expire; the job has a new one, as long as it has its file.
				renewed = true
				if link, err = s.renewed(ctx, id); err != nil {
					return err
				}
				continue
			case status == http.StatusRequestedRangeNotSatisfiable && before > 0:
				if err := part.restart(); err != nil {
					return err
				}
				continue
			}
		}
		if part.size > before {
			retries = 0
		}
		wait, again := s.client.retry.delay(err, retries, 0, true)
		if !again || ctx.Err() != nil {
			return err
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
		retries++
	}
	return nil
}

func (s *VideosService) renewed(ctx context.Context, id string) (string, error) {
	video, err := s.Retrieve(ctx, id)
	if err != nil {
		return "", err
	}
	return linkOf(video)
}

// fetch does without the key: the link is the permission.
func (s *VideosService) fetch(ctx context.Context, link string, part *partFile) error {
	within, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timeout := s.client.timeout
	quiet := time.AfterFunc(timeout, func() { cancel(context.DeadlineExceeded) })
	defer quiet.Stop()
	request, err := http.NewRequestWithContext(within, http.MethodGet, link, nil)
	if err != nil {
		return fmt.Errorf("usvideo: %w", err)
	}
	request.Header.Set("User-Agent", userAgent())
	request.Header.Set("Accept-Encoding", "identity")
	part.ask(request.Header)
	response, err := s.client.send(ctx, request)
	if err != nil {
		return s.late(within, err)
	}
	defer response.Body.Close()
	if err := part.begin(response); err != nil {
		return err
	}
	if _, err := io.Copy(part, &observed{response.Body, func() { quiet.Reset(timeout) }}); err != nil {
		var writing *os.PathError
		if errors.As(err, &writing) {
			return fmt.Errorf("usvideo: %w", err)
		}
		return s.late(within, connectionError(ctx, err))
	}
	part.ended()
	return nil
}

// late says of a connection that was given up that it took too long.
func (s *VideosService) late(within context.Context, err error) error {
	if lost := new(ConnectionError); errors.As(err, &lost) && errors.Is(context.Cause(within), context.DeadlineExceeded) {
		return &ConnectionError{Timeout: true, Cause: lost.Cause}
	}
	return err
}

type observed struct {
	io.Reader
	onRead func()
}

func (o *observed) Read(into []byte) (int, error) {
	n, err := o.Reader.Read(into)
	o.onRead()
	return n, err
}

// partFile is what has come of a file.
type partFile struct {
	file  *os.File
	size  int64
	total int64
	etag  string
}

func openPart(path string) (*partFile, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &partFile{file: file, size: info.Size(), total: -1}, nil
}

func (p *partFile) complete() bool { return p.total >= 0 && p.size >= p.total }

func (p *partFile) ask(header http.Header) {
	if p.size == 0 {
		return
	}
	header.Set("Range", fmt.Sprintf("bytes=%d-", p.size))
	if p.etag != "" {
		// Only of the file that the part is of; otherwise the whole is sent.
		header.Set("If-Range", p.etag)
	}
}

// begin makes room for the body that follows.
func (p *partFile) begin(response *http.Response) error {
	p.etag = response.Header.Get("ETag")
	if response.StatusCode != http.StatusPartialContent {
		p.total = response.ContentLength
		return p.truncate()
	}
	found := contentRange.FindStringSubmatch(response.Header.Get("Content-Range"))
	if found == nil || found[1] != strconv.FormatInt(p.size, 10) {
		return errors.New("usvideo: the answer is another part of the file than was asked for")
	}
	total, err := strconv.ParseInt(found[2], 10, 64)
	p.total = total
	return err
}

func (p *partFile) restart() error {
	p.total = -1
	return p.truncate()
}

func (p *partFile) truncate() error {
	p.size = 0
	return p.file.Truncate(0)
}

func (p *partFile) Write(content []byte) (int, error) {
	n, err := p.file.Write(content)
	p.size += int64(n)
	return n, err
}

// ended: the body has ended by itself; without a known length, that is all of it.
func (p *partFile) ended() {
	if p.total < 0 {
		p.total = p.size
	}
}

func (p *partFile) finish(path string) error {
	if p.size > p.total {
		return errors.New("usvideo: more bytes came than the file has")
	}
	if err := errors.Join(p.file.Sync(), p.file.Close()); err != nil {
		return fmt.Errorf("usvideo: %w", err)
	}
	if err := os.Rename(p.file.Name(), path); err != nil {
		return fmt.Errorf("usvideo: %w", err)
	}
	return nil
}

// close leaves what has come where it is, and no file where nothing has.
func (p *partFile) close() {
	if err := p.file.Close(); err == nil && p.size == 0 {
		_ = os.Remove(p.file.Name())
	}
}
