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

VideoFirstFrameFit = Union[Literal["crop", "pad"], str]

VideoStatus = Union[Literal["pending", "processing", "completed", "failed", "cancelled"], str]

VideoMode = Union[Literal["text_to_video", "image_to_video"], str]

FileContentType = Union[Literal["image/png", "image/jpeg", "image/webp"], str]

QuoteFirstFrameFit = Union[Literal["crop", "pad"], str]

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
    """What happened to the money of the job."""

    #: held until the end, then charged or released.
    state: str
    #: What was charged, in micro-dollars.
    charged_micros: int
    #: What of the hold was not charged, in micro-dollars.
    released_micros: int
    #: What was given back, in micro-dollars.
    refunded_micros: int
    #: Why the money ended as it did: completed, cancelled or the code of the failure; null until the end.
    rule: Optional[str]
    #: Whether the ledger has done what this says; true a moment after the end.
    settled: bool


@dataclass(frozen=True)
class VideoAttempt(Record):
    #: Counted from 1.
    attempt: int
    #: The worker that rendered it.
    worker: str
    #: The engine that rendered it.
    engine: str
    #: When a worker took it; null until then.
    started_at: Optional[datetime]
    #: When it ended; null until then.
    ended_at: Optional[datetime]
    #: How the attempt ended; null while it runs.
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

    #: For programs; the message is for people.
    code: str
    #: What is wrong, for people.
    message: str


@dataclass(frozen=True)
class Video(EndingRecord):
    """One job. Only a completed job is ever charged."""

    #: Its id.
    id: str
    #: The same as id.
    job_id: str
    #: The type of this object.
    object: str
    #: It never goes back: pending, processing, then one of completed, failed and cancelled.
    status: VideoStatus
    #: false: of the test environment, in play money.
    livemode: bool
    #: Whether it begins with a picture.
    mode: VideoMode
    #: The model that renders it.
    model: str
    #: What is to be seen; null once it was erased.
    prompt: Optional[str]
    #: What is not to be seen; null without one.
    negative_prompt: Optional[str]
    #: The picture that it begins with: a URL, a file of yours or inputs/… for one that came in the request; null
    #: without one.
    first_frame: Optional[str]
    #: How the first frame was brought to the shape of the video; null without one.
    first_frame_fit: Optional[VideoFirstFrameFit]
    #: The height of the picture.
    resolution: Resolution
    #: Width to height; null until the first frame, which decides it, was seen.
    aspect_ratio: Optional[AspectRatio]
    #: Seconds that were ordered.
    duration: int
    #: Seconds of the file; null until there is one.
    duration_actual: Optional[float]
    #: Whether the engine made sound; null until there is a video.
    has_audio: Optional[bool]
    #: The same seed, prompt and model draw alike.
    seed: int
    #: What is held for the job.
    estimated_cost: str
    #: What is held for the job, in micro-dollars.
    estimated_cost_micros: int
    #: What was charged; null until the end.
    cost: Optional[str]
    #: What was charged, in micro-dollars.
    cost_micros: Optional[int]
    #: What happened to the money of the job.
    billing: VideoBilling
    #: Where the file is, without a key, until video_url_expires_at; null until there is one.
    video_url: Optional[str]
    #: When video_url ends; a later answer has a fresh one.
    video_url_expires_at: Optional[datetime]
    #: A picture of it; null until there is one.
    thumbnail_url: Optional[str]
    #: Percent, 0 to 100.
    progress: int
    #: Its place in the queue of your account, from 1; null unless it is pending.
    queue_position: Optional[int]
    #: A guess at the seconds until it has been rendered; null unless it is pending, or where nobody can tell.
    eta_seconds: Optional[int]
    #: Whether a cancel would succeed at this moment: until rendering starts.
    cancellable: bool
    #: Every try at rendering it, the first one first.
    attempts: List[VideoAttempt]
    #: Why the job failed; never charged, and the code is the rule in billing. Codes: `content_rejected` (the engine
    #: refused what the prompt or the frame asks for), `first_frame_unreachable` (the first frame could not be
    #: fetched: no answer, another status than 200, a redirect or an address that is not allowed),
    #: `first_frame_invalid` (the first frame is not a whole PNG, JPEG or WebP, or is too large), `engine_error`
    #: (three attempts at rendering failed), `render_timeout` (rendering took longer than it may), `deadline_exceeded`
    #: (rendering did not start before the deadline of the job); more may come.
    error: Optional[VideoError]
    #: Where its end is told; null without one.
    webhook_url: Optional[str]
    #: Your own pairs, as the create gave them.
    metadata: Dict[str, str]
    #: Your name for whom the video is made, as the create gave it.
    end_user: Optional[str]
    #: The key that ordered it.
    api_key_id: str
    #: The trace of the job, for whoever runs the installation.
    trace_id: Optional[str]
    #: When it was created.
    created_at: datetime
    #: When a worker took it; null until then.
    started_at: Optional[datetime]
    #: When rendering began, from which on it cannot be cancelled; null until then.
    rendering_started_at: Optional[datetime]
    #: When it ended; null until then.
    completed_at: Optional[datetime]
    #: When it fails unless rendering has started by then.
    deadline_at: Optional[datetime]
    #: When prompt, frame and file were erased; null while they are kept.
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
    #: The path of the field, such as metadata.order.
    field: str
    #: For people; it may change.
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
    #: For people; it may change.
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
    #: Every fault of the request, each with its field.
    details: Optional[List[ErrorBodyDetail]] = None

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "details": list_of(ErrorBodyDetail.from_dict),
    }


