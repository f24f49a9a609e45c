"""The columns every response has: where it stands, and its place in the sample design."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data import areas
from data.importing import cleaning, findings, privacy
from data.importing.columns import Values
from data.importing.dialects import Role
from data.importing.finding import Severity
from data.importing.layout import Part
from data.instruments.model import Form

CROSSED = " × "


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A form's system columns, by name, and what is wrong with them."""

    columns: abc.Mapping[str, pa.Array]
    findings: pa.Table


def variables(form: Form) -> set[str | None]:
    """The variables that say where a form's rows stand in the sample design."""
    return {form.design.weight, form.design.psu, form.design.psu_population, form.design.village, *form.design.strata}


def place(part: Part, values: Values, form: Form, parent: Placed | None, key: bytes) -> Placed:
    """The system columns of a form's rows but those of the batch; what its own variables do not give, its parent's rows do."""
    count = values.count
    numbers = part.numbers()
    found: list[pa.Table] = []
    columns: dict[str, pa.Array] = {"_row": numbers}
    inherited = (
        {}
        if parent is None or part.parents is None
        else {name: column.take(part.parents) for name, column in parent.columns.items() if name != "_uuid"}
    )
    columns["_parent"] = inherited.get("_row", pa.nulls(count, pa.int64()))
    design = form.design

    def text(name: str) -> pa.Array | None:
        return pc.cast(values.of[name], pa.string()) if name in values.of else None

    def absent(name: str | None) -> bool:
        """Whether the design names a variable of this form that the file has no column for."""
        return name is not None and name not in values.of and name in {variable.name for variable in form.variables}

    for name in (design.weight, design.psu, design.psu_population, *design.strata):
        if absent(name):
            found.append(findings.of_file("design_column_absent", Severity.ERROR, form=form.name, variable=name, name=name))

    weight = values.of.get(design.weight or "")
    columns["_weight"] = (
        pc.cast(weight, pa.float64())
        if weight is not None
        else inherited.get("_weight", pa.repeat(pa.scalar(1.0), count))
        if part.parents is not None or design.weight is None
        else pa.nulls(count, pa.float64())
    )
    if weight is not None:
        at = pc.indices_nonzero(pc.fill_null(pc.less(columns["_weight"], 0.0), False))
        found.append(
            findings.of_cells(
                "weight_negative",
                Severity.ERROR,
                part.source,
                at,
                column=values.cells[design.weight or ""],
                variable=design.weight,
            )
        )

    strata = [column for name in design.strata if (column := text(name)) is not None]
    columns["_stratum"] = (
        pc.binary_join_element_wise(*strata, CROSSED) if strata else inherited.get("_stratum", pa.repeat("", count))
    )
    psu = text(design.psu) if design.psu else None
    columns["_psu"] = psu if psu is not None else inherited.get("_psu", pa.nulls(count, pa.string()))
    population = values.of.get(design.psu_population or "")
    columns["_psu_population"] = (
        pc.cast(population, pa.float64())
        if population is not None
        else inherited.get("_psu_population", pa.nulls(count, pa.float64()))
    )
    village = text(design.village) if design.village else None
    columns["_village"] = _codes(village) if village is not None else inherited.get("_village", pa.nulls(count, pa.string()))
    columns["_key"] = _key(part, values, key) if parent is None else inherited.get("_key", pa.nulls(count, pa.string()))
    columns["_uuid"] = _uuid(part)
    found += _missing(part, values, form, columns)
    return Placed(columns=columns, findings=findings.joined(found))


def _missing(part: Part, values: Values, form: Form, columns: dict[str, pa.Array]) -> list[pa.Table]:
    """Rows whose place in the design is not told, where their own column should tell it."""
    design = form.design
    found = []
    for code, names, column in (
        ("no_weight", (design.weight,), "_weight"),
        ("no_stratum", design.strata, "_stratum"),
        ("no_psu", (design.psu,), "_psu"),
    ):
        for name in names:
            if name is not None and name in values.of:
                at = pc.indices_nonzero(pc.and_(pc.is_null(columns[column]), pc.is_null(part.source.column(values.cells[name]))))
                found.append(findings.of_cells(code, Severity.ERROR, part.source, at, column=values.cells[name], variable=name))
    if design.village is not None and design.village in values.of:
        cell = values.cells[design.village]
        at = pc.indices_nonzero(pc.is_null(part.source.column(cell)))
        found.append(findings.of_cells("no_village", Severity.WARNING, part.source, at, column=cell, variable=design.village))
    return found


def _codes(texts: pa.Array) -> pa.Array:
    known = {text: code for text in cleaning.distinct(texts) if (code := areas.parse_code(text)) is not None}
    return cleaning.spread(texts, known, pa.string())


def _key(part: Part, values: Values, key: bytes) -> pa.Array:
    kept = part.role(Role.REJECTS_KEY)
    own = pa.nulls(values.count, pa.string()) if values.respondent is None else privacy.hashed(values.respondent, key)
    return own if kept is None else pc.coalesce(own, kept)


def _uuid(part: Part) -> pa.Array:
    texts = part.role(Role.UUID)
    if texts is None:
        return pa.nulls(part.source.count, pa.string())
    return pc.replace_substring_regex(texts, r"^uuid:", "")
