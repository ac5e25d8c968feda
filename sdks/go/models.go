// Code generated from the OpenAPI document by "npm run generate". DO NOT EDIT.

package usvideo

import (
	"net/url"
	"strconv"
	"time"
)

// Resolution may have values that this version does not list.
type Resolution string

const (
	Resolution480p  Resolution = "480p"
	Resolution720p  Resolution = "720p"
	Resolution1080p Resolution = "1080p"
)

// AspectRatio may have values that this version does not list.
type AspectRatio string

const (
	AspectRatio16x9 AspectRatio = "16:9"
	AspectRatio9x16 AspectRatio = "9:16"
	AspectRatio1x1  AspectRatio = "1:1"
)

// VideoStatus may have values that this version does not list.
type VideoStatus string

const (
	VideoStatusPending    VideoStatus = "pending"
	VideoStatusProcessing VideoStatus = "processing"
	VideoStatusCompleted  VideoStatus = "completed"
	VideoStatusFailed     VideoStatus = "failed"
	VideoStatusCancelled  VideoStatus = "cancelled"
)

// VideoMode may have values that this version does not list.
type VideoMode string

const (
	VideoModeTextToVideo  VideoMode = "text_to_video"
	VideoModeImageToVideo VideoMode = "image_to_video"
)

// FileContentType may have values that this version does not list.
type FileContentType string

const (
	FileContentTypeImagePng  FileContentType = "image/png"
	FileContentTypeImageJpeg FileContentType = "image/jpeg"
	FileContentTypeImageWebp FileContentType = "image/webp"
)

// TopUpStatus may have values that this version does not list.
type TopUpStatus string

const (
	TopUpStatusPending   TopUpStatus = "pending"
	TopUpStatusCompleted TopUpStatus = "completed"
	TopUpStatusFailed    TopUpStatus = "failed"
	TopUpStatusExpired   TopUpStatus = "expired"
)

// AutoTopUpState may have values that this version does not list.
type AutoTopUpState string

const (
	AutoTopUpStateOff             AutoTopUpState = "off"
	AutoTopUpStateNoPaymentMethod AutoTopUpState = "no_payment_method"
	AutoTopUpStateWaiting         AutoTopUpState = "waiting"
	AutoTopUpStateCharging        AutoTopUpState = "charging"
	AutoTopUpStateMonthMaxReached AutoTopUpState = "month_max_reached"
	AutoTopUpStateFailed          AutoTopUpState = "failed"
)

// WebhookEndpointEvent may have values that this version does not list.
type WebhookEndpointEvent string

const (
	WebhookEndpointEventVideoProcessing WebhookEndpointEvent = "video.processing"
	WebhookEndpointEventVideoCompleted  WebhookEndpointEvent = "video.completed"
	WebhookEndpointEventVideoFailed     WebhookEndpointEvent = "video.failed"
	WebhookEndpointEventVideoCancelled  WebhookEndpointEvent = "video.cancelled"
	WebhookEndpointEventBalanceLow      WebhookEndpointEvent = "balance.low"
	WebhookEndpointEventWebhookDisabled WebhookEndpointEvent = "webhook.disabled"
)

// WebhookEndpointDisabledReason may have values that this version does not list.
type WebhookEndpointDisabledReason string

const (
	WebhookEndpointDisabledReasonGone        WebhookEndpointDisabledReason = "gone"
	WebhookEndpointDisabledReasonUnreachable WebhookEndpointDisabledReason = "unreachable"
	WebhookEndpointDisabledReasonCustomer    WebhookEndpointDisabledReason = "customer"
)

// DeliveryStatus may have values that this version does not list.
type DeliveryStatus string

const (
	DeliveryStatusPending    DeliveryStatus = "pending"
	DeliveryStatusDelivered  DeliveryStatus = "delivered"
	DeliveryStatusFailed     DeliveryStatus = "failed"
	DeliveryStatusSuperseded DeliveryStatus = "superseded"
)

// RedeliverManyRequestStatus may have values that this version does not list.
type RedeliverManyRequestStatus string

const (
	RedeliverManyRequestStatusDelivered  RedeliverManyRequestStatus = "delivered"
	RedeliverManyRequestStatusFailed     RedeliverManyRequestStatus = "failed"
	RedeliverManyRequestStatusSuperseded RedeliverManyRequestStatus = "superseded"
)

// DeliveryEvent may have values that this version does not list.
type DeliveryEvent string

const (
	DeliveryEventVideoProcessing DeliveryEvent = "video.processing"
	DeliveryEventVideoCompleted  DeliveryEvent = "video.completed"
	DeliveryEventVideoFailed     DeliveryEvent = "video.failed"
	DeliveryEventVideoCancelled  DeliveryEvent = "video.cancelled"
	DeliveryEventBalanceLow      DeliveryEvent = "balance.low"
	DeliveryEventWebhookDisabled DeliveryEvent = "webhook.disabled"
	DeliveryEventWebhookTest     DeliveryEvent = "webhook.test"
)

// APIKeyScope may have values that this version does not list.
type APIKeyScope string

const (
	APIKeyScopeVideos         APIKeyScope = "videos"
	APIKeyScopeVideosUnquoted APIKeyScope = "videos:unquoted"
	APIKeyScopeBillingRead    APIKeyScope = "billing:read"
	APIKeyScopeWebhooks       APIKeyScope = "webhooks"
	APIKeyScopeKeysRead       APIKeyScope = "keys:read"
	APIKeyScopeKeysManage     APIKeyScope = "keys:manage"
	APIKeyScopeBillingManage  APIKeyScope = "billing:manage"
)

// SessionRole may have values that this version does not list.
type SessionRole string

const (
	SessionRoleOwner     SessionRole = "owner"
	SessionRoleDeveloper SessionRole = "developer"
	SessionRoleBilling   SessionRole = "billing"
	SessionRoleViewer    SessionRole = "viewer"
)

// SessionAccountItemRole may have values that this version does not list.
type SessionAccountItemRole string

const (
	SessionAccountItemRoleOwner     SessionAccountItemRole = "owner"
	SessionAccountItemRoleDeveloper SessionAccountItemRole = "developer"
	SessionAccountItemRoleBilling   SessionAccountItemRole = "billing"
	SessionAccountItemRoleViewer    SessionAccountItemRole = "viewer"
)

// MemberRole may have values that this version does not list.
type MemberRole string

const (
	MemberRoleOwner     MemberRole = "owner"
	MemberRoleDeveloper MemberRole = "developer"
	MemberRoleBilling   MemberRole = "billing"
	MemberRoleViewer    MemberRole = "viewer"
)

// MemberStatus may have values that this version does not list.
type MemberStatus string

const (
	MemberStatusActive  MemberStatus = "active"
	MemberStatusInvited MemberStatus = "invited"
)

// InviteMemberRequestRole may have values that this version does not list.
type InviteMemberRequestRole string

const (
	InviteMemberRequestRoleOwner     InviteMemberRequestRole = "owner"
	InviteMemberRequestRoleDeveloper InviteMemberRequestRole = "developer"
	InviteMemberRequestRoleBilling   InviteMemberRequestRole = "billing"
	InviteMemberRequestRoleViewer    InviteMemberRequestRole = "viewer"
)

// MemberRoleRole may have values that this version does not list.
type MemberRoleRole string

const (
	MemberRoleRoleOwner     MemberRoleRole = "owner"
	MemberRoleRoleDeveloper MemberRoleRole = "developer"
	MemberRoleRoleBilling   MemberRoleRole = "billing"
	MemberRoleRoleViewer    MemberRoleRole = "viewer"
)