@dataclass(frozen=True)
class VideoList(Record):
    #: The type of this object.
    object: str
    #: The items of this page.
    data: List[Video]
    #: Whether there are items after this page.
    has_more: bool
    #: starting_after (of the feed: after) of the next page; null on the last one.
    next_cursor: Optional[str]
    #: The most items of a page.
    limit: int
    #: How many items were left out before this page.
    offset: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(Video.from_dict),
    }


@dataclass(frozen=True)
class ModelPrice(Record):
    #: The height of the picture.
    resolution: str
    #: Price of a second.
    per_second: str
    #: per_second, in micro-dollars.
    per_second_micros: int


@dataclass(frozen=True)
class Model(Record):
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: Other names that a create may give.
    aliases: List[str]
    #: In words.
    description: str
    #: What the model can do.
    modes: List[str]
    #: Those that a create may ask for.
    resolutions: List[str]
    #: Those that a create may ask for.
    aspect_ratios: List[str]
    #: The longest video, in seconds.
    max_duration: int
    #: A price for each resolution.
    prices: List[ModelPrice]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "prices": list_of(ModelPrice.from_dict),
    }


@dataclass(frozen=True)
class ModelList(Record):
    #: The type of this object.
    object: str
    #: The items of this page.
    data: List[Model]
    #: Whether there are items after this page.
    has_more: bool
    #: starting_after (of the feed: after) of the next page; null on the last one.
    next_cursor: Optional[str]
    #: The most items of a page.
    limit: int
    #: How many items were left out before this page.
    offset: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(Model.from_dict),
    }


@dataclass(frozen=True)
class File(Record):
    """A picture that was uploaded."""

    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: false: of the test environment, in play money.
    livemode: bool
    #: Its size.
    bytes: int
    #: Of the picture, found by looking at it.
    content_type: FileContentType
    #: When it was created.
    created_at: datetime
    #: When it is deleted by itself; jobs that name it keep the picture.
    expires_at: datetime

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
        "expires_at": time_of,
    }


@dataclass(frozen=True)
class DeletedFile(Record):
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: Always true.
    deleted: bool


@dataclass(frozen=True)
class Quote(Record):
    #: Its id.
    id: str
    #: Send it with the create; it locks the price until it expires.
    quote_id: str
    #: The type of this object.
    object: str
    #: false: of the test environment, in play money.
    livemode: bool
    #: The model that renders it.
    model: str
    #: The height of the picture.
    resolution: Resolution
    #: Seconds that were ordered.
    duration: int
    #: Price of a second.
    per_second: str
    #: per_second, in micro-dollars.
    per_second_micros: int
    #: What the video will cost.
    cost: str
    #: What the video will cost, in micro-dollars.
    cost_micros: int
    #: When it ends; null: never.
    expires_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "expires_at": time_of,
    }


@dataclass(frozen=True)
class BalanceCurrentPeriod(Record):
    """The running UTC month."""

    #: When the period begins.
    start: Optional[datetime]
    #: When the period ends; this moment is no longer part of it.
    end: Optional[datetime]
    #: Charged this month less what was refunded.
    spend: str
    #: spend, in micro-dollars.
    spend_micros: int
    #: Jobs that were charged in it.
    jobs: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "start": time_of,
        "end": time_of,
    }


@dataclass(frozen=True)
class SpendCap(Record):
    #: The type of this object.
    object: str
    #: false: of the test environment, in play money.
    livemode: bool
    #: null: the whole account.
    api_key_id: Optional[str]
    #: The most that may be spent and held in a UTC month; null: no cap.
    limit: Optional[str]
    #: limit, in micro-dollars; null: no cap.
    limit_micros: Optional[int]
    #: Charged this month less what was refunded.
    spent: str
    #: spent, in micro-dollars.
    spent_micros: int
    #: Held by jobs that have not ended.
    held: str
    #: held, in micro-dollars.
    held_micros: int
    #: What new jobs may still hold.
    remaining: Optional[str]
    #: remaining, in micro-dollars; null: no cap.
    remaining_micros: Optional[int]


