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

// VideoFirstFrameFit may have values that this version does not list.
type VideoFirstFrameFit string

const (
	VideoFirstFrameFitCrop VideoFirstFrameFit = "crop"
	VideoFirstFrameFitPad  VideoFirstFrameFit = "pad"
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

// QuoteFirstFrameFit may have values that this version does not list.
type QuoteFirstFrameFit string

const (
	QuoteFirstFrameFitCrop QuoteFirstFrameFit = "crop"
	QuoteFirstFrameFitPad  QuoteFirstFrameFit = "pad"
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
	// starts with it.
	FirstFrame string `json:"first_frame,omitempty"`
	// Of a first frame of another shape: crop cuts away what is over, pad leaves black bars. crop by default.
	FirstFrameFit VideoFirstFrameFit `json:"first_frame_fit,omitempty"`
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
	// Its id.
	ID string `json:"id"`
	// The same as id.
	JobID string `json:"job_id"`
	// The type of this object.
	Object string `json:"object"`
	// It never goes back: pending, processing, then one of completed, failed and cancelled.
	Status VideoStatus `json:"status"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// Whether it begins with a picture.
	Mode VideoMode `json:"mode"`
	// The model that renders it.
	Model string `json:"model"`
	// What is to be seen; null once it was erased.
	Prompt *string `json:"prompt"`
	// What is not to be seen; null without one.
	NegativePrompt *string `json:"negative_prompt"`
	// The picture that it begins with: a URL, a file of yours or inputs/… for one that came in the request; null
	// without one.
	FirstFrame *string `json:"first_frame"`
	// How the first frame was brought to the shape of the video; null without one.
	FirstFrameFit *VideoFirstFrameFit `json:"first_frame_fit"`
	// The height of the picture.
	Resolution Resolution `json:"resolution"`
	// Width to height; null until the first frame, which decides it, was seen.
	AspectRatio *AspectRatio `json:"aspect_ratio"`
	// Seconds that were ordered.
	Duration int64 `json:"duration"`
	// Seconds of the file; null until there is one.
	DurationActual *float64 `json:"duration_actual"`
	// Whether the engine made sound; null until there is a video.
	HasAudio *bool `json:"has_audio"`
	// The same seed, prompt and model draw alike.
	Seed int64 `json:"seed"`
	// What is held for the job.
	EstimatedCost string `json:"estimated_cost"`
	// What is held for the job, in micro-dollars.
	EstimatedCostMicros int64 `json:"estimated_cost_micros"`
	// What was charged; null until the end.
	Cost *string `json:"cost"`
	// What was charged, in micro-dollars.
	CostMicros *int64 `json:"cost_micros"`
	// What happened to the money of the job.
	Billing VideoBilling `json:"billing"`
	// Where the file is, without a key, until video_url_expires_at; null until there is one.
	VideoURL *string `json:"video_url"`
	// When video_url ends; a later answer has a fresh one.
	VideoURLExpiresAt *time.Time `json:"video_url_expires_at"`
	// A picture of it; null until there is one.
	ThumbnailURL *string `json:"thumbnail_url"`
	// Percent, 0 to 100.
	Progress int64 `json:"progress"`
	// Its place in the queue of your account, from 1; null unless it is pending.
	QueuePosition *int64 `json:"queue_position"`
	// A guess at the seconds until it has been rendered; null unless it is pending, or where nobody can tell.
	ETASeconds *int64 `json:"eta_seconds"`
	// Whether a cancel would succeed at this moment: until rendering starts.
	Cancellable bool `json:"cancellable"`
	// Every try at rendering it, the first one first.
	Attempts []VideoAttempt `json:"attempts"`
	// Why the job failed; never charged, and the code is the rule in billing. Codes: `content_rejected` (the engine
	// refused what the prompt or the frame asks for), `first_frame_unreachable` (the first frame could not be
	// fetched: no answer, another status than 200, a redirect or an address that is not allowed),
	// `first_frame_invalid` (the first frame is not a whole PNG, JPEG or WebP, or is too large), `engine_error`
	// (three attempts at rendering failed), `render_timeout` (rendering took longer than it may),
	// `deadline_exceeded` (rendering did not start before the deadline of the job); more may come.
	Error *VideoError `json:"error"`
	// Where its end is told; null without one.
	WebhookURL *string `json:"webhook_url"`
	// Your own pairs, as the create gave them.
	Metadata map[string]string `json:"metadata"`
	// Your name for whom the video is made, as the create gave it.
	EndUser *string `json:"end_user"`
	// The key that ordered it.
	APIKeyID string `json:"api_key_id"`
	// The trace of the job, for whoever runs the installation.
	TraceID *string `json:"trace_id"`
	// When it was created.
	CreatedAt time.Time `json:"created_at"`
	// When a worker took it; null until then.
	StartedAt *time.Time `json:"started_at"`
	// When rendering began, from which on it cannot be cancelled; null until then.
	RenderingStartedAt *time.Time `json:"rendering_started_at"`
	// When it ended; null until then.
	CompletedAt *time.Time `json:"completed_at"`
	// When it fails unless rendering has started by then.
	DeadlineAt *time.Time `json:"deadline_at"`
	// When prompt, frame and file were erased; null while they are kept.
	ContentErasedAt *time.Time `json:"content_erased_at"`
}

// VideoBilling: What happened to the money of the job.
type VideoBilling struct {
	// held until the end, then charged or released.
	State string `json:"state"`
	// What was charged, in micro-dollars.
	ChargedMicros int64 `json:"charged_micros"`
	// What of the hold was not charged, in micro-dollars.
	ReleasedMicros int64 `json:"released_micros"`
	// What was given back, in micro-dollars.
	RefundedMicros int64 `json:"refunded_micros"`
	// Why the money ended as it did: completed, cancelled or the code of the failure; null until the end.
	Rule *string `json:"rule"`
	// Whether the ledger has done what this says; true a moment after the end.
	Settled bool `json:"settled"`
}

type VideoAttempt struct {
	// Counted from 1.
	Attempt int64 `json:"attempt"`
	// The worker that rendered it.
	Worker string `json:"worker"`
	// The engine that rendered it.
	Engine string `json:"engine"`
	// When a worker took it; null until then.
	StartedAt *time.Time `json:"started_at"`
	// When it ended; null until then.
	EndedAt *time.Time `json:"ended_at"`
	// How the attempt ended; null while it runs.
	Outcome *string `json:"outcome"`
}

// VideoError: Why the job failed; never charged, and the code is the rule in billing. Codes: `content_rejected`
// (the engine refused what the prompt or the frame asks for), `first_frame_unreachable` (the first frame could
// not be fetched: no answer, another status than 200, a redirect or an address that is not allowed),
// `first_frame_invalid` (the first frame is not a whole PNG, JPEG or WebP, or is too large), `engine_error`
// (three attempts at rendering failed), `render_timeout` (rendering took longer than it may),
// `deadline_exceeded` (rendering did not start before the deadline of the job); more may come.
type VideoError struct {
	// For programs; the message is for people.
	Code string `json:"code"`
	// What is wrong, for people.
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
	Error string `json:"error"`
	// For people; it may change.
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
	ShortfallMicros int64 `json:"shortfall_micros,omitempty"`
	// Every fault of the request, each with its field.
	Details []ErrorBodyDetail `json:"details,omitempty"`
}

type ErrorBodyDetail struct {
	// The path of the field, such as metadata.order.
	Field string `json:"field"`
	// For people; it may change.
	Message string `json:"message"`
}

type VideoList struct {
	// The type of this object.
	Object string `json:"object"`
	// The items of this page.
	Data []Video `json:"data"`
	// Whether there are items after this page.
	HasMore bool `json:"has_more"`
	// starting_after (of the feed: after) of the next page; null on the last one.
	NextCursor *string `json:"next_cursor"`
	// The most items of a page.
	Limit int64 `json:"limit"`
	// How many items were left out before this page.
	Offset int64 `json:"offset"`
}

type ModelList struct {
	// The type of this object.
	Object string `json:"object"`
	// The items of this page.
	Data []Model `json:"data"`
	// Whether there are items after this page.
	HasMore bool `json:"has_more"`
	// starting_after (of the feed: after) of the next page; null on the last one.
	NextCursor *string `json:"next_cursor"`
	// The most items of a page.
	Limit int64 `json:"limit"`
	// How many items were left out before this page.
	Offset int64 `json:"offset"`
}

type Model struct {
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// Other names that a create may give.
	Aliases []string `json:"aliases"`
	// In words.
	Description string `json:"description"`
	// What the model can do.
	Modes []string `json:"modes"`
	// Those that a create may ask for.
	Resolutions []string `json:"resolutions"`
	// Those that a create may ask for.
	AspectRatios []string `json:"aspect_ratios"`
	// The longest video, in seconds.
	MaxDuration int64 `json:"max_duration"`
	// A price for each resolution.
	Prices []ModelPrice `json:"prices"`
}

type ModelPrice struct {
	// The height of the picture.
	Resolution string `json:"resolution"`
	// Price of a second.
	PerSecond string `json:"per_second"`
	// per_second, in micro-dollars.
	PerSecondMicros int64 `json:"per_second_micros"`
}

type CreateFileRequest struct {
	// A PNG, JPEG or WebP of at most 10 MiB.
	File string `json:"file"`
}

// File: A picture that was uploaded.
type File struct {
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// Its size.
	Bytes int64 `json:"bytes"`
	// Of the picture, found by looking at it.
	ContentType FileContentType `json:"content_type"`
	// When it was created.
	CreatedAt time.Time `json:"created_at"`
	// When it is deleted by itself; jobs that name it keep the picture.
	ExpiresAt time.Time `json:"expires_at"`
}

type DeletedFile struct {
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// Always true.
	Deleted bool `json:"deleted"`
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
	// starts with it.
	FirstFrame string `json:"first_frame,omitempty"`
	// Of a first frame of another shape: crop cuts away what is over, pad leaves black bars. crop by default.
	FirstFrameFit QuoteFirstFrameFit `json:"first_frame_fit,omitempty"`
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
	// Its id.
	ID string `json:"id"`
	// Send it with the create; it locks the price until it expires.
	QuoteID string `json:"quote_id"`
	// The type of this object.
	Object string `json:"object"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// The model that renders it.
	Model string `json:"model"`
	// The height of the picture.
	Resolution Resolution `json:"resolution"`
	// Seconds that were ordered.
	Duration int64 `json:"duration"`
	// Price of a second.
	PerSecond string `json:"per_second"`
	// per_second, in micro-dollars.
	PerSecondMicros int64 `json:"per_second_micros"`
	// What the video will cost.
	Cost string `json:"cost"`
	// What the video will cost, in micro-dollars.
	CostMicros int64 `json:"cost_micros"`
	// When it ends; null: never.
	ExpiresAt *time.Time `json:"expires_at"`
}

type Balance struct {
	// The type of this object.
	Object string `json:"object"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// Of all amounts.
	Currency string `json:"currency"`
	// Available and held together.
	Balance string `json:"balance"`
	// balance, in micro-dollars.
	BalanceMicros int64 `json:"balance_micros"`
	// What new jobs may use.
	Available string `json:"available"`
	// available, in micro-dollars.
	AvailableMicros int64 `json:"available_micros"`
	// Reserved by jobs that have not ended.
	Held string `json:"held"`
	// held, in micro-dollars.
	HeldMicros int64 `json:"held_micros"`
	// Charged since the account was made.
	TotalSpend string `json:"total_spend"`
	// total_spend, in micro-dollars.
	TotalSpendMicros int64 `json:"total_spend_micros"`
	// What a payment that was taken back left open; money that comes in settles it first.
	Owed string `json:"owed"`
	// owed, in micro-dollars.
	OwedMicros int64 `json:"owed_micros"`
	// When available falls below it, the event balance.low is recorded, once per crossing.
	LowBalanceThreshold *string `json:"low_balance_threshold"`
	// low_balance_threshold, in micro-dollars; null: none.
	LowBalanceThresholdMicros *int64 `json:"low_balance_threshold_micros"`
	// The running UTC month.
	CurrentPeriod BalanceCurrentPeriod `json:"current_period"`
	// Caps that are set, the account's own first.
	SpendCaps []SpendCap `json:"spend_caps"`
}

// BalanceCurrentPeriod: The running UTC month.
type BalanceCurrentPeriod struct {
	// When the period begins.
	Start *time.Time `json:"start"`
	// When the period ends; this moment is no longer part of it.
	End *time.Time `json:"end"`
	// Charged this month less what was refunded.
	Spend string `json:"spend"`
	// spend, in micro-dollars.
	SpendMicros int64 `json:"spend_micros"`
	// Jobs that were charged in it.
	Jobs int64 `json:"jobs"`
}

type SpendCap struct {
	// The type of this object.
	Object string `json:"object"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// null: the whole account.
	APIKeyID *string `json:"api_key_id"`
	// The most that may be spent and held in a UTC month; null: no cap.
	Limit *string `json:"limit"`
	// limit, in micro-dollars; null: no cap.
	LimitMicros *int64 `json:"limit_micros"`
	// Charged this month less what was refunded.
	Spent string `json:"spent"`
	// spent, in micro-dollars.
	SpentMicros int64 `json:"spent_micros"`
	// Held by jobs that have not ended.
	Held string `json:"held"`
	// held, in micro-dollars.
	HeldMicros int64 `json:"held_micros"`
	// What new jobs may still hold.
	Remaining *string `json:"remaining"`
	// remaining, in micro-dollars; null: no cap.
	RemainingMicros *int64 `json:"remaining_micros"`
}

type SetLowBalanceThresholdRequest struct {
	// When available falls below it, the event balance.low is recorded, once per crossing; 0 ends the notice.
	// Dollars, as 250 or "2.50".
	ThresholdUSD string `json:"threshold_usd"`
}

type LowBalanceThreshold struct {
	// The type of this object.
	Object string `json:"object"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// $0.00: no notice.
	Threshold string `json:"threshold"`
	// threshold, in micro-dollars.
	ThresholdMicros int64 `json:"threshold_micros"`
}

type SetSpendCapRequest struct {
	// The key that is capped; absent: the whole account.
	APIKeyID string `json:"api_key_id,omitempty"`
	// The most that may be spent and held in a UTC month; 0 refuses every video, null lifts the cap. Dollars, as 250
	// or "2.50".
	LimitUSD *string `json:"limit_usd"`
}

type Usage struct {
	// The type of this object.
	Object string `json:"object"`
	// The items of this page.
	Data []UsageLine `json:"data"`
	// Whether there are items after this page.
	HasMore bool `json:"has_more"`
	// starting_after (of the feed: after) of the next page; null on the last one.
	NextCursor *string `json:"next_cursor"`
	// The most items of a page.
	Limit int64 `json:"limit"`
	// How many items were left out before this page.
	Offset int64 `json:"offset"`
	// false: play money.
	Livemode bool `json:"livemode"`
	// What data is grouped by; null: a row for each job.
	GroupBy *string `json:"group_by"`
	// The first UTC day of the range.
	StartDate string `json:"start_date"`
	// The last UTC day of the range, inclusive.
	EndDate string `json:"end_date"`
	// Sums of the whole range, not of the page.
	Totals UsageTotals `json:"totals"`
}

type UsageRow struct {
	// The job that it is about; null where there is none.
	JobID string `json:"job_id"`
	// The key that ordered it.
	APIKeyID string `json:"api_key_id"`
	// The UTC day of its charge.
	Date string `json:"date"`
	// The model that renders it.
	Model string `json:"model"`
	// The height of the picture.
	Resolution string `json:"resolution"`
	// Seconds that were ordered.
	Duration int64 `json:"duration"`
	// Price of a second.
	PerSecond string `json:"per_second"`
	// per_second, in micro-dollars.
	PerSecondMicros int64 `json:"per_second_micros"`
	// What the job cost.
	Cost string `json:"cost"`
	// cost, in micro-dollars.
	CostMicros int64 `json:"cost_micros"`
	// Given back since.
	Refunded string `json:"refunded"`
	// What was given back, in micro-dollars.
	RefundedMicros int64 `json:"refunded_micros"`
	// When it was charged.
	ChargedAt *time.Time `json:"charged_at"`
}

type UsageGroup struct {
	// The day, key, end user or resolution; null: jobs that named no end user.
	Group *string `json:"group"`
	// How many jobs were charged.
	Jobs int64 `json:"jobs"`
	// Seconds of video.
	Seconds int64 `json:"seconds"`
	// What the jobs cost.
	Cost string `json:"cost"`
	// cost, in micro-dollars.
	CostMicros int64 `json:"cost_micros"`
	// Given back since.
	Refunded string `json:"refunded"`
	// What was given back, in micro-dollars.
	RefundedMicros int64 `json:"refunded_micros"`
}

// UsageTotals: Sums of the whole range, not of the page.
type UsageTotals struct {
	// How many jobs were charged.
	Jobs int64 `json:"jobs"`
	// Seconds of video.
	Seconds int64 `json:"seconds"`
	// Of the whole range.
	Cost string `json:"cost"`
	// cost, in micro-dollars.
	CostMicros int64 `json:"cost_micros"`
	// Given back since.
	Refunded string `json:"refunded"`
	// What was given back, in micro-dollars.
	RefundedMicros int64 `json:"refunded_micros"`
}

type LedgerEntryList struct {
	// The type of this object.
	Object string `json:"object"`
	// The items of this page.
	Data []LedgerEntry `json:"data"`
	// Whether there are items after this page.
	HasMore bool `json:"has_more"`
	// starting_after (of the feed: after) of the next page; null on the last one.
	NextCursor *string `json:"next_cursor"`
	// The most items of a page.
	Limit int64 `json:"limit"`
	// How many items were left out before this page.
	Offset int64 `json:"offset"`
	// false: play money.
	Livemode bool `json:"livemode"`
}

type LedgerEntry struct {
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// funds_added, hold_placed, hold_captured, hold_released, capture_refunded, funds_reversed, adjustment_made;
	// more may come.
	Kind string `json:"kind"`
	// The job that it is about; null where there is none.
	JobID *string `json:"job_id"`
	// Change of available.
	AvailableChange string `json:"available_change"`
	// available_change, in micro-dollars.
	AvailableChangeMicros int64 `json:"available_change_micros"`
	// Change of held.
	HeldChange string `json:"held_change"`
	// held_change, in micro-dollars.
	HeldChangeMicros int64 `json:"held_change_micros"`
	// Available after it.
	AvailableAfter string `json:"available_after"`
	// available_after, in micro-dollars.
	AvailableAfterMicros int64 `json:"available_after_micros"`
	// Held after it.
	HeldAfter string `json:"held_after"`
	// held_after, in micro-dollars.
	HeldAfterMicros int64 `json:"held_after_micros"`
	// Balance after it.
	BalanceAfter string `json:"balance_after"`
	// balance_after, in micro-dollars.
	BalanceAfterMicros int64 `json:"balance_after_micros"`
	// Owed after it.
	OwedAfter string `json:"owed_after"`
	// owed_after, in micro-dollars.
	OwedAfterMicros int64 `json:"owed_after_micros"`
	// Of a payment, refund, reversal or adjustment.
	Reference *string `json:"reference"`
	// Words about it; null without any.
	Note *string `json:"note"`
	// When it was created.
	CreatedAt *time.Time `json:"created_at"`
}

type StatementList struct {
	// The type of this object.
	Object string `json:"object"`
	// The items of this page.
	Data []Statement `json:"data"`
	// Whether there are items after this page.
	HasMore bool `json:"has_more"`
	// starting_after (of the feed: after) of the next page; null on the last one.
	NextCursor *string `json:"next_cursor"`
	// The most items of a page.
	Limit int64 `json:"limit"`
	// How many items were left out before this page.
	Offset int64 `json:"offset"`
	// false: play money.
	Livemode bool `json:"livemode"`
}

type Statement struct {
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// The UTC month as YYYY-MM.
	Period string `json:"period"`
	// When the period begins.
	Start *time.Time `json:"start"`
	// When the period ends; this moment is no longer part of it.
	End *time.Time `json:"end"`
	// The running month: it still changes.
	Open bool `json:"open"`
	// Available and held, less owed, when the month began.
	OpeningBalance string `json:"opening_balance"`
	// opening_balance, in micro-dollars.
	OpeningBalanceMicros int64 `json:"opening_balance_micros"`
	// Top-ups and credits.
	Added string `json:"added"`
	// added, in micro-dollars.
	AddedMicros int64 `json:"added_micros"`
	// Completed jobs.
	Charged string `json:"charged"`
	// What was charged, in micro-dollars.
	ChargedMicros int64 `json:"charged_micros"`
	// Charges given back.
	Refunded string `json:"refunded"`
	// What was given back, in micro-dollars.
	RefundedMicros int64 `json:"refunded_micros"`
	// Payments taken back.
	Reversed string `json:"reversed"`
	// reversed, in micro-dollars.
	ReversedMicros int64 `json:"reversed_micros"`
	// Corrections, signed.
	Adjusted string `json:"adjusted"`
	// adjusted, in micro-dollars.
	AdjustedMicros int64 `json:"adjusted_micros"`
	// opening + added + refunded + adjusted - charged - reversed.
	ClosingBalance string `json:"closing_balance"`
	// closing_balance, in micro-dollars.
	ClosingBalanceMicros int64 `json:"closing_balance_micros"`
	// Of the closing balance.
	ClosingAvailable string `json:"closing_available"`
	// closing_available, in micro-dollars.
	ClosingAvailableMicros int64 `json:"closing_available_micros"`
	// Of the closing balance.
	ClosingHeld string `json:"closing_held"`
	// closing_held, in micro-dollars.
	ClosingHeldMicros int64 `json:"closing_held_micros"`
	// Already taken off the closing balance.
	ClosingOwed string `json:"closing_owed"`
	// closing_owed, in micro-dollars.
	ClosingOwedMicros int64 `json:"closing_owed_micros"`
	// How many jobs were charged.
	Jobs int64 `json:"jobs"`
}

type StatementWithLines struct {
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// The UTC month as YYYY-MM.
	Period string `json:"period"`
	// When the period begins.
	Start *time.Time `json:"start"`
	// When the period ends; this moment is no longer part of it.
	End *time.Time `json:"end"`
	// The running month: it still changes.
	Open bool `json:"open"`
	// Available and held, less owed, when the month began.
	OpeningBalance string `json:"opening_balance"`
	// opening_balance, in micro-dollars.
	OpeningBalanceMicros int64 `json:"opening_balance_micros"`
	// Top-ups and credits.
	Added string `json:"added"`
	// added, in micro-dollars.
	AddedMicros int64 `json:"added_micros"`
	// Completed jobs.
	Charged string `json:"charged"`
	// What was charged, in micro-dollars.
	ChargedMicros int64 `json:"charged_micros"`
	// Charges given back.
	Refunded string `json:"refunded"`
	// What was given back, in micro-dollars.
	RefundedMicros int64 `json:"refunded_micros"`
	// Payments taken back.
	Reversed string `json:"reversed"`
	// reversed, in micro-dollars.
	ReversedMicros int64 `json:"reversed_micros"`
	// Corrections, signed.
	Adjusted string `json:"adjusted"`
	// adjusted, in micro-dollars.
	AdjustedMicros int64 `json:"adjusted_micros"`
	// opening + added + refunded + adjusted - charged - reversed.
	ClosingBalance string `json:"closing_balance"`
	// closing_balance, in micro-dollars.
	ClosingBalanceMicros int64 `json:"closing_balance_micros"`
	// Of the closing balance.
	ClosingAvailable string `json:"closing_available"`
	// closing_available, in micro-dollars.
	ClosingAvailableMicros int64 `json:"closing_available_micros"`
	// Of the closing balance.
	ClosingHeld string `json:"closing_held"`
	// closing_held, in micro-dollars.
	ClosingHeldMicros int64 `json:"closing_held_micros"`
	// Already taken off the closing balance.
	ClosingOwed string `json:"closing_owed"`
	// closing_owed, in micro-dollars.
	ClosingOwedMicros int64 `json:"closing_owed_micros"`
	// How many jobs were charged.
	Jobs int64 `json:"jobs"`
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
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// What is added once it is paid.
	Amount string `json:"amount"`
	// amount, in micro-dollars.
	AmountMicros int64 `json:"amount_micros"`
	// completed: the money is in the balance.
	Status TopUpStatus `json:"status"`
	// Who takes the payment.
	Provider string `json:"provider"`
	// Where to pay; null where an operator confirms the payment.
	CheckoutURL *string `json:"checkout_url"`
	// The provider's reference of the payment; null until there is one.
	PaymentRef *string `json:"payment_ref"`
	// What was taken back of it.
	Reversed string `json:"reversed"`
	// reversed, in micro-dollars.
	ReversedMicros int64 `json:"reversed_micros"`
	// When it was created.
	CreatedAt *time.Time `json:"created_at"`
	// When it ended; null until then.
	EndedAt *time.Time `json:"ended_at"`
	// Ordered by itself, with your saved payment method.
	Automatic bool `json:"automatic"`
}

type TopUpList struct {
	// The type of this object.
	Object string `json:"object"`
	// The items of this page.
	Data []TopUp `json:"data"`
	// Whether there are items after this page.
	HasMore bool `json:"has_more"`
	// starting_after (of the feed: after) of the next page; null on the last one.
	NextCursor *string `json:"next_cursor"`
	// The most items of a page.
	Limit int64 `json:"limit"`
	// How many items were left out before this page.
	Offset int64 `json:"offset"`
	// false: play money.
	Livemode bool `json:"livemode"`
}

type AutoTopUp struct {
	// The type of this object.
	Object string `json:"object"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// waiting: the balance is above the threshold, or was a moment ago.
	State AutoTopUpState `json:"state"`
	// Whether it is turned on.
	Enabled bool `json:"enabled"`
	// Below it the amount is charged.
	Threshold string `json:"threshold"`
	// threshold, in micro-dollars.
	ThresholdMicros int64 `json:"threshold_micros"`
	// What is charged each time.
	Amount string `json:"amount"`
	// amount, in micro-dollars.
	AmountMicros int64 `json:"amount_micros"`
	// The most that is charged in a UTC month.
	MonthlyMax string `json:"monthly_max"`
	// monthly_max, in micro-dollars.
	MonthlyMaxMicros int64 `json:"monthly_max_micros"`
	// What was, charges under way included.
	ChargedThisMonth string `json:"charged_this_month"`
	// charged_this_month, in micro-dollars.
	ChargedThisMonthMicros int64 `json:"charged_this_month_micros"`
	// As you know it, such as "visa 4242".
	PaymentMethod *string `json:"payment_method"`
	// Why nothing more is charged: the code of the card's bank, outcome_unknown, account_suspended or
	// account_closed. Turning it on again tries again.
	Failure *string `json:"failure"`
	// Whether this installation can save payment methods.
	Offered bool `json:"offered"`
}

type SetAutoTopUpRequest struct {
	// Whether it is turned on.
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
	// The type of this object.
	Object string `json:"object"`
	// Where to enter the card; it is never seen here.
	CheckoutURL string `json:"checkout_url"`
}

type PaymentEventReceived struct {
	// Always true.
	Received bool `json:"received"`
}

type WebhookEndpointList struct {
	// The type of this object.
	Object string `json:"object"`
	// The items of this page.
	Data []WebhookEndpoint `json:"data"`
	// Whether there are items after this page.
	HasMore bool `json:"has_more"`
	// starting_after (of the feed: after) of the next page; null on the last one.
	NextCursor *string `json:"next_cursor"`
	// The most items of a page.
	Limit int64 `json:"limit"`
	// How many items were left out before this page.
	Offset int64 `json:"offset"`
}

type WebhookEndpoint struct {
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// Where it is sent.
	URL string `json:"url"`
	// The events that are sent to it.
	Events []WebhookEndpointEvent `json:"events"`
	// Your words about it; null without any.
	Description *string `json:"description"`
	// Values masked.
	Headers map[string]string `json:"headers"`
	// Whether it is turned on.
	Enabled bool `json:"enabled"`
	// `gone`: it answered 410. `unreachable`: for three days.
	DisabledReason *WebhookEndpointDisabledReason `json:"disabled_reason"`
	// When it was disabled; null while it is not.
	DisabledAt *time.Time `json:"disabled_at"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// When it was created.
	CreatedAt *time.Time `json:"created_at"`
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
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// Where it is sent.
	URL string `json:"url"`
	// The events that are sent to it.
	Events []WebhookEndpointEvent `json:"events"`
	// In words.
	Description *string `json:"description"`
	// Values masked.
	Headers map[string]string `json:"headers"`
	// Whether it is turned on.
	Enabled bool `json:"enabled"`
	// `gone`: it answered 410. `unreachable`: for three days.
	DisabledReason *WebhookEndpointDisabledReason `json:"disabled_reason"`
	// When it was disabled; null while it is not.
	DisabledAt *time.Time `json:"disabled_at"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// When it was created.
	CreatedAt *time.Time `json:"created_at"`
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
	Events []WebhookEndpointEvent `json:"events,omitempty"`
	// Whether it is turned on.
	Enabled *bool `json:"enabled,omitempty"`
}

type DeletedWebhookEndpoint struct {
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// Always true.
	Deleted bool `json:"deleted"`
}

type WebhookSecret struct {
	// The type of this object.
	Object string `json:"object"`
	// `X-Signature` is keyed with this whole string, `whsec_` included.
	Secret string `json:"secret"`
	// Signs beside it until it ends.
	PreviousSecret *string `json:"previous_secret"`
	// When the previous secret ends; null without one.
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
	// The type of this object.
	Object string `json:"object"`
	// The delivery that was made, as GET /v1/webhooks/deliveries/{id} tells it.
	DeliveryID string `json:"delivery_id"`
	// The event, the same at every attempt and redelivery.
	EventID string `json:"event_id"`
}

type DeliveryList struct {
	// The type of this object.
	Object string `json:"object"`
	// The items of this page.
	Data []Delivery `json:"data"`
	// Whether there are items after this page.
	HasMore bool `json:"has_more"`
	// starting_after (of the feed: after) of the next page; null on the last one.
	NextCursor *string `json:"next_cursor"`
	// The most items of a page.
	Limit int64 `json:"limit"`
	// How many items were left out before this page.
	Offset int64 `json:"offset"`
}

type Delivery struct {
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// The event, the same at every attempt and redelivery.
	EventID string `json:"event_id"`
	// Its type, such as video.completed.
	Event string `json:"event"`
	// The job that it is about; null where there is none.
	JobID *string `json:"job_id"`
	// Null for the webhook_url of a job.
	EndpointID *string `json:"endpoint_id"`
	// Where it is sent.
	URL string `json:"url"`
	// delivered: answered 2xx. superseded: a later status of the job overtook it.
	Status DeliveryStatus `json:"status"`
	// Its server is in trouble: it is tried now and then, and what waits for it loses no attempt.
	Parked bool `json:"parked"`
	// The delivery that it repeats; null where it is the first.
	RedeliveryOf *string `json:"redelivery_of"`
	// When it was created.
	CreatedAt *time.Time `json:"created_at"`
	// When it is tried next; null where it is not.
	NextAttemptAt *time.Time `json:"next_attempt_at"`
	// The newest twenty.
	Attempts []DeliveryAttempt `json:"attempts"`
}

type DeliveryAttempt struct {
	// Counted from 1.
	Attempt int64 `json:"attempt"`
	// When it began; null until then.
	StartedAt *time.Time `json:"started_at"`
	// How long the attempt took, in milliseconds.
	DurationMs int64 `json:"duration_ms"`
	// Whether it only asked if the server is there again.
	Probe bool `json:"probe"`
	// Who answered.
	Address *string `json:"address"`
	// The status that was answered; null where nothing was.
	HTTPStatus *int64 `json:"http_status"`
	// Why nothing was answered; null where something was.
	Error *string `json:"error"`
	// The beginning of the answer: 1 KiB in a list, 16 KiB of one delivery.
	ResponseExcerpt string `json:"response_excerpt"`
}

type WebhookRedelivery struct {
	// The type of this object.
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
	JobID string `json:"job_id,omitempty"`
	// Only what was created at or after this moment.
	CreatedAfter *time.Time `json:"created_after,omitempty"`
	// Only what was created before this moment.
	CreatedBefore *time.Time `json:"created_before,omitempty"`
	// The next_cursor of the redelivery before, where there was more than it could take.
	StartingAfter string `json:"starting_after,omitempty"`
}

type EventList struct {
	// The type of this object.
	Object string `json:"object"`
	// The items of this page.
	Data []Event `json:"data"`
	// Whether there are items after this page.
	HasMore bool `json:"has_more"`
	// starting_after (of the feed: after) of the next page; null on the last one.
	NextCursor *string `json:"next_cursor"`
	// The most items of a page.
	Limit int64 `json:"limit"`
	// How many items were left out before this page.
	Offset int64 `json:"offset"`
}

type Event struct {
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// Without a gap in an account and environment.
	Sequence int64 `json:"sequence"`
	// Its type, such as video.completed.
	Event string `json:"event"`
	// The job that it is about; null where there is none.
	JobID *string `json:"job_id"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// When it was created.
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
	// The type of this object.
	Object string `json:"object"`
	// Opens the stream.
	Token string `json:"token"`
	// Null: the feed.
	JobID *string `json:"job_id"`
	// For an EventSource. It is as secret as the token: it opens the stream, and nothing else, until it expires.
	URL string `json:"url"`
	// When it, and whatever it opened, ends.
	ExpiresAt *time.Time `json:"expires_at"`
}

type RegisterRequest struct {
	// The address of the person.
	Email string `json:"email"`
	// 12 characters or more; any may be used.
	Password string `json:"password"`
	// Name of the account.
	AccountName string `json:"account_name"`
}

// Registered: Shown this once.
type Registered struct {
	// The account.
	AccountID string `json:"account_id"`
	// Spends the balance.
	LiveKey string `json:"live_key"`
	// Spends play money.
	TestKey string `json:"test_key"`
	// Signs what is sent to the webhook_url of jobs.
	WebhookSecret string `json:"webhook_secret"`
}

type Account struct {
	// Its id.
	ID string `json:"id"`
	// The account.
	AccountID string `json:"account_id"`
	// The type of this object.
	Object string `json:"object"`
	// What the account is called.
	Name string `json:"name"`
	// The address of the person.
	Email string `json:"email"`
	// The plan, which sets the limits.
	Plan string `json:"plan"`
	// active, suspended or closed.
	Status string `json:"status"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// When it was created.
	CreatedAt *time.Time `json:"created_at"`
}

type Limits struct {
	// The type of this object.
	Object string `json:"object"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// Jobs that may render at the same time.
	ConcurrentJobs LimitsConcurrentJobs `json:"concurrent_jobs"`
	// Jobs that may wait.
	QueuedJobs LimitsQueuedJobs `json:"queued_jobs"`
	// Event streams that may be open at the same time.
	Streams LimitsStreams `json:"streams"`
	// Creates that are accepted in a minute.
	CreatesPerMinute LimitsCreatesPerMinute `json:"creates_per_minute"`
	// Reads that are answered in a minute.
	ReadsPerMinute LimitsReadsPerMinute `json:"reads_per_minute"`
}

// LimitsConcurrentJobs: Jobs that may render at the same time.
type LimitsConcurrentJobs struct {
	// The most that is allowed.
	Allowed int64 `json:"allowed"`
	// What is used at this moment.
	InUse int64 `json:"in_use"`
}

// LimitsQueuedJobs: Jobs that may wait.
type LimitsQueuedJobs struct {
	// The most that is allowed.
	Allowed int64 `json:"allowed"`
	// What is used at this moment.
	InUse int64 `json:"in_use"`
}

// LimitsStreams: Event streams that may be open at the same time.
type LimitsStreams struct {
	// The most that is allowed.
	Allowed int64 `json:"allowed"`
	// What is used at this moment.
	InUse int64 `json:"in_use"`
}

// LimitsCreatesPerMinute: Creates that are accepted in a minute.
type LimitsCreatesPerMinute struct {
	// The most that is allowed.
	Allowed int64 `json:"allowed"`
}

// LimitsReadsPerMinute: Reads that are answered in a minute.
type LimitsReadsPerMinute struct {
	// The most that is allowed.
	Allowed int64 `json:"allowed"`
}

type APIKeyList struct {
	// The type of this object.
	Object string `json:"object"`
	// The items of this page.
	Data []APIKey `json:"data"`
	// Whether there are items after this page.
	HasMore bool `json:"has_more"`
	// starting_after (of the feed: after) of the next page; null on the last one.
	NextCursor *string `json:"next_cursor"`
	// The most items of a page.
	Limit int64 `json:"limit"`
	// How many items were left out before this page.
	Offset int64 `json:"offset"`
	// Deprecated. The same as data.
	Keys []APIKey `json:"keys"`
}

type APIKey struct {
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// What you call it.
	Name string `json:"name"`
	// Enough of the key to recognise it.
	MaskedKey string `json:"masked_key"`
	// What the key may do.
	Scopes []string `json:"scopes"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// When it was created.
	CreatedAt *time.Time `json:"created_at"`
	// When it was last used; null: never.
	LastUsedAt *time.Time `json:"last_used_at"`
	// When it ends; null: never.
	ExpiresAt *time.Time `json:"expires_at"`
}

type CreateAPIKeyRequest struct {
	// Your name for the key.
	Name string `json:"name"`
	// What the key may do, within what yours may.
	Scopes []APIKeyScope `json:"scopes,omitempty"`
}

type NewAPIKey struct {
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// A name for people.
	Name string `json:"name"`
	// Enough of the key to recognise it.
	MaskedKey string `json:"masked_key"`
	// What the key may do.
	Scopes []string `json:"scopes"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// When it was created.
	CreatedAt *time.Time `json:"created_at"`
	// When it was last used; null: never.
	LastUsedAt *time.Time `json:"last_used_at"`
	// When it ends; null: never.
	ExpiresAt *time.Time `json:"expires_at"`
	// Shown this once.
	Secret string `json:"secret"`
}

type RotateAPIKeyRequest struct {
	// Ends the old key at once, as after a leak, instead of in 24 hours. false by default.
	ExpireOldNow *bool `json:"expire_old_now,omitempty"`
}

type RotatedAPIKey struct {
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// A name for people.
	Name string `json:"name"`
	// Enough of the key to recognise it.
	MaskedKey string `json:"masked_key"`
	// What the key may do.
	Scopes []string `json:"scopes"`
	// false: of the test environment, in play money.
	Livemode bool `json:"livemode"`
	// When it was created.
	CreatedAt *time.Time `json:"created_at"`
	// When it was last used; null: never.
	LastUsedAt *time.Time `json:"last_used_at"`
	// When it ends; null: never.
	ExpiresAt *time.Time `json:"expires_at"`
	// Shown this once.
	Secret   string `json:"secret"`
	Replaces APIKey `json:"replaces"`
}

type LoginRequest struct {
	// The address of the person.
	Email string `json:"email"`
	// Your password.
	Password string `json:"password"`
	// Six digits of your authenticator.
	Totp string `json:"totp,omitempty"`
}

// Session: Who is signed in, and the account that they act for.
type Session struct {
	// The type of this object.
	Object string `json:"object"`
	// The person who signed in.
	User SessionUser `json:"user"`
	// The account that is acted for.
	Account SessionAccount `json:"account"`
	// What the person may do in the account.
	Role SessionRole `json:"role"`
	// All accounts that the person is a member of.
	Accounts []SessionAccountItem `json:"accounts"`
	// Sent back as X-CSRF-Token with every request that changes something.
	CsrfToken string `json:"csrf_token"`
	// Where the trace of a video is shown, with {trace_id} for its trace_id.
	TraceURLTemplate *string `json:"trace_url_template"`
	// When it ends; null: never.
	ExpiresAt *time.Time `json:"expires_at"`
}

// SessionUser: The person who signed in.
type SessionUser struct {
	// Its id.
	ID string `json:"id"`
	// The address of the person.
	Email string `json:"email"`
	// A name for people.
	Name *string `json:"name"`
	// Whether the address was proven to be theirs.
	EmailVerified bool `json:"email_verified"`
	// Whether a second factor is asked for at sign-in.
	MfaEnabled bool `json:"mfa_enabled"`
}

// SessionAccount: The account that is acted for.
type SessionAccount struct {
	// The account.
	AccountID string `json:"account_id"`
	// A name for people.
	Name string `json:"name"`
	// The plan, which sets the limits.
	Plan string `json:"plan"`
}

type SessionAccountItem struct {
	// The account.
	AccountID string `json:"account_id"`
	// A name for people.
	Name string `json:"name"`
	// What the person may do in the account.
	Role SessionAccountItemRole `json:"role"`
}

type ForgotPasswordRequest struct {
	// The address of the person.
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
	// The account.
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
	// The secret.
	Secret string `json:"secret"`
	// The same for a QR code.
	OtpauthURL string `json:"otpauth_url"`
}

type ConfirmSecondFactorRequest struct {
	// Six digits of your authenticator.
	Code string `json:"code"`
}

type SignInMethods struct {
	// The type of this object.
	Object string `json:"object"`
	// Whether passwords can be used.
	Password bool `json:"password"`
	// Single sign-on: begins at GET /v1/auth/oidc.
	Oidc *SignInMethodsOidc `json:"oidc"`
	// Whether passkeys can be used.
	Passkeys bool `json:"passkeys"`
	// Whether letters are sent: invitations, forgotten passwords.
	Letters bool `json:"letters"`
	// Whether a second factor can be set up.
	SecondFactor bool `json:"second_factor"`
}

// SignInMethodsOidc: Single sign-on: begins at GET /v1/auth/oidc.
type SignInMethodsOidc struct {
	// A name for people.
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
	// Its id.
	ID string `json:"id"`
	// As the browser made it.
	RawID string `json:"rawId"`
	// As the browser made it.
	Type string `json:"type"`
	// As the browser made it.
	Response map[string]any `json:"response"`
}

type PasskeyList struct {
	// The type of this object.
	Object string `json:"object"`
	// The items of this page.
	Data []Passkey `json:"data"`
	// Whether there are items after this page.
	HasMore bool `json:"has_more"`
	// starting_after (of the feed: after) of the next page; null on the last one.
	NextCursor *string `json:"next_cursor"`
	// The most items of a page.
	Limit int64 `json:"limit"`
	// How many items were left out before this page.
	Offset int64 `json:"offset"`
}

type Passkey struct {
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// A name for people.
	Name string `json:"name"`
	// When it was created.
	CreatedAt *time.Time `json:"created_at"`
	// When it was last used; null: never.
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
	// Its id.
	ID string `json:"id"`
	// As the browser made it.
	RawID string `json:"rawId"`
	// As the browser made it.
	Type string `json:"type"`
	// As the browser made it.
	Response map[string]any `json:"response"`
}

type MemberList struct {
	// The type of this object.
	Object string `json:"object"`
	// The items of this page.
	Data []Member `json:"data"`
	// Whether there are items after this page.
	HasMore bool `json:"has_more"`
	// starting_after (of the feed: after) of the next page; null on the last one.
	NextCursor *string `json:"next_cursor"`
	// The most items of a page.
	Limit int64 `json:"limit"`
	// How many items were left out before this page.
	Offset int64 `json:"offset"`
}

type Member struct {
	// Its id.
	ID string `json:"id"`
	// The type of this object.
	Object string `json:"object"`
	// The address of the person.
	Email string `json:"email"`
	// A name for people.
	Name *string `json:"name"`
	// What the person may do in the account.
	Role MemberRole `json:"role"`
	// How it stands.
	Status MemberStatus `json:"status"`
	// Whether a second factor is asked for at sign-in.
	MfaEnabled bool `json:"mfa_enabled"`
	// When it was created.
	CreatedAt *time.Time `json:"created_at"`
	// When it ends; null: never.
	ExpiresAt *time.Time `json:"expires_at"`
}

type InviteMemberRequest struct {
	// The address of the person.
	Email string `json:"email"`
	// What the person may do in the account.
	Role InviteMemberRequestRole `json:"role"`
}

type SetMemberRoleRequest struct {
	// What the person may do in the account.
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
	// How it stands.
	Status string `json:"status"`
}

type ResetPasswordAnswer struct {
	// How it stands.
	Status string `json:"status"`
}

type VerifyEmailAnswer struct {
	// How it stands.
	Status string `json:"status"`
}

type LogoutAnswer struct {
	// How it stands.
	Status string `json:"status"`
}

type ChangePasswordAnswer struct {
	// How it stands.
	Status string `json:"status"`
}

type RemoveSecondFactorAnswer struct {
	// How it stands.
	Status string `json:"status"`
}

type ConfirmSecondFactorAnswer struct {
	// How it stands.
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
	// How it stands.
	Status string `json:"status"`
}

type RemoveMemberAnswer struct {
	// How it stands.
	Status string `json:"status"`
}

// UsageLine: One of UsageRow, UsageGroup: what the others have is nil.
type UsageLine struct {
	// The job that it is about; null where there is none.
	JobID *string `json:"job_id,omitempty"`
	// The key that ordered it.
	APIKeyID *string `json:"api_key_id,omitempty"`
	// The UTC day of its charge.
	Date *string `json:"date,omitempty"`
	// The model that renders it.
	Model *string `json:"model,omitempty"`
	// The height of the picture.
	Resolution *string `json:"resolution,omitempty"`
	// Seconds that were ordered.
	Duration *int64 `json:"duration,omitempty"`
	// Price of a second.
	PerSecond *string `json:"per_second,omitempty"`
	// per_second, in micro-dollars.
	PerSecondMicros *int64 `json:"per_second_micros,omitempty"`
	// What the jobs cost.
	Cost string `json:"cost"`
	// cost, in micro-dollars.
	CostMicros int64 `json:"cost_micros"`
	// Given back since.
	Refunded string `json:"refunded"`
	// What was given back, in micro-dollars.
	RefundedMicros int64 `json:"refunded_micros"`
	// When it was charged.
	ChargedAt *time.Time `json:"charged_at,omitempty"`
	// The day, key, end user or resolution; null: jobs that named no end user.
	Group *string `json:"group,omitempty"`
	// How many jobs were charged.
	Jobs *int64 `json:"jobs,omitempty"`
	// Seconds of video.
	Seconds *int64 `json:"seconds,omitempty"`
}
