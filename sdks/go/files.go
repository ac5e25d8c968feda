package usvideo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
)

// uploadBytesMax is beyond what the API takes, so that it says that a picture is too large.
const uploadBytesMax = 12 << 20

// FilesService is about pictures that FirstFrame of a CreateVideoRequest may name by their ID.
type FilesService struct{ client *Client }

// Create uploads a PNG, JPEG or WebP of at most 10 MiB. A lost answer is not asked for again: it would make two files.
func (s *FilesService) Create(ctx context.Context, picture io.Reader) (*File, error) {
	var form bytes.Buffer
	writer := multipart.NewWriter(&form)
	part, err := writer.CreateFormFile("file", "picture")
	if err == nil {
		_, err = io.Copy(part, io.LimitReader(picture, uploadBytesMax))
	}
	if err == nil {
		err = writer.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("usvideo: the picture cannot be read: %w", err)
	}
	header := http.Header{"Content-Type": {writer.FormDataContentType()}}
	return one[File](ctx, s.client, call{method: http.MethodPost, path: "/v1/files", header: header, raw: form.Bytes()})
}

// Retrieve answers what is known of a file.
func (s *FilesService) Retrieve(ctx context.Context, id string) (*File, error) {
	return one[File](ctx, s.client, get("/v1/files/"+url.PathEscape(id)))
}

// Delete deletes a file; jobs that named it keep the picture.
func (s *FilesService) Delete(ctx context.Context, id string) (*DeletedFile, error) {
	return one[DeletedFile](ctx, s.client, call{method: http.MethodDelete, path: "/v1/files/" + url.PathEscape(id), repeatable: true})
}
