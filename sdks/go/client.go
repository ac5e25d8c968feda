package usvideo

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"time"
)

const (
	defaultTimeout    = 60 * time.Second
	defaultMaxRetries = 2
	defaultMaxWait    = 60 * time.Second
)

// Client is safe for concurrent use.
type Client struct {
	Videos       *VideosService
	Models       *ModelsService
	Quotes       *QuotesService
	Files        *FilesService
	Balance      *BalanceService
	Sandbox      *SandboxService
	SpendCaps    *SpendCapsService
	Usage        *UsageService
	Ledger       *LedgerService
	Statements   *StatementsService
	TopUps       *TopUpsService
	AutoTopUp    *AutoTopUpService
	Account      *AccountService
	Limits       *LimitsService
	APIKeys      *APIKeysService
	Deliveries   *DeliveriesService
	Events       *EventsService
	StreamTokens *StreamTokensService

	WebhookEndpoints *WebhookEndpointsService
	WebhookSecrets   *WebhookSecretsService

	baseURL string
	apiKey  string
	http    *http.Client
	timeout time.Duration
	retry   retryPolicy
}

// Option changes what New makes.
type Option func(*Client)

// WithBaseURL says where the platform is; otherwise USVIDEO_BASE_URL does. There is no default host.
func WithBaseURL(baseURL string) Option { return func(c *Client) { c.baseURL = baseURL } }

// WithAPIKey says who asks; otherwise USVIDEO_API_KEY does.
func WithAPIKey(key string) Option { return func(c *Client) { c.apiKey = key } }

// WithHTTPClient is for proxies and certificates. Its Timeout should be zero: event streams and downloads take long.
func WithHTTPClient(client *http.Client) Option { return func(c *Client) { c.http = client } }

// WithTimeout bounds each request, from its start to its answer; 60 seconds by default.
func WithTimeout(timeout time.Duration) Option { return func(c *Client) { c.timeout = timeout } }

// WithMaxRetries is how often a request is sent again; 2 by default.
func WithMaxRetries(retries int) Option { return func(c *Client) { c.retry.maxRetries = retries } }

// WithMaxRetryWait is the longest Retry-After that is waited for; 60 seconds by default.
func WithMaxRetryWait(wait time.Duration) Option { return func(c *Client) { c.retry.maxWait = wait } }

// New fails if it is not known where the platform is or who asks.
func New(options ...Option) (*Client, error) {
	c := &Client{
		baseURL: os.Getenv("USVIDEO_BASE_URL"),
		apiKey:  os.Getenv("USVIDEO_API_KEY"),
		timeout: defaultTimeout,
		retry:   retryPolicy{maxRetries: defaultMaxRetries, maxWait: defaultMaxWait},
	}
	for _, option := range options {
		option(c)
	}
	if c.http == nil {
		c.http = &http.Client{Transport: newTransport()}
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	c.services()
	return c, nil
}

func (c *Client) check() error {
	c.baseURL, c.apiKey = strings.TrimRight(strings.TrimSpace(c.baseURL), "/"), strings.TrimSpace(c.apiKey)
	if c.baseURL == "" {
		return fmt.Errorf("usvideo: the address of the platform is not known: use WithBaseURL or set USVIDEO_BASE_URL")
	}
	if at, err := url.Parse(c.baseURL); err != nil || (at.Scheme != "http" && at.Scheme != "https") || at.Host == "" {
		return fmt.Errorf("usvideo: the base URL begins with http:// or https://, and is %q", c.baseURL)
	}
	if c.apiKey == "" {
		return fmt.Errorf("usvideo: there is no key: use WithAPIKey or set USVIDEO_API_KEY")
	}
	return nil
}

func (c *Client) services() {
	c.Videos = &VideosService{c}
	c.Models = &ModelsService{c}
	c.Quotes = &QuotesService{c}
	c.Files = &FilesService{c}
	c.Balance = &BalanceService{c}
	c.Sandbox = &SandboxService{c}
	c.SpendCaps = &SpendCapsService{c}
	c.Usage = &UsageService{c}
	c.Ledger = &LedgerService{c}
	c.Statements = &StatementsService{c}
	c.TopUps = &TopUpsService{c}
	c.AutoTopUp = &AutoTopUpService{c}
	c.Account = &AccountService{c}
	c.Limits = &LimitsService{c}
	c.APIKeys = &APIKeysService{c}
	c.Deliveries = &DeliveriesService{c}
	c.Events = &EventsService{c}
	c.StreamTokens = &StreamTokensService{c}
	c.WebhookEndpoints = &WebhookEndpointsService{c}
	c.WebhookSecrets = &WebhookSecretsService{c}
}

// newTransport keeps as many connections as a batch uses.
func newTransport() *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	return transport
}

func userAgent() string {
	return fmt.Sprintf("usvideoapi-go/%s (%s)", Version, runtime.Version())
}
