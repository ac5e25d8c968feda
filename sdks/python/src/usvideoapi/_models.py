"""Made from the OpenAPI document by `npm run generate`."""

# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Dict, List, Literal, Mapping, Optional, Union

from typing_extensions import Required, TypedDict

from ._record import Decoder, EndingRecord, Record, list_of, one_of, time_of

Resolution = Union[Literal["480p", "720p", "1080p"], str]

AspectRatio = Union[Literal["16:9", "9:16", "1:1"], str]

VideoStatus = Union[Literal["pending", "processing", "completed", "failed", "cancelled"], str]

VideoMode = Union[Literal["text_to_video", "image_to_video"], str]

FileContentType = Union[Literal["image/png", "image/jpeg", "image/webp"], str]

TopUpStatus = Union[Literal["pending", "completed", "failed", "expired"], str]

AutoTopUpState = Union[Literal["off", "no_payment_method", "waiting", "charging", "month_max_reached", "failed"], str]

WebhookEndpointEvent = Union[Literal["video.processing", "video.completed", "video.failed", "video.cancelled", "balance.low", "webhook.disabled"], str]

WebhookEndpointDisabledReason = Union[Literal["gone", "unreachable", "customer"], str]

DeliveryStatus = Union[Literal["pending", "delivered", "failed", "superseded"], str]

RedeliverManyRequestStatus = Union[Literal["delivered", "failed", "superseded"], str]

DeliveryEvent = Union[Literal["video.processing", "video.completed", "video.failed", "video.cancelled", "balance.low", "webhook.disabled", "webhook.test"], str]

ApiKeyScope = Union[Literal["videos", "videos:unquoted", "billing:read", "webhooks", "keys:read", "keys:manage", "billing:manage"], str]

SessionRole = Union[Literal["owner", "developer", "billing", "viewer"], str]

SessionAccountItemRole = Union[Literal["owner", "developer", "billing", "viewer"], str]

MemberRole = Union[Literal["owner", "developer", "billing", "viewer"], str]

MemberStatus = Union[Literal["active", "invited"], str]

InviteMemberRequestRole = Union[Literal["owner", "developer", "billing", "viewer"], str]

MemberRoleRole = Union[Literal["owner", "developer", "billing", "viewer"], str]

UsageGroupBy = Union[Literal["day", "api_key", "end_user", "resolution"], str]


@dataclass(frozen=True)
class VideoBilling(Record):
    state: str
    charged_micros: int
    released_micros: int
    refunded_micros: int
    rule: Optional[str]
    settled: bool


@dataclass(frozen=True)
class VideoAttempt(Record):
    attempt: int
    worker: str
    engine: str
    started_at: Optional[datetime]
    ended_at: Optional[datetime]
    outcome: Optional[str]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "started_at": time_of,
        "ended_at": time_of,
    }


@dataclass(frozen=True)
class VideoError(Record):
    """Why the job failed; never charged, and the code is the rule in billing. Codes: `content_rejected` (the
    engine refused what the prompt or the frame asks for), `first_frame_unreachable` (the first frame could not
    be fetched: no answer, another status than 200, a redirect or an address that is not allowed),
    `first_frame_invalid` (the first frame is not a whole PNG, JPEG or WebP, or is too large), `engine_error`
    (three attempts at rendering failed), `render_timeout` (rendering took longer than it may),
    `deadline_exceeded` (rendering did not start before the deadline of the job); more may come."""

    code: str
    message: str


@dataclass(frozen=True)
class Video(EndingRecord):
    """One job. Only a completed job is ever charged."""

    id: str
    job_id: str
    object: str
    status: VideoStatus
    livemode: bool
    mode: VideoMode
    model: str
    prompt: Optional[str]
    negative_prompt: Optional[str]
    first_frame: Optional[str]
    resolution: Resolution
    aspect_ratio: Optional[AspectRatio]
    duration: int
    duration_actual: Optional[float]
    seed: int
    #: What is held for the job.
    estimated_cost: str
    #: What is held for the job, in micro-dollars.
    estimated_cost_micros: int
    #: What was charged; null until the end.
    cost: Optional[str]
    #: What was charged, in micro-dollars.
    cost_micros: Optional[int]
    billing: VideoBilling
    video_url: Optional[str]
    video_url_expires_at: Optional[datetime]
    thumbnail_url: Optional[str]
    progress: int
    queue_position: Optional[int]
    eta_seconds: Optional[int]
    cancellable: bool
    attempts: List[VideoAttempt]
    #: Why the job failed; never charged, and the code is the rule in billing. Codes: `content_rejected` (the engine
    #: refused what the prompt or the frame asks for), `first_frame_unreachable` (the first frame could not be
    #: fetched: no answer, another status than 200, a redirect or an address that is not allowed),
    #: `first_frame_invalid` (the first frame is not a whole PNG, JPEG or WebP, or is too large), `engine_error`
    #: (three attempts at rendering failed), `render_timeout` (rendering took longer than it may), `deadline_exceeded`
    #: (rendering did not start before the deadline of the job); more may come.
    error: Optional[VideoError]
    webhook_url: Optional[str]
    metadata: Dict[str, str]
    end_user: Optional[str]
    api_key_id: str
    trace_id: str
    created_at: datetime
    started_at: Optional[datetime]
    rendering_started_at: Optional[datetime]
    completed_at: Optional[datetime]
    deadline_at: Optional[datetime]
    content_erased_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "billing": VideoBilling.from_dict,
        "video_url_expires_at": time_of,
        "attempts": list_of(VideoAttempt.from_dict),
        "error": VideoError.from_dict,
        "created_at": time_of,
        "started_at": time_of,
        "rendering_started_at": time_of,
        "completed_at": time_of,
        "deadline_at": time_of,
        "content_erased_at": time_of,
    }