// UsageGroupBy may have values that this version does not list.
type UsageGroupBy string

const (
	UsageGroupByDay        UsageGroupBy = "day"
	UsageGroupByAPIKey     UsageGroupBy = "api_key"
	UsageGroupByEndUser    UsageGroupBy = "end_user"
	UsageGroupByResolution UsageGroupBy = "resolution"
)

type CreateVideoRequest struct {
	// What the video shows.
	Prompt string `json:"prompt"`
	// An id or alias from GET /v1/models; the default is its first entry.
	Model string `json:"model,omitempty"`
	// 720p by default.
	Resolution Resolution `json:"resolution,omitempty"`
	// Seconds. 5 by default.
	Duration int64 `json:"duration,omitempty"`
	// 16:9 by default, or the nearest to the first frame.
	AspectRatio AspectRatio `json:"aspect_ratio,omitempty"`
	// An https URL, the id of an uploaded file, or a data URI of a PNG, JPEG or WebP of at most 10 MiB; the video
	// starts with it, centre-cropped.
	FirstFrame string `json:"first_frame,omitempty"`
	// An https URL that is told that the job has completed or failed, or was cancelled by anybody but the key that
	// made it.
	WebhookURL string `json:"webhook_url,omitempty"`
	// The same seed and request give the same video; drawn when absent.
	Seed *int64 `json:"seed,omitempty"`
	// What the video should not show.
	NegativePrompt string `json:"negative_prompt,omitempty"`
	// At most 16 pairs of your own strings, shown with the job.
	Metadata map[string]string `json:"metadata,omitempty"`
	// Your own user on whose behalf this is; lists can be filtered by it.
	EndUser string `json:"end_user,omitempty"`
	// The job fails, free of charge, if rendering has not started by then. 86400 by default.
	DeadlineSeconds int64 `json:"deadline_seconds,omitempty"`
	// From POST /v1/quotes: the price that it locked.
	QuoteID string `json:"quote_id,omitempty"`
	// Deprecated. Older name of resolution.
	Size Resolution `json:"size,omitempty"`
	// Deprecated. Older name of first_frame.
	ImageURL string `json:"image_url,omitempty"`
}

// Video: One job. Only a completed job is ever charged.
type Video struct {
	ID             string       `json:"id"`
	JobID          string       `json:"job_id"`
	Object         string       `json:"object"`
	Status         VideoStatus  `json:"status"`
	Livemode       bool         `json:"livemode"`
	Mode           VideoMode    `json:"mode"`
	Model          string       `json:"model"`
	Prompt         *string      `json:"prompt"`
	NegativePrompt *string      `json:"negative_prompt"`
	FirstFrame     *string      `json:"first_frame"`
	Resolution     Resolution   `json:"resolution"`
	AspectRatio    *AspectRatio `json:"aspect_ratio"`
	Duration       int64        `json:"duration"`
	DurationActual *float64     `json:"duration_actual"`
	Seed           int64        `json:"seed"`
	// What is held for the job.
	EstimatedCost string `json:"estimated_cost"`
	// What is held for the job, in micro-dollars.
	EstimatedCostMicros int64 `json:"estimated_cost_micros"`
	// What was charged; null until the end.
	Cost *string `json:"cost"`
	// What was charged, in micro-dollars.
	CostMicros        *int64         `json:"cost_micros"`
	Billing           VideoBilling   `json:"billing"`
	VideoURL          *string        `json:"video_url"`
	VideoURLExpiresAt *time.Time     `json:"video_url_expires_at"`
	ThumbnailURL      *string        `json:"thumbnail_url"`
	Progress          int64          `json:"progress"`
	QueuePosition     *int64         `json:"queue_position"`
	ETASeconds        *int64         `json:"eta_seconds"`
	Cancellable       bool           `json:"cancellable"`
	Attempts          []VideoAttempt `json:"attempts"`
	// Why the job failed; never charged, and the code is the rule in billing. Codes: `content_rejected` (the engine
	// refused what the prompt or the frame asks for), `first_frame_unreachable` (the first frame could not be
	// fetched: no answer, another status than 200, a redirect or an address that is not allowed),
	// `first_frame_invalid` (the first frame is not a whole PNG, JPEG or WebP, or is too large), `engine_error`
	// (three attempts at rendering failed), `render_timeout` (rendering took longer than it may),
	// `deadline_exceeded` (rendering did not start before the deadline of the job); more may come.
	Error              *VideoError       `json:"error"`
	WebhookURL         *string           `json:"webhook_url"`
	Metadata           map[string]string `json:"metadata"`
	EndUser            *string           `json:"end_user"`
	APIKeyID           string            `json:"api_key_id"`
	TraceID            string            `json:"trace_id"`
	CreatedAt          time.Time         `json:"created_at"`
	StartedAt          *time.Time        `json:"started_at"`
	RenderingStartedAt *time.Time        `json:"rendering_started_at"`
	CompletedAt        *time.Time        `json:"completed_at"`
	DeadlineAt         *time.Time        `json:"deadline_at"`
	ContentErasedAt    *time.Time        `json:"content_erased_at"`
}

type VideoBilling struct {
	State          string  `json:"state"`
	ChargedMicros  int64   `json:"charged_micros"`
	ReleasedMicros int64   `json:"released_micros"`
	RefundedMicros int64   `json:"refunded_micros"`
	Rule           *string `json:"rule"`
	Settled        bool    `json:"settled"`
}

type VideoAttempt struct {
	Attempt   int64      `json:"attempt"`
	Worker    string     `json:"worker"`
	Engine    string     `json:"engine"`
	StartedAt *time.Time `json:"started_at"`
	EndedAt   *time.Time `json:"ended_at"`
	Outcome   *string    `json:"outcome"`
}

// VideoError: Why the job failed; never charged, and the code is the rule in billing. Codes: `content_rejected`
// (the engine refused what the prompt or the frame asks for), `first_frame_unreachable` (the first frame could
// not be fetched: no answer, another status than 200, a redirect or an address that is not allowed),
// `first_frame_invalid` (the first frame is not a whole PNG, JPEG or WebP, or is too large), `engine_error`
// (three attempts at rendering failed), `render_timeout` (rendering took longer than it may),
// `deadline_exceeded` (rendering did not start before the deadline of the job); more may come.
type VideoError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// ErrorBody: Every refusal has this form.
type ErrorBody struct {
	// Code of the refusal: invalid_request, invalid_api_key, invalid_credentials, mfa_required, signed_out,
	// insufficient_balance, spend_cap_reached, forbidden, account_suspended, job_not_found, not_found,
	// method_not_allowed, job_not_cancellable, job_not_ended, not_configured, idempotency_in_progress,
	// quote_expired, quote_mismatch, video_expired, cursor_expired, payload_too_large, unsupported_media_type,
	// range_not_satisfiable, idempotency_key_reused, rate_limit_exceeded, queue_limit_exceeded,
	// request_header_too_large, internal_error, capacity_exhausted, price_unavailable, service_unavailable; more may
	// come.
	Error   string `json:"error"`
	Message string `json:"message"`
	// The same as X-Request-Id: name it when you ask us.
	RequestID string `json:"request_id"`
	// The page that says what the code means and what to do.
	DocURL string `json:"doc_url"`
	// The job's status, where the refusal depends on it.
	Status string `json:"status,omitempty"`
	// What the video costs, where money is missing.
	RequiredMicros int64 `json:"required_micros,omitempty"`
	// What is available, where money is missing.
	AvailableMicros int64 `json:"available_micros,omitempty"`
	// What is missing.
	ShortfallMicros int64             `json:"shortfall_micros,omitempty"`
	Details         []ErrorBodyDetail `json:"details,omitempty"`
}

