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

TopUpStatus = Union[Literal["pending", "completed", "failed", "expired"], str]

ApiKeyScope = Union[Literal["videos", "billing:read", "webhooks", "keys:read", "keys:manage", "billing:manage"], str]

DeliveryStatus = Union[Literal["pending", "delivered", "failed", "superseded"], str]

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

    #: Code of the refusal: invalid_request, invalid_api_key, insufficient_balance, spend_cap_reached, forbidden,
    #: account_suspended, job_not_found, not_found, method_not_allowed, job_not_cancellable, job_not_ended,
    #: idempotency_in_progress, quote_expired, quote_mismatch, video_expired, payload_too_large,
    #: unsupported_media_type, range_not_satisfiable, idempotency_key_reused, rate_limit_exceeded,
    #: queue_limit_exceeded, request_header_too_large, internal_error, capacity_exhausted, price_unavailable,
    #: service_unavailable; more may come.
    error: str
    message: str
    request_id: str
    #: The job's status, where the refusal depends on it.
    status: Optional[str] = None
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
    spend: Optional[str]
    spend_micros: Optional[int]
    jobs: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "start": time_of,
        "end": time_of,
    }


@dataclass(frozen=True)
class SpendCap(Record):
    object: str
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

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(LedgerEntry.from_dict),
    }


@dataclass(frozen=True)
class Statement(Record):
    id: str
    object: str
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

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(Statement.from_dict),
    }


@dataclass(frozen=True)
class StatementWithLines(Record):
    id: str
    object: str
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

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(TopUp.from_dict),
    }


@dataclass(frozen=True)
class PaymentEventReceived(Record):
    received: bool


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
class DeliveryAttempt(Record):
    attempt: int
    started_at: Optional[datetime]
    duration_ms: int
    http_status: Optional[int]
    error: Optional[str]
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
    url: str
    status: DeliveryStatus
    created_at: Optional[datetime]
    next_attempt_at: Optional[datetime]
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
    #: An https URL or a data URI of a PNG, JPEG or WebP of at most 10 MiB; the video starts with it, centre-cropped.
    first_frame: str
    #: An https URL that is told when the job ends.
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
    #: An https URL or a data URI of a PNG, JPEG or WebP of at most 10 MiB; the video starts with it, centre-cropped.
    first_frame: str
    #: An https URL that is told when the job ends.
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
    #: Repeat it for several.
    status: List[DeliveryStatus]
