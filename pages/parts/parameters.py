"""Rounds and the parameters of regencies and rounds: what each record is called, in the order of time."""
from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data import formats
from data.areas import ancestor
from data.register import sheets
from data.register.entry import Record
from pages.parts import books, choices, forms, reads
from pages.parts.session import language
from pages.parts.words import plain, say


def show(name: str) -> None:
    """The records of a parameter's sheet, said what they are for, with what is missing."""
    sheet = sheets.sheet(name)
    st.caption(say(f"targets.about.{name}"))
    records = in_time(reads.records(name))
    if name == "poverty_lines":
        _missing(records)
    books.show(sheet, records, given={}, key=name, empty=say("registered.none"), title=lambda record: title(sheet, record))


def in_time(records: Sequence[Record]) -> list[Record]:
    """The records by the time of their round, or by their own; those of the latest round first."""
    starts = {each.id: each.starts_on for each in reads.rounds()}

    def day(record: Record) -> str:
        return str(record.get("starts_on") or starts.get(str(record.get("round")), ""))

    return sorted(records, key=day, reverse=True)


def title(sheet: sheets.Sheet, record: Record) -> str:
    """What a record says, numbers with their units."""
    def of(column: str) -> str:
        return forms.value(sheet.column(column), record.get(column))

    match sheet.name:
        case "rounds":
            days = say("targets.days", first=of("starts_on"), last=of("ends_on"))
            return f"**{plain(of('name'))}** · {plain(of('kind'))} · {days}"
        case "poverty_lines":
            line = formats.value(_number(record, "rp_per_person_month"), "rp_per_person_month", language())
            return f"**{plain(line)}** · {plain(of('regency'))} · {plain(of('round'))}"
        case "price_indices":
            index = choices.typed(record.get("index_value"), language())
            return f"**{plain(index)}** · {plain(of('regency'))} · {plain(of('round'))}"
        case "series_breaks":
            return f"**{plain(of('indicator'))}** · {of('broken_on')} · {plain(of('reason'))}"
    return plain(" · ".join(of(column.name) for column in sheet.columns[:5] if of(column.name)))


def _number(record: Record, column: str) -> float:
    value = record[column]
    assert isinstance(value, int | float)
    return float(value)


def _missing(records: Sequence[Record]) -> None:
    """The rounds and regencies of members for which there is no poverty line, while there is one for another round."""
    names = reads.areas_of("regency")
    regencies = sorted({ancestor(village, "regency") for each in reads.partnerships() for village in each.members})
    there = {(record["regency"], record["round"]) for record in records}
    wanted = [(regency, each) for regency in regencies for each in reads.rounds_with_data()]
    lacking = [f"{names.get(regency, regency)}, {each.name}" for regency, each in wanted if (regency, each.id) not in there]
    if lacking:
        st.warning(say("targets.lines_missing", which=plain("; ".join(lacking))), icon=":material/error:")