type ErrorBodyDetail struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

type VideoList struct {
	Object     string  `json:"object"`
	Data       []Video `json:"data"`
	HasMore    bool    `json:"has_more"`
	NextCursor *string `json:"next_cursor"`
	Limit      int64   `json:"limit"`
	Offset     int64   `json:"offset"`
}

type ModelList struct {
	Object     string  `json:"object"`
	Data       []Model `json:"data"`
	HasMore    bool    `json:"has_more"`
	NextCursor *string `json:"next_cursor"`
	Limit      int64   `json:"limit"`
	Offset     int64   `json:"offset"`
}

type Model struct {
	ID           string       `json:"id"`
	Object       string       `json:"object"`
	Aliases      []string     `json:"aliases"`
	Description  string       `json:"description"`
	Modes        []string     `json:"modes"`
	Resolutions  []string     `json:"resolutions"`
	AspectRatios []string     `json:"aspect_ratios"`
	MaxDuration  int64        `json:"max_duration"`
	Prices       []ModelPrice `json:"prices"`
}

type ModelPrice struct {
	Resolution string `json:"resolution"`
	// Price of a second.
	PerSecond       string `json:"per_second"`
	PerSecondMicros int64  `json:"per_second_micros"`
}

type CreateFileRequest struct {
	// A PNG, JPEG or WebP of at most 10 MiB.
	File string `json:"file"`
}

// File: A picture that was uploaded.
type File struct {
	ID          string          `json:"id"`
	Object      string          `json:"object"`
	Livemode    bool            `json:"livemode"`
	Bytes       int64           `json:"bytes"`
	ContentType FileContentType `json:"content_type"`
	CreatedAt   time.Time       `json:"created_at"`
	// When it is deleted by itself; jobs that name it keep the picture.
	ExpiresAt time.Time `json:"expires_at"`
}

type DeletedFile struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Deleted bool   `json:"deleted"`
}

type CreateQuoteRequest struct {
	// What the video shows.
	Prompt string `json:"prompt,omitempty"`
	// An id or alias from GET /v1/models; the default is its first entry.
	Model string `json:"model,omitempty"`
	// 720p by default.
	Resolution Resolution `json:"resolution,omitempty"`
	// Seconds. 5 by default.
	Duration int64 `json:"duration,omitempty"`
	// 16:9 by default, or the nearest to the first frame.
	AspectRatio AspectRatio `json:"aspect_ratio,omitempty"`
	// An https URL, the id of an uploaded file, or a data URI of a PNG, JPEG or WebP of at most 10 MiB; the video
	// starts with it, centre-cropped.
	FirstFrame string `json:"first_frame,omitempty"`
	// An https URL that is told that the job has completed or failed, or was cancelled by anybody but the key that
	// made it.
	WebhookURL string `json:"webhook_url,omitempty"`
	// The same seed and request give the same video; drawn when absent.
	Seed *int64 `json:"seed,omitempty"`
	// What the video should not show.
	NegativePrompt string `json:"negative_prompt,omitempty"`
	// At most 16 pairs of your own strings, shown with the job.
	Metadata map[string]string `json:"metadata,omitempty"`
	// Your own user on whose behalf this is; lists can be filtered by it.
	EndUser string `json:"end_user,omitempty"`
	// The job fails, free of charge, if rendering has not started by then. 86400 by default.
	DeadlineSeconds int64 `json:"deadline_seconds,omitempty"`
	// Deprecated. Older name of resolution.
	Size Resolution `json:"size,omitempty"`
	// Deprecated. Older name of first_frame.
	ImageURL string `json:"image_url,omitempty"`
}

type Quote struct {
	ID string `json:"id"`
	// Send it with the create; it locks the price until it expires.
	QuoteID    string     `json:"quote_id"`
	Object     string     `json:"object"`
	Livemode   bool       `json:"livemode"`
	Model      string     `json:"model"`
	Resolution Resolution `json:"resolution"`
	Duration   int64      `json:"duration"`
	// Price of a second.
	PerSecond       string `json:"per_second"`
	PerSecondMicros int64  `json:"per_second_micros"`
	// What the video will cost.
	Cost string `json:"cost"`
	// What the video will cost, in micro-dollars.
	CostMicros int64      `json:"cost_micros"`
	ExpiresAt  *time.Time `json:"expires_at"`
}

type Balance struct {
	Object   string `json:"object"`
	Livemode bool   `json:"livemode"`
	Currency string `json:"currency"`
	// Available and held together.
	Balance       string `json:"balance"`
	BalanceMicros int64  `json:"balance_micros"`
	// What new jobs may use.
	Available       string `json:"available"`
	AvailableMicros int64  `json:"available_micros"`
	// Reserved by jobs that have not ended.
	Held       string `json:"held"`
	HeldMicros int64  `json:"held_micros"`
	// Charged since the account was made.
	TotalSpend       string `json:"total_spend"`
	TotalSpendMicros int64  `json:"total_spend_micros"`
	// What a payment that was taken back left open; money that comes in settles it first.
	Owed       string `json:"owed"`
	OwedMicros int64  `json:"owed_micros"`
	// When available falls below it, the event balance.low is recorded, once per crossing.
	LowBalanceThreshold       *string              `json:"low_balance_threshold"`
	LowBalanceThresholdMicros *int64               `json:"low_balance_threshold_micros"`
	CurrentPeriod             BalanceCurrentPeriod `json:"current_period"`
	// Caps that are set, the account's own first.
	SpendCaps []SpendCap `json:"spend_caps"`
}

type BalanceCurrentPeriod struct {
	Start *time.Time `json:"start"`
	End   *time.Time `json:"end"`
	// Charged this month less what was refunded.
	Spend       string `json:"spend"`
	SpendMicros int64  `json:"spend_micros"`
	Jobs        int64  `json:"jobs"`
}

type SpendCap struct {
	Object   string `json:"object"`
	Livemode bool   `json:"livemode"`
	// null: the whole account.
	APIKeyID *string `json:"api_key_id"`
	// The most that may be spent and held in a UTC month; null: no cap.
	Limit       *string `json:"limit"`
	LimitMicros *int64  `json:"limit_micros"`
	// Charged this month less what was refunded.
	Spent       string `json:"spent"`
	SpentMicros int64  `json:"spent_micros"`
	// Held by jobs that have not ended.
	Held       string `json:"held"`
	HeldMicros int64  `json:"held_micros"`
	// What new jobs may still hold.
	Remaining       *string `json:"remaining"`
	RemainingMicros *int64  `json:"remaining_micros"`
}

type SetLowBalanceThresholdRequest struct {
	// When available falls below it, the event balance.low is recorded, once per crossing; 0 ends the notice.
	// Dollars, as 250 or "2.50".
	ThresholdUSD string `json:"threshold_usd"`
}

type LowBalanceThreshold struct {
	Object   string `json:"object"`
	Livemode bool   `json:"livemode"`
	// $0.00: no notice.
	Threshold       string `json:"threshold"`
	ThresholdMicros int64  `json:"threshold_micros"`
}

type SetSpendCapRequest struct {
	// The key that is capped; absent: the whole account.
	APIKeyID string `json:"api_key_id,omitempty"`
	// The most that may be spent and held in a UTC month; 0 refuses every video, null lifts the cap. Dollars, as 250
	// or "2.50".
	LimitUSD *string `json:"limit_usd"`
}

