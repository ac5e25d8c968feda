"""There is a method for every operation of the OpenAPI document that a key opens, and none for what it has not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple

import httpx
import pytest

from usvideoapi import APIError, USVideo

DOCUMENT: Dict[str, Any] = json.loads((Path(__file__).parents[4] / "services/gateway/openapi.json").read_text("utf-8"))

CALLS: List[Callable[[USVideo], Any]] = [
    lambda c: c.videos.create(prompt="x"),
    lambda c: c.videos.retrieve("x"),
    lambda c: list(c.videos.list()),
    lambda c: c.videos.cancel("x"),
    lambda c: c.videos.delete("x"),
    lambda c: c.videos.erase("x"),
    lambda c: list(c.videos.stream("x")),
    lambda c: c.models.list(),
    lambda c: c.files.create(b"x"),
    lambda c: c.files.retrieve("x"),
    lambda c: c.files.delete("x"),
    lambda c: c.quotes.create(),
    lambda c: c.balance.retrieve(),
    lambda c: c.balance.set_threshold(threshold_usd="1"),
    lambda c: c.sandbox.reset(),
    lambda c: c.spend_caps.set(limit_usd=None),
    lambda c: c.usage.summary(),
    lambda c: list(c.ledger.list()),
    lambda c: list(c.statements.list()),
    lambda c: c.statements.retrieve("x"),
    lambda c: c.topups.create(amount_usd="1"),
    lambda c: list(c.topups.list()),
    lambda c: c.topups.retrieve("x"),
    lambda c: c.auto_topup.retrieve(),
    lambda c: c.auto_topup.set(enabled=False, threshold_usd="0", amount_usd="0", monthly_max_usd="0"),
    lambda c: c.auto_topup.set_up_payment_method(),
    lambda c: c.auto_topup.remove_payment_method(),
    lambda c: c.account.retrieve(),
    lambda c: c.limits.retrieve(),
    lambda c: c.api_keys.list(),
    lambda c: c.api_keys.create(name="x"),
    lambda c: c.api_keys.rotate("x"),
    lambda c: c.api_keys.revoke("x"),
    lambda c: list(c.webhooks.deliveries.list()),
    lambda c: c.webhooks.deliveries.retrieve("x"),
    lambda c: c.webhooks.deliveries.redeliver("x"),
    lambda c: c.webhooks.deliveries.redeliver_many(),
    lambda c: c.webhooks.endpoints.list(),
    lambda c: c.webhooks.endpoints.create(url="https://a.example"),
    lambda c: c.webhooks.endpoints.retrieve("x"),
    lambda c: c.webhooks.endpoints.update("x", enabled=False),
    lambda c: c.webhooks.endpoints.delete("x"),
    lambda c: c.webhooks.endpoints.test("x"),
    lambda c: c.webhooks.secrets.retrieve(),
    lambda c: c.webhooks.secrets.retrieve("x"),
    lambda c: c.webhooks.secrets.rotate(),
    lambda c: c.webhooks.secrets.rotate("x"),
    lambda c: c.events.list(),
    lambda c: c.stream_tokens.create(),
]


def operations() -> Iterator[Tuple[str, str]]:
    """Those that no key opens are for people at a screen; links to files open themselves."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if any("sessionCookie" not in scheme for scheme in operation.get("security", [])):
                yield operation["operationId"], f"{method.upper()} {re.sub('{[a-z]+}', 'x', path)}"


def test_there_is_a_method_for_every_operation() -> None:
    asked: List[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url.path}")
        return httpx.Response(404, json={"error": "not_found", "message": "x", "request_id": "x", "doc_url": "x"})

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        client = USVideo("x", "http://host", http_client=http, max_retries=0)
        for call in CALLS:
            with pytest.raises(APIError):
                call(client)
    wanted = dict(operations())
    assert len(wanted) > 40
    assert {name for name, request in wanted.items() if request not in asked} == set()
    assert {request for request in asked if request not in wanted.values()} == set()
