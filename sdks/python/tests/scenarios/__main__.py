"""Runs sdks/scenarios.json as sdks/README.md says; ``--async`` with the asynchronous client."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

from usvideoapi import AsyncUSVideo, USVideo, USVideoError

from .calls import CALLS, Client, error_members, wire
from .matching import difference, filled

KEYS = {
    "sandbox": "USVIDEO_API_KEY",
    "live": "USVIDEO_LIVE_API_KEY",
    "limited": "USVIDEO_LIMITED_API_KEY",
    "full": "USVIDEO_FULL_API_KEY",
    "suspended": "USVIDEO_SUSPENDED_API_KEY",
    "capped": "USVIDEO_CAPPED_API_KEY",
}
SCENARIO_SECONDS = 300


def client_of(settings: Mapping[str, Any], run: str, asynchronous: bool) -> Client:
    unknown = set(settings) - {"key", "max_retries", "timeout_ms", "fault"}
    if unknown:
        raise ValueError(f"a client with {unknown}")
    name = settings.get("key", "sandbox")
    key = "usv_test_wrong" if name == "wrong" else os.environ[KEYS[name]]
    timeout = settings["timeout_ms"] / 1000 if "timeout_ms" in settings else None
    url = f"{os.environ['USVIDEO_STAND_URL']}/{settings['fault']}/{run}" if "fault" in settings else None
    make = AsyncUSVideo if asynchronous else USVideo
    return make(key, url, timeout=timeout, max_retries=settings.get("max_retries"))


async def close(client: Client) -> None:
    if isinstance(client, AsyncUSVideo):
        await client.aclose()
    else:
        client.close()


async def outcome(client: Client, step: Mapping[str, Any], saved: Dict[str, Any]) -> str:
    """Why the step failed; empty if it did not."""
    unknown = set(step) - {"call", "args", "options", "save", "expect", "error", "took_ms"}
    if unknown:
        return f"a step with {unknown}"
    args = filled(step.get("args", {}), saved)
    options = filled({name: v for name, v in step.get("options", {}).items() if name != "key"}, saved)
    started = time.monotonic()
    result: Any = None
    failed: Optional[USVideoError] = None
    try:
        result = wire(await CALLS[step["call"]](client, {**args, **options}))
    except USVideoError as error:
        failed = error
    took = (time.monotonic() - started) * 1000
    if "save" in step:
        saved[step["save"]] = result
    if "error" in step:
        wrong = (
            difference(filled(step["error"], saved), error_members(failed), "error")
            if failed
            else f"no error, but {result!r:.300}"
        )
    else:
        wrong = (
            f"{type(failed).__name__}: {failed}"
            if failed
            else difference(filled(step["expect"], saved), result)
            if "expect" in step
            else ""
        )
    return wrong or difference(filled(step["took_ms"], saved), took, "took_ms") if "took_ms" in step else wrong


async def run_scenario(scenario: Mapping[str, Any], asynchronous: bool) -> None:
    run = secrets.token_hex(8)
    env = {"webhook_secret": os.environ["USVIDEO_WEBHOOK_SECRET"], "stand_url": os.environ["USVIDEO_STAND_URL"]}
    saved: Dict[str, Any] = {"run": run, "env": env}
    settings = scenario.get("client", {})
    client = client_of(settings, run, asynchronous)
    try:
        for number, step in enumerate(scenario["steps"], 1):
            other = step.get("options", {}).get("key")
            used = client if other is None else client_of({**settings, "key": other}, run, asynchronous)
            wrong = await outcome(used, step, saved)
            if used is not client:
                await close(used)
            if wrong:
                raise AssertionError(f"step {number}, {step['call']}: {wrong}")
    finally:
        await close(client)


async def main(arguments: List[str]) -> int:
    asynchronous = "--async" in arguments
    narrowed = [word for word in arguments if word != "--async"]
    scenarios = json.loads(Path(os.environ["USVIDEO_SCENARIOS"]).read_text("utf-8"))["scenarios"]
    failed = passed = 0
    for scenario in scenarios:
        if not all(word in scenario["name"] for word in narrowed):
            continue
        try:
            await asyncio.wait_for(run_scenario(scenario, asynchronous), SCENARIO_SECONDS)
        except Exception as error:
            failed += 1
            print(f"not ok {scenario['name']}: {error!r}", flush=True)
        else:
            passed += 1
            print(f"ok {scenario['name']}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