type Usage struct {
	Object     string      `json:"object"`
	Data       []UsageLine `json:"data"`
	HasMore    bool        `json:"has_more"`
	NextCursor *string     `json:"next_cursor"`
	Limit      int64       `json:"limit"`
	Offset     int64       `json:"offset"`
	// false: play money.
	Livemode bool `json:"livemode"`
	// What data is grouped by; null: a row for each job.
	GroupBy   *string     `json:"group_by"`
	StartDate string      `json:"start_date"`
	EndDate   string      `json:"end_date"`
	Totals    UsageTotals `json:"totals"`
}

type UsageRow struct {
	JobID      string `json:"job_id"`
	APIKeyID   string `json:"api_key_id"`
	Date       string `json:"date"`
	Model      string `json:"model"`
	Resolution string `json:"resolution"`
	Duration   int64  `json:"duration"`
	// Price of a second.
	PerSecond       string `json:"per_second"`
	PerSecondMicros int64  `json:"per_second_micros"`
	// What the job cost.
	Cost       string `json:"cost"`
	CostMicros int64  `json:"cost_micros"`
	// Given back since.
	Refunded       string     `json:"refunded"`
	RefundedMicros int64      `json:"refunded_micros"`
	ChargedAt      *time.Time `json:"charged_at"`
}

type UsageGroup struct {
	// The day, key, end user or resolution; null: jobs that named no end user.
	Group   *string `json:"group"`
	Jobs    int64   `json:"jobs"`
	Seconds int64   `json:"seconds"`
	// What the jobs cost.
	Cost       string `json:"cost"`
	CostMicros int64  `json:"cost_micros"`
	// Given back since.
	Refunded       string `json:"refunded"`
	RefundedMicros int64  `json:"refunded_micros"`
}

type UsageTotals struct {
	Jobs    int64 `json:"jobs"`
	Seconds int64 `json:"seconds"`
	// Of the whole range.
	Cost       string `json:"cost"`
	CostMicros int64  `json:"cost_micros"`
	// Given back since.
	Refunded       string `json:"refunded"`
	RefundedMicros int64  `json:"refunded_micros"`
}

type LedgerEntryList struct {
	Object     string        `json:"object"`
	Data       []LedgerEntry `json:"data"`
	HasMore    bool          `json:"has_more"`
	NextCursor *string       `json:"next_cursor"`
	Limit      int64         `json:"limit"`
	Offset     int64         `json:"offset"`
	// false: play money.
	Livemode bool `json:"livemode"`
}

type LedgerEntry struct {
	ID       string `json:"id"`
	Object   string `json:"object"`
	Livemode bool   `json:"livemode"`
	// funds_added, hold_placed, hold_captured, hold_released, capture_refunded, funds_reversed, adjustment_made;
	// more may come.
	Kind  string  `json:"kind"`
	JobID *string `json:"job_id"`
	// Change of available.
	AvailableChange       string `json:"available_change"`
	AvailableChangeMicros int64  `json:"available_change_micros"`
	// Change of held.
	HeldChange       string `json:"held_change"`
	HeldChangeMicros int64  `json:"held_change_micros"`
	// Available after it.
	AvailableAfter       string `json:"available_after"`
	AvailableAfterMicros int64  `json:"available_after_micros"`
	// Held after it.
	HeldAfter       string `json:"held_after"`
	HeldAfterMicros int64  `json:"held_after_micros"`
	// Balance after it.
	BalanceAfter       string `json:"balance_after"`
	BalanceAfterMicros int64  `json:"balance_after_micros"`
	// Owed after it.
	OwedAfter       string `json:"owed_after"`
	OwedAfterMicros int64  `json:"owed_after_micros"`
	// Of a payment, refund, reversal or adjustment.
	Reference *string    `json:"reference"`
	Note      *string    `json:"note"`
	CreatedAt *time.Time `json:"created_at"`
}

type StatementList struct {
	Object     string      `json:"object"`
	Data       []Statement `json:"data"`
	HasMore    bool        `json:"has_more"`
	NextCursor *string     `json:"next_cursor"`
	Limit      int64       `json:"limit"`
	Offset     int64       `json:"offset"`
	// false: play money.
	Livemode bool `json:"livemode"`
}

type Statement struct {
	ID       string `json:"id"`
	Object   string `json:"object"`
	Livemode bool   `json:"livemode"`
	// The UTC month as YYYY-MM.
	Period string     `json:"period"`
	Start  *time.Time `json:"start"`
	End    *time.Time `json:"end"`
	// The running month: it still changes.
	Open bool `json:"open"`
	// Available and held, less owed, when the month began.
	OpeningBalance       string `json:"opening_balance"`
	OpeningBalanceMicros int64  `json:"opening_balance_micros"`
	// Top-ups and credits.
	Added       string `json:"added"`
	AddedMicros int64  `json:"added_micros"`
	// Completed jobs.
	Charged       string `json:"charged"`
	ChargedMicros int64  `json:"charged_micros"`
	// Charges given back.
	Refunded       string `json:"refunded"`
	RefundedMicros int64  `json:"refunded_micros"`
	// Payments taken back.
	Reversed       string `json:"reversed"`
	ReversedMicros int64  `json:"reversed_micros"`
	// Corrections, signed.
	Adjusted       string `json:"adjusted"`
	AdjustedMicros int64  `json:"adjusted_micros"`
	// opening + added + refunded + adjusted - charged - reversed.
	ClosingBalance       string `json:"closing_balance"`
	ClosingBalanceMicros int64  `json:"closing_balance_micros"`
	// Of the closing balance.
	ClosingAvailable       string `json:"closing_available"`
	ClosingAvailableMicros int64  `json:"closing_available_micros"`
	// Of the closing balance.
	ClosingHeld       string `json:"closing_held"`
	ClosingHeldMicros int64  `json:"closing_held_micros"`
	// Already taken off the closing balance.
	ClosingOwed       string `json:"closing_owed"`
	ClosingOwedMicros int64  `json:"closing_owed_micros"`
	Jobs              int64  `json:"jobs"`
}

type StatementWithLines struct {
	ID       string `json:"id"`
	Object   string `json:"object"`
	Livemode bool   `json:"livemode"`
	// The UTC month as YYYY-MM.
	Period string     `json:"period"`
	Start  *time.Time `json:"start"`
	End    *time.Time `json:"end"`
	// The running month: it still changes.
	Open bool `json:"open"`
	// Available and held, less owed, when the month began.
	OpeningBalance       string `json:"opening_balance"`
	OpeningBalanceMicros int64  `json:"opening_balance_micros"`
	// Top-ups and credits.
	Added       string `json:"added"`
	AddedMicros int64  `json:"added_micros"`
	// Completed jobs.
	Charged       string `json:"charged"`
	ChargedMicros int64  `json:"charged_micros"`
	// Charges given back.
	Refunded       string `json:"refunded"`
	RefundedMicros int64  `json:"refunded_micros"`
	// Payments taken back.
	Reversed       string `json:"reversed"`
	ReversedMicros int64  `json:"reversed_micros"`
	// Corrections, signed.
	Adjusted       string `json:"adjusted"`
	AdjustedMicros int64  `json:"adjusted_micros"`
	// opening + added + refunded + adjusted - charged - reversed.
	ClosingBalance       string `json:"closing_balance"`
	ClosingBalanceMicros int64  `json:"closing_balance_micros"`
	// Of the closing balance.
	ClosingAvailable       string `json:"closing_available"`
	ClosingAvailableMicros int64  `json:"closing_available_micros"`
	// Of the closing balance.
	ClosingHeld       string `json:"closing_held"`
	ClosingHeldMicros int64  `json:"closing_held_micros"`
	// Already taken off the closing balance.
	ClosingOwed       string `json:"closing_owed"`
	ClosingOwedMicros int64  `json:"closing_owed_micros"`
	Jobs              int64  `json:"jobs"`
	// The entries of the month, newest first; page with starting_after.
	Lines LedgerEntryList `json:"lines"`
}

