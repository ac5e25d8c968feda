"""Verification of webhooks (https://www.standardwebhooks.com), and of the shorter X-Signature."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any, Iterable, List, Mapping, Optional, Union

from ._errors import ConfigurationError, WebhookVerificationError
from ._models import Video

TOLERANCE_SECONDS = 300
Secrets = Union[str, Iterable[str]]


@dataclass(frozen=True)
class WebhookEvent:
    #: Such as ``video.completed``.
    type: str
    #: The same for every delivery of this event: what was seen before is to be left out of account.
    id: str
    #: Unix seconds of this delivery.
    timestamp: int
    #: The whole body.
    payload: Mapping[str, Any]

    @property
    def video(self) -> Optional[Video]:
        """The job, for events about one."""
        return Video.from_dict(self.payload) if self.payload.get("object") == "video" else None


def verify_webhook(
    body: Union[bytes, str],
    headers: Mapping[str, str],
    secret: Secrets,
    *,
    tolerance: float = TOLERANCE_SECONDS,
    now: Optional[float] = None,
) -> WebhookEvent:
    """Checks ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature`` over the raw body.

    While a secret is being rotated, give the old and the new one. Raises WebhookVerificationError.
    """
    raw = body.encode() if isinstance(body, str) else bytes(body)
    lowered = {name.lower(): value for name, value in headers.items()}
    message_id, stamp = _header(lowered, "webhook-id"), _header(lowered, "webhook-timestamp")
    offered = [part[3:] for part in _header(lowered, "webhook-signature").split(" ") if part.startswith("v1,")]
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 16):
        raise WebhookVerificationError("webhook_header_missing", "webhook-timestamp is not a number of seconds")
    if abs((time.time() if now is None else now) - int(stamp)) > tolerance:
        raise WebhookVerificationError(
            "webhook_timestamp_out_of_tolerance", f"webhook-timestamp is more than {tolerance:g} seconds away from now"
        )
    signed = b".".join([message_id.encode(), stamp.encode(), raw])
    expected = [base64.b64encode(_hmac(_key_of(each), signed)).decode() for each in _secrets(secret)]
    if not _any_equal(expected, offered):
        raise WebhookVerificationError(
            "webhook_signature_mismatch", "webhook-signature is of another body or another secret"
        )
    return _event_of(raw, message_id, int(stamp))


def verify_x_signature(body: Union[bytes, str], headers: Mapping[str, str], secret: Secrets) -> WebhookEvent:
    """Checks ``X-Signature`` (or ``X-Signature-Next``, during a rotation) over the raw body.

    It has no time in it, so that an old delivery can be sent again by whoever saw it: prefer ``verify_webhook``.
    The id and the time of the event are what the unsigned headers say, and empty without them.
    """
    raw = body.encode() if isinstance(body, str) else bytes(body)
    lowered = {name.lower(): value for name, value in headers.items()}
    offered = [lowered[name] for name in ("x-signature", "x-signature-next") if name in lowered]
    if not offered:
        raise WebhookVerificationError("webhook_header_missing", "there is no X-Signature")
    expected = [_hmac(each.encode(), raw).hex() for each in _secrets(secret)]
    if not _any_equal(expected, offered):
        raise WebhookVerificationError("webhook_signature_mismatch", "X-Signature is of another body or another secret")
    stamp = lowered.get("webhook-timestamp", "")
    return _event_of(raw, lowered.get("webhook-id", ""), int(stamp) if stamp.isdecimal() else 0)


def _event_of(raw: bytes, message_id: str, timestamp: int) -> WebhookEvent:
    try:
        content = json.loads(raw)
    except ValueError as error:
        raise WebhookVerificationError("webhook_body_unreadable", "the body is not JSON") from error
    if not isinstance(content, dict):
        raise WebhookVerificationError("webhook_body_unreadable", "the body is not a JSON object")
    return WebhookEvent(str(content.get("event", "")), message_id, timestamp, content)


def _secrets(secret: Secrets) -> List[str]:
    secrets = [secret] if isinstance(secret, str) else list(secret)
    if not secrets or not all(secrets):
        raise ConfigurationError("there is no secret to verify with")
    return secrets


def _key_of(secret: str) -> bytes:
    try:
        return base64.b64decode(secret[6:] if secret.startswith("whsec_") else secret, validate=True)
    except binascii.Error as error:
        raise ConfigurationError("the secret is not whsec_ and base64") from error


def _header(headers: Mapping[str, str], name: str) -> str:
    if not headers.get(name):
        raise WebhookVerificationError("webhook_header_missing", f"there is no {name}")
    return headers[name]


def _hmac(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()


def _any_equal(expected: Iterable[str], offered: List[str]) -> bool:
    found = False
    for one in expected:
        for other in offered:
            found |= hmac.compare_digest(one.encode(), other.encode())
    return found
