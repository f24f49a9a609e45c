"""An export of the shipped household questionnaire as KoboToolbox writes it, with what goes wrong in real ones."""
from __future__ import annotations

import io
import random
from collections.abc import Sequence

from openpyxl import Workbook

from data.instruments.adding import shipped
from data.instruments.model import Form, Instrument, Kind, Variable
from data.instruments.workbook import read_workbook

HOUSEHOLDS = 60
BAD_EVERY = 5
BAD = "dua puluh juta"  # words where a number is asked for
VILLAGE = "18.02.02.2005"
_GIVEN = {"stratum": "barat", "weight": "12.5"}


def household() -> Instrument:
    path = next(path for path in shipped() if path.stem == "household")
    return read_workbook(path.read_bytes(), path.name)


def kobo(
    *, households: int = HOUSEHOLDS, faults: bool = True, bad_every: int = BAD_EVERY, seed: int = 7,
    villages: Sequence[str] = (VILLAGE,),
) -> bytes:
    """The workbook: a sheet of households, the villages taken in turn, and a sheet of two members each; with `faults`, an
    income in `bad_every` is a word."""
    content = io.BytesIO()
    book(households=households, faults=faults, bad_every=bad_every, seed=seed, villages=villages).save(content)
    return content.getvalue()


def book(
    *, households: int = HOUSEHOLDS, faults: bool = True, bad_every: int = BAD_EVERY, seed: int = 7,
    villages: Sequence[str] = (VILLAGE,),
) -> Workbook:
    """As `kobo`, before it is saved."""
    chance = random.Random(seed)
    instrument = household()
    main, member = instrument.forms[0], instrument.forms[1]
    made = Workbook()
    sheet = made.active
    sheet.title = main.name
    sheet.append([*map(_header, main.variables), "_id", "_uuid", "_submission_time", "_index"])
    for index in range(1, households + 1):
        answers = {variable.name: _answer(variable, index, chance) for variable in main.variables}
        village = villages[index % len(villages)]
        answers |= {"village": village, "cluster": f"{village}-K{index % 8}", "respondent": f"R{seed}-{index}", "members": 2}
        if faults and index % bad_every == 0:
            answers["household_income_year_rp"] = BAD
        sheet.append([*answers.values(), 1000 + index, f"uuid-{seed}-{index}", "2025-03-10T09:00:00", index])
    people = made.create_sheet(member.name)
    people.append([*map(_header, member.variables), "_index", "_parent_table_name", "_parent_index"])
    for index in range(1, households + 1):
        for number in (1, 2):
            people.append([*(_answer(variable, index + number, chance) for variable in member.variables),
                           2 * index + number - 2, main.name, index])
    return made


def _header(variable: Variable) -> str:
    return "/".join((*variable.path[:-1], variable.name)) if len(variable.path) > 1 else variable.name


def _answer(variable: Variable, index: int, chance: random.Random) -> object:
    if variable.name in _GIVEN:
        return _GIVEN[variable.name]
    match variable.kind:
        case Kind.INTEGER:
            return _whole(variable.name, chance)
        case Kind.DECIMAL:
            return float(chance.randint(1, 12))
        case Kind.DATE:
            return f"2025-03-{1 + index % 28:02d}"
        case Kind.DATETIME:
            return f"2025-03-{1 + index % 28:02d}T08:00:00"
        case Kind.SELECT_ONE | Kind.SELECT_MULTIPLE:
            return chance.choice(variable.choices).name
    return f"Ibu Contoh {index}"


def _whole(name: str, chance: random.Random) -> int:
    if name.endswith("_rp"):
        return chance.randint(10, 60) * 1_000_000
    return chance.randint(20, 60) if name == "age" else chance.randint(1, 5)


def forms() -> tuple[Form, ...]:
    return household().forms
