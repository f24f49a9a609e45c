"""The recipe's survey in a store of its own, as an import would have left it."""
from __future__ import annotations

from io import BytesIO
from pathlib import Path

import openpyxl
import pyarrow as pa

from access.policy import person_at_this_machine
from benchmarks import recipe
from data.instruments.adding import add
from data.responses import qualified
from data.store import Store, now, open_store

ID = "recipe"
INCOMES = [f"income_{k:02d}" for k in range(recipe.INDICATORS)]

_RESPONSES = """
    INSERT INTO {table} BY NAME
    SELECT format('r{{}}', round + 1) AS _round, round AS _batch, row_number() OVER () AS _row, code AS _village,
           weight AS _weight, format('{{:02d}}', stratum) AS _stratum, format('{{}}', psu) AS _psu,
           made.* EXCLUDE (psu, stratum, village, round)
    FROM made JOIN village_code ON village_code.number = made.village
"""


def workbook() -> bytes:
    """The recipe's instrument: 30 incomes, each an indicator as income per household member."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheets: dict[str, list[tuple[object, ...]]] = {
        "survey": [
            ("type", "name", "label"),
            *(("text", name, name) for name in ("stratum", "psu", "village")),
            ("decimal", "weight", "weight"), ("integer", "members", "members"),
            *(("decimal", name, name) for name in INCOMES),
        ],
        "settings": [("form_id", "form_title", "version"), (ID, ID, "1")],
        "design": [("form", "weight", "stratum", "psu", "village"), (ID, "weight", "stratum", "psu", "village")],
        "indicators": [
            ("id", "form", "theme", "unit", "better", "label", "kind", "numerator", "denominator"),
            *((f"recipe.{name}", ID, "income", "rp_per_person_month", "up", name, "ratio", name, "members") for name in INCOMES),
        ],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def filled(directory: Path, rows: int, partnerships: int = recipe.PARTNERSHIPS) -> Store:
    """A store with the recipe's register, or the first of its partnerships, and that many responses; no totals yet."""
    store, viewer = open_store(directory), person_at_this_machine()
    instrument = add(store, viewer, workbook(), f"{ID}.xlsx")
    codes = recipe.villages()
    village = pa.table({
        "number": range(len(codes)), "code": codes,
        "partnership": [recipe.partnership(number // recipe.VILLAGES_EACH) for number in range(len(codes))],
    })
    with store.writing(viewer, "benchmark") as cursor:
        for number in range(recipe.ROUNDS):
            cursor.execute("INSERT INTO round VALUES (?, ?, 'routine', ?, ?)",
                           [recipe.round_id(number), recipe.round_id(number), f"{2020 + number}-01-01", f"{2020 + number}-12-31"])
            cursor.execute("""
                INSERT INTO batch (id, instrument, instrument_version, round, dialect, state, personal_data_dropped)
                VALUES (?, ?, '1', ?, 'plain', 'accepted', '[]')
            """, [number, instrument.id, recipe.round_id(number)])
            cursor.execute("INSERT INTO batch_file VALUES (?, 1, 'recipe.csv', ?, 1, 'csv', ?, 'local')",
                           [number, f"{number:064d}", now()])
        cursor.register("village_code", village)
        cursor.register("chosen", village.slice(0, partnerships * recipe.VILLAGES_EACH))
        cursor.execute(
            "INSERT INTO partnership BY NAME SELECT DISTINCT partnership AS id, id AS name, 'sector' AS kind FROM chosen")
        cursor.execute(
            "INSERT INTO partnership_village BY NAME SELECT partnership, code AS village, 'member' AS role FROM chosen")
        for batch in recipe.batches(rows):
            cursor.register("made", batch)
            cursor.execute(_RESPONSES.format(table=qualified(instrument.id, ID)))
            cursor.unregister("made")
    return store