@dataclass(frozen=True)
class Balance(Record):
    #: The type of this object.
    object: str
    #: false: of the test environment, in play money.
    livemode: bool
    #: Of all amounts.
    currency: str
    #: Available and held together.
    balance: str
    #: balance, in micro-dollars.
    balance_micros: int
    #: What new jobs may use.
    available: str
    #: available, in micro-dollars.
    available_micros: int
    #: Reserved by jobs that have not ended.
    held: str
    #: held, in micro-dollars.
    held_micros: int
    #: Charged since the account was made.
    total_spend: str
    #: total_spend, in micro-dollars.
    total_spend_micros: int
    #: What a payment that was taken back left open; money that comes in settles it first.
    owed: str
    #: owed, in micro-dollars.
    owed_micros: int
    #: When available falls below it, the event balance.low is recorded, once per crossing.
    low_balance_threshold: Optional[str]
    #: low_balance_threshold, in micro-dollars; null: none.
    low_balance_threshold_micros: Optional[int]
    #: The running UTC month.
    current_period: BalanceCurrentPeriod
    #: Caps that are set, the account's own first.
    spend_caps: List[SpendCap]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "current_period": BalanceCurrentPeriod.from_dict,
        "spend_caps": list_of(SpendCap.from_dict),
    }


@dataclass(frozen=True)
class LowBalanceThreshold(Record):
    #: The type of this object.
    object: str
    #: false: of the test environment, in play money.
    livemode: bool
    #: $0.00: no notice.
    threshold: str
    #: threshold, in micro-dollars.
    threshold_micros: int


@dataclass(frozen=True)
class UsageRow(Record):
    #: The job that it is about; null where there is none.
    job_id: str
    #: The key that ordered it.
    api_key_id: str
    #: The UTC day of its charge.
    date: str
    #: The model that renders it.
    model: str
    #: The height of the picture.
    resolution: str
    #: Seconds that were ordered.
    duration: int
    #: Price of a second.
    per_second: str
    #: per_second, in micro-dollars.
    per_second_micros: int
    #: What the job cost.
    cost: str
    #: cost, in micro-dollars.
    cost_micros: int
    #: Given back since.
    refunded: str
    #: What was given back, in micro-dollars.
    refunded_micros: int
    #: When it was charged.
    charged_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "charged_at": time_of,
    }


@dataclass(frozen=True)
class UsageGroup(Record):
    #: The day, key, end user or resolution; null: jobs that named no end user.
    group: Optional[str]
    #: How many jobs were charged.
    jobs: int
    #: Seconds of video.
    seconds: int
    #: What the jobs cost.
    cost: str
    #: cost, in micro-dollars.
    cost_micros: int
    #: Given back since.
    refunded: str
    #: What was given back, in micro-dollars.
    refunded_micros: int


@dataclass(frozen=True)
class UsageTotals(Record):
    """Sums of the whole range, not of the page."""

    #: How many jobs were charged.
    jobs: int
    #: Seconds of video.
    seconds: int
    #: Of the whole range.
    cost: str
    #: cost, in micro-dollars.
    cost_micros: int
    #: Given back since.
    refunded: str
    #: What was given back, in micro-dollars.
    refunded_micros: int


@dataclass(frozen=True)
class Usage(Record):
    #: The type of this object.
    object: str
    #: The items of this page.
    data: List[Union[UsageRow, UsageGroup]]
    #: Whether there are items after this page.
    has_more: bool
    #: starting_after (of the feed: after) of the next page; null on the last one.
    next_cursor: Optional[str]
    #: The most items of a page.
    limit: int
    #: How many items were left out before this page.
    offset: int
    #: false: play money.
    livemode: bool
    #: What data is grouped by; null: a row for each job.
    group_by: Optional[str]
    #: The first UTC day of the range.
    start_date: str
    #: The last UTC day of the range, inclusive.
    end_date: str
    #: Sums of the whole range, not of the page.
    totals: UsageTotals

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(one_of(UsageRow, UsageGroup)),
        "totals": UsageTotals.from_dict,
    }


@dataclass(frozen=True)
class LedgerEntry(Record):
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: false: of the test environment, in play money.
    livemode: bool
    #: funds_added, hold_placed, hold_captured, hold_released, capture_refunded, funds_reversed, adjustment_made; more
    #: may come.
    kind: str
    #: The job that it is about; null where there is none.
    job_id: Optional[str]
    #: Change of available.
    available_change: str
    #: available_change, in micro-dollars.
    available_change_micros: int
    #: Change of held.
    held_change: str
    #: held_change, in micro-dollars.
    held_change_micros: int
    #: Available after it.
    available_after: str
    #: available_after, in micro-dollars.
    available_after_micros: int
    #: Held after it.
    held_after: str
    #: held_after, in micro-dollars.
    held_after_micros: int
    #: Balance after it.
    balance_after: str
    #: balance_after, in micro-dollars.
    balance_after_micros: int
    #: Owed after it.
    owed_after: str
    #: owed_after, in micro-dollars.
    owed_after_micros: int
    #: Of a payment, refund, reversal or adjustment.
    reference: Optional[str]
    #: Words about it; null without any.
    note: Optional[str]
    #: When it was created.
    created_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
    }


