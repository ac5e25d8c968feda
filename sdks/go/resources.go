package usvideo

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"os"
)

// ModelsService is about what renders.
type ModelsService struct{ client *Client }

// List answers all models with their prices.
func (s *ModelsService) List(ctx context.Context) ([]Model, error) {
	answer, err := one[ModelList](ctx, s.client, get("/v1/models"))
	if err != nil {
		return nil, err
	}
	return answer.Data, nil
}

// QuotesService is about prices.
type QuotesService struct{ client *Client }

// Create locks the price of a request until it expires: give its ID as QuoteID of a CreateVideoRequest.
func (s *QuotesService) Create(ctx context.Context, request CreateQuoteRequest) (*Quote, error) {
	return one[Quote](ctx, s.client, call{method: http.MethodPost, path: "/v1/quotes", body: request, repeatable: true})
}

// BalanceService is about the prepaid balance.
type BalanceService struct{ client *Client }

// Retrieve answers what there is, what is held and what was spent.
func (s *BalanceService) Retrieve(ctx context.Context) (*Balance, error) {
	return one[Balance](ctx, s.client, get("/v1/balance"))
}

// SetThreshold says below which balance an event tells that it is low.
func (s *BalanceService) SetThreshold(ctx context.Context, request SetLowBalanceThresholdRequest) (*LowBalanceThreshold, error) {
	return one[LowBalanceThreshold](ctx, s.client, put("/v1/balance/threshold", request))
}

// SandboxService is about the test environment.
type SandboxService struct{ client *Client }

// Reset brings the play money of a test key back to $1,000.00; what is held stays held.
func (s *SandboxService) Reset(ctx context.Context) (*Balance, error) {
	return one[Balance](ctx, s.client, call{method: http.MethodPost, path: "/v1/sandbox/reset"})
}

// SpendCapsService is about what may be spent in a month.
type SpendCapsService struct{ client *Client }

// Set caps the account, or one of its keys, per UTC month; a nil limit is no cap.
func (s *SpendCapsService) Set(ctx context.Context, request SetSpendCapRequest) (*SpendCap, error) {
	return one[SpendCap](ctx, s.client, put("/v1/spend-caps", request))
}

// UsageService is about what was charged.
type UsageService struct{ client *Client }

// List goes over all charged jobs, or with GroupBy over groups of them.
func (s *UsageService) List(ctx context.Context, params ListUsageParams) iter.Seq2[UsageLine, error] {
	return pages[UsageLine](ctx, s.client, "/v1/usage", params.values(), false)
}

// Summary answers one page, with the totals of all.
func (s *UsageService) Summary(ctx context.Context, params ListUsageParams) (*Usage, error) {
	request := get("/v1/usage")
	request.query = params.values()
	return one[Usage](ctx, s.client, request)
}

// CSV writes all rows into a file, however many there are.
func (s *UsageService) CSV(ctx context.Context, params ListUsageParams, path string) error {
	request := get("/v1/usage")
	request.query, request.header = params.values(), http.Header{"Accept": {"text/csv"}}
	within, cancel := context.WithTimeout(ctx, DefaultWait)
	defer cancel()
	response, err := s.client.open(ctx, within, request, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("usvideo: %w", err)
	}
	if _, err := io.Copy(file, response.Body); err != nil {
		_ = file.Close()
		return connectionError(ctx, err)
	}
	return file.Close()
}

// LedgerService is about every movement of money.
type LedgerService struct{ client *Client }

// List goes over all entries, each with the balance after it.
func (s *LedgerService) List(ctx context.Context, params ListLedgerParams) iter.Seq2[LedgerEntry, error] {
	return pages[LedgerEntry](ctx, s.client, "/v1/ledger", params.values(), true)
}

// StatementsService is about months.
type StatementsService struct{ client *Client }

// List goes over all months.
func (s *StatementsService) List(ctx context.Context, params ListStatementsParams) iter.Seq2[Statement, error] {
	return pages[Statement](ctx, s.client, "/v1/statements", params.values(), false)
}

// Retrieve answers a month such as 2026-11, with the first page of its lines.
func (s *StatementsService) Retrieve(ctx context.Context, period string, params GetStatementParams) (*StatementWithLines, error) {
	request := get("/v1/statements/" + url.PathEscape(period))
	request.query = params.values()
	return one[StatementWithLines](ctx, s.client, request)
}