@dataclass(frozen=True)
class ErrorBodyDetail(Record):
    field: str
    message: str


@dataclass(frozen=True)
class ErrorBody(Record):
    """Every refusal has this form."""

    #: Code of the refusal: invalid_request, invalid_api_key, invalid_credentials, mfa_required, signed_out,
    #: insufficient_balance, spend_cap_reached, forbidden, account_suspended, job_not_found, not_found,
    #: method_not_allowed, job_not_cancellable, job_not_ended, not_configured, idempotency_in_progress, quote_expired,
    #: quote_mismatch, video_expired, cursor_expired, payload_too_large, unsupported_media_type,
    #: range_not_satisfiable, idempotency_key_reused, rate_limit_exceeded, queue_limit_exceeded,
    #: request_header_too_large, internal_error, capacity_exhausted, price_unavailable, service_unavailable; more may
    #: come.
    error: str
    message: str
    #: The same as X-Request-Id: name it when you ask us.
    request_id: str
    #: The page that says what the code means and what to do.
    doc_url: str
    #: The job's status, where the refusal depends on it.
    status: Optional[str] = None
    #: What the video costs, where money is missing.
    required_micros: Optional[int] = None
    #: What is available, where money is missing.
    available_micros: Optional[int] = None
    #: What is missing.
    shortfall_micros: Optional[int] = None
    details: Optional[List[ErrorBodyDetail]] = None

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "details": list_of(ErrorBodyDetail.from_dict),
    }


@dataclass(frozen=True)
class VideoList(Record):
    object: str
    data: List[Video]
    has_more: bool
    next_cursor: Optional[str]
    limit: int
    offset: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(Video.from_dict),
    }


@dataclass(frozen=True)
class ModelPrice(Record):
    resolution: str
    #: Price of a second.
    per_second: str
    per_second_micros: int


@dataclass(frozen=True)
class Model(Record):
    id: str
    object: str
    aliases: List[str]
    description: str
    modes: List[str]
    resolutions: List[str]
    aspect_ratios: List[str]
    max_duration: int
    prices: List[ModelPrice]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "prices": list_of(ModelPrice.from_dict),
    }


@dataclass(frozen=True)
class ModelList(Record):
    object: str
    data: List[Model]
    has_more: bool
    next_cursor: Optional[str]
    limit: int
    offset: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(Model.from_dict),
    }


@dataclass(frozen=True)
class File(Record):
    """A picture that was uploaded."""

    id: str
    object: str
    livemode: bool
    bytes: int
    content_type: FileContentType
    created_at: datetime
    #: When it is deleted by itself; jobs that name it keep the picture.
    expires_at: datetime

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
        "expires_at": time_of,
    }


@dataclass(frozen=True)
class DeletedFile(Record):
    id: str
    object: str
    deleted: bool


@dataclass(frozen=True)
class Quote(Record):
    id: str
    #: Send it with the create; it locks the price until it expires.
    quote_id: str
    object: str
    livemode: bool
    model: str
    resolution: Resolution
    duration: int
    #: Price of a second.
    per_second: str
    per_second_micros: int
    #: What the video will cost.
    cost: str
    #: What the video will cost, in micro-dollars.
    cost_micros: int
    expires_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "expires_at": time_of,
    }


@dataclass(frozen=True)
class BalanceCurrentPeriod(Record):
    start: Optional[datetime]
    end: Optional[datetime]
    #: Charged this month less what was refunded.
    spend: str
    spend_micros: int
    jobs: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "start": time_of,
        "end": time_of,
    }


@dataclass(frozen=True)
class SpendCap(Record):
    object: str
    livemode: bool
    #: null: the whole account.
    api_key_id: Optional[str]
    #: The most that may be spent and held in a UTC month; null: no cap.
    limit: Optional[str]
    limit_micros: Optional[int]
    #: Charged this month less what was refunded.
    spent: str
    spent_micros: int
    #: Held by jobs that have not ended.
    held: str
    held_micros: int
    #: What new jobs may still hold.
    remaining: Optional[str]
    remaining_micros: Optional[int]


