"""Columns that no name tells but their neighbours or a synonym do, and columns that claim to be the same variable."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from data.importing import naming
from data.importing.naming import How, Target
from data.instruments.model import Choice, Form, Kind
from data.reading.table import RawTable

_SYNONYMS = {
    "village": (
        "kode desa",
        "kode desa/kelurahan",
        "kd desa",
        "id desa",
        "desa id",
        "kode wilayah",
        "kode kelurahan",
        "village code",
        "village id",
    ),
    "weight": ("bobot", "penimbang", "bobot akhir", "weight", "final weight", "wt"),
    "psu": ("klaster", "cluster", "psu", "blok sensus", "nks", "nomor klaster"),
    "psu_population": ("jumlah klaster", "psu population", "jumlah blok sensus"),
    "respondent": ("nik", "id responden", "nomor responden", "respondent id", "id rumah tangga", "household id"),
}


def add_runs(found: dict[int, tuple[Target, How]], rest: list[int], table: RawTable, form: Form) -> None:
    """Choices of one question with equal labels. Where its columns stand in a run as long as the list of choices, and each that
    has a label of its own stands where the list has it, the others are told by the list too."""
    for variable in form.variables:
        if variable.kind is not Kind.SELECT_MULTIPLE:
            continue
        known = {
            index: [choice.name for choice in variable.choices].index(target.choice)
            for index, (target, _) in found.items()
            if target.variable == variable.name and target.choice in {choice.name for choice in variable.choices}
        }
        starts = {index - place for index, place in known.items()}
        if len(starts) != 1 or len(known) == len(variable.choices):
            continue
        start = starts.pop()
        missing = {start + place: choice for place, choice in enumerate(variable.choices) if start + place not in known}
        if all(index in rest and _ends_with_label(table.headers[index], choice) for index, choice in missing.items()):
            for index, choice in missing.items():
                found[index] = Target(form.name, variable.name, choice.name), How.LABEL
                rest.remove(index)


def _ends_with_label(header: str, choice: Choice) -> bool:
    return any(header.endswith(label) for label in choice.labels.values() if label)


def add_synonyms(found: dict[int, tuple[Target, How]], rest: list[int], table: RawTable, form: Form) -> None:
    """What people call the columns of a sample design, for those no name has matched."""
    taken = {target.variable for target, _ in found.values()}
    for part, words in _SYNONYMS.items():
        variable = getattr(form.design, part)
        if variable is None or variable in taken or all(variable != own.name for own in form.variables):
            continue
        same = [index for index in rest if naming.key(table.headers[index]) in words]
        if len(same) == 1:
            found[same[0]] = Target(form.name, variable), How.SYNONYM
            rest.remove(same[0])


def settled(
    found: dict[int, tuple[Target, How]],
    table: RawTable,
) -> tuple[dict[Target, int], tuple[tuple[int, Target, bool], ...]]:
    """One column for each target. Of several, the surest match; of equally sure ones the first, where all say the same."""
    claims: dict[Target, list[int]] = {}
    for index, (target, _) in sorted(found.items(), key=lambda item: (item[1][1], item[0])):
        claims.setdefault(target, []).append(index)
    columns: dict[Target, int] = {}
    twice: list[tuple[int, Target, bool]] = []
    for target, indices in claims.items():
        first, *others = indices
        rivals = [index for index in others if found[index][1] == found[first][1]]
        agrees = all(_agree(table.values.column(first), table.values.column(index)) for index in rivals)
        if agrees:
            columns[target] = first
        twice += [(index, target, agrees) for index in (others if agrees else indices)]
        for index in others if agrees else indices:
            del found[index]
    return columns, tuple(twice)


def _agree(first: pa.ChunkedArray, second: pa.ChunkedArray) -> bool:
    return pc.all(pc.equal(first, second)).as_py() is not False
