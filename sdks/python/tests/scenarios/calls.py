"""The calls of sdks/README.md as calls of this SDK. Each serves the synchronous and the asynchronous client."""

from __future__ import annotations

import hashlib
import inspect
import os
import tempfile
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, List, Mapping, Optional, Union

import httpx

from usvideoapi import (
    APIError,
    AsyncUSVideo,
    USVideo,
    USVideoError,
    VideoNotCompletedError,
    verify_webhook,
    verify_x_signature,
)

Client = Union[USVideo, AsyncUSVideo]
Call = Callable[[Any, Dict[str, Any]], Awaitable[Any]]
CALLS: Dict[str, Call] = {}


def call(name: str) -> Callable[[Call], Call]:
    def register(function: Call) -> Call:
        CALLS[name] = function
        return function

    return register


async def value_of(result: Any) -> Any:
    return await result if inspect.isawaitable(result) else result


async def items_of(iterable: Any) -> List[Any]:
    if hasattr(iterable, "__aiter__"):
        return [item async for item in iterable]
    return list(iterable)


def wire(value: Any) -> Any:
    """As JSON of the wire has it."""
    if is_dataclass(value) and not isinstance(value, type):
        known = {f.name: wire(getattr(value, f.name)) for f in fields(value) if f.name != "extra"}
        return {**known, **value.extra}  # type: ignore[attr-defined]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, list):
        return [wire(each) for each in value]
    if isinstance(value, Mapping):
        return {name: wire(each) for name, each in value.items()}
    return value


def error_members(error: USVideoError) -> Dict[str, Any]:
    members: Dict[str, Any] = {"code": error.code, "message": str(error)}
    if isinstance(error, APIError):
        members.update(status=error.status, message=error.message, request_id=error.request_id)
        members.update(doc_url=error.doc_url, details=error.details)
        if error.retry_after is not None:
            members["retry_after_ms"] = error.retry_after * 1000
    if isinstance(error, VideoNotCompletedError):
        members["job"] = wire(error.video)
    return members


def by_id(name: str, method: Callable[[Any], Any]) -> None:
    async def run(client: Any, args: Dict[str, Any]) -> Any:
        rest = dict(args)
        return await value_of(method(client)(rest.pop("id"), **rest))

    CALLS[name] = run


def plain(name: str, method: Callable[[Any], Any]) -> None:
    async def run(client: Any, args: Dict[str, Any]) -> Any:
        return await value_of(method(client)(**args))

    CALLS[name] = run


def listed(name: str, method: Callable[[Any], Any]) -> None:
    async def run(client: Any, args: Dict[str, Any]) -> Any:
        query = dict(args)
        take: Optional[int] = query.pop("take", None)
        pages = method(client)(**query)
        return await items_of(pages) if take is None else await value_of(pages.first(take))

    CALLS[name] = run


for _name, _method in {
    "videos.retrieve": lambda c: c.videos.retrieve,
    "videos.cancel": lambda c: c.videos.cancel,
    "videos.delete": lambda c: c.videos.delete,
    "videos.erase": lambda c: c.videos.erase,
    "api_keys.rotate": lambda c: c.api_keys.rotate,
    "api_keys.revoke": lambda c: c.api_keys.revoke,
    "endpoints.retrieve": lambda c: c.webhooks.endpoints.retrieve,
    "endpoints.update": lambda c: c.webhooks.endpoints.update,
    "endpoints.delete": lambda c: c.webhooks.endpoints.delete,
    "endpoints.test": lambda c: c.webhooks.endpoints.test,
    "deliveries.retrieve": lambda c: c.webhooks.deliveries.retrieve,
    "deliveries.redeliver": lambda c: c.webhooks.deliveries.redeliver,
}.items():
    by_id(_name, _method)

