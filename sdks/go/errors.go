package usvideo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ErrorCode says which rule refused a request. A server may have codes that this version does not list.
type ErrorCode string

// Codes of the API.
const (
	CodeInvalidRequest        ErrorCode = "invalid_request"
	CodeInvalidAPIKey         ErrorCode = "invalid_api_key"
	CodeInvalidCredentials    ErrorCode = "invalid_credentials"
	CodeMFARequired           ErrorCode = "mfa_required"
	CodeSignedOut             ErrorCode = "signed_out"
	CodeInsufficientBalance   ErrorCode = "insufficient_balance"
	CodeSpendCapReached       ErrorCode = "spend_cap_reached"
	CodeForbidden             ErrorCode = "forbidden"
	CodeAccountSuspended      ErrorCode = "account_suspended"
	CodeJobNotFound           ErrorCode = "job_not_found"
	CodeNotFound              ErrorCode = "not_found"
	CodeMethodNotAllowed      ErrorCode = "method_not_allowed"
	CodeJobNotCancellable     ErrorCode = "job_not_cancellable"
	CodeJobNotEnded           ErrorCode = "job_not_ended"
	CodeNotConfigured         ErrorCode = "not_configured"
	CodeIdempotencyInProgress ErrorCode = "idempotency_in_progress"
	CodeQuoteExpired          ErrorCode = "quote_expired"
	CodeQuoteMismatch         ErrorCode = "quote_mismatch"
	CodeVideoExpired          ErrorCode = "video_expired"
	CodeCursorExpired         ErrorCode = "cursor_expired"
	CodePayloadTooLarge       ErrorCode = "payload_too_large"
	CodeUnsupportedMediaType  ErrorCode = "unsupported_media_type"
	CodeRangeNotSatisfiable   ErrorCode = "range_not_satisfiable"
	CodeIdempotencyKeyReused  ErrorCode = "idempotency_key_reused"
	CodeRateLimitExceeded     ErrorCode = "rate_limit_exceeded"
	CodeQueueLimitExceeded    ErrorCode = "queue_limit_exceeded"
	CodeRequestHeaderTooLarge ErrorCode = "request_header_too_large"
	CodeInternalError         ErrorCode = "internal_error"
	CodeCapacityExhausted     ErrorCode = "capacity_exhausted"
	CodePriceUnavailable      ErrorCode = "price_unavailable"
	CodeServiceUnavailable    ErrorCode = "service_unavailable"
	CodeConnectionError       ErrorCode = "connection_error"
	CodeTimeout               ErrorCode = "timeout"
	CodeVideoNotCompleted     ErrorCode = "video_not_completed"
	CodeWebhookHeaderMissing  ErrorCode = "webhook_header_missing"
	CodeWebhookOutOfTolerance ErrorCode = "webhook_timestamp_out_of_tolerance"
	CodeWebhookMismatch       ErrorCode = "webhook_signature_mismatch"
	CodeWebhookBodyUnreadable ErrorCode = "webhook_body_unreadable"
)

// APIError is a refusal of the API. Compare codes with errors.Is(err, usvideo.CodeJobNotFound), or take it with errors.As.
type APIError struct {
	Status    int
	Code      ErrorCode
	Message   string
	RequestID string
	// DocURL is the page that says what the code means and what to do.
	DocURL string
	// Details of an invalid request: each field with what is wrong with it.
	Details []ErrorBodyDetail
	// JobStatus, where the refusal depends on it.
	JobStatus string
	// RetryAfter is how long the API asks to wait; zero if it does not.
	RetryAfter time.Duration
	Header     http.Header
}

func (e *APIError) Error() string {
	return fmt.Sprintf("usvideo: %d %s: %s (request %s)", e.Status, e.Code, e.Message, e.RequestID)
}

// Is makes an APIError comparable with the code that it has.
func (e *APIError) Is(target error) bool { return target == e.Code }

// Error makes a code a target of errors.Is.
func (c ErrorCode) Error() string { return "usvideo: " + string(c) }

// ConnectionError means that no answer came: whether the request was carried out is not known.
type ConnectionError struct {
	// Timeout, if no answer came in time.
	Timeout bool
	Cause   error
}

func (e *ConnectionError) Error() string { return fmt.Sprintf("usvideo: %s: %v", e.code(), e.Cause) }

// Unwrap is the error of the connection.
func (e *ConnectionError) Unwrap() error { return e.Cause }

// Is makes it comparable with CodeConnectionError or CodeTimeout.
func (e *ConnectionError) Is(target error) bool { return target == e.code() }

func (e *ConnectionError) code() ErrorCode {
	if e.Timeout {
		return CodeTimeout
	}
	return CodeConnectionError
}

// VideoNotCompletedError is the end of a job without a video; nothing was charged.
type VideoNotCompletedError struct{ Video *Video }

func (e *VideoNotCompletedError) Error() string {
	if e.Video.Error != nil {
		return fmt.Sprintf("usvideo: %s is %s: %s: %s", e.Video.ID, e.Video.Status, e.Video.Error.Code, e.Video.Error.Message)
	}
	return fmt.Sprintf("usvideo: %s is %s", e.Video.ID, e.Video.Status)
}

// Is makes it comparable with CodeVideoNotCompleted.
func (e *VideoNotCompletedError) Is(target error) bool { return target == CodeVideoNotCompleted }

// WebhookError is a webhook that is not from the API, or too old to be believed.
type WebhookError struct {
	Code    ErrorCode
	Message string
}

func (e *WebhookError) Error() string { return "usvideo: " + e.Message }

// Is makes it comparable with the code that it has.
func (e *WebhookError) Is(target error) bool { return target == e.Code }

func apiError(status int, header http.Header, content []byte) *APIError {
	var body ErrorBody
	if err := json.Unmarshal(content, &body); err != nil || body.Error == "" {
		body = ErrorBody{Message: strings.ToValidUTF8(string(content[:min(len(content), 200)]), "?")}
	}
	if body.RequestID == "" {
		body.RequestID = header.Get("X-Request-Id")
	}
	return &APIError{
		Status: status, Code: ErrorCode(body.Error), Message: body.Message, RequestID: body.RequestID, DocURL: body.DocURL, Details: body.Details,
		JobStatus: body.Status, RetryAfter: retryAfter(header), Header: header,
	}
}

func retryAfter(header http.Header) time.Duration {
	if ms, err := strconv.ParseUint(header.Get("retry-after-ms"), 10, 31); err == nil {
		return time.Duration(ms) * time.Millisecond
	}
	if seconds, err := strconv.ParseUint(header.Get("Retry-After"), 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	return 0
}
