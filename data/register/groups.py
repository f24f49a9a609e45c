"""What is wrong with a known total: its form, its grouping, its group."""
from __future__ import annotations

from collections.abc import Iterator, Mapping

from data.grouping import faults
from data.importing.finding import Severity
from data.instruments.model import Form
from data.register.entry import Entry, Finding, Record, Value

Register = Mapping[str, Mapping[tuple[Value, ...], Record]]
Forms = Mapping[tuple[str, str], Form]


def check(entry: Entry, record: Record, after: Register, forms: Forms) -> Iterator[Finding]:
    """Beside what every sheet is checked for. `forms` are known by instrument and name."""
    total = record.get("total")
    if isinstance(total, int | float) and total <= 0:
        yield entry.finding("not_positive", "total")
    instrument, name, grouped_by = (str(record[column]) for column in ("instrument", "form", "grouped_by"))
    form = forms.get((instrument, name))
    if form is None:
        known = ", ".join(" / ".join(each) for each in forms) or "-"
        yield entry.finding("no_such_form", "form", severity=Severity.WARNING, instrument=instrument, known=known)
        return
    if form.design.census:
        yield entry.finding("census_form", "form")
        return
    same_round = [other for other in after["known_totals"].values()
                  if all(other[column] == record[column] for column in ("instrument", "form", "round"))]
    if others := sorted({str(other["grouped_by"]) for other in same_round} - {grouped_by}):
        yield entry.finding("other_grouping", "grouped_by", other=others[0])
        return
    for fault in faults(form, grouped_by, str(record["category"]), [str(other["category"]) for other in same_round]):
        yield entry.finding(fault.code, fault.column, **fault.params)
