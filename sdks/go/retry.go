package usvideo

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	firstWait = 500 * time.Millisecond
	grownWait = 8 * time.Second
	// Of what the API asks to wait, so that callers who were refused together do not come back together.
	spread = 0.1
)

type retryPolicy struct {
	maxRetries int
	maxWait    time.Duration
	// For how long 429 and 503 are retried, whatever else is said here.
	patience time.Duration
}

// delay is how long to wait before the next try; false to give up.
func (p retryPolicy) delay(err error, retries int, elapsed time.Duration, repeatable bool) (time.Duration, bool) {
	if !maySucceed(err, repeatable) {
		return 0, false
	}
	wait := time.Duration(float64(min(grownWait, firstWait<<min(retries, 10))) * (0.5 + rand.Float64()/2))
	var refusal *APIError
	if errors.As(err, &refusal) {
		if asked := refusal.RetryAfter; asked > 0 {
			wait = asked + time.Duration(float64(asked)*spread*rand.Float64())
		}
		if isBusy(refusal.Status) && elapsed+wait <= p.patience {
			return wait, true
		}
	}
	return wait, retries < p.maxRetries && wait <= p.maxWait
}

func isBusy(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// maySucceed repeats whatever may have been carried out only where that does no harm.
func maySucceed(err error, repeatable bool) bool {
	var lost *ConnectionError
	if errors.As(err, &lost) {
		return repeatable
	}
	var refusal *APIError
	if !errors.As(err, &refusal) {
		return false
	}
	switch refusal.Status {
	case http.StatusTooManyRequests:
		return true
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable,
		http.StatusGatewayTimeout:
		return repeatable
	}
	return repeatable && refusal.Code == CodeIdempotencyInProgress
}

func sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
