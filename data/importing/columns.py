"""A form's columns: every variable's values, and what could not be read."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass

import pyarrow as pa

from data.areas import Codes
from data.importing import cleaning, findings, privacy, several, villages
from data.importing.cells import answers, unread
from data.importing.cleaning import Cleaned, Convention
from data.importing.dialects import MACHINES, Dialect
from data.importing.finding import Severity
from data.importing.layout import Part
from data.importing.naming import Target
from data.importing.privacy import Dropped, Reason
from data.instruments.model import Form, Kind, Variable


@dataclass(frozen=True, kw_only=True)
class Values:
    """A form's rows as values. `of` has every variable that is stored (a select_multiple's choices as `variable__choice`);
    `raw` the texts of variables that are not stored but needed, such as the respondent's identity. `cells` tells which
    column of the file a variable's values are from."""

    form: str
    count: int
    of: abc.Mapping[str, pa.Array]
    cells: abc.Mapping[str, int]
    findings: pa.Table
    respondent: pa.Array | None = None
    conventions: tuple[Convention, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    absent: tuple[str, ...] = ()


def values(
    part: Part, form: Form, dialect: Dialect, conventions: abc.Mapping[str, str], *, respondent: str | None, codes: Codes
) -> Values:
    """Every variable of the form: read, or dropped because it is personal, or absent from the file."""
    of: dict[str, pa.Array] = {}
    cells: dict[str, int] = {}
    found: list[pa.Table] = []
    shown: list[Convention] = []
    dropped = [_dropped(part, form, None, column, Reason.POSITION) for column in part.positions]
    absent = []
    key: pa.Array | None = None
    design = {form.design.village, form.design.weight, form.design.psu, form.design.psu_population, *form.design.strata}
    for variable in form.variables:
        column = part.columns.get(Target(form.name, variable.name))
        if column is not None:
            cells[variable.name] = column
        if variable.name == respondent and column is not None:
            key = answers(part, column, dialect)
            dropped.append(_dropped(part, form, variable, column, Reason.RESPONDENT, is_hashed=True))
            found.append(_damaged(part, column, key, variable))
            continue
        if variable.kind is Kind.SELECT_MULTIPLE:
            read = several.read(part, form, variable, dialect)
            if read is None:
                absent.append(variable.name)
            else:
                of.update(read[0])
                found.extend(read[1])
            continue
        reason = privacy.by_name(variable) if variable.name not in design else None
        if column is None:
            if reason is None:
                absent.append(variable.name)
            continue
        texts = answers(part, column, dialect)
        if reason is None and variable.name not in design and variable.kind in {Kind.TEXT, Kind.INTEGER, Kind.DECIMAL}:
            reason = privacy.by_cells(texts)
        if reason is not None:
            dropped.append(_dropped(part, form, variable, column, reason))
            continue
        if variable.name == form.design.village:
            read_, more = villages.read(part, column, texts, variable, codes)
        else:
            read_, more = _read(
                part, column, texts, variable, dialect, conventions.get(variable.name), is_design=variable.name in design
            )
        of[variable.name] = read_.values
        found.extend(more)
        if read_.decided_by:
            shown.append(
                Convention(
                    variable=variable.name,
                    column=part.source.headers[0][column],
                    about="number" if variable.kind in {Kind.INTEGER, Kind.DECIMAL} else "date",
                    chosen=read_.chosen and str(read_.chosen),
                    decided_by=read_.decided_by,
                    examples=read_.examples,
                )
            )
    return Values(
        form=form.name,
        count=part.source.count,
        of=of,
        cells=cells,
        respondent=key,
        findings=findings.joined(found),
        conventions=tuple(shown),
        dropped=tuple(dropped),
        absent=tuple(absent),
    )


def _read(
    part: Part,
    column: int,
    texts: pa.Array,
    variable: Variable,
    dialect: Dialect,
    chosen: str | None,
    *,
    is_design: bool,
) -> tuple[Cleaned, list[pa.Table]]:
    source = part.source
    cleaned = cleaning.clean(
        texts,
        variable,
        is_number=source.numbers_of(column),
        is_machine=dialect in MACHINES,
        chosen=chosen,
    )
    found = unread(part, column, texts, variable, cleaned)
    if variable.kind is Kind.TEXT and not is_design:
        clean, at = privacy.struck(cleaned.values)
        if len(at):
            found.append(
                findings.of_cells(
                    "struck_out",
                    Severity.WARNING,
                    source,
                    at,
                    column=column,
                    values=pa.nulls(len(at), pa.string()),
                    variable=variable.name,
                )
            )
            cleaned = Cleaned(values=clean)
    return cleaned, found


def _damaged(part: Part, column: int, texts: pa.Array, variable: Variable) -> pa.Table:
    """Identities that a spreadsheet has rounded, so that several people share one."""
    at = cleaning.positions(texts, [text for text in cleaning.distinct(texts) if privacy.is_damaged(text)])
    return findings.of_cells("rounded_identity", Severity.ERROR, part.source, at, column=column, variable=variable.name)


def _dropped(
    part: Part, form: Form, variable: Variable | None, column: int, reason: Reason, *, is_hashed: bool = False
) -> Dropped:
    return Dropped(
        form=form.name,
        column=part.source.headers[0][column],
        variable=variable.name if variable else None,
        reason=reason,
        is_hashed=is_hashed,
    )
