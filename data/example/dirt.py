"""What happens to some cells between the field and the evaluator's desk, and what should become of each.

Most dirt only looks different: the value can be read. A few cells cannot be, and their rows must be rejected; the truth of
the example says how many.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.example.exports import Cell, Sheet


@dataclass(frozen=True, kw_only=True)
class Dirt:
    """Where an export was dirtied: sheet, row of the file, what was done, and whether the row cannot be accepted."""

    sheet: str
    row: int
    what: str
    is_fatal: bool


def dirtied(sheets: list[Sheet], seed: int) -> tuple[list[Sheet], list[Dirt]]:
    """The sheets of a household export with some cells as people type them; the given sheets stay as they are."""
    random = np.random.default_rng(seed)
    main, member = (Sheet(name=sheet.name, rows=[list(row) for row in sheet.rows]) for sheet in sheets)
    done = [*_typed_amounts(member, random), *_codes(main, random), *_bad_cells(main, member, random), *_sent_twice(main, random)]
    return [main, member], done


def _typed_amounts(member: Sheet, random: np.random.Generator) -> list[Dirt]:
    """Incomes as people type them: all of them can be read."""
    at = _column(member, "income_year_rp", "Penghasilan setahun")
    filled = [number for number, row in enumerate(member.rows) if number and row[at]]
    ways = ("Rp {points},-", "{points}", "{millions} jt", "Rp{points}", "{millions} juta")
    done = []
    for number in random.choice(filled, size=24, replace=False):
        value = int(str(member.rows[number][at]))
        way = ways[int(random.integers(len(ways)))]
        millions = f"{value / 1e6:g}".replace(".", ",")
        member.rows[number][at] = way.format(points=f"{value:,}".replace(",", "."), millions=millions)
        done.append(Dirt(sheet=member.name, row=int(number) + 1, what="amount_as_typed", is_fatal=False))
    return done


def _codes(main: Sheet, random: np.random.Generator) -> list[Dirt]:
    """Village codes without dots, as text and as a number; one of a village that does not exist."""
    at = _column(main, "village", "Kode desa")
    rows = random.choice(np.arange(1, len(main.rows)), size=13, replace=False)
    done = []
    for count, number in enumerate(rows):
        code, is_first = str(main.rows[number][at]), count == 0
        digits = code.replace(".", "")
        main.rows[number][at] = code[:-2] + "75" if is_first else digits if count % 2 else int(digits)
        what = "village_mistyped" if is_first else "village_without_dots"
        done.append(Dirt(sheet=main.name, row=int(number) + 1, what=what, is_fatal=is_first))
    return done


def _bad_cells(main: Sheet, member: Sheet, random: np.random.Generator) -> list[Dirt]:
    """An age nobody has, an age in words, an impossible number of months."""
    age, months = _column(member, "age", "Umur"), _column(main, "water_shortage_months", "berapa bulan")
    # Of grown-ups, so that nothing else becomes wrong with the row: the same questions were asked.
    grown = [number for number, row in enumerate(member.rows) if number and int(str(row[age])) >= 25]
    first, second = (int(number) for number in random.choice(grown, size=2, replace=False))
    third = int(random.integers(1, len(main.rows)))
    member.rows[first][age], member.rows[second][age], main.rows[third][months] = 185, "empat puluh", 16
    return [
        Dirt(sheet=member.name, row=first + 1, what="age_out_of_range", is_fatal=True),
        Dirt(sheet=member.name, row=second + 1, what="age_in_words", is_fatal=True),
        Dirt(sheet=main.name, row=third + 1, what="months_out_of_range", is_fatal=True),
    ]


def _sent_twice(main: Sheet, random: np.random.Generator) -> list[Dirt]:
    """Two submissions that the server holds twice: the copies follow at the end, with their own `_index`."""
    index = main.rows[0].index("_index")
    done = []
    for number in random.choice(np.arange(1, len(main.rows)), size=2, replace=False):
        copy: list[Cell] = list(main.rows[number])
        copy[index] = len(main.rows)
        main.rows.append(copy)
        done.append(Dirt(sheet=main.name, row=len(main.rows), what="sent_twice", is_fatal=True))
    return done


def _column(sheet: Sheet, name: str, label: str) -> int:
    """The column of a variable, by its name, its path or the beginning of its label."""
    for at, header in enumerate(sheet.rows[0]):
        if str(header).split("/")[-1] == name or str(header).startswith(label) or label in str(header):
            return at
    raise KeyError(name)
