from __future__ import annotations

from typing import Dict, Optional

import pytest

from usvideoapi._errors import APIConnectionError, APIError, USVideoError, error_of
from usvideoapi._retry import RetryPolicy


def refusal(status: int, code: str = "", headers: Optional[Dict[str, str]] = None) -> APIError:
    return error_of(status, b'{"error":"%s"}' % code.encode(), headers or {})


def delay(
    error: USVideoError,
    policy: Optional[RetryPolicy] = None,
    retries: int = 0,
    elapsed: float = 0,
    repeatable: bool = True,
) -> Optional[float]:
    return (policy or RetryPolicy()).delay(error, retries=retries, elapsed=elapsed, repeatable=repeatable)


def test_the_wait_grows_with_jitter() -> None:
    many = RetryPolicy(max_retries=100)
    for retries, (least, most) in enumerate([(0.25, 0.5), (0.5, 1), (1, 2), (2, 4), (4, 8), (4, 8), (4, 8)]):
        waits = [delay(APIConnectionError(), many, retries) for _ in range(50)]
        assert all(wait is not None and least <= wait <= most for wait in waits)
        assert len(set(waits)) > 1


@pytest.mark.parametrize(
    ("headers", "least"), [({"retry-after": "7"}, 7), ({"retry-after-ms": "400", "retry-after": "1"}, 0.4)]
)
def test_it_is_never_earlier_than_asked_and_little_later(headers: Dict[str, str], least: float) -> None:
    for _ in range(50):
        wait = delay(refusal(429, headers=headers))
        assert wait is not None and least <= wait <= least * 1.1


def test_it_gives_up() -> None:
    assert delay(refusal(503), retries=2) is None
    assert delay(refusal(429, headers={"retry-after": "61"})) is None


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 410, 413, 415, 416, 422])
def test_what_will_not_change_is_not_asked_again(status: int) -> None:
    assert delay(refusal(status)) is None


def test_a_duplicate_under_way_is_asked_again() -> None:
    assert delay(refusal(409, "idempotency_in_progress")) is not None


@pytest.mark.parametrize("error", [APIConnectionError(), refusal(500), refusal(503)])
def test_what_may_have_been_done_is_repeated_only_where_that_does_no_harm(error: USVideoError) -> None:
    assert delay(error) is not None
    assert delay(error, repeatable=False) is None


def test_a_limit_did_nothing_and_is_always_repeated() -> None:
    assert delay(refusal(429), repeatable=False) is not None


def test_patience_outlasts_retries_and_long_waits() -> None:
    patient = RetryPolicy(patience=1000)
    asked = {"retry-after": "300"}
    assert delay(refusal(429, headers=asked), patient, retries=50) is not None
    assert delay(refusal(503, headers=asked), patient, retries=50, elapsed=500) is not None
    assert delay(refusal(429, headers=asked), patient, retries=50, elapsed=800) is None
    assert delay(refusal(500), patient, retries=50) is None
