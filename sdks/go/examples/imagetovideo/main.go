// Command imagetovideo moves a picture: imagetovideo picture.png "the sea begins to move" out.mp4
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	usvideo "github.com/usvideoapi/go-sdk"
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("imagetovideo picture.png prompt out.mp4")
	}
	if err := run(context.Background(), os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, picture, prompt, target string) error {
	client, err := usvideo.New()
	if err != nil {
		return err
	}
	frame, err := usvideo.FirstFrame(picture)
	if err != nil {
		return err
	}
	order := usvideo.CreateVideoRequest{Prompt: prompt, FirstFrame: frame, Resolution: usvideo.Resolution480p, Duration: 1}
	video, err := client.Videos.CreateAndWait(ctx, order, func(job *usvideo.Video) { fmt.Println(job.Status, job.Progress) })
	if err != nil {
		return err
	}
	return client.Videos.Download(ctx, video, target)
}
