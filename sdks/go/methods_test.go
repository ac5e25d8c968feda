package usvideo

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// everyCall is one of every method.
var everyCall = []func(context.Context, *Client) error{
	func(ctx context.Context, c *Client) error {
		return of(c.Videos.Create(ctx, CreateVideoRequest{Prompt: "x"}))
	},
	func(ctx context.Context, c *Client) error { return of(c.Videos.Retrieve(ctx, "x")) },
	func(ctx context.Context, c *Client) error {
		return of(Collect(c.Videos.List(ctx, ListVideosParams{}), 0))
	},
	func(ctx context.Context, c *Client) error { return of(c.Videos.Cancel(ctx, "x")) },
	func(ctx context.Context, c *Client) error { return of(c.Videos.Delete(ctx, "x")) },
	func(ctx context.Context, c *Client) error { return of(c.Videos.Erase(ctx, "x")) },
	func(ctx context.Context, c *Client) error { return of(Collect(c.Videos.Stream(ctx, "x"), 0)) },
	func(ctx context.Context, c *Client) error { return of(c.Models.List(ctx)) },
	func(ctx context.Context, c *Client) error { return of(c.Files.Create(ctx, strings.NewReader("x"))) },
	func(ctx context.Context, c *Client) error { return of(c.Files.Retrieve(ctx, "x")) },
	func(ctx context.Context, c *Client) error { return of(c.Files.Delete(ctx, "x")) },
	func(ctx context.Context, c *Client) error { return of(c.Quotes.Create(ctx, CreateQuoteRequest{})) },
	func(ctx context.Context, c *Client) error { return of(c.Balance.Retrieve(ctx)) },
	func(ctx context.Context, c *Client) error {
		return of(c.Balance.SetThreshold(ctx, SetLowBalanceThresholdRequest{}))
	},
	func(ctx context.Context, c *Client) error { return of(c.Sandbox.Reset(ctx)) },
	func(ctx context.Context, c *Client) error { return of(c.SpendCaps.Set(ctx, SetSpendCapRequest{})) },
	func(ctx context.Context, c *Client) error { return of(c.Usage.Summary(ctx, ListUsageParams{})) },
	func(ctx context.Context, c *Client) error {
		return of(Collect(c.Ledger.List(ctx, ListLedgerParams{}), 0))
	},
	func(ctx context.Context, c *Client) error {
		return of(Collect(c.Statements.List(ctx, ListStatementsParams{}), 0))
	},
	func(ctx context.Context, c *Client) error {
		return of(c.Statements.Retrieve(ctx, "x", GetStatementParams{}))
	},
	func(ctx context.Context, c *Client) error { return of(c.TopUps.Create(ctx, CreateTopUpRequest{})) },
	func(ctx context.Context, c *Client) error {
		return of(Collect(c.TopUps.List(ctx, ListTopUpsParams{}), 0))
	},
	func(ctx context.Context, c *Client) error { return of(c.TopUps.Retrieve(ctx, "x")) },
	func(ctx context.Context, c *Client) error { return of(c.AutoTopUp.Retrieve(ctx)) },
	func(ctx context.Context, c *Client) error { return of(c.AutoTopUp.Set(ctx, SetAutoTopUpRequest{})) },
	func(ctx context.Context, c *Client) error {
		return of(c.AutoTopUp.SetUpPaymentMethod(ctx, SetUpPaymentMethodRequest{}))
	},
	func(ctx context.Context, c *Client) error { return of(c.AutoTopUp.RemovePaymentMethod(ctx)) },
	func(ctx context.Context, c *Client) error { return of(c.Account.Retrieve(ctx)) },
	func(ctx context.Context, c *Client) error { return of(c.Limits.Retrieve(ctx)) },
	func(ctx context.Context, c *Client) error { return of(c.APIKeys.List(ctx)) },
	func(ctx context.Context, c *Client) error { return of(c.APIKeys.Create(ctx, CreateAPIKeyRequest{})) },
	func(ctx context.Context, c *Client) error {
		return of(c.APIKeys.Rotate(ctx, "x", RotateAPIKeyRequest{}))
	},
	func(ctx context.Context, c *Client) error { return of(c.APIKeys.Revoke(ctx, "x")) },
	func(ctx context.Context, c *Client) error {
		return of(Collect(c.Deliveries.List(ctx, ListDeliveriesParams{}), 0))
	},
	func(ctx context.Context, c *Client) error { return of(c.Deliveries.Retrieve(ctx, "x")) },
	func(ctx context.Context, c *Client) error { return of(c.Deliveries.Redeliver(ctx, "x")) },
	func(ctx context.Context, c *Client) error {
		return of(c.Deliveries.RedeliverMany(ctx, RedeliverManyRequest{}))
	},
	func(ctx context.Context, c *Client) error { return of(c.WebhookEndpoints.List(ctx)) },
	func(ctx context.Context, c *Client) error {
		return of(c.WebhookEndpoints.Create(ctx, CreateWebhookEndpointRequest{}))
	},
	func(ctx context.Context, c *Client) error { return of(c.WebhookEndpoints.Retrieve(ctx, "x")) },
	func(ctx context.Context, c *Client) error {
		return of(c.WebhookEndpoints.Update(ctx, "x", UpdateWebhookEndpointRequest{}))
	},
	func(ctx context.Context, c *Client) error { return of(c.WebhookEndpoints.Delete(ctx, "x")) },
	func(ctx context.Context, c *Client) error { return of(c.WebhookEndpoints.Test(ctx, "x")) },
	func(ctx context.Context, c *Client) error { return of(c.WebhookSecrets.Retrieve(ctx, "")) },
	func(ctx context.Context, c *Client) error { return of(c.WebhookSecrets.Retrieve(ctx, "x")) },
	func(ctx context.Context, c *Client) error {
		return of(c.WebhookSecrets.Rotate(ctx, "", RotateWebhookSecretRequest{}))
	},
	func(ctx context.Context, c *Client) error {
		return of(c.WebhookSecrets.Rotate(ctx, "x", RotateWebhookSecretRequest{}))
	},
	func(ctx context.Context, c *Client) error { return of(c.Events.List(ctx, ListEventsParams{})) },
	func(ctx context.Context, c *Client) error {
		return of(c.StreamTokens.Create(ctx, CreateStreamTokenRequest{}))
	},
}