@dataclass(frozen=True)
class LedgerEntryList(Record):
    #: The type of this object.
    object: str
    #: The items of this page.
    data: List[LedgerEntry]
    #: Whether there are items after this page.
    has_more: bool
    #: starting_after (of the feed: after) of the next page; null on the last one.
    next_cursor: Optional[str]
    #: The most items of a page.
    limit: int
    #: How many items were left out before this page.
    offset: int
    #: false: play money.
    livemode: bool

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(LedgerEntry.from_dict),
    }


@dataclass(frozen=True)
class Statement(Record):
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: false: of the test environment, in play money.
    livemode: bool
    #: The UTC month as YYYY-MM.
    period: str
    #: When the period begins.
    start: Optional[datetime]
    #: When the period ends; this moment is no longer part of it.
    end: Optional[datetime]
    #: The running month: it still changes.
    open: bool
    #: Available and held, less owed, when the month began.
    opening_balance: str
    #: opening_balance, in micro-dollars.
    opening_balance_micros: int
    #: Top-ups and credits.
    added: str
    #: added, in micro-dollars.
    added_micros: int
    #: Completed jobs.
    charged: str
    #: What was charged, in micro-dollars.
    charged_micros: int
    #: Charges given back.
    refunded: str
    #: What was given back, in micro-dollars.
    refunded_micros: int
    #: Payments taken back.
    reversed: str
    #: reversed, in micro-dollars.
    reversed_micros: int
    #: Corrections, signed.
    adjusted: str
    #: adjusted, in micro-dollars.
    adjusted_micros: int
    #: opening + added + refunded + adjusted - charged - reversed.
    closing_balance: str
    #: closing_balance, in micro-dollars.
    closing_balance_micros: int
    #: Of the closing balance.
    closing_available: str
    #: closing_available, in micro-dollars.
    closing_available_micros: int
    #: Of the closing balance.
    closing_held: str
    #: closing_held, in micro-dollars.
    closing_held_micros: int
    #: Already taken off the closing balance.
    closing_owed: str
    #: closing_owed, in micro-dollars.
    closing_owed_micros: int
    #: How many jobs were charged.
    jobs: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "start": time_of,
        "end": time_of,
    }


@dataclass(frozen=True)
class StatementList(Record):
    #: The type of this object.
    object: str
    #: The items of this page.
    data: List[Statement]
    #: Whether there are items after this page.
    has_more: bool
    #: starting_after (of the feed: after) of the next page; null on the last one.
    next_cursor: Optional[str]
    #: The most items of a page.
    limit: int
    #: How many items were left out before this page.
    offset: int
    #: false: play money.
    livemode: bool

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(Statement.from_dict),
    }


@dataclass(frozen=True)
class StatementWithLines(Record):
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: false: of the test environment, in play money.
    livemode: bool
    #: The UTC month as YYYY-MM.
    period: str
    #: When the period begins.
    start: Optional[datetime]
    #: When the period ends; this moment is no longer part of it.
    end: Optional[datetime]
    #: The running month: it still changes.
    open: bool
    #: Available and held, less owed, when the month began.
    opening_balance: str
    #: opening_balance, in micro-dollars.
    opening_balance_micros: int
    #: Top-ups and credits.
    added: str
    #: added, in micro-dollars.
    added_micros: int
    #: Completed jobs.
    charged: str
    #: What was charged, in micro-dollars.
    charged_micros: int
    #: Charges given back.
    refunded: str
    #: What was given back, in micro-dollars.
    refunded_micros: int
    #: Payments taken back.
    reversed: str
    #: reversed, in micro-dollars.
    reversed_micros: int
    #: Corrections, signed.
    adjusted: str
    #: adjusted, in micro-dollars.
    adjusted_micros: int
    #: opening + added + refunded + adjusted - charged - reversed.
    closing_balance: str
    #: closing_balance, in micro-dollars.
    closing_balance_micros: int
    #: Of the closing balance.
    closing_available: str
    #: closing_available, in micro-dollars.
    closing_available_micros: int
    #: Of the closing balance.
    closing_held: str
    #: closing_held, in micro-dollars.
    closing_held_micros: int
    #: Already taken off the closing balance.
    closing_owed: str
    #: closing_owed, in micro-dollars.
    closing_owed_micros: int
    #: How many jobs were charged.
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
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: false: of the test environment, in play money.
    livemode: bool
    #: What is added once it is paid.
    amount: str
    #: amount, in micro-dollars.
    amount_micros: int
    #: completed: the money is in the balance.
    status: TopUpStatus
    #: Who takes the payment.
    provider: str
    #: Where to pay; null where an operator confirms the payment.
    checkout_url: Optional[str]
    #: The provider's reference of the payment; null until there is one.
    payment_ref: Optional[str]
    #: What was taken back of it.
    reversed: str
    #: reversed, in micro-dollars.
    reversed_micros: int
    #: When it was created.
    created_at: Optional[datetime]
    #: When it ended; null until then.
    ended_at: Optional[datetime]
    #: Ordered by itself, with your saved payment method.
    automatic: bool

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
        "ended_at": time_of,
    }