@dataclass(frozen=True)
class Balance(Record):
    object: str
    livemode: bool
    currency: str
    #: Available and held together.
    balance: str
    balance_micros: int
    #: What new jobs may use.
    available: str
    available_micros: int
    #: Reserved by jobs that have not ended.
    held: str
    held_micros: int
    #: Charged since the account was made.
    total_spend: str
    total_spend_micros: int
    #: What a payment that was taken back left open; money that comes in settles it first.
    owed: str
    owed_micros: int
    #: When available falls below it, the event balance.low is recorded, once per crossing.
    low_balance_threshold: Optional[str]
    low_balance_threshold_micros: Optional[int]
    current_period: BalanceCurrentPeriod
    #: Caps that are set, the account's own first.
    spend_caps: List[SpendCap]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "current_period": BalanceCurrentPeriod.from_dict,
        "spend_caps": list_of(SpendCap.from_dict),
    }


@dataclass(frozen=True)
class LowBalanceThreshold(Record):
    object: str
    livemode: bool
    #: $0.00: no notice.
    threshold: str
    threshold_micros: int


@dataclass(frozen=True)
class UsageRow(Record):
    job_id: str
    api_key_id: str
    date: str
    model: str
    resolution: str
    duration: int
    #: Price of a second.
    per_second: str
    per_second_micros: int
    #: What the job cost.
    cost: str
    cost_micros: int
    #: Given back since.
    refunded: str
    refunded_micros: int
    charged_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "charged_at": time_of,
    }


@dataclass(frozen=True)
class UsageGroup(Record):
    #: The day, key, end user or resolution; null: jobs that named no end user.
    group: Optional[str]
    jobs: int
    seconds: int
    #: What the jobs cost.
    cost: str
    cost_micros: int
    #: Given back since.
    refunded: str
    refunded_micros: int


@dataclass(frozen=True)
class UsageTotals(Record):
    jobs: int
    seconds: int
    #: Of the whole range.
    cost: str
    cost_micros: int
    #: Given back since.
    refunded: str
    refunded_micros: int


@dataclass(frozen=True)
class Usage(Record):
    object: str
    data: List[Union[UsageRow, UsageGroup]]
    has_more: bool
    next_cursor: Optional[str]
    limit: int
    offset: int
    #: false: play money.
    livemode: bool
    #: What data is grouped by; null: a row for each job.
    group_by: Optional[str]
    start_date: str
    end_date: str
    totals: UsageTotals

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(one_of(UsageRow, UsageGroup)),
        "totals": UsageTotals.from_dict,
    }


@dataclass(frozen=True)
class LedgerEntry(Record):
    id: str
    object: str
    livemode: bool
    #: funds_added, hold_placed, hold_captured, hold_released, capture_refunded, funds_reversed, adjustment_made; more
    #: may come.
    kind: str
    job_id: Optional[str]
    #: Change of available.
    available_change: str
    available_change_micros: int
    #: Change of held.
    held_change: str
    held_change_micros: int
    #: Available after it.
    available_after: str
    available_after_micros: int
    #: Held after it.
    held_after: str
    held_after_micros: int
    #: Balance after it.
    balance_after: str
    balance_after_micros: int
    #: Owed after it.
    owed_after: str
    owed_after_micros: int
    #: Of a payment, refund, reversal or adjustment.
    reference: Optional[str]
    note: Optional[str]
    created_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
    }


@dataclass(frozen=True)
class LedgerEntryList(Record):
    object: str
    data: List[LedgerEntry]
    has_more: bool
    next_cursor: Optional[str]
    limit: int
    offset: int
    #: false: play money.
    livemode: bool

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(LedgerEntry.from_dict),
    }


@dataclass(frozen=True)
class Statement(Record):
    id: str
    object: str
    livemode: bool
    #: The UTC month as YYYY-MM.
    period: str
    start: Optional[datetime]
    end: Optional[datetime]
    #: The running month: it still changes.
    open: bool
    #: Available and held, less owed, when the month began.
    opening_balance: str
    opening_balance_micros: int
    #: Top-ups and credits.
    added: str
    added_micros: int
    #: Completed jobs.
    charged: str
    charged_micros: int
    #: Charges given back.
    refunded: str
    refunded_micros: int
    #: Payments taken back.
    reversed: str
    reversed_micros: int
    #: Corrections, signed.
    adjusted: str
    adjusted_micros: int
    #: opening + added + refunded + adjusted - charged - reversed.
    closing_balance: str
    closing_balance_micros: int
    #: Of the closing balance.
    closing_available: str
    closing_available_micros: int
    #: Of the closing balance.
    closing_held: str
    closing_held_micros: int
    #: Already taken off the closing balance.
    closing_owed: str
    closing_owed_micros: int
    jobs: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "start": time_of,
        "end": time_of,
    }


@dataclass(frozen=True)
class StatementList(Record):
    object: str
    data: List[Statement]
    has_more: bool
    next_cursor: Optional[str]
    limit: int
    offset: int
    #: false: play money.
    livemode: bool

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(Statement.from_dict),
    }


