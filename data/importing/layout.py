"""The file as the instrument's forms: each form's rows, its columns, and each row's parent."""

from __future__ import annotations

import re
from collections import Counter, abc
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.importing import naming, source
from data.importing.dialects import Role
from data.importing.mapping import Matched, Offer, Renamed, offers
from data.importing.naming import How, Target
from data.importing.source import Source
from data.instruments.model import Form, Instrument

_INSTANCE = re.compile(r"^(?P<repeat>.*?)\[(?P<number>\d+)\]/(?P<rest>.+)$")
_NUMBERED = re.compile(r"^(?P<base>.+?)[ /](?P<number>\d{1,3})$")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One form's part of the file.

    `parents[i]` is the position of the i-th row's parent in the parent form's part, null where it has none; None in a main form.
    `unmapped` and `twice` are headers; `twice` were left aside because another column holds the same variable.
    `origin` are the rows' numbers in the file that a mended rejects file came from.
    """

    source: Source
    columns: abc.Mapping[Target, int]
    how: abc.Mapping[int, How] = field(default_factory=dict)
    roles: abc.Mapping[Role, int] = field(default_factory=dict)
    unmapped: tuple[str, ...] = ()
    positions: tuple[int, ...] = ()
    twice: tuple[tuple[str, Target, bool], ...] = ()
    offers: tuple[Offer, ...] = ()
    parents: pa.Array | None = None
    origin: pa.Array | None = None
    linked_by: str | None = None

    def mapping(self) -> dict[str, str]:
        """Header to variable, of every column set; of headers that stand in several columns, with the column's letters."""
        source_ = self.source
        counts = Counter(header for headers in source_.headers for header in headers)
        return {
            header if counts[header] == 1 else f"{header} ({letters[index]})": str(target)
            for target, index in sorted(self.columns.items(), key=lambda item: item[1])
            for headers, letters in zip(source_.headers, source_.letters, strict=True)
            if (header := headers[index])
        }

    def numbers(self) -> pa.Array:
        """The `_row` of each row: its row in the (first) file, made unique where one row of the file gave several."""
        rows = self.source.rows
        if (own := self.role(Role.REJECTS_ROW)) is not None:
            rows = pc.coalesce(_row_numbers(own), rows)
        elif self.origin is not None:
            rows = self.origin
        if self.source.sets is None:
            return rows
        return pc.add(rows, pc.multiply(self.source.sets.cast(pa.int64()), source.SET_STEP))

    def role(self, role: Role) -> pa.Array | None:
        return self.source.column(self.roles[role]) if role in self.roles else None


def parts(assigned: dict[str, Matched], instrument: Instrument, renamed: Renamed) -> dict[str, Part]:
    """Every form that the file has rows of, linked to its parent's rows."""
    made: dict[str, Part] = {}
    for form in instrument.forms:
        if form.name in assigned:
            made[form.name] = _of_table(assigned[form.name], form, renamed)
    main = instrument.forms[0]
    for form in instrument.forms[1:]:
        parent = form.parent or main.name
        if form.name in made:
            made[form.name] = _linked(made[form.name], made.get(parent), form)
        elif main.name in made and (spread := _spread(made[main.name], form, main.name)):
            made[form.name], made[main.name] = spread
    return made


def of_parents(parents: pa.Array, values: np.ndarray, missing: object) -> np.ndarray:
    """For each row its parent's value, of `values` for each row of the parent form; `missing` where it has no parent."""
    found = np.full(len(parents), missing, dtype=values.dtype)
    found[np.asarray(pc.is_valid(parents))] = values[np.asarray(parents.drop_null())]
    return found


def _of_table(matched: Matched, form: Form, renamed: Renamed) -> Part:
    table = matched.table
    return Part(
        source=source.of_table(form.name, table),
        columns=matched.columns,
        how=matched.how,
        roles=matched.roles,
        unmapped=tuple(
            table.headers[index] or f"({table.letters[index]})" for index in matched.unmapped if _is_used(table, index)
        ),
        positions=matched.positions,
        twice=tuple((table.headers[index], target, agrees) for index, target, agrees in matched.twice),
        offers=offers(matched, form, renamed),
    )


def _is_used(table: source.RawTable, index: int) -> bool:
    return bool(table.headers[index]) or table.values.column(index).null_count < len(table.rows)


def _linked(part: Part, parent: Part | None, form: Form) -> Part:
    """With each row's parent, found through the columns of the tool that wrote the file, or through a column both tables have."""
    nobody = pa.nulls(part.source.count, pa.int64())
    if parent is None:
        return replace(part, parents=nobody)
    for own, of_parent in (
        (Role.REJECTS_PARENT, Role.REJECTS_ROW),
        (Role.PARENT_KEY, Role.UUID),
        (Role.PARENT_INDEX, Role.INDEX),
    ):
        keys = part.role(own)
        known = parent.role(of_parent)
        if keys is not None and known is not None:
            return replace(part, parents=_where(keys, known))
    for index in range(len(part.source.headers[0])):
        header = part.source.headers[0][index]
        for other, name in enumerate(parent.source.headers[0]):
            if header and naming.key(name) == naming.key(header):
                known = parent.source.column(other)
                if known.null_count == 0 and len(pc.unique(known)) == len(known) > 0:
                    parents = _where(part.source.column(index), known)
                    if parents.null_count < len(parents):
                        return replace(
                            part, parents=parents, linked_by=header, unmapped=tuple(n for n in part.unmapped if n != header)
                        )
    return replace(part, parents=nobody)


