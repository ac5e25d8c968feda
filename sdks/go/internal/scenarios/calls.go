package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	usvideo "github.com/usvideoapi/go-sdk"
)

type arguments struct {
	fields         map[string]any
	idempotencyKey string
}

type call func(ctx context.Context, c *usvideo.Client, args arguments) (any, error)

var calls = map[string]call{
	"videos.create": func(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
		request, err := as[usvideo.CreateVideoRequest](args)
		if err != nil {
			return nil, err
		}
		return c.Videos.Create(ctx, request, args.options()...)
	},
	"videos.create_and_wait": func(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
		request, err := as[usvideo.CreateVideoRequest](args)
		if err != nil {
			return nil, err
		}
		return c.Videos.CreateAndWait(ctx, request, nil, args.options()...)
	},
	"videos.retrieve": byID(func(c *usvideo.Client) method[usvideo.Video] { return c.Videos.Retrieve }),
	"videos.cancel":   byID(func(c *usvideo.Client) method[usvideo.Video] { return c.Videos.Cancel }),
	"videos.delete":   byID(func(c *usvideo.Client) method[usvideo.Video] { return c.Videos.Delete }),
	"videos.erase":    byID(func(c *usvideo.Client) method[usvideo.Video] { return c.Videos.Erase }),
	"videos.wait": func(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
		if args.fields["mode"] == "poll" {
			return c.Videos.WaitByPoll(ctx, args.text("id"), nil)
		}
		return c.Videos.Wait(ctx, args.text("id"), nil)
	},
	"videos.stream": func(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
		return usvideo.Collect(c.Videos.Stream(ctx, args.text("id")), 0)
	},
	"videos.download": download,
	"videos.batch":    batch,
	"videos.list":     listed(func(c *usvideo.Client) list[usvideo.ListVideosParams, usvideo.Video] { return c.Videos.List }),
	"usage.list":      listed(func(c *usvideo.Client) list[usvideo.ListUsageParams, usvideo.UsageLine] { return c.Usage.List }),
	"ledger.list":     listed(func(c *usvideo.Client) list[usvideo.ListLedgerParams, usvideo.LedgerEntry] { return c.Ledger.List }),
	"statements.list": listed(func(c *usvideo.Client) list[usvideo.ListStatementsParams, usvideo.Statement] {
		return c.Statements.List
	}),
	"topups.list":      listed(func(c *usvideo.Client) list[usvideo.ListTopUpsParams, usvideo.TopUp] { return c.TopUps.List }),
	"deliveries.list":  listed(func(c *usvideo.Client) list[usvideo.ListDeliveriesParams, usvideo.Delivery] { return c.Deliveries.List }),
	"models.list":      plain(func(c *usvideo.Client) func(context.Context) ([]usvideo.Model, error) { return c.Models.List }),
	"api_keys.list":    plain(func(c *usvideo.Client) func(context.Context) ([]usvideo.APIKey, error) { return c.APIKeys.List }),
	"balance.retrieve": plain(func(c *usvideo.Client) func(context.Context) (*usvideo.Balance, error) { return c.Balance.Retrieve }),
	"account.retrieve": plain(func(c *usvideo.Client) func(context.Context) (*usvideo.Account, error) { return c.Account.Retrieve }),
	"limits.retrieve":  plain(func(c *usvideo.Client) func(context.Context) (*usvideo.Limits, error) { return c.Limits.Retrieve }),
	"sandbox.reset":    plain(func(c *usvideo.Client) func(context.Context) (*usvideo.Balance, error) { return c.Sandbox.Reset }),
	"quotes.create":    sent(func(c *usvideo.Client) sending[usvideo.CreateQuoteRequest, usvideo.Quote] { return c.Quotes.Create }),
	"balance.set_threshold": sent(func(c *usvideo.Client) sending[usvideo.SetLowBalanceThresholdRequest, usvideo.LowBalanceThreshold] {
		return c.Balance.SetThreshold
	}),
	"spend_caps.set": sent(func(c *usvideo.Client) sending[usvideo.SetSpendCapRequest, usvideo.SpendCap] { return c.SpendCaps.Set }),
	"api_keys.create": sent(func(c *usvideo.Client) sending[usvideo.CreateAPIKeyRequest, usvideo.NewAPIKey] {
		return c.APIKeys.Create
	}),
	"usage.summary": sent(func(c *usvideo.Client) sending[usvideo.ListUsageParams, usvideo.Usage] { return c.Usage.Summary }),
	"api_keys.rotate": func(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
		request, err := as[usvideo.RotateAPIKeyRequest](args.without("id"))
		if err != nil {
			return nil, err
		}
		return c.APIKeys.Rotate(ctx, args.text("id"), request)
	},
	"api_keys.revoke": byID(func(c *usvideo.Client) method[usvideo.APIKey] { return c.APIKeys.Revoke }),
	"topups.create": func(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
		request, err := as[usvideo.CreateTopUpRequest](args)
		if err != nil {
			return nil, err
		}
		return c.TopUps.Create(ctx, request, args.options()...)
	},
	"auto_topup.retrieve": plain(func(c *usvideo.Client) func(context.Context) (*usvideo.AutoTopUp, error) {
		return c.AutoTopUp.Retrieve
	}),
	"auto_topup.set": sent(func(c *usvideo.Client) sending[usvideo.SetAutoTopUpRequest, usvideo.AutoTopUp] {
		return c.AutoTopUp.Set
	}),
	"auto_topup.set_up_payment_method": sent(func(c *usvideo.Client) sending[usvideo.SetUpPaymentMethodRequest, usvideo.PaymentMethodSetup] {
		return c.AutoTopUp.SetUpPaymentMethod
	}),
	"auto_topup.remove_payment_method": plain(func(c *usvideo.Client) func(context.Context) (*usvideo.AutoTopUp, error) {
		return c.AutoTopUp.RemovePaymentMethod
	}),
	"statements.retrieve": func(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
		return c.Statements.Retrieve(ctx, args.text("period"), usvideo.GetStatementParams{})
	},
	"endpoints.list": plain(func(c *usvideo.Client) func(context.Context) ([]usvideo.WebhookEndpoint, error) {
		return c.WebhookEndpoints.List
	}),
	"endpoints.create": sent(func(c *usvideo.Client) sending[usvideo.CreateWebhookEndpointRequest, usvideo.NewWebhookEndpoint] {
		return c.WebhookEndpoints.Create
	}),
	"endpoints.retrieve": byID(func(c *usvideo.Client) method[usvideo.WebhookEndpoint] { return c.WebhookEndpoints.Retrieve }),
	"endpoints.delete":   byID(func(c *usvideo.Client) method[usvideo.DeletedWebhookEndpoint] { return c.WebhookEndpoints.Delete }),
	"endpoints.test":     byID(func(c *usvideo.Client) method[usvideo.WebhookTest] { return c.WebhookEndpoints.Test }),
	"endpoints.update": func(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
		changes, err := as[usvideo.UpdateWebhookEndpointRequest](args.without("id"))
		if err != nil {
			return nil, err
		}
		return c.WebhookEndpoints.Update(ctx, args.text("id"), changes)
	},
	"webhook_secrets.retrieve": func(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
		return c.WebhookSecrets.Retrieve(ctx, args.text("endpoint_id"))
	},
	"webhook_secrets.rotate": func(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
		request, err := as[usvideo.RotateWebhookSecretRequest](args.without("endpoint_id"))
		if err != nil {
			return nil, err
		}
		return c.WebhookSecrets.Rotate(ctx, args.text("endpoint_id"), request)
	},
	"deliveries.retrieve":  byID(func(c *usvideo.Client) method[usvideo.Delivery] { return c.Deliveries.Retrieve }),
	"deliveries.redeliver": byID(func(c *usvideo.Client) method[usvideo.WebhookRedelivery] { return c.Deliveries.Redeliver }),
	"deliveries.redeliver_many": sent(func(c *usvideo.Client) sending[usvideo.RedeliverManyRequest, usvideo.WebhookRedelivery] {
		return c.Deliveries.RedeliverMany
	}),
	"events.list": sent(func(c *usvideo.Client) sending[usvideo.ListEventsParams, usvideo.EventList] { return c.Events.List }),
	"events.stream": func(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
		return usvideo.Collect(c.Events.Stream(ctx, args.text("after")), int(args.fields["take"].(float64)))
	},
	"usage.csv":                   usageCSV,
	"request":                     request,
	"webhooks.verify":             verify,
	"webhooks.verify_x_signature": verifyXSignature,
	"stand.webhook":               ofStand("webhooks"),
	"stand.report":                ofStand("report"),
}