@dataclass(frozen=True)
class StatementWithLines(Record):
    id: str
    object: str
    livemode: bool
    #: The UTC month as YYYY-MM.
    period: str
    start: Optional[datetime]
    end: Optional[datetime]
    #: The running month: it still changes.
    open: bool
    #: Available and held, less owed, when the month began.
    opening_balance: str
    opening_balance_micros: int
    #: Top-ups and credits.
    added: str
    added_micros: int
    #: Completed jobs.
    charged: str
    charged_micros: int
    #: Charges given back.
    refunded: str
    refunded_micros: int
    #: Payments taken back.
    reversed: str
    reversed_micros: int
    #: Corrections, signed.
    adjusted: str
    adjusted_micros: int
    #: opening + added + refunded + adjusted - charged - reversed.
    closing_balance: str
    closing_balance_micros: int
    #: Of the closing balance.
    closing_available: str
    closing_available_micros: int
    #: Of the closing balance.
    closing_held: str
    closing_held_micros: int
    #: Already taken off the closing balance.
    closing_owed: str
    closing_owed_micros: int
    jobs: int
    #: The entries of the month, newest first; page with starting_after.
    lines: LedgerEntryList

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "start": time_of,
        "end": time_of,
        "lines": LedgerEntryList.from_dict,
    }


@dataclass(frozen=True)
class TopUp(Record):
    id: str
    object: str
    livemode: bool
    #: What is added once it is paid.
    amount: str
    amount_micros: int
    status: TopUpStatus
    provider: str
    #: Where to pay; null where an operator confirms the payment.
    checkout_url: Optional[str]
    payment_ref: Optional[str]
    #: What was taken back of it.
    reversed: str
    reversed_micros: int
    created_at: Optional[datetime]
    ended_at: Optional[datetime]
    #: Ordered by itself, with your saved payment method.
    automatic: bool

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
        "ended_at": time_of,
    }


@dataclass(frozen=True)
class TopUpList(Record):
    object: str
    data: List[TopUp]
    has_more: bool
    next_cursor: Optional[str]
    limit: int
    offset: int
    #: false: play money.
    livemode: bool

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(TopUp.from_dict),
    }


@dataclass(frozen=True)
class AutoTopUp(Record):
    object: str
    livemode: bool
    #: waiting: the balance is above the threshold, or was a moment ago.
    state: AutoTopUpState
    enabled: bool
    #: Below it the amount is charged.
    threshold: str
    threshold_micros: int
    #: What is charged each time.
    amount: str
    amount_micros: int
    #: The most that is charged in a UTC month.
    monthly_max: str
    monthly_max_micros: int
    #: What was, charges under way included.
    charged_this_month: str
    charged_this_month_micros: int
    #: As you know it, such as "visa 4242".
    payment_method: Optional[str]
    #: Why nothing more is charged: the code of the card's bank, outcome_unknown, account_suspended or account_closed.
    #: Turning it on again tries again.
    failure: Optional[str]
    #: Whether this installation can save payment methods.
    offered: bool


@dataclass(frozen=True)
class PaymentMethodSetup(Record):
    object: str
    #: Where to enter the card; it is never seen here.
    checkout_url: str


@dataclass(frozen=True)
class PaymentEventReceived(Record):
    received: bool


@dataclass(frozen=True)
class WebhookEndpoint(Record):
    id: str
    object: str
    url: str
    events: List[WebhookEndpointEvent]
    description: Optional[str]
    #: Values masked.
    headers: Dict[str, str]
    enabled: bool
    #: `gone`: it answered 410. `unreachable`: for three days.
    disabled_reason: Optional[WebhookEndpointDisabledReason]
    disabled_at: Optional[datetime]
    livemode: bool
    created_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "disabled_at": time_of,
        "created_at": time_of,
    }


@dataclass(frozen=True)
class WebhookEndpointList(Record):
    object: str
    data: List[WebhookEndpoint]
    has_more: bool
    next_cursor: Optional[str]
    limit: int
    offset: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(WebhookEndpoint.from_dict),
    }


@dataclass(frozen=True)
class NewWebhookEndpoint(Record):
    id: str
    object: str
    url: str
    events: List[WebhookEndpointEvent]
    description: Optional[str]
    #: Values masked.
    headers: Dict[str, str]
    enabled: bool
    #: `gone`: it answered 410. `unreachable`: for three days.
    disabled_reason: Optional[WebhookEndpointDisabledReason]
    disabled_at: Optional[datetime]
    livemode: bool
    created_at: Optional[datetime]
    #: Signs what is sent to it; can be read again.
    secret: str

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "disabled_at": time_of,
        "created_at": time_of,
    }


@dataclass(frozen=True)
class DeletedWebhookEndpoint(Record):
    id: str
    object: str
    deleted: bool


@dataclass(frozen=True)
class WebhookSecret(Record):
    object: str
    #: `X-Signature` is keyed with this whole string, `whsec_` included.
    secret: str
    #: Signs beside it until it ends.
    previous_secret: Optional[str]
    previous_secret_expires_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "previous_secret_expires_at": time_of,
    }


@dataclass(frozen=True)
class WebhookTest(Record):
    object: str
    delivery_id: str
    event_id: str


@dataclass(frozen=True)
class DeliveryAttempt(Record):
    attempt: int
    started_at: Optional[datetime]
    duration_ms: int
    probe: bool
    #: Who answered.
    address: Optional[str]
    http_status: Optional[int]
    error: Optional[str]
    #: The beginning of the answer: 1 KiB in a list, 16 KiB of one delivery.
    response_excerpt: str

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "started_at": time_of,
    }


