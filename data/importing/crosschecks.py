"""Answers that must agree with one another: calculations with their parts, counts and sums with the rows of a repeat.

They are warnings: which of the two is wrong, only the one who asked can tell.
"""

from __future__ import annotations

import re
from collections import abc

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.importing import expressions, findings
from data.importing.columns import Values
from data.importing.expressions import CannotEvaluate
from data.importing.finding import Severity
from data.importing.layout import Part
from data.instruments.model import Form, Instrument, Kind, Variable

_NUMERIC = (Kind.INTEGER, Kind.DECIMAL)
_OF_REPEAT = re.compile(r"^\s*(count|sum)\(\s*\$\{\s*([^}\s]+)\s*\}\s*\)\s*$")
# Ways to say the two sexes, whose numbers make a total: the endings of names that begin alike.
_SEXES = (
    ("laki_laki", "perempuan"),
    ("laki", "perempuan"),
    ("l", "p"),
    ("lk", "pr"),
    ("male", "female"),
    ("men", "women"),
    ("m", "f"),
)
_TOTALS = ("", "total", "jumlah", "jml", "all", "semua")
_CLOSE = 1e-6


def calculations(part: Part, values: Values, form: Form) -> pa.Table:
    """Numbers that differ from what the questionnaire calculates, or a total from its men and women."""
    kinds = {variable.name: variable.kind for variable in form.variables if variable.name in values.of}
    checks: list[tuple[str, str, tuple[object, ...]]] = []
    for variable in form.variables:
        if variable.name not in kinds or variable.kind not in _NUMERIC or variable.name not in values.cells:
            continue
        rule = variable.calculation or _of_sexes(variable.name, kinds)
        if rule is None or _OF_REPEAT.match(rule):
            continue
        try:
            checks.append((variable.name, *expressions.number(rule, kinds)))
        except CannotEvaluate:
            continue
    if not checks or not values.count:
        return findings.NONE
    selected = ", ".join(f"CAST({sql} AS DOUBLE) AS c{i}" for i, (_, sql, _) in enumerate(checks))
    with duckdb.connect() as connection:
        connection.register("answers", pa.table({name: values.of[name] for name in kinds}))
        params = [param for _, _, own in checks for param in own]
        made = connection.sql(f"SELECT {selected} FROM answers", params=params).to_arrow_table()  # noqa: S608
    return findings.joined(
        _differing(part, values, name, made.column(i).combine_chunks(), "calculation_differs")
        for i, (name, _, _) in enumerate(checks)
    )


def repeats(parts: abc.Mapping[str, Part], values: abc.Mapping[str, Values], instrument: Instrument) -> pa.Table:
    """Numbers calculated from a repeat, `count(${member})` or `sum(${income})`, that differ from its rows in the file."""
    found = []
    for form in instrument.forms:
        for variable in form.variables:
            match = _OF_REPEAT.match(variable.calculation or "")
            if not match or form.name not in parts or variable.name not in values[form.name].cells:
                continue
            counted = _counted(parts, values, instrument, form, variable, match[1], match[2])
            if counted is not None:
                found.append(_differing(parts[form.name], values[form.name], variable.name, counted, "repeat_differs"))
    return findings.joined(found)


def _counted(
    parts: abc.Mapping[str, Part],
    values: abc.Mapping[str, Values],
    instrument: Instrument,
    form: Form,
    variable: Variable,
    function: str,
    name: str,
) -> pa.Array | None:
    """What the rows of the repeat give for each row of the form; null where one of them is not known."""
    for child in instrument.forms[1:]:
        is_own = (child.parent or instrument.id) == form.name and child.name in parts
        if (
            not is_own
            or (function == "count" and child.name != name)
            or (function == "sum" and name not in values[child.name].of)
        ):
            continue
        parents = np.asarray(pc.fill_null(parts[child.name].parents, -1))
        is_there, size = parents >= 0, parts[form.name].source.count
        if function == "count":
            return pa.array(np.bincount(parents[is_there], minlength=size).astype(float))
        numbers = pc.cast(values[child.name].of[name], pa.float64()).to_numpy(zero_copy_only=False)
        sums = np.bincount(parents[is_there], weights=numbers[is_there], minlength=size)
        return pa.array(sums, mask=np.isnan(sums))
    return None


def _of_sexes(name: str, kinds: abc.Mapping[str, Kind]) -> str | None:
    """A total's men and women as a sum, where the form asks for all three by names that begin alike."""
    stems = [name] + [name.removesuffix(f"_{word}") for word in _TOTALS if word and name.endswith(f"_{word}")]
    stems += [name.removeprefix(f"{word}_") for word in _TOTALS if word and name.startswith(f"{word}_")]
    for stem in stems:
        for men, women in _SEXES:
            parts = [f"{stem}_{men}", f"{stem}_{women}"]
            if all(kinds.get(part) in _NUMERIC for part in parts):
                return "${" + parts[0] + "} + ${" + parts[1] + "}"
    return None


def _differing(part: Part, values: Values, name: str, computed: pa.Array, code: str) -> pa.Table:
    said = pc.cast(values.of[name], pa.float64()).to_numpy(zero_copy_only=False)
    right = pc.cast(computed, pa.float64()).to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        differs = np.abs(said - right) > _CLOSE * np.maximum(1.0, np.abs(right))
    at = np.flatnonzero(differs)
    params = [{"computed": str(int(number)) if float(number).is_integer() else f"{number:.6g}"} for number in right[at]]
    return findings.of_cells(
        code, Severity.WARNING, part.source, pa.array(at, pa.int64()), column=values.cells[name], variable=name, params=params
    )
