"""What is to be said of a file as a whole, of its sheets and of its columns."""

from __future__ import annotations

from collections import abc

import pyarrow as pa
import pyarrow.compute as pc

from data.importing import findings
from data.importing.dialects import Role
from data.importing.finding import Severity
from data.importing.layout import Part
from data.importing.mapping import Matched
from data.instruments.model import Instrument
from data.reading import RawFile


def has_versions(part: Part) -> bool:
    """Whether a file's rows were answered in several versions of the form."""
    texts = part.role(Role.VERSION)
    return texts is not None and len(pc.unique(pc.drop_null(texts))) > 1


def may_lack_answers(part: Part) -> bool:
    """Whether a required question may be without an answer: it may be younger than the rows, or they were accepted before."""
    return has_versions(part) or part.role(Role.STORED) is not None


def said(
    raw: RawFile, parts: abc.Mapping[str, Part], instrument: Instrument, assigned: abc.Mapping[str, Matched]
) -> list[pa.Table]:
    """What is to be said of the file, its sheets and its columns."""
    found = []
    used = {id(matched.table) for matched in assigned.values()}
    for table in raw.tables:
        if id(table) not in used and len(table.rows):
            found.append(findings.of_file("table_left_out", Severity.WARNING, sheet=table.sheet, rows=len(table.rows)))
        if id(table) in used:
            found += [
                findings.of_file("error_cells", Severity.WARNING, sheet=table.sheet, error=error, count=count)
                for error, count in table.errors.items()
            ]
            if table.short_rows:
                found.append(
                    findings.of_file(
                        "short_rows", Severity.WARNING, sheet=table.sheet, count=len(table.short_rows), first=table.short_rows[0]
                    )
                )
    for sheet in raw.hidden_sheets:
        found.append(findings.of_file("hidden_sheet", Severity.INFO, sheet=sheet))
    for name, part in parts.items():
        mapped = {target.variable for target in part.columns}
        for variable in instrument.form(name).variables:
            if variable.required and variable.name not in mapped:
                found.append(
                    findings.of_file(
                        "required_absent",
                        Severity.WARNING,
                        form=name,
                        sheet=part.source.sheet,
                        variable=variable.name,
                        name=variable.name,
                    )
                )
        for header, target, agrees in part.twice:
            found.append(
                findings.of_file(
                    "column_twice_same" if agrees else "column_twice",
                    Severity.INFO if agrees else Severity.WARNING,
                    form=name,
                    sheet=part.source.sheet,
                    column=header,
                    variable=target.variable,
                    name=str(target),
                )
            )
        if part.linked_by:
            found.append(findings.of_file("linked_by", Severity.INFO, form=name, sheet=part.source.sheet, column=part.linked_by))
    main = parts[instrument.id]
    if has_versions(main):
        versions = sorted(text for text in pc.unique(main.role(Role.VERSION)).to_pylist() if text)
        found.append(findings.of_file("several_versions", Severity.INFO, count=len(versions), versions=", ".join(versions[:10])))
    for form in instrument.forms[1:]:
        if form.name not in parts:
            found.append(findings.of_file("form_absent", Severity.INFO, form=form.name, name=form.name))
    return found
