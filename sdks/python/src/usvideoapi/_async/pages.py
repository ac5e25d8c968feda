"""Lists that fetch their next page when it is needed."""

from __future__ import annotations

from typing import Any, AsyncIterator, Dict, Generic, List, Mapping, Sequence, Type, TypeVar

from .._record import Record
from .transport import AsyncTransport

T = TypeVar("T")


class AsyncPages(Generic[T]):
    """``async for item in pages`` goes over all pages; ``await pages.first(n)`` and ``await pages.all()`` are lists."""

    def __init__(
        self,
        transport: AsyncTransport,
        path: str,
        page: Type[Record],
        query: Mapping[str, Any],
        *,
        cursor: bool = True,
    ) -> None:
        self._transport, self._path, self._page, self._query, self._cursor = transport, path, page, query, cursor

    async def __aiter__(self) -> AsyncIterator[T]:
        query: Dict[str, Any] = dict(self._query)
        while True:
            page: Any = self._page.from_dict(await self._transport.json("GET", self._path, query=query))
            items: Sequence[T] = page.data
            for item in items:
                yield item
            if not page.has_more or not items:
                return
            if self._cursor and page.next_cursor:
                query.pop("offset", None)
                query["starting_after"] = page.next_cursor
            else:
                query["offset"] = page.offset + len(items)

    async def all(self) -> List[T]:
        return [item async for item in self]

    async def first(self, count: int) -> List[T]:
        """At most so many; pages beyond them are not fetched."""
        items: List[T] = []
        if count > 0:
            async for item in self:
                items.append(item)
                if len(items) >= count:
                    break
        return items
