"""One text for one document: JSON as RFC 8785 (JSON Canonicalization Scheme) writes it, and its SHA-256.

Keys sorted by UTF-16 code units, no white space between tokens, numbers as ECMAScript writes them, UTF-8. Any
implementation of that standard gives the same bytes, so that the identity can be checked without Pantau.
"""
from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

MOST_EXACT = 2**53  # whole numbers beyond it are not the same in every reader of JSON


def encode(document: Mapping[str, object]) -> bytes:
    """The canonical bytes. Raises ValueError for NaN, infinity, whole numbers beyond 2^53 and broken text,
    TypeError for what JSON does not have."""
    return _text(document).encode("utf-8")


def decode(content: bytes) -> dict[str, Any]:
    """The document of some canonical bytes. Raises ValueError when they are not JSON, or not an object, or written
    in another form than the canonical one."""
    document = json.loads(content.decode("utf-8"), parse_int=_whole)
    if not isinstance(document, dict) or encode(document) != content:
        raise ValueError("not the canonical JSON of an object")
    return document


def identity(content: bytes) -> str:
    """The SHA-256 of a document's canonical bytes, in hexadecimal: what a snapshot is known by."""
    return hashlib.sha256(content).hexdigest()


def _text(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case int():
            if abs(value) > MOST_EXACT:
                raise ValueError(f"{value} is not exact in every reader of JSON")
            return str(value)
        case float():
            return _number(value)
        case Mapping():
            pairs = sorted(value.items(), key=lambda pair: str(pair[0]).encode("utf-16-be"))
            return "{" + ",".join(f"{_key(key)}:{_text(item)}" for key, item in pairs) + "}"
        case list() | tuple():
            return "[" + ",".join(_text(item) for item in value) + "]"
    raise TypeError(f"JSON has no {type(value).__name__}")


def _whole(text: str) -> int | float:
    return int(text) if abs(int(text)) <= MOST_EXACT else float(text)


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key of JSON is text, not {type(key).__name__}")
    return json.dumps(key, ensure_ascii=False)


def _number(value: float) -> str:
    """As ECMAScript's Number::toString: the shortest digits that read back as the same number."""
    if not math.isfinite(value):
        raise ValueError(f"JSON has no {value}")
    if value == 0:
        return "0"
    sign, all_digits, exponent = Decimal(repr(value)).as_tuple()
    assert isinstance(exponent, int)
    digits = "".join(map(str, all_digits))
    point = len(digits) + exponent  # where the decimal point stands, counted from the first digit
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        text = digits.ljust(point, "0")
    elif 0 < point <= 21:
        text = f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + f"e{point - 1:+d}"
    return ("-" if sign else "") + text