type CreateTopUpRequest struct {
	// What to add. Dollars, as 250 or "2.50".
	AmountUSD string `json:"amount_usd"`
	// Where the payment page sends you after you paid.
	SuccessURL string `json:"success_url,omitempty"`
	// Where the payment page sends you when you turn back.
	CancelURL string `json:"cancel_url,omitempty"`
}

type TopUp struct {
	ID       string `json:"id"`
	Object   string `json:"object"`
	Livemode bool   `json:"livemode"`
	// What is added once it is paid.
	Amount       string      `json:"amount"`
	AmountMicros int64       `json:"amount_micros"`
	Status       TopUpStatus `json:"status"`
	Provider     string      `json:"provider"`
	// Where to pay; null where an operator confirms the payment.
	CheckoutURL *string `json:"checkout_url"`
	PaymentRef  *string `json:"payment_ref"`
	// What was taken back of it.
	Reversed       string     `json:"reversed"`
	ReversedMicros int64      `json:"reversed_micros"`
	CreatedAt      *time.Time `json:"created_at"`
	EndedAt        *time.Time `json:"ended_at"`
	// Ordered by itself, with your saved payment method.
	Automatic bool `json:"automatic"`
}

type TopUpList struct {
	Object     string  `json:"object"`
	Data       []TopUp `json:"data"`
	HasMore    bool    `json:"has_more"`
	NextCursor *string `json:"next_cursor"`
	Limit      int64   `json:"limit"`
	Offset     int64   `json:"offset"`
	// false: play money.
	Livemode bool `json:"livemode"`
}

type AutoTopUp struct {
	Object   string `json:"object"`
	Livemode bool   `json:"livemode"`
	// waiting: the balance is above the threshold, or was a moment ago.
	State   AutoTopUpState `json:"state"`
	Enabled bool           `json:"enabled"`
	// Below it the amount is charged.
	Threshold       string `json:"threshold"`
	ThresholdMicros int64  `json:"threshold_micros"`
	// What is charged each time.
	Amount       string `json:"amount"`
	AmountMicros int64  `json:"amount_micros"`
	// The most that is charged in a UTC month.
	MonthlyMax       string `json:"monthly_max"`
	MonthlyMaxMicros int64  `json:"monthly_max_micros"`
	// What was, charges under way included.
	ChargedThisMonth       string `json:"charged_this_month"`
	ChargedThisMonthMicros int64  `json:"charged_this_month_micros"`
	// As you know it, such as "visa 4242".
	PaymentMethod *string `json:"payment_method"`
	// Why nothing more is charged: the code of the card's bank, outcome_unknown, account_suspended or
	// account_closed. Turning it on again tries again.
	Failure *string `json:"failure"`
	// Whether this installation can save payment methods.
	Offered bool `json:"offered"`
}

type SetAutoTopUpRequest struct {
	Enabled bool `json:"enabled"`
	// When less is available, amount_usd is charged. Dollars, as 250 or "2.50".
	ThresholdUSD string `json:"threshold_usd"`
	// What is charged each time: 5 to 10,000, whole cents; 0 only while it is off. Dollars, as 250 or "2.50".
	AmountUSD string `json:"amount_usd"`
	// The most that is charged in a UTC month; at least amount_usd. Dollars, as 250 or "2.50".
	MonthlyMaxUSD string `json:"monthly_max_usd"`
}

type SetUpPaymentMethodRequest struct {
	// Where the payment page sends you after you saved it.
	SuccessURL string `json:"success_url,omitempty"`
	// Where the payment page sends you when you turn back.
	CancelURL string `json:"cancel_url,omitempty"`
}

type PaymentMethodSetup struct {
	Object string `json:"object"`
	// Where to enter the card; it is never seen here.
	CheckoutURL string `json:"checkout_url"`
}

type PaymentEventReceived struct {
	Received bool `json:"received"`
}

type WebhookEndpointList struct {
	Object     string            `json:"object"`
	Data       []WebhookEndpoint `json:"data"`
	HasMore    bool              `json:"has_more"`
	NextCursor *string           `json:"next_cursor"`
	Limit      int64             `json:"limit"`
	Offset     int64             `json:"offset"`
}

type WebhookEndpoint struct {
	ID          string                 `json:"id"`
	Object      string                 `json:"object"`
	URL         string                 `json:"url"`
	Events      []WebhookEndpointEvent `json:"events"`
	Description *string                `json:"description"`
	// Values masked.
	Headers map[string]string `json:"headers"`
	Enabled bool              `json:"enabled"`
	// `gone`: it answered 410. `unreachable`: for three days.
	DisabledReason *WebhookEndpointDisabledReason `json:"disabled_reason"`
	DisabledAt     *time.Time                     `json:"disabled_at"`
	Livemode       bool                           `json:"livemode"`
	CreatedAt      *time.Time                     `json:"created_at"`
}

type CreateWebhookEndpointRequest struct {
	// An https URL.
	URL string `json:"url"`
	// Your words about it.
	Description string `json:"description,omitempty"`
	// Up to five request headers of yours, sent with every request to it; stored encrypted, shown masked.
	Headers map[string]string `json:"headers,omitempty"`
	// What it hears. video.completed, video.failed by default.
	Events []WebhookEndpointEvent `json:"events,omitempty"`
}

type NewWebhookEndpoint struct {
	ID          string                 `json:"id"`
	Object      string                 `json:"object"`
	URL         string                 `json:"url"`
	Events      []WebhookEndpointEvent `json:"events"`
	Description *string                `json:"description"`
	// Values masked.
	Headers map[string]string `json:"headers"`
	Enabled bool              `json:"enabled"`
	// `gone`: it answered 410. `unreachable`: for three days.
	DisabledReason *WebhookEndpointDisabledReason `json:"disabled_reason"`
	DisabledAt     *time.Time                     `json:"disabled_at"`
	Livemode       bool                           `json:"livemode"`
	CreatedAt      *time.Time                     `json:"created_at"`
	// Signs what is sent to it; can be read again.
	Secret string `json:"secret"`
}

type UpdateWebhookEndpointRequest struct {
	// An https URL.
	URL string `json:"url,omitempty"`
	// Your words about it.
	Description string `json:"description,omitempty"`
	// Up to five request headers of yours, sent with every request to it; stored encrypted, shown masked.
	Headers map[string]string `json:"headers,omitempty"`
	// What it hears.
	Events  []WebhookEndpointEvent `json:"events,omitempty"`
	Enabled *bool                  `json:"enabled,omitempty"`
}

type DeletedWebhookEndpoint struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Deleted bool   `json:"deleted"`
}

type WebhookSecret struct {
	Object string `json:"object"`
	// `X-Signature` is keyed with this whole string, `whsec_` included.
	Secret string `json:"secret"`
	// Signs beside it until it ends.
	PreviousSecret          *string    `json:"previous_secret"`
	PreviousSecretExpiresAt *time.Time `json:"previous_secret_expires_at"`
}

type RotateWebhookEndpointSecretRequest struct {
	// How long the old secret signs beside the new one; 0 after a leak. 24 by default.
	OverlapHours *int64 `json:"overlap_hours,omitempty"`
}

type RotateWebhookSecretRequest struct {
	// How long the old secret signs beside the new one; 0 after a leak. 24 by default.
	OverlapHours *int64 `json:"overlap_hours,omitempty"`
}

