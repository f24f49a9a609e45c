"""Administrative areas by their Kemendagri codes: PP, PP.KK, PP.KK.CC and PP.KK.CC.DDDD.

Codes are text everywhere. Names never identify a village: "Bangun Rejo" names two villages of one regency.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

import pandas as pd
from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, require
from data.store import Store

Level = Literal["province", "regency", "subdistrict", "village"]

_DIGITS_OF_PARTS = {2: (2,), 4: (2, 2), 6: (2, 2, 2), 10: (2, 2, 2, 4)}
_LEVELS: dict[int, Level] = {1: "province", 2: "regency", 3: "subdistrict", 4: "village"}
_DOTTED = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.[123]\d{3})?)?)?", re.ASCII)
_FLOAT_TAIL = re.compile(r"\.0+$")
_BARE = re.compile(r"\d+", re.ASCII)


class Alias(StrEnum):
    """Whose other code of an area a code is."""

    BPS = "bps"          # of Statistics Indonesia, whose ten digits are not Kemendagri's
    FORMER = "former"    # the area's own before it changed


@dataclass(frozen=True, kw_only=True)
class Retired:
    """A code that was a village's: what the village was called, and the day since which the code is no longer valid."""

    name: str
    since: date


@dataclass(frozen=True, kw_only=True)
class Codes:
    """The villages a code may stand for. `retired` are known codes that are no longer valid, `named` the codes by the key of
    their name, to be offered and never taken, `aliases` other codes as digits. `partners` are the villages of partnerships,
    comparison villages among them."""

    known: frozenset[str] = frozenset()
    retired: Mapping[str, Retired] = field(default_factory=dict)
    aliases: Mapping[Alias, Mapping[str, str]] = field(default_factory=dict)
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    partners: frozenset[str] = frozenset()


def parse_code(text: str) -> str | None:
    """The dotted code that a cell holds, or None when it is no code.

    Reads `18.02.02.2005`, `1802022005`, and `1802022005.0`, which spreadsheets make of it. A village's last part
    starts with 1 (kelurahan), 2 (desa) or 3 (desa adat).
    """
    text = text.strip()
    if not _DOTTED.fullmatch(text):
        bare = _FLOAT_TAIL.sub("", text)
        parts = _DIGITS_OF_PARTS.get(len(bare)) if _BARE.fullmatch(bare) else None
        if parts is None:
            return None
        pieces, start = [], 0
        for digits in parts:
            pieces.append(bare[start:start + digits])
            start += digits
        text = ".".join(pieces)
    return text if _DOTTED.fullmatch(text) else None


def digits(text: str) -> str:
    """A code without its dots, and without the tail that a spreadsheet's number has."""
    text = text.strip()
    return _FLOAT_TAIL.sub("", text) if text.count(".") == 1 else text.replace(".", "")


def level(code: str) -> Level:
    """The level of a dotted code."""
    return _LEVELS[code.count(".") + 1]


def parent(code: str) -> str | None:
    """The code of the area above; None for a province."""
    return code.rpartition(".")[0] or None


def ancestor(code: str, of: Level) -> str:
    """The code of the area of a level that a code lies in, e.g. the regency of a village."""
    depth = next(parts for parts, name in _LEVELS.items() if name == of)
    return ".".join(code.split(".")[:depth])


def names(store: Store, viewer: Viewer, codes: Iterable[str]) -> dict[str, str]:
    """Code to name, for the codes that are known. Names of areas are public: no scope narrows them."""
    require(viewer, Action.SEE_SNAPSHOTS)
    with store.reading() as cursor:
        return names_in(cursor, codes)


def names_in(cursor: DuckDBPyConnection, codes: Iterable[str]) -> dict[str, str]:
    """As `names`, inside a transaction."""
    rows = cursor.execute("SELECT code, name FROM area WHERE list_contains(?, code)", [sorted(set(codes))]).fetchall()
    return dict(rows)


def areas(store: Store, viewer: Viewer, *, level: Level, within: str | None = None) -> pd.DataFrame:
    """The areas of a level in force (code, name, parent, source), by code; `within` another area, if one is named."""
    require(viewer, Action.SEE_SNAPSHOTS)
    with store.reading() as cursor:
        return cursor.execute(
            "SELECT code, name, parent, source FROM area"
            " WHERE level = $level AND valid_to IS NULL AND ($within IS NULL OR starts_with(code, $within || '.')) ORDER BY code",
            {"level": level, "within": within},
        ).df()


def known_villages(cursor: DuckDBPyConnection) -> set[str]:
    """The dotted codes of all villages known here, also those no longer valid; called inside a transaction."""
    return {code for (code,) in cursor.execute("SELECT code FROM area WHERE level = 'village'").fetchall()}


def codes_in_use(cursor: DuckDBPyConnection, on: date) -> Codes:
    """What a code in a file may be, for answers of a day; called inside a transaction."""
    known: set[str] = set()
    retired: dict[str, Retired] = {}
    named: dict[str, list[str]] = {}
    for code, name, until in cursor.execute("SELECT code, name, valid_to FROM area WHERE level = 'village'").fetchall():
        known.add(code)
        if until is not None and until < on:
            retired[code] = Retired(name=name, since=until + timedelta(days=1))
        else:
            named.setdefault(name_key(name), []).append(code)
    aliases: dict[Alias, dict[str, str]] = {Alias.BPS: {}, Alias.FORMER: {}}
    for alias, kind, code in cursor.execute("SELECT alias, kind, code FROM area_alias").fetchall():
        aliases[Alias(kind)][alias] = code
    partners = cursor.execute(
        "SELECT DISTINCT village FROM partnership_village WHERE left_on IS NULL OR left_on >= ?", [on]
    ).fetchall()
    return Codes(
        known=frozenset(known), retired=retired, aliases=aliases, named={key: tuple(codes) for key, codes in named.items()},
        partners=frozenset(code for (code,) in partners),
    )


def name_key(name: str) -> str:
    """A name without what people write in different ways: `Sido Dadi` and `SIDODADI` are alike."""
    words = [word for word in re.sub(r"[^\w ]", " ", name.casefold()).split() if word not in {"desa", "kelurahan", "kel"}]
    return "".join(words)


def write_areas(cursor: DuckDBPyConnection, named: dict[str, str], *, source: str, valid_from: date | None = None) -> None:
    """Adds areas, or renames those that are here; called inside a transaction."""
    frame = pd.DataFrame({"code": list(named), "name": list(named.values())}, dtype="str")
    frame["level"] = [level(code) for code in frame["code"]]
    frame["parent"] = [parent(code) for code in frame["code"]]
    cursor.register("incoming_area", frame)
    cursor.execute(
        "INSERT INTO area SELECT code, name, level, parent, ?::DATE, NULL, ? FROM incoming_area"
        " ON CONFLICT (code) DO UPDATE SET name = excluded.name, source = excluded.source",
        [valid_from, source],
    )
    cursor.unregister("incoming_area")
