"""What a call costs beside bare httpx, and how soon after the start of Python an answer is there.

Both are asked in turns of a server on this machine that always answers the same.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Callable, Dict, List

import httpx

from usvideoapi import AsyncUSVideo, USVideo

CALLS = 1000
STARTS = 7
LIMITS = {
    "object": "limits",
    "livemode": False,
    **{name: {"allowed": 10, "in_use": 1} for name in ("concurrent_jobs", "queued_jobs", "streams")},
    **{name: {"allowed": 300} for name in ("creates_per_minute", "reads_per_minute")},
}
BODY = json.dumps(LIMITS).encode()
STARTED = {
    "bare httpx": "import httpx; httpx.get('{url}/v1/limits', headers={{'authorization': 'Bearer x'}}).json()",
    "usvideoapi": "from usvideoapi import USVideo; USVideo('x', '{url}').limits.retrieve()",
}


class Constant(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n"
        self.wfile.write(head.encode() + BODY)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def serve() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Constant)
    print(server.server_port, flush=True)
    server.serve_forever()


def timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1e6


def synchronous(url: str) -> Dict[str, float]:
    took: Dict[str, List[float]] = {"bare httpx": [], "usvideoapi": []}
    with httpx.Client() as bare, USVideo("x", url) as client:
        for _ in range(CALLS):
            took["bare httpx"].append(timed(lambda: bare.get(f"{url}/v1/limits").json()))
            took["usvideoapi"].append(timed(client.limits.retrieve))
    return {name: statistics.median(each) for name, each in took.items()}


async def asynchronous(url: str) -> Dict[str, float]:
    took: Dict[str, List[float]] = {"bare httpx": [], "usvideoapi": []}
    async with httpx.AsyncClient() as bare, AsyncUSVideo("x", url) as client:
        for _ in range(CALLS):
            started = time.perf_counter()
            (await bare.get(f"{url}/v1/limits")).json()
            between = time.perf_counter()
            await client.limits.retrieve()
            took["bare httpx"].append((between - started) * 1e6)
            took["usvideoapi"].append((time.perf_counter() - between) * 1e6)
    return {name: statistics.median(each) for name, each in took.items()}


def start(url: str) -> Dict[str, float]:
    took: Dict[str, List[float]] = {name: [] for name in STARTED}
    for _ in range(STARTS):
        for name, program in STARTED.items():
            command = [sys.executable, "-c", program.format(url=url)]
            took[name].append(timed(lambda command=command: subprocess.run(command, check=True)) / 1000)  # type: ignore[misc]
    return {name: statistics.median(each) for name, each in took.items()}


def main() -> None:
    server = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        table = {
            "a call, microseconds": synchronous(url),
            "an asynchronous call, microseconds": asyncio.run(asynchronous(url)),
            "from the start of Python to an answer, milliseconds": start(url),
        }
    finally:
        server.kill()
        server.wait()
    for what, medians in table.items():
        told = ", ".join(f"{name} {value:.0f}" for name, value in medians.items())
        print(f"{what}: {told} (+{medians['usvideoapi'] - medians['bare httpx']:.0f})")
    print(json.dumps(table))


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else main()
