from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.register.cells import CellError, value_of
from data.register.entry import Value
from data.register.sheets import PARTNERSHIPS, SHEETS, TARGETS, Column, Kind

NUMBER, INTEGER = Column(name="x", kind=Kind.NUMBER), Column(name="x", kind=Kind.INTEGER)
START, END = Column(name="x", kind=Kind.DATE), Column(name="x", kind=Kind.DATE, end_of_year=True)
VILLAGE = Column(name="x", kind=Kind.AREA, at="village")
SCOPE, COMPARISON = PARTNERSHIPS.column("legal_scope"), TARGETS.column("comparison")


@pytest.mark.parametrize(("column", "cell", "value"), [
    (NUMBER, "1.250.000", 1_250_000.0), (NUMBER, "Rp 1.500.000,-", 1_500_000.0), (NUMBER, "85,5", 85.5), (NUMBER, "85.5", 85.5),
    (NUMBER, "1.234,5", 1234.5), (NUMBER, "30 %", 30.0), (NUMBER, 0.3, 0.3), (NUMBER, "-2", -2.0), (NUMBER, " ", None),
    (NUMBER, "1,250,000", 1_250_000.0), (NUMBER, "1,234.5", 1234.5), (NUMBER, "0.125", 0.125), (NUMBER, "1,25", 1.25),
    (INTEGER, 2025.0, 2025), (INTEGER, "2025", 2025),
    (START, "31/12/2027", date(2027, 12, 31)), (START, "1-2-2027", date(2027, 2, 1)), (START, "12 Maret 2023", date(2023, 3, 12)),
    (START, "2 Agustus 2023", date(2023, 8, 2)), (START, "2 Agt 2023", date(2023, 8, 2)),
    (START, 2027, date(2027, 1, 1)), (END, 2027, date(2027, 12, 31)),
    (END, "2027", date(2027, 12, 31)), (START, datetime(2027, 5, 1, 9), date(2027, 5, 1)),
    (START, "2027-05-01", date(2027, 5, 1)),
    (VILLAGE, "1802022005", "18.02.02.2005"), (VILLAGE, "18.02.02.2005 Bangun Rejo", "18.02.02.2005"),
    (COMPARISON, "Paling sedikit", "at_least"), (COMPARISON, "AT LEAST", "at_least"), (COMPARISON, "at_least", "at_least"),
    (SCOPE, "Keamanan dan ketertiban; Usaha bersama", "joint_business security"),
    (SCOPE, "security joint_business", "joint_business security"),
    (PARTNERSHIPS.column("in_rpjm"), "Ya", True), (PARTNERSHIPS.column("in_rpjm"), False, False),
    (TARGETS.column("unit"), "%", "percent"), (TARGETS.column("unit"), "rp_per_month", "rp_per_month"),
])
def test_a_cell_is_read_as_people_write_it(column: Column, cell: object, value: Value) -> None:
    assert value_of(column, cell) == value


@pytest.mark.parametrize(("column", "cell", "code"), [
    (NUMBER, "1.250", "two_ways"), (NUMBER, "150,000", "two_ways"), (NUMBER, "dua", "not_a_number"),
    (NUMBER, True, "not_a_number"),
    (NUMBER, float("inf"), "not_a_number"), (INTEGER, "1,5", "not_an_integer"),
    (START, "31/2/2027", "not_a_date"), (START, "12/31/2027", "not_a_date"), (START, "besok", "not_a_date"),
    (VILLAGE, "18.02.02", "not_an_area"), (VILLAGE, "Bangun Rejo", "not_an_area"), (COMPARISON, "kira-kira", "not_a_choice"),
    (PARTNERSHIPS.column("in_rpjm"), "mungkin", "not_yes_no"), (PARTNERSHIPS.column("id"), "Air Bersih", "not_an_id"),
    (PARTNERSHIPS.column("name"), "x" * 2001, "too_long"),
])
def test_what_says_nothing_or_two_things_is_refused(column: Column, cell: object, code: str) -> None:
    with pytest.raises(CellError) as error:
        value_of(column, cell)
    assert error.value.code == code


@pytest.mark.parametrize(("cell", "thousands", "decimal"), [
    ("1.250", "1250", "1,25"), ("150,000", "150000", "150"), ("85,125", "85125", "85,1250"), ("-2.500", "-2500", "-2,5")])
def test_what_reads_in_two_ways_is_offered_in_both_and_either_is_read(cell: str, thousands: str, decimal: str) -> None:
    with pytest.raises(CellError) as error:
        value_of(NUMBER, cell)
    assert error.value.params == {"thousands": thousands, "decimal": decimal}
    assert value_of(NUMBER, thousands) == float(thousands)
    assert value_of(NUMBER, decimal) == float(decimal.replace(",", "."))


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.none()), st.sampled_from(
    [NUMBER, INTEGER, START, END, VILLAGE, COMPARISON, SCOPE, *PARTNERSHIPS.columns]))
def test_any_cell_has_a_value_or_a_finding_and_a_value_reads_as_itself(cell: object, column: Column) -> None:
    try:
        value = value_of(column, cell)
    except CellError:
        return
    assert value_of(column, value) == value


def test_every_column_that_is_needed_has_an_example_that_it_takes() -> None:
    for sheet in SHEETS:
        for column in sheet.columns:
            if column.needed or column.example:
                example = column.example or column.choices[0]
                assert value_of(column, example) is not None, f"{sheet.name}.{column.name}"
