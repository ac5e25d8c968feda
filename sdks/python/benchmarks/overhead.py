"""What a call costs beside bare httpx, and the time from the import to the first byte of an answer.

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
PROGRAMS = {
    "bare": "import httpx; httpx.get('{url}/v1/limits', headers={{'authorization': 'Bearer x'}}).json()",
    "sdk": "from usvideoapi import USVideo; USVideo('x', '{url}').limits.retrieve()",
}
TIMED = "import time; began = time.perf_counter(); {program}; print((time.perf_counter() - began) * 1000)"


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
    took: Dict[str, List[float]] = {"bare": [], "sdk": []}
    with httpx.Client() as bare, USVideo("x", url) as client:
        for _ in range(CALLS):
            took["bare"].append(timed(lambda: bare.get(f"{url}/v1/limits").json()))
            took["sdk"].append(timed(client.limits.retrieve))
    return {name: statistics.median(each) for name, each in took.items()}


async def asynchronous(url: str) -> Dict[str, float]:
    took: Dict[str, List[float]] = {"bare": [], "sdk": []}
    async with httpx.AsyncClient() as bare, AsyncUSVideo("x", url) as client:
        for _ in range(CALLS):
            started = time.perf_counter()
            (await bare.get(f"{url}/v1/limits")).json()
            between = time.perf_counter()
            await client.limits.retrieve()
            took["bare"].append((between - started) * 1e6)
            took["sdk"].append((time.perf_counter() - between) * 1e6)
    return {name: statistics.median(each) for name, each in took.items()}


def first_bytes(url: str) -> Dict[str, float]:
    took: Dict[str, List[float]] = {name: [] for name in PROGRAMS}
    for _ in range(STARTS):
        for name, program in PROGRAMS.items():
            timed_program = TIMED.format(program=program.format(url=url))
            said = subprocess.run([sys.executable, "-c", timed_program], check=True, capture_output=True, text=True)
            took[name].append(float(said.stdout))
    return {name: statistics.median(each) for name, each in took.items()}


def main() -> None:
    server = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        report = {
            "client": "httpx",
            "call_us": synchronous(url),
            "async_call_us": asyncio.run(asynchronous(url)),
            "first_byte_ms": first_bytes(url),
        }
    finally:
        server.kill()
        server.wait()
    print(json.dumps({**report, "runtime": f"Python {sys.version.split()[0]}"}))


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else main()
