"""What the API answers, as frozen dataclasses."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any, Callable, ClassVar, Dict, Mapping, Tuple, Type, TypeVar

from ._errors import UnexpectedAnswerError

Decoder = Callable[[Any], Any]
R = TypeVar("R", bound="Record")

ENDED = frozenset({"completed", "failed", "cancelled"})


@dataclasses.dataclass(frozen=True)
class Record:
    """Fields that this version does not know are kept in ``extra``; a missing field that it relies on is an error."""

    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict, init=False, repr=False, compare=False)

    _decoders: ClassVar[Mapping[str, Decoder]] = {}

    @classmethod
    def from_dict(cls: Type[R], data: Mapping[str, Any]) -> R:
        known: Dict[str, Any] = {}
        for name, required in _fields_of(cls):
            if name in data:
                value = data[name]
                decode = cls._decoders.get(name)
                known[name] = decode(value) if decode is not None and value is not None else value
            elif required:
                raise UnexpectedAnswerError(f"{cls.__name__} without the field {name}")
        record = cls(**known)
        unknown = {name: value for name, value in data.items() if name not in known}
        if unknown:
            object.__setattr__(record, "extra", unknown)
        return record


class EndingRecord(Record):
    status: str

    @property
    def ended(self) -> bool:
        """Whether the status is one that never changes again."""
        return self.status in ENDED


_FIELDS: Dict[Type[Record], Tuple[Tuple[str, bool], ...]] = {}


def _fields_of(cls: Type[Record]) -> Tuple[Tuple[str, bool], ...]:
    """Names, and whether an answer has them always."""
    if cls not in _FIELDS:
        own = [field for field in dataclasses.fields(cls) if field.init]
        _FIELDS[cls] = tuple((field.name, field.default is dataclasses.MISSING) for field in own)
    return _FIELDS[cls]


def time_of(text: str) -> datetime:
    # Python 3.9 does not read the Z.
    return datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)


def list_of(decode: Decoder) -> Decoder:
    return lambda values: [decode(value) for value in values]


def one_of(*variants: Type[Record]) -> Decoder:
    """The first variant all of whose fields are there."""

    def decode(value: Mapping[str, Any]) -> Record:
        for variant in variants:
            if all(name in value for name, required in _fields_of(variant) if required):
                return variant.from_dict(value)
        raise UnexpectedAnswerError(f"none of {', '.join(variant.__name__ for variant in variants)}")

    return decode