type TestWebhookEndpointRequest struct {
	// The endpoint that is sent webhook.test.
	EndpointID string `json:"endpoint_id"`
}

type WebhookTest struct {
	Object     string `json:"object"`
	DeliveryID string `json:"delivery_id"`
	EventID    string `json:"event_id"`
}

type DeliveryList struct {
	Object     string     `json:"object"`
	Data       []Delivery `json:"data"`
	HasMore    bool       `json:"has_more"`
	NextCursor *string    `json:"next_cursor"`
	Limit      int64      `json:"limit"`
	Offset     int64      `json:"offset"`
}

type Delivery struct {
	ID      string  `json:"id"`
	Object  string  `json:"object"`
	EventID string  `json:"event_id"`
	Event   string  `json:"event"`
	JobID   *string `json:"job_id"`
	// Null for the webhook_url of a job.
	EndpointID *string        `json:"endpoint_id"`
	URL        string         `json:"url"`
	Status     DeliveryStatus `json:"status"`
	// Its server is in trouble: it is tried now and then, and what waits for it loses no attempt.
	Parked        bool       `json:"parked"`
	RedeliveryOf  *string    `json:"redelivery_of"`
	CreatedAt     *time.Time `json:"created_at"`
	NextAttemptAt *time.Time `json:"next_attempt_at"`
	// The newest twenty.
	Attempts []DeliveryAttempt `json:"attempts"`
}

type DeliveryAttempt struct {
	Attempt    int64      `json:"attempt"`
	StartedAt  *time.Time `json:"started_at"`
	DurationMs int64      `json:"duration_ms"`
	Probe      bool       `json:"probe"`
	// Who answered.
	Address    *string `json:"address"`
	HTTPStatus *int64  `json:"http_status"`
	Error      *string `json:"error"`
	// The beginning of the answer: 1 KiB in a list, 16 KiB of one delivery.
	ResponseExcerpt string `json:"response_excerpt"`
}

type WebhookRedelivery struct {
	Object string `json:"object"`
	// The new deliveries, a thousand at most, ten sent a second.
	DeliveryIds []string `json:"delivery_ids"`
	// Where to go on, where there is more.
	NextCursor *string `json:"next_cursor"`
}

type RedeliverManyRequest struct {
	// failed by default.
	Status []RedeliverManyRequestStatus `json:"status,omitempty"`
	// To this endpoint only.
	EndpointID string `json:"endpoint_id,omitempty"`
	// Of this event only.
	Event DeliveryEvent `json:"event,omitempty"`
	// Of this job only.
	JobID         string     `json:"job_id,omitempty"`
	CreatedAfter  *time.Time `json:"created_after,omitempty"`
	CreatedBefore *time.Time `json:"created_before,omitempty"`
	// The next_cursor of the redelivery before, where there was more than it could take.
	StartingAfter string `json:"starting_after,omitempty"`
}

type EventList struct {
	Object     string  `json:"object"`
	Data       []Event `json:"data"`
	HasMore    bool    `json:"has_more"`
	NextCursor *string `json:"next_cursor"`
	Limit      int64   `json:"limit"`
	Offset     int64   `json:"offset"`
}

type Event struct {
	ID     string `json:"id"`
	Object string `json:"object"`
	// Without a gap in an account and environment.
	Sequence  int64      `json:"sequence"`
	Event     string     `json:"event"`
	JobID     *string    `json:"job_id"`
	Livemode  bool       `json:"livemode"`
	CreatedAt *time.Time `json:"created_at"`
	// As webhooks send it: `event`, then the fields of the video; null once the content was erased.
	Data map[string]any `json:"data"`
}

type CreateStreamTokenRequest struct {
	// The stream of this job; without it that of the feed.
	JobID string `json:"job_id,omitempty"`
	// Seconds until it, and whatever it opened, ends. 900 by default.
	ExpiresIn int64 `json:"expires_in,omitempty"`
}

type StreamToken struct {
	Object string `json:"object"`
	Token  string `json:"token"`
	// Null: the feed.
	JobID *string `json:"job_id"`
	// For an EventSource. It is as secret as the token: it opens the stream, and nothing else, until it expires.
	URL       string     `json:"url"`
	ExpiresAt *time.Time `json:"expires_at"`
}

type RegisterRequest struct {
	Email string `json:"email"`
	// 12 characters or more; any may be used.
	Password string `json:"password"`
	// Name of the account.
	AccountName string `json:"account_name"`
}

// Registered: Shown this once.
type Registered struct {
	AccountID     string `json:"account_id"`
	LiveKey       string `json:"live_key"`
	TestKey       string `json:"test_key"`
	WebhookSecret string `json:"webhook_secret"`
}

type Account struct {
	ID        string     `json:"id"`
	AccountID string     `json:"account_id"`
	Object    string     `json:"object"`
	Name      string     `json:"name"`
	Email     string     `json:"email"`
	Plan      string     `json:"plan"`
	Status    string     `json:"status"`
	Livemode  bool       `json:"livemode"`
	CreatedAt *time.Time `json:"created_at"`
}

type Limits struct {
	Object           string                 `json:"object"`
	Livemode         bool                   `json:"livemode"`
	ConcurrentJobs   LimitsConcurrentJobs   `json:"concurrent_jobs"`
	QueuedJobs       LimitsQueuedJobs       `json:"queued_jobs"`
	Streams          LimitsStreams          `json:"streams"`
	CreatesPerMinute LimitsCreatesPerMinute `json:"creates_per_minute"`
	ReadsPerMinute   LimitsReadsPerMinute   `json:"reads_per_minute"`
}

type LimitsConcurrentJobs struct {
	Allowed int64 `json:"allowed"`
	InUse   int64 `json:"in_use"`
}

type LimitsQueuedJobs struct {
	Allowed int64 `json:"allowed"`
	InUse   int64 `json:"in_use"`
}

type LimitsStreams struct {
	Allowed int64 `json:"allowed"`
	InUse   int64 `json:"in_use"`
}

type LimitsCreatesPerMinute struct {
	Allowed int64 `json:"allowed"`
}

type LimitsReadsPerMinute struct {
	Allowed int64 `json:"allowed"`
}

type APIKeyList struct {
	Object     string   `json:"object"`
	Data       []APIKey `json:"data"`
	HasMore    bool     `json:"has_more"`
	NextCursor *string  `json:"next_cursor"`
	Limit      int64    `json:"limit"`
	Offset     int64    `json:"offset"`
	// Deprecated. The same as data.
	Keys []APIKey `json:"keys"`
}

type APIKey struct {
	ID         string     `json:"id"`
	Object     string     `json:"object"`
	Name       string     `json:"name"`
	MaskedKey  string     `json:"masked_key"`
	Scopes     []string   `json:"scopes"`
	Livemode   bool       `json:"livemode"`
	CreatedAt  *time.Time `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
}

type CreateAPIKeyRequest struct {
	// Your name for the key.
	Name string `json:"name"`
	// What the key may do, within what yours may.
	Scopes []APIKeyScope `json:"scopes,omitempty"`
}

type NewAPIKey struct {
	ID         string     `json:"id"`
	Object     string     `json:"object"`
	Name       string     `json:"name"`
	MaskedKey  string     `json:"masked_key"`
	Scopes     []string   `json:"scopes"`
	Livemode   bool       `json:"livemode"`
	CreatedAt  *time.Time `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	// Shown this once.
	Secret string `json:"secret"`
}

type RotateAPIKeyRequest struct {
	// Ends the old key at once, as after a leak, instead of in 24 hours. false by default.
	ExpireOldNow *bool `json:"expire_old_now,omitempty"`
}