def _where(keys: pa.Array, known: pa.Array) -> pa.Array:
    tidy = [pc.replace_substring_regex(pc.utf8_trim_whitespace(texts), r"\.0+$", "") for texts in (keys, known)]
    return pc.index_in(tidy[0], value_set=tidy[1], skip_nulls=True).cast(pa.int64())


def _spread(main: Part, form: Form, main_form: str) -> tuple[Part, Part] | None:
    """A repeat whose rows stand sideways in the main table, `child[1]/age` or `age_1`, or lengthways with the main form's
    answers again in each row; and the main part without these columns. None where the table has no such columns."""
    names = naming.names_of(form)
    sets: dict[int, dict[Target, int]] = {}
    headers = main.source.headers[0]
    taken = set(main.columns.values())
    sure = {index for index in taken if main.how.get(index, How.ENDING) <= How.LABEL}
    for index, header in enumerate(headers):
        if index in sure or index in main.roles.values():
            continue
        found = _instance_of(header, form, names)
        if found is not None:
            sets.setdefault(found[0], {}).setdefault(found[1], index)
    if not sets:
        return None
    used = {index for columns in sets.values() for index in columns.values()}
    rest = replace(
        main,
        columns={target: index for target, index in main.columns.items() if index not in used},
        unmapped=tuple(header for header in main.unmapped if header not in {headers[index] for index in used}),
        offers=tuple(offer for offer in main.offers if offer.column not in {headers[index] for index in used}),
    )
    if set(sets) == {0}:
        return _lengthways(rest, form, sets[0])
    return _sideways(rest, form, {number: columns for number, columns in sets.items() if number}), rest


def _instance_of(header: str, form: Form, names: naming.Names) -> tuple[int, Target] | None:
    """Which instance of the repeat, from 1, and what of it a column holds; instance 0 where the header does not say."""
    if match := _INSTANCE.match(header):
        found = names.find(f"{match['repeat']}/{match['rest']}") if "[" not in match["rest"] else None
        if found and naming.key(match["repeat"]).rsplit("/", 1)[-1] == naming.key(form.path[-1] if form.path else form.name):
            return int(match["number"]), found[0]
        return None
    if (match := _NUMBERED.match(naming.key(header))) and (target := names.keys.get(match["base"])):
        return int(match["number"]), target
    found = names.find(header)
    if found and found[1] is How.PATH:
        return 0, found[0]
    return None


def _sideways(main: Part, form: Form, sets: dict[int, dict[Target, int]]) -> Part:
    """A row for each instance that holds anything."""
    targets = sorted({target for columns in sets.values() for target in columns}, key=str)
    source_ = main.source
    pieces: list[list[pa.Array]] = [[] for _ in targets]
    rows, parents, numbers = [], [], []
    headers, letters = [], []
    for order, number in enumerate(sorted(sets)):
        columns = [
            source_.column(sets[number][target]) if target in sets[number] else pa.nulls(source_.count, pa.string())
            for target in targets
        ]
        has_any = np.zeros(source_.count, dtype=bool)
        for column in columns:
            has_any |= ~np.asarray(
                pc.fill_null(pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(column)), value_set=_NO_ANSWER), True)
            )
        at = np.flatnonzero(has_any)
        for piece, column in zip(pieces, columns, strict=True):
            piece.append(column.take(pa.array(at)))
        rows.append(np.asarray(source_.rows)[at])
        parents.append(at)
        numbers.append(np.full(len(at), order))
        headers.append(tuple(source_.headers[0][sets[number][target]] if target in sets[number] else "" for target in targets))
        letters.append(tuple(source_.letters[0][sets[number][target]] if target in sets[number] else "" for target in targets))
    order_ = np.lexsort((np.concatenate(numbers), np.concatenate(parents)))
    made = Source(
        form=form.name,
        sheet=source_.sheet,
        headers=tuple(headers),
        letters=tuple(letters),
        rows=pa.array(np.concatenate(rows)[order_]),
        sets=pa.array(np.concatenate(numbers)[order_]),
        values=tuple(pa.concat_arrays(piece).take(pa.array(order_)) for piece in pieces),
    )
    return Part(
        source=made,
        columns={target: index for index, target in enumerate(targets)},
        parents=(at := pa.array(np.concatenate(parents)[order_], pa.int64())),
        origin=_origin(main, at),
    )


_NO_ANSWER = pa.array(["", "n/a", None], pa.string())


def _origin(main: Part, at: pa.Array) -> pa.Array | None:
    own = main.role(Role.REJECTS_ROW)
    return None if own is None else _row_numbers(own).take(at)


def _row_numbers(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.match_substring_regex(texts, r"^\d{1,15}$"), texts, None).cast(pa.int64())


def _lengthways(main: Part, form: Form, columns: dict[Target, int]) -> tuple[Part, Part] | None:
    """A row for each row; rows of the main form with the same identity are one submission."""
    keys = main.role(Role.UUID)
    if keys is None:
        return None
    first = pc.index_in(keys, value_set=pc.unique(keys))
    firsts = np.unique(np.asarray(first), return_index=True)[1]
    everyone = pa.array(range(main.source.count), pa.int64())
    child = Part(
        source=replace(main.source, form=form.name),
        columns=columns,
        parents=first.cast(pa.int64()),
        origin=_origin(main, everyone),
    )
    reasons = {"same_submission": main.source.count - len(firsts)}
    return child, replace(main, source=source.keep(main.source, np.sort(firsts), reasons=reasons))