@dataclass(frozen=True)
class TopUpList(Record):
    #: The type of this object.
    object: str
    #: The items of this page.
    data: List[TopUp]
    #: Whether there are items after this page.
    has_more: bool
    #: starting_after (of the feed: after) of the next page; null on the last one.
    next_cursor: Optional[str]
    #: The most items of a page.
    limit: int
    #: How many items were left out before this page.
    offset: int
    #: false: play money.
    livemode: bool

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(TopUp.from_dict),
    }


@dataclass(frozen=True)
class AutoTopUp(Record):
    #: The type of this object.
    object: str
    #: false: of the test environment, in play money.
    livemode: bool
    #: waiting: the balance is above the threshold, or was a moment ago.
    state: AutoTopUpState
    #: Whether it is turned on.
    enabled: bool
    #: Below it the amount is charged.
    threshold: str
    #: threshold, in micro-dollars.
    threshold_micros: int
    #: What is charged each time.
    amount: str
    #: amount, in micro-dollars.
    amount_micros: int
    #: The most that is charged in a UTC month.
    monthly_max: str
    #: monthly_max, in micro-dollars.
    monthly_max_micros: int
    #: What was, charges under way included.
    charged_this_month: str
    #: charged_this_month, in micro-dollars.
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
    #: The type of this object.
    object: str
    #: Where to enter the card; it is never seen here.
    checkout_url: str


@dataclass(frozen=True)
class PaymentEventReceived(Record):
    #: Always true.
    received: bool


@dataclass(frozen=True)
class WebhookEndpoint(Record):
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: Where it is sent.
    url: str
    #: The events that are sent to it.
    events: List[WebhookEndpointEvent]
    #: Your words about it; null without any.
    description: Optional[str]
    #: Values masked.
    headers: Dict[str, str]
    #: Whether it is turned on.
    enabled: bool
    #: `gone`: it answered 410. `unreachable`: for three days.
    disabled_reason: Optional[WebhookEndpointDisabledReason]
    #: When it was disabled; null while it is not.
    disabled_at: Optional[datetime]
    #: false: of the test environment, in play money.
    livemode: bool
    #: When it was created.
    created_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "disabled_at": time_of,
        "created_at": time_of,
    }


@dataclass(frozen=True)
class WebhookEndpointList(Record):
    #: The type of this object.
    object: str
    #: The items of this page.
    data: List[WebhookEndpoint]
    #: Whether there are items after this page.
    has_more: bool
    #: starting_after (of the feed: after) of the next page; null on the last one.
    next_cursor: Optional[str]
    #: The most items of a page.
    limit: int
    #: How many items were left out before this page.
    offset: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(WebhookEndpoint.from_dict),
    }


@dataclass(frozen=True)
class NewWebhookEndpoint(Record):
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: Where it is sent.
    url: str
    #: The events that are sent to it.
    events: List[WebhookEndpointEvent]
    #: In words.
    description: Optional[str]
    #: Values masked.
    headers: Dict[str, str]
    #: Whether it is turned on.
    enabled: bool
    #: `gone`: it answered 410. `unreachable`: for three days.
    disabled_reason: Optional[WebhookEndpointDisabledReason]
    #: When it was disabled; null while it is not.
    disabled_at: Optional[datetime]
    #: false: of the test environment, in play money.
    livemode: bool
    #: When it was created.
    created_at: Optional[datetime]
    #: Signs what is sent to it; can be read again.
    secret: str

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "disabled_at": time_of,
        "created_at": time_of,
    }


@dataclass(frozen=True)
class DeletedWebhookEndpoint(Record):
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: Always true.
    deleted: bool


@dataclass(frozen=True)
class WebhookSecret(Record):
    #: The type of this object.
    object: str
    #: `X-Signature` is keyed with this whole string, `whsec_` included.
    secret: str
    #: Signs beside it until it ends.
    previous_secret: Optional[str]
    #: When the previous secret ends; null without one.
    previous_secret_expires_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "previous_secret_expires_at": time_of,
    }


