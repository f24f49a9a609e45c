"""What is asked, taken apart: indicators form by form, the domains of the viewer, and what is measured there."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from duckdb import DuckDBPyConnection

from access.policy import Viewer
from data.domains import By, Domains, domains
from data.errors import UserError
from data.instruments.kept import kept
from data.instruments.model import Kind
from data.measuring import Measured, Question, from_sums
from data.place import Place
from data.poststratifying import from_groups, used
from data.register import settings_in
from data.rows import from_rows
from data.store import Store
from data.sums import held, sums
from metrics.estimation import Lonely
from metrics.indicator import BelowMedian, Gini, Quantile


def questions(cursor: DuckDBPyConnection, indicators: Sequence[str] | None, group: str | None) -> list[Question]:
    """The indicators asked for, form by form. Raises `UserError` for one that does not exist, or a group that none has."""
    instruments = kept(cursor)
    known = {each.id for instrument in instruments for each in instrument.indicators}
    for identity in indicators or ():
        if identity not in known:
            raise UserError("estimate.unknown_indicator", indicator=identity, known=", ".join(sorted(known)) or "-")
    found, groups = [], set()
    for instrument in instruments:
        for form in instrument.forms:
            own = tuple(each for each in instrument.indicators
                        if each.form == form.name and (indicators is None or each.id in indicators))
            can = {variable.name for variable in form.variables if variable.kind is Kind.SELECT_ONE}
            if own:
                groups |= can
            if own and (group is None or group in can):
                found.append(Question(instrument=instrument, form=form, group=group, indicators=own))
    if group is not None and not found and known:
        raise UserError("estimate.unknown_group", group=group, known=", ".join(sorted(groups)) or "-")
    return found


def place_of(
    store: Store, cursor: DuckDBPyConnection, viewer: Viewer, question: Question, by: By, only: Sequence[str] | None,
) -> Place:
    return placed(store, cursor, question, lambda villages: domains(cursor, viewer, by, villages, only))


def placed(
    store: Store, cursor: DuckDBPyConnection, question: Question, domains: Callable[[Sequence[str]], Domains],
) -> Place:
    """Where a question's estimates go: the domains that `domains` makes of the villages that have responses."""
    whole = sums(store, cursor, question.instrument, question.form, question.group)
    lonely = tuple(Lonely)[round(settings_in(cursor)["single_psu"])]
    return Place(sums=whole, domains=domains(whole.villages), lonely=lonely)


def measured(store: Store, cursor: DuckDBPyConnection, question: Question, place: Place) -> list[Measured]:
    """The question's indicators, in one part that sums answer and one for each that needs the rows."""
    if not place.owners:
        return []
    where = (question.instrument.id, question.form.name, question.group, place.domains.kinds, place.domains.names,
             place.domains.domain.tobytes(), place.domains.village.tobytes())
    by_rows = [each for each in question.indicators if isinstance(each.measure, Quantile | Gini | BelowMedian)]
    totals = used(store, cursor, question)
    parts = [held(store, cursor, ("from_rows", each.id, *where), partial(from_rows, store, cursor, question, place, each, totals))
             for each in by_rows]
    if len(by_rows) < len(question.indicators):
        summed = partial(from_groups, store, cursor, question, place, totals) if totals else partial(
            from_sums, store, cursor, question, place)
        parts.insert(0, held(store, cursor, ("from_sums", *where), summed))
    return parts