type method[T any] = func(context.Context, string) (*T, error)
type sending[R, T any] = func(context.Context, R) (*T, error)
type list[P, T any] = func(context.Context, P) iter.Seq2[T, error]

func byID[T any](of func(*usvideo.Client) method[T]) call {
	return func(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
		return of(c)(ctx, args.text("id"))
	}
}

func plain[T any](of func(*usvideo.Client) func(context.Context) (T, error)) call {
	return func(ctx context.Context, c *usvideo.Client, _ arguments) (any, error) { return of(c)(ctx) }
}

func sent[R, T any](of func(*usvideo.Client) sending[R, T]) call {
	return func(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
		request, err := as[R](args)
		if err != nil {
			return nil, err
		}
		return of(c)(ctx, request)
	}
}

func listed[P, T any](of func(*usvideo.Client) list[P, T]) call {
	return func(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
		most, _ := args.fields["take"].(float64)
		params, err := as[P](args.without("take"))
		if err != nil {
			return nil, err
		}
		return usvideo.Collect(of(c)(ctx, params), int(most))
	}
}

func (a arguments) text(name string) string {
	text, _ := a.fields[name].(string)
	return text
}

func (a arguments) without(names ...string) arguments {
	rest := map[string]any{}
	for name, value := range a.fields {
		if !slices.Contains(names, name) {
			rest[name] = value
		}
	}
	return arguments{rest, a.idempotencyKey}
}

