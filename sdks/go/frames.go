package usvideo

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const frameBytesMax = 10 << 20

var frameTypes = map[string]string{".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}

// FirstFrame reads a PNG, JPEG or WebP of at most 10 MiB as a data URI, for CreateVideoRequest.FirstFrame.
func FirstFrame(path string) (string, error) {
	kind := frameTypes[strings.ToLower(filepath.Ext(path))]
	if kind == "" {
		return "", fmt.Errorf("usvideo: %s is not called .png, .jpg, .jpeg or .webp", path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("usvideo: %w", err)
	}
	if info.Size() > frameBytesMax {
		return "", fmt.Errorf("usvideo: %s is larger than 10 MiB", path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("usvideo: %w", err)
	}
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(content), nil
}