@dataclass(frozen=True)
class Delivery(Record):
    id: str
    object: str
    event_id: str
    event: str
    job_id: Optional[str]
    #: Null for the webhook_url of a job.
    endpoint_id: Optional[str]
    url: str
    status: DeliveryStatus
    #: Its server is in trouble: it is tried now and then, and what waits for it loses no attempt.
    parked: bool
    redelivery_of: Optional[str]
    created_at: Optional[datetime]
    next_attempt_at: Optional[datetime]
    #: The newest twenty.
    attempts: List[DeliveryAttempt]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
        "next_attempt_at": time_of,
        "attempts": list_of(DeliveryAttempt.from_dict),
    }


@dataclass(frozen=True)
class DeliveryList(Record):
    object: str
    data: List[Delivery]
    has_more: bool
    next_cursor: Optional[str]
    limit: int
    offset: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(Delivery.from_dict),
    }


@dataclass(frozen=True)
class WebhookRedelivery(Record):
    object: str
    #: The new deliveries, a thousand at most, ten sent a second.
    delivery_ids: List[str]
    #: Where to go on, where there is more.
    next_cursor: Optional[str]


@dataclass(frozen=True)
class Event(Record):
    id: str
    object: str
    #: Without a gap in an account and environment.
    sequence: int
    event: str
    job_id: Optional[str]
    livemode: bool
    created_at: Optional[datetime]
    #: As webhooks send it: `event`, then the fields of the video; null once the content was erased.
    data: Optional[Dict[str, Any]]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
    }


@dataclass(frozen=True)
class EventList(Record):
    object: str
    data: List[Event]
    has_more: bool
    next_cursor: Optional[str]
    limit: int
    offset: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(Event.from_dict),
    }


@dataclass(frozen=True)
class StreamToken(Record):
    object: str
    token: str
    #: Null: the feed.
    job_id: Optional[str]
    #: For an EventSource. It is as secret as the token: it opens the stream, and nothing else, until it expires.
    url: str
    expires_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "expires_at": time_of,
    }


@dataclass(frozen=True)
class Registered(Record):
    """Shown this once."""

    account_id: str
    live_key: str
    test_key: str
    webhook_secret: str


@dataclass(frozen=True)
class Account(Record):
    id: str
    account_id: str
    object: str
    name: str
    email: str
    plan: str
    status: str
    livemode: bool
    created_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
    }


@dataclass(frozen=True)
class LimitsConcurrentJobs(Record):
    allowed: int
    in_use: int


@dataclass(frozen=True)
class LimitsQueuedJobs(Record):
    allowed: int
    in_use: int


@dataclass(frozen=True)
class LimitsStreams(Record):
    allowed: int
    in_use: int


@dataclass(frozen=True)
class LimitsCreatesPerMinute(Record):
    allowed: int


@dataclass(frozen=True)
class LimitsReadsPerMinute(Record):
    allowed: int


@dataclass(frozen=True)
class Limits(Record):
    object: str
    livemode: bool
    concurrent_jobs: LimitsConcurrentJobs
    queued_jobs: LimitsQueuedJobs
    streams: LimitsStreams
    creates_per_minute: LimitsCreatesPerMinute
    reads_per_minute: LimitsReadsPerMinute

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "concurrent_jobs": LimitsConcurrentJobs.from_dict,
        "queued_jobs": LimitsQueuedJobs.from_dict,
        "streams": LimitsStreams.from_dict,
        "creates_per_minute": LimitsCreatesPerMinute.from_dict,
        "reads_per_minute": LimitsReadsPerMinute.from_dict,
    }


@dataclass(frozen=True)
class ApiKey(Record):
    id: str
    object: str
    name: str
    masked_key: str
    scopes: List[str]
    livemode: bool
    created_at: Optional[datetime]
    last_used_at: Optional[datetime]
    expires_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
        "last_used_at": time_of,
        "expires_at": time_of,
    }


@dataclass(frozen=True)
class ApiKeyList(Record):
    object: str
    data: List[ApiKey]
    has_more: bool
    next_cursor: Optional[str]
    limit: int
    offset: int
    #: Deprecated. The same as data.
    keys: List[ApiKey]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(ApiKey.from_dict),
        "keys": list_of(ApiKey.from_dict),
    }


@dataclass(frozen=True)
class NewApiKey(Record):
    id: str
    object: str
    name: str
    masked_key: str
    scopes: List[str]
    livemode: bool
    created_at: Optional[datetime]
    last_used_at: Optional[datetime]
    expires_at: Optional[datetime]
    #: Shown this once.
    secret: str

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
        "last_used_at": time_of,
        "expires_at": time_of,
    }


@dataclass(frozen=True)
class RotatedApiKey(Record):
    id: str
    object: str
    name: str
    masked_key: str
    scopes: List[str]
    livemode: bool
    created_at: Optional[datetime]
    last_used_at: Optional[datetime]
    expires_at: Optional[datetime]
    #: Shown this once.
    secret: str
    replaces: ApiKey

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
        "last_used_at": time_of,
        "expires_at": time_of,
        "replaces": ApiKey.from_dict,
    }