func (a arguments) options() []usvideo.CallOption {
	if a.idempotencyKey == "" {
		return nil
	}
	return []usvideo.CallOption{usvideo.WithIdempotencyKey(a.idempotencyKey)}
}

// as reads the names of the wire; those that the type does not have are an error. The fields of queries have no tags.
func as[T any](args arguments) (T, error) {
	var value T
	err := strictly(args.fields, &value)
	if err != nil {
		bare := map[string]any{}
		for name, each := range args.fields {
			bare[strings.ReplaceAll(name, "_", "")] = each
		}
		if strictly(bare, &value) == nil {
			err = nil
		}
	}
	return value, err
}

func strictly(fields map[string]any, into any) error {
	content, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func errorMembers(err error) any {
	members := map[string]any{"message": err.Error()}
	var refusal *usvideo.APIError
	var lost *usvideo.ConnectionError
	var unfinished *usvideo.VideoNotCompletedError
	var webhook *usvideo.WebhookError
	switch {
	case errors.As(err, &refusal):
		members["code"], members["status"], members["message"] = refusal.Code, refusal.Status, refusal.Message
		members["request_id"], members["doc_url"], members["details"] = refusal.RequestID, refusal.DocURL, refusal.Details
		if refusal.RetryAfter > 0 {
			members["retry_after_ms"] = refusal.RetryAfter.Milliseconds()
		}
	case errors.As(err, &lost):
		members["code"] = usvideo.CodeConnectionError
		if errors.Is(err, usvideo.CodeTimeout) {
			members["code"] = usvideo.CodeTimeout
		}
	case errors.As(err, &unfinished):
		members["code"], members["job"] = usvideo.CodeVideoNotCompleted, unfinished.Video
	case errors.As(err, &webhook):
		members["code"] = webhook.Code
	}
	decoded, failed := wire(members)
	if failed != nil {
		return failed.Error()
	}
	return decoded
}

func download(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
	folder, err := os.MkdirTemp("", "usvideo")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "video.mp4")
	if err := c.Videos.DownloadByID(ctx, args.text("id"), path); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		return nil, fmt.Errorf("the download left %v", left)
	}
	sum := sha256.Sum256(content)
	return map[string]any{"bytes": len(content), "sha256": hex.EncodeToString(sum[:])}, nil
}

func batch(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
	request, err := as[usvideo.CreateVideoRequest](args.without("count", "concurrency", "wait"))
	if err != nil {
		return nil, err
	}
	count, concurrency := int(args.fields["count"].(float64)), int(args.fields["concurrency"].(float64))
	waits, given := args.fields["wait"].(bool)
	requests := slices.Values(slices.Repeat([]usvideo.CreateVideoRequest{request}, count))
	results := make([]any, count)
	for result := range c.Batch(ctx, requests, usvideo.BatchOptions{Concurrency: concurrency, CreateOnly: given && !waits}) {
		if result.Err != nil {
			results[result.Index] = map[string]any{"error": errorMembers(result.Err)}
		} else {
			results[result.Index] = map[string]any{"job": result.Video}
		}
	}
	return results, nil
}

func usageCSV(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
	params, err := as[usvideo.ListUsageParams](args)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", "usage-*.csv")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if err := c.Usage.CSV(ctx, params, file.Name()); err != nil {
		return nil, err
	}
	content, err := io.ReadAll(file)
	return string(content), err
}

func request(ctx context.Context, c *usvideo.Client, args arguments) (any, error) {
	query, header := url.Values{}, http.Header{}
	for name, value := range texts(args.fields["query"]) {
		query.Set(name, value)
	}
	for name, value := range texts(args.fields["headers"]) {
		header.Set(name, value)
	}
	var answer any
	err := c.Request(ctx, args.text("method"), args.text("path"), query, header, args.fields["body"], &answer)
	return answer, err
}

func texts(value any) map[string]string {
	found := map[string]string{}
	object, _ := value.(map[string]any)
	for name, each := range object {
		found[name] = fmt.Sprint(each)
	}
	return found
}

func ofStand(path string) call {
	return func(ctx context.Context, _ *usvideo.Client, args arguments) (any, error) {
		address := os.Getenv("USVIDEO_STAND_URL") + "/" + path + "/" + args.text("run")
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return nil, err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return nil, err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("the stand answered %s", response.Status)
		}
		var answer any
		err = json.NewDecoder(response.Body).Decode(&answer)
		return answer, err
	}
}
