"""The types and the OpenAPI document say the same, read here without the generator."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import typing
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set, Tuple

import pytest

from usvideoapi import UnexpectedAnswerError, Video, errors, models

DOCUMENT: Dict[str, Any] = json.loads((Path(__file__).parents[4] / "services/gateway/openapi.json").read_text("utf-8"))
SCHEMAS: Dict[str, Any] = DOCUMENT["components"]["schemas"]
RENAMED = {"Error": "ErrorBody"}
OBJECTS = {name: schema for name, schema in SCHEMAS.items() if "properties" in schema}


def fields_of(name: str) -> Tuple[Set[str], Set[str]]:
    """All fields of a type, and those that it requires."""
    cls = getattr(models, RENAMED.get(name, name))
    if dataclasses.is_dataclass(cls):
        found = [field for field in dataclasses.fields(cls) if field.init]
        return {f.name for f in found}, {f.name for f in found if f.default is dataclasses.MISSING}
    hints = typing.get_type_hints(cls, include_extras=True) if hasattr(typing, "Required") else cls.__annotations__
    required = {key for key, hint in hints.items() if "Required[" in str(hint)}
    return set(hints), required


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_a_type_has_the_fields_of_its_schema(name: str) -> None:
    everything, required = fields_of(name)
    assert everything == set(OBJECTS[name]["properties"])
    assert required == set(OBJECTS[name].get("required", []))


def operations() -> Iterator[Tuple[str, Dict[str, Any]]]:
    for path in DOCUMENT["paths"].values():
        for operation in path.values():
            query = [p for p in operation.get("parameters", []) if p.get("in") == "query"]
            if query:
                yield operation["operationId"], {p["name"]: p for p in query}


@pytest.mark.parametrize(("operation", "query"), list(operations()))
def test_a_query_has_the_parameters_of_its_operation(operation: str, query: Dict[str, Any]) -> None:
    cls = getattr(models, operation[0].upper() + operation[1:] + "Params")
    assert set(cls.__annotations__) == set(query)


def codes() -> List[str]:
    schema = SCHEMAS["Error"]["properties"]["error"]
    listed: List[str] = schema.get("enum") or re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", schema["description"])
    assert len(listed) > 20
    return listed


@pytest.mark.parametrize("code", codes())
def test_a_code_has_a_class(code: str) -> None:
    assert code in errors.BY_CODE


def test_all_error_classes_are_distinct() -> None:
    assert len(set(errors.BY_CODE.values())) == len(errors.BY_CODE)
    assert all(inspect.isclass(cls) and issubclass(cls, errors.APIError) for cls in errors.BY_CODE.values())


def example_of(schema: Dict[str, Any]) -> Any:
    """Some value of a schema."""
    if "$ref" in schema:
        return example_of(SCHEMAS[schema["$ref"].split("/")[-1]])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return example_of(schema[several][0])
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema["type"][0] if isinstance(schema["type"], list) else schema["type"]
    if kind == "object":
        return {name: example_of(each) for name, each in schema.get("properties", {}).items()}
    if kind == "array":
        return [example_of(schema["items"])]
    text = "2026-11-29T10:00:00.123Z" if schema.get("format") == "date-time" else "text"
    return {"string": text, "integer": 7, "number": 1.5, "boolean": True, "null": None}[kind]


VIDEO: Dict[str, Any] = example_of(SCHEMAS["Video"])


def test_unknown_fields_and_values_are_tolerated() -> None:
    video = Video.from_dict({**VIDEO, "status": "dreaming", "mood": "calm", "billing": {**VIDEO["billing"], "tip": 1}})
    assert (video.status, video.extra, video.billing.extra) == ("dreaming", {"mood": "calm"}, {"tip": 1})
    assert not video.ended
    assert video.created_at.utcoffset() is not None


def test_a_missing_field_is_named() -> None:
    with pytest.raises(UnexpectedAnswerError, match="Video without the field status"):
        Video.from_dict({name: value for name, value in VIDEO.items() if name != "status"})


@pytest.mark.parametrize("name", sorted(set(OBJECTS) - {n for n in OBJECTS if n.endswith("Request")}))
def test_an_answer_of_the_schema_is_read(name: str) -> None:
    record = getattr(models, RENAMED.get(name, name)).from_dict(example_of(SCHEMAS[name]))
    assert record.extra == {}


def test_the_variant_of_a_usage_row_is_told_by_its_fields() -> None:
    usage = example_of(SCHEMAS["Usage"])
    usage["data"] = [example_of(SCHEMAS["UsageRow"]), example_of(SCHEMAS["UsageGroup"])]
    assert [type(row) for row in models.Usage.from_dict(usage).data] == [models.UsageRow, models.UsageGroup]