@dataclass(frozen=True)
class SessionUser(Record):
    id: str
    email: str
    name: Optional[str]
    email_verified: bool
    mfa_enabled: bool


@dataclass(frozen=True)
class SessionAccount(Record):
    account_id: str
    name: str
    plan: str


@dataclass(frozen=True)
class SessionAccountItem(Record):
    account_id: str
    name: str
    role: SessionAccountItemRole


@dataclass(frozen=True)
class Session(Record):
    """Who is signed in, and the account that they act for."""

    object: str
    user: SessionUser
    account: SessionAccount
    role: SessionRole
    accounts: List[SessionAccountItem]
    #: Sent back as X-CSRF-Token with every request that changes something.
    csrf_token: str
    expires_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "user": SessionUser.from_dict,
        "account": SessionAccount.from_dict,
        "accounts": list_of(SessionAccountItem.from_dict),
        "expires_at": time_of,
    }


@dataclass(frozen=True)
class SecondFactor(Record):
    """Counts once a code of it was confirmed. Shown this once."""

    secret: str
    otpauth_url: str


@dataclass(frozen=True)
class SignInMethodsOidc(Record):
    """Single sign-on: begins at GET /v1/auth/oidc."""

    name: str


@dataclass(frozen=True)
class SignInMethods(Record):
    object: str
    password: bool
    #: Single sign-on: begins at GET /v1/auth/oidc.
    oidc: Optional[SignInMethodsOidc]
    passkeys: bool
    #: Whether letters are sent: invitations, forgotten passwords.
    letters: bool
    second_factor: bool

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "oidc": SignInMethodsOidc.from_dict,
    }


@dataclass(frozen=True)
class PasskeyOptions(Record):
    #: Sent back with what the browser makes of the options.
    flow: str
    #: For navigator.credentials, as its JSON.
    options: Dict[str, Any]


@dataclass(frozen=True)
class Passkey(Record):
    id: str
    object: str
    name: str
    created_at: Optional[datetime]
    last_used_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
        "last_used_at": time_of,
    }


@dataclass(frozen=True)
class PasskeyList(Record):
    object: str
    data: List[Passkey]
    has_more: bool
    next_cursor: Optional[str]
    limit: int
    offset: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(Passkey.from_dict),
    }


@dataclass(frozen=True)
class Member(Record):
    id: str
    object: str
    email: str
    name: Optional[str]
    role: MemberRole
    status: MemberStatus
    mfa_enabled: bool
    created_at: Optional[datetime]
    expires_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
        "expires_at": time_of,
    }


@dataclass(frozen=True)
class MemberList(Record):
    object: str
    data: List[Member]
    has_more: bool
    next_cursor: Optional[str]
    limit: int
    offset: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(Member.from_dict),
    }


@dataclass(frozen=True)
class ForgotPasswordAnswer(Record):
    status: str


@dataclass(frozen=True)
class ResetPasswordAnswer(Record):
    status: str


@dataclass(frozen=True)
class VerifyEmailAnswer(Record):
    status: str


@dataclass(frozen=True)
class LogoutAnswer(Record):
    status: str


@dataclass(frozen=True)
class ChangePasswordAnswer(Record):
    status: str


@dataclass(frozen=True)
class RemoveSecondFactorAnswer(Record):
    status: str


@dataclass(frozen=True)
class ConfirmSecondFactorAnswer(Record):
    status: str


@dataclass(frozen=True)
class RemovePasskeyAnswer(Record):
    status: str


@dataclass(frozen=True)
class RemoveMemberAnswer(Record):
    status: str


class CreateVideoRequest(TypedDict, total=False):
    #: What the video shows.
    prompt: Required[str]
    #: An id or alias from GET /v1/models; the default is its first entry.
    model: str
    #: 720p by default.
    resolution: Resolution
    #: Seconds. 5 by default.
    duration: int
    #: 16:9 by default, or the nearest to the first frame.
    aspect_ratio: AspectRatio
    #: An https URL, the id of an uploaded file, or a data URI of a PNG, JPEG or WebP of at most 10 MiB; the video
    #: starts with it, centre-cropped.
    first_frame: str
    #: An https URL that is told that the job has completed or failed, or was cancelled by anybody but the key that
    #: made it.
    webhook_url: str
    #: The same seed and request give the same video; drawn when absent.
    seed: int
    #: What the video should not show.
    negative_prompt: str
    #: At most 16 pairs of your own strings, shown with the job.
    metadata: Dict[str, str]
    #: Your own user on whose behalf this is; lists can be filtered by it.
    end_user: str
    #: The job fails, free of charge, if rendering has not started by then. 86400 by default.
    deadline_seconds: int
    #: From POST /v1/quotes: the price that it locked.
    quote_id: str
    #: Deprecated. Older name of resolution.
    size: Resolution
    #: Deprecated. Older name of first_frame.
    image_url: str


class CreateFileRequest(TypedDict, total=False):
    #: A PNG, JPEG or WebP of at most 10 MiB.
    file: Required[str]


