"""A mapping as a file: written, edited by a person, read again."""

from __future__ import annotations

import json
from dataclasses import asdict

from data.errors import UserError
from data.importing.dates import Order
from data.importing.mapping import Mapping
from data.importing.numbers import Notation

_CONVENTIONS = {*map(str, Notation), *map(str, Order)}


def written(mapping: Mapping) -> str:
    """The mapping as JSON: sheets by form, columns by form and header, conventions by form and variable."""
    return json.dumps(asdict(mapping), ensure_ascii=False, indent=2) + "\n"


def read(text: str, name: str) -> Mapping:
    """Raises `UserError` for what is no mapping."""
    try:
        held = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError("import.mapping_file", file=name, reason=f"JSON, {error.lineno}:{error.colno}") from error
    if not isinstance(held, dict) or not set(held) <= {"sheets", "columns", "conventions"}:
        raise UserError("import.mapping_file", file=name, reason="sheets, columns, conventions")
    for part, depth in (("sheets", 1), ("columns", 2), ("conventions", 2)):
        if not _is_texts(held.get(part, {}), depth, may_be_none=part == "columns"):
            raise UserError("import.mapping_file", file=name, reason=part)
    for chosen in (word for words in held.get("conventions", {}).values() for word in words.values()):
        if chosen not in _CONVENTIONS:
            raise UserError("import.mapping_file", file=name, reason=f"conventions: {chosen}")
    return Mapping(**held)


def _is_texts(held: object, depth: int, *, may_be_none: bool) -> bool:
    if depth == 0:
        return isinstance(held, str) or (may_be_none and held is None)
    return isinstance(held, dict) and all(_is_texts(value, depth - 1, may_be_none=may_be_none) for value in held.values())