@dataclass(frozen=True)
class WebhookTest(Record):
    #: The type of this object.
    object: str
    #: The delivery that was made, as GET /v1/webhooks/deliveries/{id} tells it.
    delivery_id: str
    #: The event, the same at every attempt and redelivery.
    event_id: str


@dataclass(frozen=True)
class DeliveryAttempt(Record):
    #: Counted from 1.
    attempt: int
    #: When it began; null until then.
    started_at: Optional[datetime]
    #: How long the attempt took, in milliseconds.
    duration_ms: int
    #: Whether it only asked if the server is there again.
    probe: bool
    #: Who answered.
    address: Optional[str]
    #: The status that was answered; null where nothing was.
    http_status: Optional[int]
    #: Why nothing was answered; null where something was.
    error: Optional[str]
    #: The beginning of the answer: 1 KiB in a list, 16 KiB of one delivery.
    response_excerpt: str

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "started_at": time_of,
    }


@dataclass(frozen=True)
class Delivery(Record):
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: The event, the same at every attempt and redelivery.
    event_id: str
    #: Its type, such as video.completed.
    event: str
    #: The job that it is about; null where there is none.
    job_id: Optional[str]
    #: Null for the webhook_url of a job.
    endpoint_id: Optional[str]
    #: Where it is sent.
    url: str
    #: delivered: answered 2xx. superseded: a later status of the job overtook it.
    status: DeliveryStatus
    #: Its server is in trouble: it is tried now and then, and what waits for it loses no attempt.
    parked: bool
    #: The delivery that it repeats; null where it is the first.
    redelivery_of: Optional[str]
    #: When it was created.
    created_at: Optional[datetime]
    #: When it is tried next; null where it is not.
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
    #: The type of this object.
    object: str
    #: The items of this page.
    data: List[Delivery]
    #: Whether there are items after this page.
    has_more: bool
    #: starting_after (of the feed: after) of the next page; null on the last one.
    next_cursor: Optional[str]
    #: The most items of a page.
    limit: int
    #: How many items were left out before this page.
    offset: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(Delivery.from_dict),
    }


@dataclass(frozen=True)
class WebhookRedelivery(Record):
    #: The type of this object.
    object: str
    #: The new deliveries, a thousand at most, ten sent a second.
    delivery_ids: List[str]
    #: Where to go on, where there is more.
    next_cursor: Optional[str]


@dataclass(frozen=True)
class Event(Record):
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: Without a gap in an account and environment.
    sequence: int
    #: Its type, such as video.completed.
    event: str
    #: The job that it is about; null where there is none.
    job_id: Optional[str]
    #: false: of the test environment, in play money.
    livemode: bool
    #: When it was created.
    created_at: Optional[datetime]
    #: As webhooks send it: `event`, then the fields of the video; null once the content was erased.
    data: Optional[Dict[str, Any]]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
    }


@dataclass(frozen=True)
class EventList(Record):
    #: The type of this object.
    object: str
    #: The items of this page.
    data: List[Event]
    #: Whether there are items after this page.
    has_more: bool
    #: starting_after (of the feed: after) of the next page; null on the last one.
    next_cursor: Optional[str]
    #: The most items of a page.
    limit: int
    #: How many items were left out before this page.
    offset: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(Event.from_dict),
    }


@dataclass(frozen=True)
class StreamToken(Record):
    #: The type of this object.
    object: str
    #: Opens the stream.
    token: str
    #: Null: the feed.
    job_id: Optional[str]
    #: For an EventSource. It is as secret as the token: it opens the stream, and nothing else, until it expires.
    url: str
    #: When it, and whatever it opened, ends.
    expires_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "expires_at": time_of,
    }


@dataclass(frozen=True)
class Registered(Record):
    """Shown this once."""

    #: The account.
    account_id: str
    #: Spends the balance.
    live_key: str
    #: Spends play money.
    test_key: str
    #: Signs what is sent to the webhook_url of jobs.
    webhook_secret: str


@dataclass(frozen=True)
class Account(Record):
    #: Its id.
    id: str
    #: The account.
    account_id: str
    #: The type of this object.
    object: str
    #: What the account is called.
    name: str
    #: The address of the person.
    email: str
    #: The plan, which sets the limits.
    plan: str
    #: active, suspended or closed.
    status: str
    #: false: of the test environment, in play money.
    livemode: bool
    #: When it was created.
    created_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
    }


@dataclass(frozen=True)
class LimitsConcurrentJobs(Record):
    """Jobs that may render at the same time."""

    #: The most that is allowed.
    allowed: int
    #: What is used at this moment.
    in_use: int


@dataclass(frozen=True)
class LimitsQueuedJobs(Record):
    """Jobs that may wait."""

    #: The most that is allowed.
    allowed: int
    #: What is used at this moment.
    in_use: int