class CreateQuoteRequest(TypedDict, total=False):
    #: What the video shows.
    prompt: str
    #: An id or alias from GET /v1/models; the default is its first entry.
    model: str
    #: 720p by default.
    resolution: Resolution
    #: Seconds. 5 by default.
    duration: int
    #: 16:9 by default, or the nearest to the first frame.
    aspect_ratio: AspectRatio
    #: An https URL, the id of an uploaded file, or a data URI of a PNG, JPEG or WebP of at most 10 MiB; the video
    #: starts with it, centre-cropped.
    first_frame: str
    #: An https URL that is told that the job has completed or failed, or was cancelled by anybody but the key that
    #: made it.
    webhook_url: str
    #: The same seed and request give the same video; drawn when absent.
    seed: int
    #: What the video should not show.
    negative_prompt: str
    #: At most 16 pairs of your own strings, shown with the job.
    metadata: Dict[str, str]
    #: Your own user on whose behalf this is; lists can be filtered by it.
    end_user: str
    #: The job fails, free of charge, if rendering has not started by then. 86400 by default.
    deadline_seconds: int
    #: Deprecated. Older name of resolution.
    size: Resolution
    #: Deprecated. Older name of first_frame.
    image_url: str


class SetLowBalanceThresholdRequest(TypedDict, total=False):
    #: When available falls below it, the event balance.low is recorded, once per crossing; 0 ends the notice.
    #: Dollars, as 250 or "2.50".
    threshold_usd: Required[str]


class SetSpendCapRequest(TypedDict, total=False):
    #: The key that is capped; absent: the whole account.
    api_key_id: str
    #: The most that may be spent and held in a UTC month; 0 refuses every video, null lifts the cap. Dollars, as 250
    #: or "2.50".
    limit_usd: Required[Optional[str]]


class CreateTopUpRequest(TypedDict, total=False):
    #: What to add. Dollars, as 250 or "2.50".
    amount_usd: Required[str]
    #: Where the payment page sends you after you paid.
    success_url: str
    #: Where the payment page sends you when you turn back.
    cancel_url: str


class SetAutoTopUpRequest(TypedDict, total=False):
    enabled: Required[bool]
    #: When less is available, amount_usd is charged. Dollars, as 250 or "2.50".
    threshold_usd: Required[str]
    #: What is charged each time: 5 to 10,000, whole cents; 0 only while it is off. Dollars, as 250 or "2.50".
    amount_usd: Required[str]
    #: The most that is charged in a UTC month; at least amount_usd. Dollars, as 250 or "2.50".
    monthly_max_usd: Required[str]


class SetUpPaymentMethodRequest(TypedDict, total=False):
    #: Where the payment page sends you after you saved it.
    success_url: str
    #: Where the payment page sends you when you turn back.
    cancel_url: str


class CreateWebhookEndpointRequest(TypedDict, total=False):
    #: An https URL.
    url: Required[str]
    #: Your words about it.
    description: str
    #: Up to five request headers of yours, sent with every request to it; stored encrypted, shown masked.
    headers: Dict[str, str]
    #: What it hears. video.completed, video.failed by default.
    events: List[WebhookEndpointEvent]


class UpdateWebhookEndpointRequest(TypedDict, total=False):
    #: An https URL.
    url: str
    #: Your words about it.
    description: str
    #: Up to five request headers of yours, sent with every request to it; stored encrypted, shown masked.
    headers: Dict[str, str]
    #: What it hears.
    events: List[WebhookEndpointEvent]
    enabled: bool


class RotateWebhookEndpointSecretRequest(TypedDict, total=False):
    #: How long the old secret signs beside the new one; 0 after a leak. 24 by default.
    overlap_hours: int


class RotateWebhookSecretRequest(TypedDict, total=False):
    #: How long the old secret signs beside the new one; 0 after a leak. 24 by default.
    overlap_hours: int


class TestWebhookEndpointRequest(TypedDict, total=False):
    #: The endpoint that is sent webhook.test.
    endpoint_id: Required[str]


class RedeliverManyRequest(TypedDict, total=False):
    #: failed by default.
    status: List[RedeliverManyRequestStatus]
    #: To this endpoint only.
    endpoint_id: str
    #: Of this event only.
    event: DeliveryEvent
    #: Of this job only.
    job_id: str
    created_after: datetime
    created_before: datetime
    #: The next_cursor of the redelivery before, where there was more than it could take.
    starting_after: str


class CreateStreamTokenRequest(TypedDict, total=False):
    #: The stream of this job; without it that of the feed.
    job_id: str
    #: Seconds until it, and whatever it opened, ends. 900 by default.
    expires_in: int


class RegisterRequest(TypedDict, total=False):
    email: Required[str]
    #: 12 characters or more; any may be used.
    password: Required[str]
    #: Name of the account.
    account_name: Required[str]


class CreateApiKeyRequest(TypedDict, total=False):
    #: Your name for the key.
    name: Required[str]
    #: What the key may do, within what yours may.
    scopes: List[ApiKeyScope]


class RotateApiKeyRequest(TypedDict, total=False):
    #: Ends the old key at once, as after a leak, instead of in 24 hours. false by default.
    expire_old_now: bool


