"""The references and matchers of sdks/README.md."""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, Mapping

REFERENCE = re.compile(r"\$\{([^}]*)\}")
TYPES: Mapping[str, Any] = {"string": str, "boolean": bool, "array": list, "object": dict, "null": type(None)}


def filled(value: Any, saved: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: filled(each, saved) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, saved) for each in value]
    if not isinstance(value, str):
        return value
    whole = REFERENCE.fullmatch(value)
    if whole is not None:
        return _referred(whole[1], saved)
    return REFERENCE.sub(lambda found: str(_referred(found[1], saved)), value)


def _referred(path: str, saved: Mapping[str, Any]) -> Any:
    value: Any = saved
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def difference(matcher: Any, value: Any, place: str = "result") -> str:
    """What is not as it should be; empty if the value matches."""
    if isinstance(matcher, dict):
        if len(matcher) == 1 and next(iter(matcher)).startswith("$"):
            ((name, argument),) = matcher.items()
            if name not in OPERATORS:
                raise ValueError(f"the matcher {name} is not known")
            return "" if OPERATORS[name](argument, value) else f"{place} is {value!r:.300}, not {matcher}"
        if not isinstance(value, dict):
            return f"{place} is {value!r:.300}, not an object"
        missing = [name for name in matcher if name not in value]
        if missing:
            return f"{place} has no {missing}: {value!r:.300}"
        return "".join([difference(each, value[name], f"{place}.{name}") for name, each in matcher.items()][:])
    if isinstance(matcher, list):
        if not isinstance(value, list) or len(value) != len(matcher):
            return f"{place} is {value!r:.300}, not an array of {len(matcher)}"
        return "".join(difference(each, value[index], f"{place}.{index}") for index, each in enumerate(matcher))
    same = matcher == value and isinstance(matcher, bool) == isinstance(value, bool)
    return "" if same else f"{place} is {value!r:.300}, not {matcher!r}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _has_type(name: str, value: Any) -> bool:
    return _is_number(value) if name == "number" else isinstance(value, TYPES[name])


def _matches(matcher: Any, value: Any) -> bool:
    return difference(matcher, value) == ""


OPERATORS: Dict[str, Callable[[Any, Any], bool]] = {
    "$matches": lambda regex, value: isinstance(value, str) and re.search(regex, value) is not None,
    "$type": _has_type,
    "$gte": lambda least, value: _is_number(value) and value >= least,
    "$lte": lambda most, value: _is_number(value) and value <= most,
    "$length": lambda length, value: isinstance(value, (list, str)) and _matches(length, len(value)),
    "$every": lambda m, value: isinstance(value, list) and len(value) > 0 and all(_matches(m, each) for each in value),
    "$some": lambda m, value: isinstance(value, list) and any(_matches(m, each) for each in value),
    "$not": lambda m, value: not _matches(m, value),
    "$one_of": lambda ms, value: any(_matches(m, value) for m in ms),
}
