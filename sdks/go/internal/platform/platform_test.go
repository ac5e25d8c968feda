//go:build platform

// Package platform does what is shown to users as it is shown, beside a platform (npm run sdks).
package platform

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	usvideo "github.com/usvideoapi/go-sdk"
)

var module, _ = filepath.Abs("../..")

func blocks(t *testing.T, language string) []string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(module, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, match := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		found = append(found, match[1])
	}
	return found
}

func shell(t *testing.T, folder, lines string) string {
	t.Helper()
	command := exec.Command("bash", "-euo", "pipefail", "-c", lines)
	command.Dir = folder
	said, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s\n%s\n%v", lines, said, err)
	}
	return string(said)
}

// inEmptyModule runs a program as the quickstart says, where this module is what there is to get.
func inEmptyModule(t *testing.T, program string) (folder, said string) {
	t.Helper()
	folder = t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "main.go"), []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	lines := strings.Replace(blocks(t, "sh")[0], "http://127.0.0.1:8080", os.Getenv("USVIDEO_BASE_URL"), 1)
	lines = strings.Replace(lines, "usv_test_...", os.Getenv("USVIDEO_API_KEY"), 1)
	cache := t.TempDir()
	published := "export GOFLAGS=-modcacherw GONOSUMDB=github.com/usvideoapi/go-sdk GOPROXY=file://" + publish(t) + " GOMODCACHE=" + cache
	return folder, shell(t, folder, published+"\n"+lines+"\ngo run .")
}

// publish writes a module proxy that has this module and no other.
func publish(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	at := filepath.Join(folder, "github.com/usvideoapi/go-sdk/@v")
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	version := "v" + usvideo.Version
	shell(t, at, "echo "+version+" > list; cp "+module+"/go.mod "+version+".mod")
	if err := os.WriteFile(filepath.Join(at, version+".info"), []byte(`{"Version":"`+version+`"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(at, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	archive := zip.NewWriter(file)
	for _, name := range strings.Fields(shell(t, module, "find . -name '*.go' -o -name go.mod -o -name README.md")) {
		content, err := os.ReadFile(filepath.Join(module, name))
		if err != nil {
			t.Fatal(err)
		}
		entry, err := archive.Create("github.com/usvideoapi/go-sdk@" + version + "/" + strings.TrimPrefix(name, "./"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return folder
}

func probe(t *testing.T, file string) (codec string, seconds float64) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil || string(content[4:8]) != "ftyp" {
		t.Fatalf("%s is no MP4 (%v)", file, err)
	}
	told, err := exec.Command(os.Getenv("FFPROBE"), "-v", "error", "-count_frames", "-select_streams", "v:0", "-of", "json",
		"-show_entries", "stream=codec_name,duration,nb_read_frames", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Streams []struct {
			CodecName    string `json:"codec_name"`
			Duration     string `json:"duration"`
			NbReadFrames string `json:"nb_read_frames"`
		} `json:"streams"`
	}
	if err := json.Unmarshal(told, &answer); err != nil || len(answer.Streams) != 1 {
		t.Fatalf("%s (%v)", told, err)
	}
	stream := answer.Streams[0]
	if frames, _ := strconv.Atoi(stream.NbReadFrames); frames == 0 {
		t.Fatalf("%s has no pictures", file)
	}
	seconds, err = strconv.ParseFloat(stream.Duration, 64)
	if err != nil {
		t.Fatal(err)
	}
	return stream.CodecName, seconds
}

func TestTheQuickstartGoesFromNothingToAVideo(t *testing.T) {
	folder, said := inEmptyModule(t, blocks(t, "go")[0])
	if !strings.Contains(said, "completed 100\ndawn.mp4 $") {
		t.Fatal(said)
	}
	if codec, seconds := probe(t, filepath.Join(folder, "dawn.mp4")); codec != "h264" || seconds < 1.9 || seconds > 2.1 {
		t.Fatal(codec, seconds)
	}
}

func TestWhatTheReadmeShowsRuns(t *testing.T) {
	if shown := len(blocks(t, "go")); shown != 2 {
		t.Fatalf("the README shows %d programs; this test runs 2", shown)
	}
	_, said := inEmptyModule(t, blocks(t, "go")[1])
	for _, line := range []string{"a red chair completed\n", "a blue chair completed\n", "job_"} {
		if !strings.Contains(said, line) {
			t.Fatalf("%q is not in %s", line, said)
		}
	}
}

func TestACatalogueBecomesVideosOnce(t *testing.T) {
	folder := t.TempDir()
	rows := fmt.Sprintf("sku,prompt\nchair,a chair of %s\nlamp,a lamp of %s\n", folder, folder)
	if err := os.WriteFile(filepath.Join(folder, "products.csv"), []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	first := shell(t, module, "go run ./examples/catalogue "+folder+"/products.csv "+folder+"/videos")
	if strings.Count(first, "$") != 2 {
		t.Fatal(first)
	}
	if codec, _ := probe(t, filepath.Join(folder, "videos", "lamp.mp4")); codec != "h264" {
		t.Fatal(codec)
	}
	before := newest(t)
	shell(t, module, "go run ./examples/catalogue "+folder+"/products.csv "+folder+"/again")
	if newest(t) != before {
		t.Fatal("the second run ordered again")
	}
}

func newest(t *testing.T) string {
	t.Helper()
	jobs, err := usvideo.Collect(client(t).Videos.List(context.Background(), usvideo.ListVideosParams{Limit: 1}), 1)
	if err != nil || len(jobs) != 1 {
		t.Fatal(err)
	}
	return jobs[0].ID
}

func client(t *testing.T) *usvideo.Client {
	t.Helper()
	client, err := usvideo.New()
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestAPictureBecomesAVideo(t *testing.T) {
	folder := t.TempDir()
	file, err := os.Create(filepath.Join(folder, "picture.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, image.NewRGBA(image.Rect(0, 0, 64, 36))); err != nil {
		t.Fatal(err)
	}
	shell(t, module, "go run ./examples/imagetovideo "+file.Name()+" 'the sea begins to move' "+folder+"/out.mp4")
	if codec, seconds := probe(t, filepath.Join(folder, "out.mp4")); codec != "h264" || seconds != 1 {
		t.Fatal(codec, seconds)
	}
}

func TestWebhooksAreReceivedAndVerified(t *testing.T) {
	program := filepath.Join(t.TempDir(), "webhooks")
	shell(t, module, "go build -o "+program+" ./examples/webhooks")
	command := exec.Command(program, "127.0.0.1:0")
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	}()
	lines := bufio.NewScanner(output)
	lines.Scan()
	address := strings.TrimPrefix(lines.Text(), "listening on ")
	for _, prompt := range []string{"sandbox:duplicate_webhook", "next"} {
		order := usvideo.CreateVideoRequest{Prompt: prompt, Resolution: usvideo.Resolution480p, Duration: 1, WebhookURL: address}
		job, err := client(t).Videos.Create(context.Background(), order)
		if err != nil {
			t.Fatal(err)
		}
		if lines.Scan(); lines.Text() != "video.completed "+job.ID {
			t.Fatal(lines.Text())
		}
	}
}