@dataclass(frozen=True)
class LimitsStreams(Record):
    """Event streams that may be open at the same time."""

    #: The most that is allowed.
    allowed: int
    #: What is used at this moment.
    in_use: int


@dataclass(frozen=True)
class LimitsCreatesPerMinute(Record):
    """Creates that are accepted in a minute."""

    #: The most that is allowed.
    allowed: int


@dataclass(frozen=True)
class LimitsReadsPerMinute(Record):
    """Reads that are answered in a minute."""

    #: The most that is allowed.
    allowed: int


@dataclass(frozen=True)
class Limits(Record):
    #: The type of this object.
    object: str
    #: false: of the test environment, in play money.
    livemode: bool
    #: Jobs that may render at the same time.
    concurrent_jobs: LimitsConcurrentJobs
    #: Jobs that may wait.
    queued_jobs: LimitsQueuedJobs
    #: Event streams that may be open at the same time.
    streams: LimitsStreams
    #: Creates that are accepted in a minute.
    creates_per_minute: LimitsCreatesPerMinute
    #: Reads that are answered in a minute.
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
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: What you call it.
    name: str
    #: Enough of the key to recognise it.
    masked_key: str
    #: What the key may do.
    scopes: List[str]
    #: false: of the test environment, in play money.
    livemode: bool
    #: When it was created.
    created_at: Optional[datetime]
    #: When it was last used; null: never.
    last_used_at: Optional[datetime]
    #: When it ends; null: never.
    expires_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
        "last_used_at": time_of,
        "expires_at": time_of,
    }


@dataclass(frozen=True)
class ApiKeyList(Record):
    #: The type of this object.
    object: str
    #: The items of this page.
    data: List[ApiKey]
    #: Whether there are items after this page.
    has_more: bool
    #: starting_after (of the feed: after) of the next page; null on the last one.
    next_cursor: Optional[str]
    #: The most items of a page.
    limit: int
    #: How many items were left out before this page.
    offset: int
    #: Deprecated. The same as data.
    keys: List[ApiKey]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(ApiKey.from_dict),
        "keys": list_of(ApiKey.from_dict),
    }


@dataclass(frozen=True)
class NewApiKey(Record):
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: A name for people.
    name: str
    #: Enough of the key to recognise it.
    masked_key: str
    #: What the key may do.
    scopes: List[str]
    #: false: of the test environment, in play money.
    livemode: bool
    #: When it was created.
    created_at: Optional[datetime]
    #: When it was last used; null: never.
    last_used_at: Optional[datetime]
    #: When it ends; null: never.
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
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: A name for people.
    name: str
    #: Enough of the key to recognise it.
    masked_key: str
    #: What the key may do.
    scopes: List[str]
    #: false: of the test environment, in play money.
    livemode: bool
    #: When it was created.
    created_at: Optional[datetime]
    #: When it was last used; null: never.
    last_used_at: Optional[datetime]
    #: When it ends; null: never.
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
    """The person who signed in."""

    #: Its id.
    id: str
    #: The address of the person.
    email: str
    #: A name for people.
    name: Optional[str]
    #: Whether the address was proven to be theirs.
    email_verified: bool
    #: Whether a second factor is asked for at sign-in.
    mfa_enabled: bool


@dataclass(frozen=True)
class SessionAccount(Record):
    """The account that is acted for."""

    #: The account.
    account_id: str
    #: A name for people.
    name: str
    #: The plan, which sets the limits.
    plan: str


@dataclass(frozen=True)
class SessionAccountItem(Record):
    #: The account.
    account_id: str
    #: A name for people.
    name: str
    #: What the person may do in the account.
    role: SessionAccountItemRole


@dataclass(frozen=True)
class Session(Record):
    """Who is signed in, and the account that they act for."""

    #: The type of this object.
    object: str
    #: The person who signed in.
    user: SessionUser
    #: The account that is acted for.
    account: SessionAccount
    #: What the person may do in the account.
    role: SessionRole
    #: All accounts that the person is a member of.
    accounts: List[SessionAccountItem]
    #: Sent back as X-CSRF-Token with every request that changes something.
    csrf_token: str
    #: Where the trace of a video is shown, with {trace_id} for its trace_id.
    trace_url_template: Optional[str]
    #: When it ends; null: never.
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

    #: The secret.
    secret: str
    #: The same for a QR code.
    otpauth_url: str


@dataclass(frozen=True)
class SignInMethodsOidc(Record):
    """Single sign-on: begins at GET /v1/auth/oidc."""

    #: A name for people.
    name: str


