# Made from _async by scripts/unasync.py.
"""Lists that fetch their next page when it is needed."""

from __future__ import annotations

from typing import Any, Iterator, Dict, Generic, List, Mapping, Sequence, Type, TypeVar

from .._record import Record
from .transport import Transport

T = TypeVar("T")


class Pages(Generic[T]):
    """``for item in pages`` goes over all pages; ``pages.first(n)`` and ``pages.all()`` are lists."""

    def __init__(
        self,
        transport: Transport,
        path: str,
        page: Type[Record],
        query: Mapping[str, Any],
        *,
        cursor: bool = True,
    ) -> None:
        self._transport, self._path, self._page, self._query, self._cursor = transport, path, page, query, cursor

    def __iter__(self) -> Iterator[T]:
        query: Dict[str, Any] = dict(self._query)
        while True:
            page: Any = self._page.from_dict(self._transport.json("GET", self._path, query=query))
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

    def all(self) -> List[T]:
        return [item for item in self]

    def first(self, count: int) -> List[T]:
        """At most so many; pages beyond them are not fetched."""
        items: List[T] = []
        if count > 0:
            for item in self:
                items.append(item)
                if len(items) >= count:
                    break
        return items
