"""Village codes as people and offices write them: read where there is one reading, offered or asked where not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from access.policy import Viewer
from data import area_tables
from data.areas import Alias, Codes, Retired
from data.importing.committing import commit
from data.importing.preparing import Prepared, prepare, prepared
from data.instruments.model import Design, Form, Instrument, Kind, Variable
from data.reading import read
from data.store import Store
from tests.test_import_commit import GOOD, prepare_store, stored

VARIABLES = (
    Variable(name="desa", kind=Kind.TEXT, path=("desa",), labels={}, choices=()),
    Variable(name="jiwa", kind=Kind.INTEGER, path=("jiwa",), labels={}, choices=()),
)
INSTRUMENT = Instrument(
    id="f", version="1", labels={}, languages=("id",), indicators=(), sha256="0",
    forms=(Form(name="f", variables=VARIABLES, design=Design(village="desa")),),
)
# 1802021001 is a kelurahan of Kemendagri, and the same digits are Statistics Indonesia's of 18.02.02.2002.
CODES = Codes(
    known=frozenset({"18.02.02.1001", "18.02.02.2001", "18.02.02.2002", "18.02.02.2003", "18.02.02.2009", "18.02.04.2011"}),
    retired={"18.02.02.2009": Retired(name="Bangun Rejo", since=date(2025, 4, 25))},
    aliases={
        Alias.BPS: {"1802021001": "18.02.02.2002", "1802020003": "18.02.02.2003"},
        Alias.FORMER: {"1802012005": "18.02.02.2003"},
    },
    named={"bangunrejo": ("18.02.02.2001", "18.02.04.2011"), "sidodadi": ("18.02.02.2002",)},
    partners=frozenset({"18.02.02.2001", "18.02.02.2002", "18.02.02.2003"}),
)


def imported(*cells: str, codes: Codes = CODES) -> Prepared:
    text = "desa,jiwa\n" + "".join(f"{cell},{number}\n" for number, cell in enumerate(cells, start=1))
    return prepared(read(text.encode(), "f.csv"), INSTRUMENT, round="r", key=b"k" * 32, codes=codes)


def villages(result: Prepared) -> list[str | None]:
    found: list[str | None] = result.frames["f"]["_village"].to_pylist()
    return found


def said(result: Prepared) -> list[tuple[str, str, int | None, dict[str, object]]]:
    return [(one.code, str(one.severity), one.row, dict(one.params)) for one in result.findings]


def test_codes_of_statistics_indonesia_are_read_and_said_once() -> None:
    result = imported("1802020003", "1802021001", "1802020003.0")
    assert villages(result) == ["18.02.02.2003", "18.02.02.2002", "18.02.02.2003"]
    assert said(result) == [
        ("village_code_bps", "info", None, {"count": 3, "text": "1802020003", "village": "18.02.02.2003"}),
    ]


def test_what_fits_both_is_kemendagris_among_codes_of_kemendagri_and_is_asked_where_nothing_tells() -> None:
    assert villages(imported("1802021001", "1802022001")) == ["18.02.02.1001", "18.02.02.2001"]
    assert villages(imported("18.02.02.1001")) == ["18.02.02.1001"]  # dots are Kemendagri's
    both = {"first": "18.02.02.1001", "second": "18.02.02.2002"}
    assert said(imported("1802021001")) == [("two_villages", "error", 2, both)]
    assert ("two_villages", "error", 2, both) in said(imported("1802021001", "1802022001", "1802020003"))


def test_a_former_code_is_read_as_the_one_in_force_where_that_is_known() -> None:
    result = imported("18.02.01.2005")
    assert villages(result) == ["18.02.02.2003"]
    assert said(result) == [
        ("village_code_former", "info", None, {"count": 1, "text": "18.02.01.2005", "village": "18.02.02.2003"}),
    ]


def test_a_code_no_longer_valid_is_not_an_unknown_one() -> None:
    params = {"since": "2025-04-25", "name": "Bangun Rejo", "like": "18.02.02.2001, 18.02.04.2011"}
    assert said(imported("18.02.02.2009", "18.02.02.2008")) == [
        ("old_code", "error", 2, params), ("unknown_village", "error", 3, {}),
    ]
    member = Codes(known=CODES.known, retired=CODES.retired, named=CODES.named, partners=frozenset({"18.02.02.2009"}))
    assert said(imported("18.02.02.2009", codes=member)) == [("old_code", "warning", 2, params)]


def test_a_village_of_no_partnership_is_a_warning_and_its_row_is_accepted() -> None:
    result = imported("18.02.02.2001", "18.02.04.2011", "33.02.01.2001")
    assert villages(result) == ["18.02.02.2001", "18.02.04.2011", "33.02.01.2001"]
    assert said(result) == [("outside_partnerships", "warning", 3, {}), ("village_not_in_register", "warning", 4, {})]
    nobody = Codes(known=CODES.known)
    assert said(imported("18.02.04.2011", codes=nobody)) == []  # without partnerships there is no outside


@pytest.mark.parametrize(("cell", "like"), [
    ("Sido Dadi", "18.02.02.2002"),
    ("desa SIDODADI", "18.02.02.2002"),
    ("Bangunrejo", "18.02.02.2001"),  # of the two, the one in a partnership
])
def test_a_name_is_offered_as_a_code_and_never_taken(cell: str, like: str) -> None:
    assert said(imported(cell)) == [("not_village_code_but_like", "error", 2, {"like": like})]
    assert said(imported("Entah")) == [("not_village_code", "error", 2, {})]


def test_the_stores_own_tables_decide_for_the_day_the_round_begins(store: Store, viewer: Viewer, tmp_path: Path) -> None:
    prepare_store(store, viewer)  # the round begins on 2024-01-01, its village is 18.02.02.2005
    table = "kode,nama\n18,L\n18.02.02.2005,Bangun Rejo\n18.02.02.2006,Sido Luhur\n"
    area_tables.import_table(store, viewer, table.encode(), "2019.csv")
    newer = table.replace("18.02.02.2005", "18.02.30.2005").encode()
    area_tables.import_table(store, viewer, newer, "2023.csv", in_force_from=date(2023, 7, 1))
    found = prepare(store, viewer, GOOD, "warga.xlsx", instrument="warga", round="2024")
    old = [one for one in found.findings if one.code == "old_code"]
    assert [(one.row, one.params) for one in old] == [
        (row, {"since": "2023-07-01", "name": "Bangun Rejo", "like": "18.02.30.2005"}) for row in (2, 3, 4)
    ]
    area_tables.import_aliases(store, viewer, b"kode,kode_lama\n18.02.30.2005,18.02.02.2005\n", "lama.csv")
    commit(store, viewer, prepare(store, viewer, GOOD, "warga.xlsx", instrument="warga", round="2024"))
    assert stored(store, "_village, desa") == [("18.02.30.2005", "18.02.30.2005")] * 3