func of[T any](_ T, err error) error { return err }

func TestThereIsAMethodForEveryOperation(t *testing.T) {
	var mutex sync.Mutex
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		asked = append(asked, r.Method+" "+r.URL.Path)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"error":"not_found","message":"x","request_id":"x","doc_url":"x"}`)
	}))
	defer server.Close()
	client, err := New(WithBaseURL(server.URL), WithAPIKey("x"), WithMaxRetries(0))
	if err != nil {
		t.Fatal(err)
	}
	for index, call := range everyCall {
		if call(context.Background(), client) == nil {
			t.Errorf("call %d had no error", index)
		}
	}
	// Those that no key opens are for people at a screen; links to files open themselves, and downloads follow them.
	var wanted []string
	for path, methods := range openAPI(t).Paths {
		for method, operation := range methods {
			request := strings.ToUpper(method) + " " + regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, "x")
			if slices.ContainsFunc(operation.Security, isForKeys) {
				wanted = append(wanted, request)
				if !slices.Contains(asked, request) {
					t.Errorf("%s has no method: %s", operation.OperationID, request)
				}
			}
		}
	}
	if len(wanted) < 40 {
		t.Errorf("only %d operations were found", len(wanted))
	}
	for _, request := range asked {
		if !slices.Contains(wanted, request) {
			t.Errorf("the server has no %s", request)
		}
	}
}

func isForKeys(scheme map[string]any) bool {
	_, ofSession := scheme["sessionCookie"]
	return !ofSession
}