// TopUpsService is about adding funds.
type TopUpsService struct{ client *Client }

// Create begins a payment.
func (s *TopUpsService) Create(ctx context.Context, request CreateTopUpRequest, options ...CallOption) (*TopUp, error) {
	return one[TopUp](ctx, s.client, creation("/v1/topups", request, options))
}

// List goes over all payments.
func (s *TopUpsService) List(ctx context.Context, params ListTopUpsParams) iter.Seq2[TopUp, error] {
	return pages[TopUp](ctx, s.client, "/v1/topups", params.values(), false)
}

// Retrieve answers a payment.
func (s *TopUpsService) Retrieve(ctx context.Context, id string) (*TopUp, error) {
	return one[TopUp](ctx, s.client, get("/v1/topups/"+url.PathEscape(id)))
}

// AutoTopUpService charges the saved payment method when the balance runs low.
type AutoTopUpService struct{ client *Client }

// Retrieve answers the terms and how they stand.
func (s *AutoTopUpService) Retrieve(ctx context.Context) (*AutoTopUp, error) {
	return one[AutoTopUp](ctx, s.client, get("/v1/auto-topup"))
}

// Set turns it on or off.
func (s *AutoTopUpService) Set(ctx context.Context, request SetAutoTopUpRequest) (*AutoTopUp, error) {
	return one[AutoTopUp](ctx, s.client, put("/v1/auto-topup", request))
}

// SetUpPaymentMethod answers where its owner saves a payment method with the provider.
func (s *AutoTopUpService) SetUpPaymentMethod(ctx context.Context, request SetUpPaymentMethodRequest) (*PaymentMethodSetup, error) {
	return one[PaymentMethodSetup](ctx, s.client, call{method: http.MethodPost, path: "/v1/auto-topup/payment-method", body: request})
}

// RemovePaymentMethod forgets the saved payment method.
func (s *AutoTopUpService) RemovePaymentMethod(ctx context.Context) (*AutoTopUp, error) {
	return one[AutoTopUp](ctx, s.client, call{method: http.MethodDelete, path: "/v1/auto-topup/payment-method", repeatable: true})
}

// AccountService is about who the key belongs to.
type AccountService struct{ client *Client }

// Retrieve answers the account.
func (s *AccountService) Retrieve(ctx context.Context) (*Account, error) {
	return one[Account](ctx, s.client, get("/v1/account"))
}

// LimitsService is about what is allowed and what is in use.
type LimitsService struct{ client *Client }

// Retrieve answers both.
func (s *LimitsService) Retrieve(ctx context.Context) (*Limits, error) {
	return one[Limits](ctx, s.client, get("/v1/limits"))
}

// APIKeysService is about keys. A key made twice would be one too many: a request whose answer was lost is not sent again.
type APIKeysService struct{ client *Client }

// List answers all keys, without their secrets.
func (s *APIKeysService) List(ctx context.Context) ([]APIKey, error) {
	answer, err := one[APIKeyList](ctx, s.client, get("/v1/api-keys"))
	if err != nil {
		return nil, err
	}
	return answer.Data, nil
}

// Create answers the secret, now and never again.
func (s *APIKeysService) Create(ctx context.Context, request CreateAPIKeyRequest) (*NewAPIKey, error) {
	return one[NewAPIKey](ctx, s.client, call{method: http.MethodPost, path: "/v1/api-keys", body: request})
}

// Rotate makes a key in the place of another, which goes on for a day unless the request says otherwise.
func (s *APIKeysService) Rotate(ctx context.Context, id string, request RotateAPIKeyRequest) (*RotatedAPIKey, error) {
	return one[RotatedAPIKey](ctx, s.client, call{method: http.MethodPost, path: "/v1/api-keys/" + url.PathEscape(id) + "/rotate", body: request})
}

// Revoke ends a key.
func (s *APIKeysService) Revoke(ctx context.Context, id string) (*APIKey, error) {
	return one[APIKey](ctx, s.client, call{method: http.MethodDelete, path: "/v1/api-keys/" + url.PathEscape(id), repeatable: true})
}

func put(path string, body any) call {
	return call{method: http.MethodPut, path: path, body: body, repeatable: true}
}
