"""What was found wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from data.messages import Language, say


class Severity(StrEnum):
    ERROR = "error"  # the row is rejected
    WARNING = "warning"  # the row is accepted
    INFO = "info"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One problem. `code` is a message `import.finding.<code>`, filled with the fields below and `params`.

    `row` is the 1-based row of the file, `column` the header's text, `cell` its address; all are None for a finding of
    a whole file, sheet or column. `value` is what the cell held, None where it was personal data.
    """

    code: str
    severity: Severity
    form: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None
    value: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)

    def places(self) -> dict[str, object]:
        """The fields that a message's placeholders name, beside `params`."""
        return {name: getattr(self, name) for name in ("form", "sheet", "row", "column", "cell", "value")}

    def message(self, language: Language) -> str:
        of_sheet = say("import.of_sheet", language, sheet=self.sheet) if self.sheet else ""  # a CSV has no sheets
        return say(f"import.finding.{self.code}", language, **{**self.places(), "of_sheet": of_sheet, **self.params})
