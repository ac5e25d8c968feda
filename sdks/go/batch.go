package usvideo

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"
)

const (
	defaultConcurrency = 10
	defaultPatience    = 24 * time.Hour
)

// BatchOptions of which each may be left out.
type BatchOptions struct {
	// Concurrency is how many jobs are under way at a time; 10 if zero.
	Concurrency int
	// Patience is for how long 429 and 503 are waited out, per request; a day if zero.
	Patience time.Duration
	// IdempotencyPrefix lets a batch that was cut short be run again: what it had ordered is found, not ordered twice.
	IdempotencyPrefix string
	// CreateOnly gives each job as it was ordered, without waiting for its end.
	CreateOnly bool
}

// BatchResult is the end of one request of a batch.
type BatchResult struct {
	// Index of the request, from 0.
	Index   int
	Request CreateVideoRequest
	// Video is the ended job, whatever its status; the last that was seen if it was not waited for or waiting failed.
	Video *Video
	Err   error
}

// Batch makes a video of each request, so many at a time, and gives each result as it comes. 429 and 503 are waited out.
// What fails is a result with an Err, and stops nothing else. Whoever stops ranging stops the rest.
func (c *Client) Batch(ctx context.Context, requests iter.Seq[CreateVideoRequest], options BatchOptions) iter.Seq[BatchResult] {
	return func(yield func(BatchResult) bool) {
		within, cancel := context.WithCancel(ctx)
		defer cancel()
		results := make(chan BatchResult)
		go c.run(within, requests, options, results)
		for result := range results {
			if !yield(result) {
				cancel()
				for range results {
				}
				return
			}
		}
	}
}

func (c *Client) run(ctx context.Context, requests iter.Seq[CreateVideoRequest], options BatchOptions, results chan<- BatchResult) {
	concurrency, patience, prefix := options.Concurrency, options.Patience, options.IdempotencyPrefix
	if concurrency < 1 {
		concurrency = defaultConcurrency
	}
	if patience == 0 {
		patience = defaultPatience
	}
	if prefix == "" {
		prefix = newKey()
	}
	var running sync.WaitGroup
	defer close(results)
	defer running.Wait()
	slots := make(chan struct{}, concurrency)
	index := 0
	for request := range requests {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		running.Add(1)
		go func(result BatchResult) {
			defer running.Done()
			result.Video, result.Err = c.order(ctx, result.Request, fmt.Sprintf("%s-%d", prefix, result.Index), patience, options.CreateOnly)
			results <- result
			<-slots
		}(BatchResult{Index: index, Request: request})
		index++
	}
}

func (c *Client) order(ctx context.Context, request CreateVideoRequest, key string, patience time.Duration, createOnly bool) (*Video, error) {
	made, err := c.Videos.Create(ctx, request, WithIdempotencyKey(key), WithPatience(patience))
	if err != nil || createOnly {
		return made, err
	}
	video, err := c.Videos.Wait(ctx, made.ID, nil)
	if video == nil {
		video = made
	}
	return video, err
}
