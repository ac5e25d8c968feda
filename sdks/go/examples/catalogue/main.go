// Command catalogue makes a video of each product: catalogue products.csv videos/
//
// The CSV file has the columns sku and prompt. Run it again after an interruption: it orders nothing twice.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"

	usvideo "github.com/usvideoapi/go-sdk"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("catalogue products.csv videos/")
	}
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, catalogue, folder string) error {
	content, err := os.ReadFile(catalogue)
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		return err
	}
	var requests []usvideo.CreateVideoRequest
	for _, row := range rows[1:] {
		requests = append(requests, usvideo.CreateVideoRequest{
			Prompt: row[1], Resolution: usvideo.Resolution480p, Duration: 1, Metadata: map[string]string{"sku": row[0]},
		})
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	client, err := usvideo.New()
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	options := usvideo.BatchOptions{Concurrency: 10, IdempotencyPrefix: hex.EncodeToString(sum[:8])}
	for result := range client.Batch(ctx, slices.Values(requests), options) {
		sku := result.Request.Metadata["sku"]
		if result.Err != nil {
			return fmt.Errorf("%s: %w", sku, result.Err)
		}
		file := filepath.Join(folder, sku+".mp4")
		if err := client.Videos.Download(ctx, result.Video, file); err != nil {
			return fmt.Errorf("%s: %w", sku, err)
		}
		fmt.Println(sku, file, *result.Video.Cost)
	}
	return nil
}
