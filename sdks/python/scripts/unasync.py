"""Writes the synchronous client from the asynchronous one; ``--check`` says whether that is needed."""

from __future__ import annotations

import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "src" / "usvideoapi"
#: Written by hand: threads are not tasks.
BY_HAND = {"batch.py"}
WORDS = {
    "async def": "def",
    "async for": "for",
    "async with": "with",
    "asynccontextmanager": "contextmanager",
    "asyncio.sleep": "time.sleep",
    "AsyncIterator": "Iterator",
    "httpx.AsyncClient": "httpx.Client",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "aclose": "close",
    "aiter_bytes": "iter_bytes",
    "from .batch import": "from .._threads import",
    "import asyncio": "import time",
}


def synchronous(source: str) -> str:
    for word, other in WORDS.items():
        source = source.replace(word, other)
    source = re.sub(r"\bawait ", "", source)
    source = re.sub(r"\bAsync([A-Z])", r"\1", source)
    source = re.sub(r"\bAwaitable\[(\w+)\]", r"\1", source)
    # A name that both forms import.
    source = re.sub(r"^import time\n(?=(?:import .*\n)*import time\n)", "", source, flags=re.M)
    source = source.replace("from typing import Awaitable, ", "from typing import ").replace(", Awaitable", "")
    return "# Made from _async by scripts/unasync.py.\n" + source


def main() -> int:
    stale = 0
    for file in sorted((PACKAGE / "_async").glob("*.py")):
        if file.name in BY_HAND:
            continue
        target = PACKAGE / "_sync" / file.name
        content = synchronous(file.read_text("utf-8"))
        if target.exists() and target.read_text("utf-8") == content:
            continue
        if "--check" in sys.argv:
            print(f"{target.name} is stale: run scripts/unasync.py", file=sys.stderr)
            stale = 1
        else:
            target.parent.mkdir(exist_ok=True)
            target.write_text(content, "utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main())
