package main

import (
	"context"
	"net/http"
	"time"

	usvideo "github.com/usvideoapi/go-sdk"
)

func delivery(args arguments) ([]byte, http.Header, usvideo.WebhookVerifier) {
	header := http.Header{}
	for name, value := range texts(args.fields["headers"]) {
		header.Set(name, value)
	}
	var verifier usvideo.WebhookVerifier
	for _, secret := range args.fields["secrets"].([]any) {
		verifier.Secrets = append(verifier.Secrets, secret.(string))
	}
	if seconds, given := args.fields["tolerance_seconds"].(float64); given {
		verifier.Tolerance = time.Duration(seconds) * time.Second
	}
	if now, given := args.fields["now"].(float64); given {
		verifier.Now = func() time.Time { return time.UnixMilli(int64(now * 1000)) }
	}
	return []byte(args.text("payload")), header, verifier
}

func verify(_ context.Context, _ *usvideo.Client, args arguments) (any, error) {
	body, header, verifier := delivery(args)
	event, err := verifier.Verify(body, header)
	if err != nil {
		return nil, err
	}
	return event.Payload, nil
}

func verifyXSignature(_ context.Context, _ *usvideo.Client, args arguments) (any, error) {
	body, header, verifier := delivery(args)
	event, err := verifier.VerifyXSignature(body, header)
	if err != nil {
		return nil, err
	}
	return event.Payload, nil
}
