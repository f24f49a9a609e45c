"""The texts of a column as answers, and findings of those that could not be read."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from data.importing import cleaning, findings
from data.importing.cleaning import Cleaned
from data.importing.dialects import Dialect
from data.importing.finding import Severity
from data.importing.layout import Part
from data.instruments.model import Variable


def answers(part: Part, column: int, dialect: Dialect) -> pa.Array:
    """A column's texts; what its tool writes for no answer is none, and so is a cell of spaces."""
    texts = part.source.column(column)
    if dialect is Dialect.ONA:
        texts = pc.if_else(pc.equal(texts, "n/a"), None, texts)
    is_blank = pc.utf8_is_space(texts)
    return pc.if_else(is_blank, None, texts) if pc.any(is_blank).as_py() else texts


def unread(part: Part, column: int, texts: pa.Array, variable: Variable, cleaned: Cleaned) -> list[pa.Table]:
    """Findings of the texts that could not be read, and of those that were read as no answer."""
    found = []
    by_code: dict[str, list[str]] = {}
    for text, problem in cleaned.problems.items():
        by_code.setdefault(problem.code, []).append(text)
    for code, wanted in by_code.items():
        at = cleaning.positions(texts, wanted)
        params = [dict(cleaned.problems[text].params) for text in texts.take(at).to_pylist()]
        found.append(
            findings.of_cells(code, Severity.ERROR, part.source, at, column=column, variable=variable.name, params=params)
        )
    if cleaned.missing:
        count = len(cleaning.positions(texts, cleaned.missing))
        found.append(
            findings.of_file(
                "read_as_missing",
                Severity.INFO,
                form=part.source.form,
                sheet=part.source.sheet,
                column=part.source.headers[0][column],
                variable=variable.name,
                count=count,
                texts=", ".join(f"'{text}'" for text in cleaned.missing[:5]),
            )
        )
    return found