for _name, _method in {
    "videos.create": lambda c: c.videos.create,
    "videos.create_and_wait": lambda c: c.videos.create_and_wait,
    "quotes.create": lambda c: c.quotes.create,
    "balance.retrieve": lambda c: c.balance.retrieve,
    "balance.set_threshold": lambda c: c.balance.set_threshold,
    "account.retrieve": lambda c: c.account.retrieve,
    "limits.retrieve": lambda c: c.limits.retrieve,
    "models.list": lambda c: c.models.list,
    "usage.summary": lambda c: c.usage.summary,
    "statements.retrieve": lambda c: c.statements.retrieve,
    "sandbox.reset": lambda c: c.sandbox.reset,
    "spend_caps.set": lambda c: c.spend_caps.set,
    "topups.create": lambda c: c.topups.create,
    "auto_topup.retrieve": lambda c: c.auto_topup.retrieve,
    "auto_topup.set": lambda c: c.auto_topup.set,
    "auto_topup.set_up_payment_method": lambda c: c.auto_topup.set_up_payment_method,
    "auto_topup.remove_payment_method": lambda c: c.auto_topup.remove_payment_method,
    "api_keys.list": lambda c: c.api_keys.list,
    "api_keys.create": lambda c: c.api_keys.create,
    "endpoints.list": lambda c: c.webhooks.endpoints.list,
    "endpoints.create": lambda c: c.webhooks.endpoints.create,
    "webhook_secrets.retrieve": lambda c: c.webhooks.secrets.retrieve,
    "webhook_secrets.rotate": lambda c: c.webhooks.secrets.rotate,
    "deliveries.redeliver_many": lambda c: c.webhooks.deliveries.redeliver_many,
    "events.list": lambda c: c.events.list,
    "request": lambda c: c.request,
}.items():
    plain(_name, _method)

for _name, _method in {
    "videos.list": lambda c: c.videos.list,
    "usage.list": lambda c: c.usage.list,
    "ledger.list": lambda c: c.ledger.list,
    "statements.list": lambda c: c.statements.list,
    "topups.list": lambda c: c.topups.list,
    "deliveries.list": lambda c: c.webhooks.deliveries.list,
}.items():
    listed(_name, _method)


@call("videos.wait")
async def wait(client: Any, args: Dict[str, Any]) -> Any:
    return await value_of(client.videos.wait(args["id"], poll=args.get("mode") == "poll"))


@call("videos.stream")
async def stream(client: Any, args: Dict[str, Any]) -> Any:
    return await items_of(client.videos.stream(args["id"]))


@call("events.stream")
async def feed(client: Any, args: Dict[str, Any]) -> Any:
    events: List[Any] = []
    stream = client.events.stream(args["after"])
    if hasattr(stream, "__aiter__"):
        async for event in stream:
            events.append(event)
            if len(events) == args["take"]:
                break
        await stream.aclose()
        return events
    for event in stream:
        events.append(event)
        if len(events) == args["take"]:
            break
    stream.close()
    return events


@call("videos.download")
async def download(client: Any, args: Dict[str, Any]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = await value_of(client.videos.download(args["id"], Path(folder) / "video.mp4"))
        content = path.read_bytes()
        if os.listdir(folder) != ["video.mp4"]:
            raise AssertionError(f"the download left {os.listdir(folder)}")
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


@call("videos.batch")
async def batch(client: Any, args: Dict[str, Any]) -> Any:
    request = dict(args)
    count, concurrency = request.pop("count"), request.pop("concurrency")
    waits = request.pop("wait", True)
    results = await items_of(client.batch([request] * count, concurrency=concurrency, wait=waits))
    ordered = sorted(results, key=lambda result: result.index)
    return [{"error": {"code": r.error.code}} if r.error else {"job": wire(r.video)} for r in ordered]


@call("usage.csv")
async def usage_csv(client: Any, args: Dict[str, Any]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        return (await value_of(client.usage.csv(Path(folder) / "usage.csv", **args))).read_text("utf-8")


@call("webhooks.verify")
async def verify(_client: Any, args: Dict[str, Any]) -> Any:
    tolerance = {"tolerance": args["tolerance_seconds"]} if "tolerance_seconds" in args else {}
    event = verify_webhook(args["payload"], args["headers"], args["secrets"], now=args["now"], **tolerance)
    return event.payload


@call("webhooks.verify_x_signature")
async def verify_x(_client: Any, args: Dict[str, Any]) -> Any:
    return verify_x_signature(args["payload"], args["headers"], args["secrets"]).payload


def of_stand(name: str, path: str) -> None:
    async def run(_client: Any, args: Dict[str, Any]) -> Any:
        async with httpx.AsyncClient(timeout=40) as http:
            answer = await http.get(f"{os.environ['USVIDEO_STAND_URL']}/{path}/{args['run']}")
            answer.raise_for_status()
            return answer.json()

    CALLS[name] = run


of_stand("stand.webhook", "webhooks")
of_stand("stand.report", "report")
