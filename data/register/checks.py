"""What is wrong with entries, given how the register would look once they were written."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from data.importing.finding import Severity
from data.register import groups, personal
from data.register.entry import Choice, Entry, Finding, Record, Value, sheet_label
from data.register.settings import SETTINGS
from data.register.sheets import SHEETS, STAGES, Column, Kind
from metrics.indicator import Better, Indicator

Key = tuple[Value, ...]
Register = Mapping[str, Mapping[Key, Record]]

_UP = {"at_least", "more_than", "yes", "above_poverty_line"}
_DOWN = {"at_most", "less_than", "zero"}
_WITHOUT_VALUE = {"zero", "yes", "above_poverty_line"}
_DATES_IN_ORDER = (
    ("starts_on", "ends_on"), ("joined_on", "left_on"), ("agreement_on", "ends_on"), ("baseline_on", "due_on"),
)

def check(
    entries: list[Entry], *, after: Register, indicators: Mapping[str, Indicator], forms: groups.Forms, villages: set[str],
    rounds_with_data: set[str],
) -> Iterator[Finding]:
    """Every problem of the entries, in their order. `after` is the register as it would be; `villages` those known here."""
    times = Counter((entry.sheet.name, entry.key) for entry in entries)
    for entry in entries:
        if not entry.has_key:
            yield from _missing(entry)
            continue
        if times[entry.sheet.name, entry.key] > 1:
            yield entry.finding("twice", entry.sheet.key[0])
        if entry.is_removal:
            yield from _removal(entry, after, rounds_with_data)
            continue
        record = after[entry.sheet.name][entry.key]
        yield from _missing(entry, record)
        yield from _references(entry, record, after, villages)
        yield from _dates(entry, record)
        yield from personal.check(entry, record)
        if entry.sheet.name == "targets":
            yield from _target(entry, record, indicators.get(str(record["indicator"])))
        elif entry.sheet.name == "known_totals":
            yield from groups.check(entry, record, after, forms)
        elif entry.sheet.name in _OWN_CHECKS:
            yield from _OWN_CHECKS[entry.sheet.name](entry, record, after)


def _missing(entry: Entry, record: Record | None = None) -> Iterator[Finding]:
    """Needed columns that are empty: of the key alone where there is no whole record yet."""
    for column in entry.sheet.columns:
        if not column.needed or column.name in entry.unreadable or (record is None and column.name not in entry.sheet.key):
            continue
        if (entry.values if record is None else record).get(column.name) is None:
            yield entry.finding("missing", column.name, example=_example(column))


def _example(column: Column) -> str:
    return Choice(column.choices[0]) if column.choices else column.example


def _removal(entry: Entry, after: Register, rounds_with_data: set[str]) -> Iterator[Finding]:
    if entry.sheet.name == "villages":
        yield entry.finding("village_stays", "code")
        return
    id = entry.key[0]
    users = [
        sheet.name for sheet in SHEETS for column in sheet.columns
        if column.kind is Kind.ID and column.at == entry.sheet.name
        and any(record[column.name] == id for record in after[sheet.name].values())
    ]
    if users:
        where = ", ".join(sheet_label(user, "id") for user in dict.fromkeys(users))
        yield entry.finding("still_used", entry.sheet.key[0], sheets=where)
    if entry.sheet.name == "rounds" and id in rounds_with_data:
        yield entry.finding("round_has_data", "id")


def _references(entry: Entry, record: Record, after: Register, villages: set[str]) -> Iterator[Finding]:
    for column in entry.sheet.columns:
        value = record.get(column.name)
        if value is None:
            continue
        if column.kind is Kind.ID and column.at and (value,) not in after[column.at]:
            known = sorted(str(key[0]) for key in after[column.at])
            yield entry.finding("unknown_" + column.name, column.name, known=", ".join(known) or "-")
        is_village = column.kind is Kind.AREA and column.at == "village"
        if is_village and value not in villages and (value,) not in after["villages"]:
            yield entry.finding("unknown_village", column.name)


def _dates(entry: Entry, record: Record) -> Iterator[Finding]:
    for first, last in _DATES_IN_ORDER:
        start, end = record.get(first), record.get(last)
        if isinstance(start, date) and isinstance(end, date) and start > end:
            yield entry.finding("dates_out_of_order", last, start=start)


def _membership(entry: Entry, record: Record, after: Register) -> Iterator[Finding]:
    """A village may leave a partnership and join again, but not be in it twice at once."""
    start, end = _term(record)
    for key, other in after["members"].items():
        if key == entry.key or key[:2] != entry.key[:2]:
            continue
        other_start, other_end = _term(other)
        if start <= other_end and other_start <= end:
            yield entry.finding(
                "overlapping_terms", "joined_on" if "joined_on" in entry.values else "village",
                start=other.get("joined_on"), end=other.get("left_on"),
            )
            return


def _term(record: Record) -> tuple[date, date]:
    start, end = record.get("joined_on"), record.get("left_on")
    return start if isinstance(start, date) else date.min, end if isinstance(end, date) else date.max


def _stage(entry: Entry, record: Record, after: Register) -> Iterator[Finding]:
    """A stage that is done before one it follows: law and practice have them in order, so the days are looked at again."""
    done = {str(key[1]): other["done_on"] for key, other in after["stages"].items() if key[0] == record["partnership"]}
    day = record["done_on"]
    for earlier in STAGES[:STAGES.index(str(record["stage"]))] if record["stage"] in STAGES else ():
        before = done.get(earlier)
        if isinstance(before, date) and isinstance(day, date) and day < before:
            yield entry.finding("stage_too_early", "done_on", severity=Severity.WARNING, stage=Choice(earlier), before=before)
            return


def _round(entry: Entry, record: Record, after: Register) -> Iterator[Finding]:
    start, end = record["starts_on"], record["ends_on"]
    for key, other in after["rounds"].items():
        other_start, other_end = other["starts_on"], other["ends_on"]
        if key == entry.key or not all(isinstance(day, date) for day in (start, end, other_start, other_end)):
            continue
        if start <= other_end and other_start <= end:  # type: ignore[operator]
            yield entry.finding("overlapping_rounds", "starts_on", severity=Severity.WARNING, other=key[0])


def _positive(column: str) -> Callable[[Entry, Record, Register], Iterator[Finding]]:
    def checked(entry: Entry, record: Record, after: Register) -> Iterator[Finding]:
        value = record.get(column)
        if isinstance(value, int | float) and value <= 0:
            yield entry.finding("not_positive", column)
    return checked


def _budget(entry: Entry, record: Record, after: Register) -> Iterator[Finding]:
    year = record["year"]
    if isinstance(year, int) and not 1990 <= year <= 2100:
        yield entry.finding("not_a_year", "year")
    for column in ("planned_rp", "realised_rp"):
        amount = record.get(column)
        if isinstance(amount, int | float) and amount < 0:
            yield entry.finding("negative", column)


def _setting(entry: Entry, record: Record, after: Register) -> Iterator[Finding]:
    name, value = str(record["name"]), record["value"]
    if name not in SETTINGS:
        yield entry.finding("unknown_setting", "name", known=", ".join(SETTINGS))
        return
    _, lowest, highest = SETTINGS[name]
    if isinstance(value, int | float) and not lowest <= value <= highest:
        yield entry.finding("out_of_range", "value", lowest=lowest, highest=highest)


_OWN_CHECKS: dict[str, Callable[[Entry, Record, Register], Iterable[Finding]]] = {
    "members": _membership,
    "stages": _stage,
    "rounds": _round,
    "partnerships": _positive("report_every_months"),
    "poverty_lines": _positive("rp_per_person_month"),
    "price_indices": _positive("index_value"),
    "budget": _budget,
    "settings": _setting,
}


def _target(entry: Entry, record: Record, indicator: Indicator | None) -> Iterator[Finding]:
    comparison, value, upper = record.get("comparison"), record.get("value"), record.get("upper_value")
    if value is None and comparison not in _WITHOUT_VALUE:
        yield entry.finding("missing", "value", example="85")
    if comparison == "between":
        if upper is None:
            yield entry.finding("missing", "upper_value", example="90")
        elif isinstance(value, int | float) and isinstance(upper, int | float) and upper < value:
            yield entry.finding("range_out_of_order", "upper_value", lower=value)
    if (record.get("baseline_value") is None) != (record.get("baseline_on") is None):
        yield entry.finding("baseline_incomplete", "baseline_on" if record.get("baseline_on") is None else "baseline_value")
    if record.get("unit") == "percent":
        for column in ("value", "upper_value", "baseline_value"):
            share = record.get(column)
            if isinstance(share, int | float) and not 0 <= share <= 100:
                yield entry.finding("not_a_percentage", column)
    if indicator is None:
        yield entry.finding("unknown_indicator", "indicator", severity=Severity.WARNING)
        return
    expected = "percent" if indicator.unit == "share" else indicator.unit
    if record.get("unit") is not None and record["unit"] != expected:
        yield entry.finding("other_unit", "unit", expected=expected)
    wrong_way = _DOWN if indicator.better is Better.UP else _UP - {"yes"}
    if comparison in wrong_way:
        yield entry.finding("against_the_direction", "comparison", severity=Severity.WARNING, indicator=indicator.id)
