package usvideo

import (
	"context"
	"iter"
	"net/url"
	"strconv"
)

// page is what all lists have.
type page[T any] struct {
	Data       []T     `json:"data"`
	HasMore    bool    `json:"has_more"`
	NextCursor *string `json:"next_cursor"`
	Offset     int64   `json:"offset"`
}

// pages fetches a page when its first item is asked for. By offset, where a list has no cursor.
func pages[T any](ctx context.Context, c *Client, path string, query url.Values, cursor bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		for {
			request := get(path)
			request.query = query
			var answer page[T]
			if err := c.do(ctx, request, &answer); err != nil {
				yield(none, err)
				return
			}
			for _, item := range answer.Data {
				if !yield(item, nil) {
					return
				}
			}
			if !answer.HasMore || len(answer.Data) == 0 {
				return
			}
			if cursor && answer.NextCursor != nil {
				query.Del("offset")
				query.Set("starting_after", *answer.NextCursor)
			} else {
				query.Set("offset", strconv.FormatInt(answer.Offset+int64(len(answer.Data)), 10))
			}
		}
	}
}

// Collect takes at most so many items of a list; 0 for all. Pages beyond them are not fetched.
func Collect[T any](list iter.Seq2[T, error], most int) ([]T, error) {
	items := []T{}
	for item, err := range list {
		if err != nil {
			return items, err
		}
		items = append(items, item)
		if len(items) == most {
			break
		}
	}
	return items, nil
}