@dataclass(frozen=True)
class SignInMethods(Record):
    #: The type of this object.
    object: str
    #: Whether passwords can be used.
    password: bool
    #: Single sign-on: begins at GET /v1/auth/oidc.
    oidc: Optional[SignInMethodsOidc]
    #: Whether passkeys can be used.
    passkeys: bool
    #: Whether letters are sent: invitations, forgotten passwords.
    letters: bool
    #: Whether a second factor can be set up.
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
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: A name for people.
    name: str
    #: When it was created.
    created_at: Optional[datetime]
    #: When it was last used; null: never.
    last_used_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
        "last_used_at": time_of,
    }


@dataclass(frozen=True)
class PasskeyList(Record):
    #: The type of this object.
    object: str
    #: The items of this page.
    data: List[Passkey]
    #: Whether there are items after this page.
    has_more: bool
    #: starting_after (of the feed: after) of the next page; null on the last one.
    next_cursor: Optional[str]
    #: The most items of a page.
    limit: int
    #: How many items were left out before this page.
    offset: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(Passkey.from_dict),
    }


@dataclass(frozen=True)
class Member(Record):
    #: Its id.
    id: str
    #: The type of this object.
    object: str
    #: The address of the person.
    email: str
    #: A name for people.
    name: Optional[str]
    #: What the person may do in the account.
    role: MemberRole
    #: How it stands.
    status: MemberStatus
    #: Whether a second factor is asked for at sign-in.
    mfa_enabled: bool
    #: When it was created.
    created_at: Optional[datetime]
    #: When it ends; null: never.
    expires_at: Optional[datetime]

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "created_at": time_of,
        "expires_at": time_of,
    }


@dataclass(frozen=True)
class MemberList(Record):
    #: The type of this object.
    object: str
    #: The items of this page.
    data: List[Member]
    #: Whether there are items after this page.
    has_more: bool
    #: starting_after (of the feed: after) of the next page; null on the last one.
    next_cursor: Optional[str]
    #: The most items of a page.
    limit: int
    #: How many items were left out before this page.
    offset: int

    _decoders: ClassVar[Mapping[str, Decoder]] = {
        "data": list_of(Member.from_dict),
    }


@dataclass(frozen=True)
class ForgotPasswordAnswer(Record):
    #: How it stands.
    status: str


@dataclass(frozen=True)
class ResetPasswordAnswer(Record):
    #: How it stands.
    status: str


@dataclass(frozen=True)
class VerifyEmailAnswer(Record):
    #: How it stands.
    status: str


@dataclass(frozen=True)
class LogoutAnswer(Record):
    #: How it stands.
    status: str


@dataclass(frozen=True)
class ChangePasswordAnswer(Record):
    #: How it stands.
    status: str


@dataclass(frozen=True)
class RemoveSecondFactorAnswer(Record):
    #: How it stands.
    status: str


@dataclass(frozen=True)
class ConfirmSecondFactorAnswer(Record):
    #: How it stands.
    status: str


@dataclass(frozen=True)
class RemovePasskeyAnswer(Record):
    #: How it stands.
    status: str


@dataclass(frozen=True)
class RemoveMemberAnswer(Record):
    #: How it stands.
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
    #: starts with it.
    first_frame: str
    #: Of a first frame of another shape: crop cuts away what is over, pad leaves black bars. crop by default.
    first_frame_fit: VideoFirstFrameFit
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
    #: starts with it.
    first_frame: str
    #: Of a first frame of another shape: crop cuts away what is over, pad leaves black bars. crop by default.
    first_frame_fit: QuoteFirstFrameFit
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
    #: Whether it is turned on.
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
    #: Whether it is turned on.
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
    #: Only what was created at or after this moment.
    created_after: datetime
    #: Only what was created before this moment.
    created_before: datetime
    #: The next_cursor of the redelivery before, where there was more than it could take.
    starting_after: str


class CreateStreamTokenRequest(TypedDict, total=False):
    #: The stream of this job; without it that of the feed.
    job_id: str
    #: Seconds until it, and whatever it opened, ends. 900 by default.
    expires_in: int


class RegisterRequest(TypedDict, total=False):
    #: The address of the person.
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
    #: The address of the person.
    email: Required[str]
    #: Your password.
    password: Required[str]
    #: Six digits of your authenticator.
    totp: str


class ForgotPasswordRequest(TypedDict, total=False):
    #: The address of the person.
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
    #: The account.
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

    #: Its id.
    id: Required[str]
    #: As the browser made it.
    rawId: Required[str]
    #: As the browser made it.
    type: Required[str]
    #: As the browser made it.
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

    #: Its id.
    id: Required[str]
    #: As the browser made it.
    rawId: Required[str]
    #: As the browser made it.
    type: Required[str]
    #: As the browser made it.
    response: Required[Dict[str, Any]]


class InviteMemberRequest(TypedDict, total=False):
    #: The address of the person.
    email: Required[str]
    #: What the person may do in the account.
    role: Required[InviteMemberRequestRole]


class SetMemberRoleRequest(TypedDict, total=False):
    #: What the person may do in the account.
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
