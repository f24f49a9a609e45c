"""Which column of the file is which variable: by name, label or path, as chosen, as saved; never by position."""

from __future__ import annotations

import hashlib
from collections import abc
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from data.errors import UserError
from data.importing import dialects, naming
from data.importing.claims import add_runs, add_synonyms, settled
from data.importing.dialects import Dialect, Role
from data.importing.naming import How, Names, Target
from data.instruments.model import Form, Instrument
from data.instruments.versions import compared
from data.reading.table import RawTable

LIKE_ENOUGH = 78


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """What was decided about a file's columns, per form: which sheet, which column is which variable (`q`, `q/choice`, or
    None: of no use), and how a variable's numbers or dates are written (comma, point, day_first, month_first)."""

    sheets: abc.Mapping[str, str] = field(default_factory=dict)
    columns: abc.Mapping[str, abc.Mapping[str, str | None]] = field(default_factory=dict)
    conventions: abc.Mapping[str, abc.Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A column that no name matches, and the variable whose name is most like it (0 to 100). Never taken by itself."""

    column: str
    variable: str
    score: float


@dataclass(frozen=True, kw_only=True)
class Matched:
    """The columns of one table as one form's: `columns` by what they hold, `roles` the tool's own, `unmapped` the rest."""

    form: str
    table: RawTable
    columns: dict[Target, int]
    how: dict[int, How]
    roles: dict[Role, int]
    unmapped: tuple[int, ...]
    positions: tuple[int, ...]
    twice: tuple[tuple[int, Target, bool], ...]  # column, what it also claims to be, whether it says the same


def fingerprint(tables: Iterable[RawTable]) -> str:
    """The same for files with the same headers, in whatever order."""
    headers = sorted("\x1f".join(sorted(table.headers)) for table in tables)
    return hashlib.sha256("\x1e".join(headers).encode()).hexdigest()


def match(
    table: RawTable,
    form: Form,
    names: Names,
    dialect: Dialect,
    chosen: abc.Mapping[str, str | None],
    *,
    saved: bool = False,
) -> Matched:
    """Every column of a table as a variable of this form, a tool's own column, or unmapped."""
    found: dict[int, tuple[Target, How]] = {}
    roles: dict[Role, int] = {}
    positions, rest = [], []
    identity = dialects.identity(table.headers) if "_uuid" not in table.headers and "KEY" not in table.headers else None
    variables = {variable.name: variable for variable in form.variables}
    for index, header in enumerate(table.headers):
        # What the user chose must exist; a saved mapping may be older than the instrument, and then says nothing.
        if header in chosen and not (saved and (chosen[header] or "").partition("/")[0] not in {"", *variables}):
            if (target := _chosen(chosen[header], form.name, variables)) is not None:
                found[index] = target, How.SAVED if saved else How.CHOSEN
            continue
        match_ = names.find(header)
        role = dialects.role(header, dialect)
        if header == identity:
            roles.setdefault(Role.UUID, index)
        if role is not None and (match_ is None or match_[1] > How.PATH):
            roles.setdefault(role, index)
        elif match_ is not None:
            found[index] = match_
        elif names.is_position(header):
            positions.append(index)
        elif header != identity and not _is_address_of_file(header, names):
            rest.append(index)
    add_runs(found, rest, table, form)
    add_synonyms(found, rest, table, form)
    columns, twice = settled(found, table)
    return Matched(
        form=form.name,
        table=table,
        columns=columns,
        how={index: how for index, (_, how) in found.items()},
        roles=roles,
        unmapped=tuple(rest),
        positions=tuple(positions),
        twice=twice,
    )


def assign(
    tables: abc.Sequence[RawTable],
    instrument: Instrument,
    dialect: Dialect,
    mapping: Mapping,
    *,
    file: str,
    saved: bool = False,
) -> dict[str, Matched]:
    """One table for each form that has one. Raises `UserError` where no table, or more than one, can be the main form's."""
    names = naming.of_instrument(instrument)
    main, *repeats = instrument.forms
    matched = {
        (index, form.name): match(table, form, names[form.name], dialect, mapping.columns.get(form.name, {}), saved=saved)
        for index, table in enumerate(tables)
        for form in instrument.forms
    }
    free = {
        index for index, table in enumerate(tables) if main.name not in mapping.sheets or table.sheet == mapping.sheets[main.name]
    }
    counts = {index: len(matched[index, main.name].columns) for index in free}
    own = {index: count for index, count in counts.items() if not _is_linked(matched[index, main.name])} or counts
    best = max(own.values(), default=0)
    if best == 0:
        shown = ", ".join(header for table in tables for header in table.headers if header)[:200]
        raise UserError("import.nothing_matches", file=file, instrument=instrument.id, columns=shown)
    candidates = [index for index, count in own.items() if count == best and len(tables[index].rows)] or [
        index for index, count in own.items() if count == best
    ]
    if len(candidates) > 1:
        raise UserError("import.which_sheet", file=file, sheets=", ".join(f"'{tables[index].sheet}'" for index in candidates))
    assigned = {main.name: matched[candidates[0], main.name]}
    left = set(range(len(tables))) - set(candidates)
    for form in repeats:
        scores = {index: _score(matched[index, form.name], form, mapping) for index in left}
        index = max(scores, key=lambda index: scores[index], default=None)
        if index is not None and scores[index] > 0:
            assigned[form.name] = matched[index, form.name]
            left.discard(index)
    return assigned


def likely(tables: abc.Sequence[RawTable], instruments: Iterable[Instrument]) -> list[str]:
    """The ids of the instruments that a file may answer, the one with the most of its columns first."""
    dialect = dialects.recognise(table.headers for table in tables)
    scores = {}
    for instrument in instruments:
        main = instrument.forms[0]
        names = naming.names_of(main)
        counts = [len(match(table, main, names, dialect, {}).columns) for table in tables]
        if best := max(counts, default=0):
            scores[instrument.id] = (best, best / max(1, len(main.variables)))
    return sorted(scores, key=lambda identity: scores[identity], reverse=True)


Renamed = abc.Mapping[str, abc.Mapping[str, str]]


def renamed(instrument: Instrument, older: Iterable[Instrument]) -> Renamed:
    """By form: what variables were called in older versions of the instrument, and what they are called now."""
    found: dict[str, dict[str, str]] = {}
    for before in older:
        for change in compared(before, instrument):
            found.setdefault(change.form, {}).update(dict(change.renamed))
    return found


def offers(matched: Matched, form: Form, renamed: Renamed) -> tuple[Offer, ...]:
    """For columns without a variable, the variable without a column that an older version of the form called so, or else
    the one that is called most like them."""
    taken = {target.variable for target in matched.columns}
    texts = {
        naming.key(text): variable.name
        for variable in form.variables
        if variable.name not in taken
        for text in (variable.name, *variable.labels.values())
        if text
    }
    before = {naming.key(old): new for old, new in renamed.get(form.name, {}).items() if new not in taken}
    offered = []
    for index in matched.unmapped:
        header = matched.table.headers[index]
        if header and (new := before.get(naming.key(header))):
            offered.append(Offer(column=header, variable=new, score=100.0))
            continue
        close = process.extractOne(naming.key(header), list(texts), scorer=fuzz.token_sort_ratio, score_cutoff=LIKE_ENOUGH)
        if header and close:
            offered.append(Offer(column=header, variable=texts[close[0]], score=round(close[1], 1)))
    return tuple(offered)


def _chosen(text: str | None, form: str, variables: abc.Mapping[str, object]) -> Target | None:
    if text is None:
        return None
    variable, _, choice = text.partition("/")
    if variable not in variables:
        raise UserError("import.mapping_variable", variable=variable, form=form)
    return Target(form, variable, choice or None)


def _is_linked(matched: Matched) -> bool:
    return bool({Role.PARENT_INDEX, Role.PARENT_KEY, Role.REJECTS_PARENT} & set(matched.roles))


def _score(matched: Matched, form: Form, mapping: Mapping) -> int:
    """How much a table looks like a repeat's; 0 where it does not."""
    if form.name in mapping.sheets:
        return 10_000 if matched.table.sheet == mapping.sheets[form.name] else 0
    sheet = naming.key(matched.table.sheet)
    texts = {naming.key(text) for text in (form.name, *form.labels.values()) if text}
    same = any(
        text and (sheet == text or (len(sheet) > 15 and text.startswith(sheet.rstrip("."))) or sheet.endswith("/" + text))
        for text in texts
    )
    if not matched.columns or not (same or _is_linked(matched)):
        return 0
    return len(matched.columns) + 1000 * same


def _is_address_of_file(header: str, names: Names) -> bool:
    """Whether a column is the address of a picture or sound, which tools put beside its name."""
    return header.endswith("_URL") and names.find(header.removesuffix("_URL")) is not None