type RotatedAPIKey struct {
	ID         string     `json:"id"`
	Object     string     `json:"object"`
	Name       string     `json:"name"`
	MaskedKey  string     `json:"masked_key"`
	Scopes     []string   `json:"scopes"`
	Livemode   bool       `json:"livemode"`
	CreatedAt  *time.Time `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	// Shown this once.
	Secret   string `json:"secret"`
	Replaces APIKey `json:"replaces"`
}

type LoginRequest struct {
	Email string `json:"email"`
	// Your password.
	Password string `json:"password"`
	// Six digits of your authenticator.
	Totp string `json:"totp,omitempty"`
}

// Session: Who is signed in, and the account that they act for.
type Session struct {
	Object   string               `json:"object"`
	User     SessionUser          `json:"user"`
	Account  SessionAccount       `json:"account"`
	Role     SessionRole          `json:"role"`
	Accounts []SessionAccountItem `json:"accounts"`
	// Sent back as X-CSRF-Token with every request that changes something.
	CsrfToken string     `json:"csrf_token"`
	ExpiresAt *time.Time `json:"expires_at"`
}

type SessionUser struct {
	ID            string  `json:"id"`
	Email         string  `json:"email"`
	Name          *string `json:"name"`
	EmailVerified bool    `json:"email_verified"`
	MfaEnabled    bool    `json:"mfa_enabled"`
}

type SessionAccount struct {
	AccountID string `json:"account_id"`
	Name      string `json:"name"`
	Plan      string `json:"plan"`
}

type SessionAccountItem struct {
	AccountID string                 `json:"account_id"`
	Name      string                 `json:"name"`
	Role      SessionAccountItemRole `json:"role"`
}

type ForgotPasswordRequest struct {
	Email string `json:"email"`
}

type ResetPasswordRequest struct {
	// As in the link of the letter.
	Token string `json:"token"`
	// None of those that attackers try first.
	Password string `json:"password"`
}

type VerifyEmailRequest struct {
	// As in the link of the letter.
	Token string `json:"token"`
}

type AcceptInvitationRequest struct {
	// As in the link of the letter.
	Token string `json:"token"`
	// None of those that attackers try first.
	Password string `json:"password,omitempty"`
}

type ChooseAccountRequest struct {
	AccountID string `json:"account_id"`
}

type ChangePasswordRequest struct {
	// Your password.
	CurrentPassword string `json:"current_password"`
	// None of those that attackers try first.
	NewPassword string `json:"new_password"`
}

// SecondFactor: Counts once a code of it was confirmed. Shown this once.
type SecondFactor struct {
	Secret     string `json:"secret"`
	OtpauthURL string `json:"otpauth_url"`
}

type ConfirmSecondFactorRequest struct {
	// Six digits of your authenticator.
	Code string `json:"code"`
}

type SignInMethods struct {
	Object   string `json:"object"`
	Password bool   `json:"password"`
	// Single sign-on: begins at GET /v1/auth/oidc.
	Oidc     *SignInMethodsOidc `json:"oidc"`
	Passkeys bool               `json:"passkeys"`
	// Whether letters are sent: invitations, forgotten passwords.
	Letters      bool `json:"letters"`
	SecondFactor bool `json:"second_factor"`
}

// SignInMethodsOidc: Single sign-on: begins at GET /v1/auth/oidc.
type SignInMethodsOidc struct {
	Name string `json:"name"`
}

type PasskeyOptions struct {
	// Sent back with what the browser makes of the options.
	Flow string `json:"flow"`
	// For navigator.credentials, as its JSON.
	Options map[string]any `json:"options"`
}

type SignInWithPasskeyRequest struct {
	// As the options came with it; it counts once, for five minutes.
	Flow string `json:"flow"`
	// What the browser made of the options, as JSON (toJSON() of a PublicKeyCredential).
	Response SignInWithPasskeyRequestResponse `json:"response"`
}

// SignInWithPasskeyRequestResponse: What the browser made of the options, as JSON (toJSON() of a
// PublicKeyCredential).
type SignInWithPasskeyRequestResponse struct {
	ID       string         `json:"id"`
	RawID    string         `json:"rawId"`
	Type     string         `json:"type"`
	Response map[string]any `json:"response"`
}

type PasskeyList struct {
	Object     string    `json:"object"`
	Data       []Passkey `json:"data"`
	HasMore    bool      `json:"has_more"`
	NextCursor *string   `json:"next_cursor"`
	Limit      int64     `json:"limit"`
	Offset     int64     `json:"offset"`
}

type Passkey struct {
	ID         string     `json:"id"`
	Object     string     `json:"object"`
	Name       string     `json:"name"`
	CreatedAt  *time.Time `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
}

type AddPasskeyRequest struct {
	// As the options came with it; it counts once, for five minutes.
	Flow string `json:"flow"`
	// What you call it, such as the device.
	Name string `json:"name"`
	// What the browser made of the options, as JSON (toJSON() of a PublicKeyCredential).
	Response AddPasskeyRequestResponse `json:"response"`
}

// AddPasskeyRequestResponse: What the browser made of the options, as JSON (toJSON() of a PublicKeyCredential).
type AddPasskeyRequestResponse struct {
	ID       string         `json:"id"`
	RawID    string         `json:"rawId"`
	Type     string         `json:"type"`
	Response map[string]any `json:"response"`
}

type MemberList struct {
	Object     string   `json:"object"`
	Data       []Member `json:"data"`
	HasMore    bool     `json:"has_more"`
	NextCursor *string  `json:"next_cursor"`
	Limit      int64    `json:"limit"`
	Offset     int64    `json:"offset"`
}

type Member struct {
	ID         string       `json:"id"`
	Object     string       `json:"object"`
	Email      string       `json:"email"`
	Name       *string      `json:"name"`
	Role       MemberRole   `json:"role"`
	Status     MemberStatus `json:"status"`
	MfaEnabled bool         `json:"mfa_enabled"`
	CreatedAt  *time.Time   `json:"created_at"`
	ExpiresAt  *time.Time   `json:"expires_at"`
}

type InviteMemberRequest struct {
	Email string                  `json:"email"`
	Role  InviteMemberRequestRole `json:"role"`
}

type SetMemberRoleRequest struct {
	Role MemberRoleRole `json:"role"`
}

// ListVideosParams narrows what is listed; zero values are not sent.
type ListVideosParams struct {
	// Entries per page. 20 by default.
	Limit int64
	// Entries to skip; not together with starting_after.
	Offset int64
	// The next_cursor of the page before; not together with offset.
	StartingAfter string
	// Repeat it for several.
	Status        []VideoStatus
	CreatedAfter  time.Time
	CreatedBefore time.Time
	// Of this end user only.
	EndUser string
}