class LoginRequest(TypedDict, total=False):
    email: Required[str]
    #: Your password.
    password: Required[str]
    #: Six digits of your authenticator.
    totp: str


class ForgotPasswordRequest(TypedDict, total=False):
    email: Required[str]


class ResetPasswordRequest(TypedDict, total=False):
    #: As in the link of the letter.
    token: Required[str]
    #: None of those that attackers try first.
    password: Required[str]


class VerifyEmailRequest(TypedDict, total=False):
    #: As in the link of the letter.
    token: Required[str]


class AcceptInvitationRequest(TypedDict, total=False):
    #: As in the link of the letter.
    token: Required[str]
    #: None of those that attackers try first.
    password: str


class ChooseAccountRequest(TypedDict, total=False):
    account_id: Required[str]


class ChangePasswordRequest(TypedDict, total=False):
    #: Your password.
    current_password: Required[str]
    #: None of those that attackers try first.
    new_password: Required[str]


class ConfirmSecondFactorRequest(TypedDict, total=False):
    #: Six digits of your authenticator.
    code: Required[str]


class SignInWithPasskeyRequest(TypedDict, total=False):
    #: As the options came with it; it counts once, for five minutes.
    flow: Required[str]
    #: What the browser made of the options, as JSON (toJSON() of a PublicKeyCredential).
    response: Required[SignInWithPasskeyRequestResponse]


class SignInWithPasskeyRequestResponse(TypedDict, total=False):
    """What the browser made of the options, as JSON (toJSON() of a PublicKeyCredential)."""

    id: Required[str]
    rawId: Required[str]
    type: Required[str]
    response: Required[Dict[str, Any]]


class AddPasskeyRequest(TypedDict, total=False):
    #: As the options came with it; it counts once, for five minutes.
    flow: Required[str]
    #: What you call it, such as the device.
    name: Required[str]
    #: What the browser made of the options, as JSON (toJSON() of a PublicKeyCredential).
    response: Required[AddPasskeyRequestResponse]


class AddPasskeyRequestResponse(TypedDict, total=False):
    """What the browser made of the options, as JSON (toJSON() of a PublicKeyCredential)."""

    id: Required[str]
    rawId: Required[str]
    type: Required[str]
    response: Required[Dict[str, Any]]


class InviteMemberRequest(TypedDict, total=False):
    email: Required[str]
    role: Required[InviteMemberRequestRole]


class SetMemberRoleRequest(TypedDict, total=False):
    role: Required[MemberRoleRole]


class ListVideosParams(TypedDict, total=False):
    #: Entries per page. 20 by default.
    limit: int
    #: Entries to skip; not together with starting_after.
    offset: int
    #: The next_cursor of the page before; not together with offset.
    starting_after: str
    #: Repeat it for several.
    status: List[VideoStatus]
    created_after: Union[str, datetime]
    created_before: Union[str, datetime]
    #: Of this end user only.
    end_user: str


class StreamVideoParams(TypedDict, total=False):
    #: A token of POST /v1/stream-tokens instead of a key, for streams only.
    token: str


class ListUsageParams(TypedDict, total=False):
    #: Entries per page. 20 by default.
    limit: int
    #: Entries to skip; not together with starting_after.
    offset: int
    #: First UTC day; the first of this month by default.
    start_date: str
    #: Last UTC day, inclusive; today by default.
    end_date: str
    #: Sums instead of a row for each job.
    group_by: UsageGroupBy
    #: Of this key only.
    api_key_id: str


class ListLedgerParams(TypedDict, total=False):
    #: Entries per page. 20 by default.
    limit: int
    #: Entries to skip; not together with starting_after.
    offset: int
    #: The next_cursor of the page before; not together with offset.
    starting_after: str
    #: Of this job only.
    job_id: str


class ListStatementsParams(TypedDict, total=False):
    #: Entries per page. 20 by default.
    limit: int
    #: Entries to skip; not together with starting_after.
    offset: int


class GetStatementParams(TypedDict, total=False):
    #: Entries per page. 20 by default.
    limit: int
    #: The next_cursor of the page before; not together with offset.
    starting_after: str


class ListTopUpsParams(TypedDict, total=False):
    #: Entries per page. 20 by default.
    limit: int
    #: Entries to skip; not together with starting_after.
    offset: int


class ListDeliveriesParams(TypedDict, total=False):
    #: Entries per page. 20 by default.
    limit: int
    #: Entries to skip; not together with starting_after.
    offset: int
    #: The next_cursor of the page before; not together with offset.
    starting_after: str
    #: Of this job only.
    job_id: str
    #: To this endpoint only.
    endpoint_id: str
    #: Of this event only.
    event: DeliveryEvent
    #: Repeat it for several.
    status: List[DeliveryStatus]


class ListEventsParams(TypedDict, total=False):
    #: A token of POST /v1/stream-tokens instead of a key, for streams only.
    token: str
    #: Events per page. 20 by default.
    limit: int
    #: The sequence of the last event seen, as next_cursor; 0 or none: from the oldest that is kept, and for a stream
    #: without it from now on.
    after: str


class FinishSingleSignOnParams(TypedDict, total=False):
    code: str
    state: str