func (p ListVideosParams) values() url.Values {
	values := url.Values{}
	if p.Limit != 0 {
		values.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.Offset != 0 {
		values.Set("offset", strconv.FormatInt(p.Offset, 10))
	}
	if p.StartingAfter != "" {
		values.Set("starting_after", string(p.StartingAfter))
	}
	for _, value := range p.Status {
		values.Add("status", string(value))
	}
	if !p.CreatedAfter.IsZero() {
		values.Set("created_after", p.CreatedAfter.UTC().Format(time.RFC3339Nano))
	}
	if !p.CreatedBefore.IsZero() {
		values.Set("created_before", p.CreatedBefore.UTC().Format(time.RFC3339Nano))
	}
	if p.EndUser != "" {
		values.Set("end_user", string(p.EndUser))
	}
	return values
}

// StreamVideoParams narrows what is listed; zero values are not sent.
type StreamVideoParams struct {
	// A token of POST /v1/stream-tokens instead of a key, for streams only.
	Token string
}

func (p StreamVideoParams) values() url.Values {
	values := url.Values{}
	if p.Token != "" {
		values.Set("token", string(p.Token))
	}
	return values
}

// ListUsageParams narrows what is listed; zero values are not sent.
type ListUsageParams struct {
	// Entries per page. 20 by default.
	Limit int64
	// Entries to skip; not together with starting_after.
	Offset int64
	// First UTC day; the first of this month by default.
	StartDate string
	// Last UTC day, inclusive; today by default.
	EndDate string
	// Sums instead of a row for each job.
	GroupBy UsageGroupBy
	// Of this key only.
	APIKeyID string
}

func (p ListUsageParams) values() url.Values {
	values := url.Values{}
	if p.Limit != 0 {
		values.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.Offset != 0 {
		values.Set("offset", strconv.FormatInt(p.Offset, 10))
	}
	if p.StartDate != "" {
		values.Set("start_date", string(p.StartDate))
	}
	if p.EndDate != "" {
		values.Set("end_date", string(p.EndDate))
	}
	if p.GroupBy != "" {
		values.Set("group_by", string(p.GroupBy))
	}
	if p.APIKeyID != "" {
		values.Set("api_key_id", string(p.APIKeyID))
	}
	return values
}

// ListLedgerParams narrows what is listed; zero values are not sent.
type ListLedgerParams struct {
	// Entries per page. 20 by default.
	Limit int64
	// Entries to skip; not together with starting_after.
	Offset int64
	// The next_cursor of the page before; not together with offset.
	StartingAfter string
	// Of this job only.
	JobID string
}

func (p ListLedgerParams) values() url.Values {
	values := url.Values{}
	if p.Limit != 0 {
		values.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.Offset != 0 {
		values.Set("offset", strconv.FormatInt(p.Offset, 10))
	}
	if p.StartingAfter != "" {
		values.Set("starting_after", string(p.StartingAfter))
	}
	if p.JobID != "" {
		values.Set("job_id", string(p.JobID))
	}
	return values
}

// ListStatementsParams narrows what is listed; zero values are not sent.
type ListStatementsParams struct {
	// Entries per page. 20 by default.
	Limit int64
	// Entries to skip; not together with starting_after.
	Offset int64
}

func (p ListStatementsParams) values() url.Values {
	values := url.Values{}
	if p.Limit != 0 {
		values.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.Offset != 0 {
		values.Set("offset", strconv.FormatInt(p.Offset, 10))
	}
	return values
}

// GetStatementParams narrows what is listed; zero values are not sent.
type GetStatementParams struct {
	// Entries per page. 20 by default.
	Limit int64
	// The next_cursor of the page before; not together with offset.
	StartingAfter string
}

func (p GetStatementParams) values() url.Values {
	values := url.Values{}
	if p.Limit != 0 {
		values.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != "" {
		values.Set("starting_after", string(p.StartingAfter))
	}
	return values
}

// ListTopUpsParams narrows what is listed; zero values are not sent.
type ListTopUpsParams struct {
	// Entries per page. 20 by default.
	Limit int64
	// Entries to skip; not together with starting_after.
	Offset int64
}

func (p ListTopUpsParams) values() url.Values {
	values := url.Values{}
	if p.Limit != 0 {
		values.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.Offset != 0 {
		values.Set("offset", strconv.FormatInt(p.Offset, 10))
	}
	return values
}

// ListDeliveriesParams narrows what is listed; zero values are not sent.
type ListDeliveriesParams struct {
	// Entries per page. 20 by default.
	Limit int64
	// Entries to skip; not together with starting_after.
	Offset int64
	// The next_cursor of the page before; not together with offset.
	StartingAfter string
	// Of this job only.
	JobID string
	// To this endpoint only.
	EndpointID string
	// Of this event only.
	Event DeliveryEvent
	// Repeat it for several.
	Status []DeliveryStatus
}

func (p ListDeliveriesParams) values() url.Values {
	values := url.Values{}
	if p.Limit != 0 {
		values.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.Offset != 0 {
		values.Set("offset", strconv.FormatInt(p.Offset, 10))
	}
	if p.StartingAfter != "" {
		values.Set("starting_after", string(p.StartingAfter))
	}
	if p.JobID != "" {
		values.Set("job_id", string(p.JobID))
	}
	if p.EndpointID != "" {
		values.Set("endpoint_id", string(p.EndpointID))
	}
	if p.Event != "" {
		values.Set("event", string(p.Event))
	}
	for _, value := range p.Status {
		values.Add("status", string(value))
	}
	return values
}

// ListEventsParams narrows what is listed; zero values are not sent.
type ListEventsParams struct {
	// A token of POST /v1/stream-tokens instead of a key, for streams only.
	Token string
	// Events per page. 20 by default.
	Limit int64
	// The sequence of the last event seen, as next_cursor; 0 or none: from the oldest that is kept, and for a stream
	// without it from now on.
	After string
}

func (p ListEventsParams) values() url.Values {
	values := url.Values{}
	if p.Token != "" {
		values.Set("token", string(p.Token))
	}
	if p.Limit != 0 {
		values.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.After != "" {
		values.Set("after", string(p.After))
	}
	return values
}

type ForgotPasswordAnswer struct {
	Status string `json:"status"`
}

type ResetPasswordAnswer struct {
	Status string `json:"status"`
}

type VerifyEmailAnswer struct {
	Status string `json:"status"`
}

type LogoutAnswer struct {
	Status string `json:"status"`
}

type ChangePasswordAnswer struct {
	Status string `json:"status"`
}

type RemoveSecondFactorAnswer struct {
	Status string `json:"status"`
}

type ConfirmSecondFactorAnswer struct {
	Status string `json:"status"`
}

// FinishSingleSignOnParams narrows what is listed; zero values are not sent.
type FinishSingleSignOnParams struct {
	Code  string
	State string
}

func (p FinishSingleSignOnParams) values() url.Values {
	values := url.Values{}
	if p.Code != "" {
		values.Set("code", string(p.Code))
	}
	if p.State != "" {
		values.Set("state", string(p.State))
	}
	return values
}

type RemovePasskeyAnswer struct {
	Status string `json:"status"`
}

type RemoveMemberAnswer struct {
	Status string `json:"status"`
}

// UsageLine: One of UsageRow, UsageGroup: what the others have is nil.
type UsageLine struct {
	JobID      *string `json:"job_id,omitempty"`
	APIKeyID   *string `json:"api_key_id,omitempty"`
	Date       *string `json:"date,omitempty"`
	Model      *string `json:"model,omitempty"`
	Resolution *string `json:"resolution,omitempty"`
	Duration   *int64  `json:"duration,omitempty"`
	// Price of a second.
	PerSecond       *string `json:"per_second,omitempty"`
	PerSecondMicros *int64  `json:"per_second_micros,omitempty"`
	// What the jobs cost.
	Cost       string `json:"cost"`
	CostMicros int64  `json:"cost_micros"`
	// Given back since.
	Refunded       string     `json:"refunded"`
	RefundedMicros int64      `json:"refunded_micros"`
	ChargedAt      *time.Time `json:"charged_at,omitempty"`
	// The day, key, end user or resolution; null: jobs that named no end user.
	Group   *string `json:"group,omitempty"`
	Jobs    *int64  `json:"jobs,omitempty"`
	Seconds *int64  `json:"seconds,omitempty"`
}
