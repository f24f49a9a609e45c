"""What the instrument says about its answers, and what the register and the store say about its rows."""

from __future__ import annotations

import re
from collections import abc

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data.importing import expressions, findings
from data.importing.columns import Values
from data.importing.design import Placed
from data.importing.dialects import Role
from data.importing.expressions import CannotEvaluate
from data.importing.finding import Severity
from data.importing.layout import Part
from data.instruments.model import Form, Kind, Variable
from data.store import quoted

_NAMED = re.compile(r"\$\{\s*([^}\s]+)\s*\}")


def answers(
    part: Part,
    values: Values,
    form: Form,
    outer: abc.Mapping[str, tuple[Kind, pa.Array]],
    *,
    may_lack_answers: bool,
) -> pa.Table:
    """`required`, `constraint` and `relevant` of every variable. `outer` are the parents' variables, one value for each row here.

    A missing answer to a required question rejects the row, but is a warning where the file mixes versions of the form (the
    question may be younger than the answer) or is our own export of rows that were accepted.
    """
    kinds = {name: kind for name, (kind, _) in outer.items()} | {
        variable.name: variable.kind for variable in form.variables if variable.name in values.of
    }
    data = {name: column for name, (_, column) in outer.items()} | {name: values.of[name] for name in kinds if name in values.of}
    unread = _positions_by_variable(values.findings)
    found: list[pa.Table] = []
    checks: list[tuple[Variable, str, str, tuple[object, ...]]] = []
    for variable in form.variables:
        if variable.name not in values.of:
            continue
        name = quoted(variable.name)
        is_empty = f"({name} IS NULL)" if variable.kind is not Kind.TEXT else f"({name} IS NULL OR {name} = '')"
        has_answer = f"({name} IS NOT NULL AND CAST({name} AS VARCHAR) != '')"
        relevant: tuple[str, tuple[object, ...]] | None = ("true", ())
        if variable.relevant:
            relevant = _sql(variable.relevant, kinds, variable, part, found)
        if relevant and variable.relevant:
            checks.append((variable, "not_relevant", f"{has_answer} AND NOT {relevant[0]}", relevant[1]))
        if variable.required and relevant:
            checks.append((variable, "required", f"{is_empty} AND {relevant[0]}", relevant[1]))
        if variable.constraint and (held := _sql(variable.constraint, kinds, variable, part, found)):
            checks.append((variable, "constraint", f"{has_answer} AND NOT {held[0]}", held[1]))
    for (variable, code, _, _), truth in zip(checks, _evaluated(data, checks, values.count), strict=True):
        at = pc.indices_nonzero(truth).cast(pa.int64())
        named = {variable.name, *_NAMED.findall(variable.relevant or "")} if code != "constraint" else set()
        for name in named & set(unread):  # an answer that could not be read is neither there nor missing
            at = at.filter(pc.invert(pc.is_in(at, value_set=unread[name])))
        severity = Severity.ERROR if code == "constraint" or (code == "required" and not may_lack_answers) else Severity.WARNING
        params = {"rule": _rule(variable), "relevant": variable.relevant or ""} if code != "required" else {}
        column = values.cells.get(variable.name)
        found.append(findings.of_cells(code, severity, part.source, at, column=column, variable=variable.name, params=params))
    return findings.joined(found)


def rows(part: Part, placed: Placed, form: Form) -> pa.Table:
    """Rows without a parent, and rows that say they are the same submission or the same respondent as an earlier one."""
    source = part.source
    found = []
    if (own := part.role(Role.REJECTS_ROW)) is not None:
        has_none = pc.fill_null(pc.invert(pc.match_substring_regex(own, r"^\d{1,15}$")), True)
        found.append(findings.of_cells("not_of_batch", Severity.ERROR, source, pc.indices_nonzero(has_none)))
    if part.parents is not None:
        has_none = pc.and_(pc.is_null(part.parents), pc.is_null(placed.columns["_parent"]))
        found.append(findings.of_cells("orphan", Severity.ERROR, source, pc.indices_nonzero(has_none)))
    if form.parent is None:
        again = _repeated(part, placed.columns["_uuid"], "same_submission")
        same = _repeated(part, placed.columns["_key"], "same_respondent")
        found += [again, same.filter(pc.invert(pc.is_in(same["at"], value_set=again["at"].combine_chunks())))]
    return findings.joined(found)


def respondents(part: Part, met: pa.Table) -> pa.Table:
    """Rows of respondents whom another batch of the round already has."""
    at = _one(met["place"])
    params = [{"batch": batch} for batch in met["batch"].to_pylist()]
    return findings.of_cells("same_respondent_before", Severity.ERROR, part.source, at, params=params)


def identical(part: Part, values: Values) -> pa.Table:
    """A warning for rows without an identity of their own that hold the same answers as an earlier row."""
    stored = {name: column for name, column in values.of.items() if "__" not in name}
    if not stored or part.source.count < 2:
        return findings.NONE
    table = pa.table(
        {"place": pa.array(range(values.count), pa.int64()), **{f"v{i}": column for i, column in enumerate(stored.values())}}
    )
    names = ", ".join(f"v{i}" for i in range(len(stored)))
    with duckdb.connect() as connection:
        connection.register("answers", table)
        again = connection.sql(
            f"SELECT place, first FROM (SELECT place, min(place) OVER (PARTITION BY {names}) AS first FROM answers) "  # noqa: S608
            "WHERE place != first ORDER BY place"
        ).to_arrow_table()
    at = _one(again["place"])
    firsts = part.source.rows.take(_one(again["first"])).to_pylist()
    return findings.of_cells("identical_row", Severity.WARNING, part.source, at, params=[{"first": row} for row in firsts])


def _repeated(part: Part, keys: pa.Array, code: str) -> pa.Table:
    known = pc.drop_null(keys)
    if len(known) == len(pc.unique(known)):
        return findings.NONE
    distinct = pc.unique(keys)
    where = pc.index_in(keys, value_set=distinct)
    firsts: dict[int, int] = {}
    at, first = [], []
    for position, key in enumerate(where.to_pylist()):
        if keys[position].is_valid and firsts.setdefault(key, position) != position:
            at.append(position)
            first.append(firsts[key])
    rows = part.source.rows.take(pa.array(first, pa.int64())).to_pylist()
    return findings.of_cells(code, Severity.ERROR, part.source, pa.array(at, pa.int64()), params=[{"first": row} for row in rows])


def _sql(
    expression: str,
    kinds: abc.Mapping[str, Kind],
    variable: Variable,
    part: Part,
    found: list[pa.Table],
) -> tuple[str, tuple[object, ...]] | None:
    try:
        return expressions.condition(expression, kinds, self=variable.name)
    except CannotEvaluate as problem:
        found.append(
            findings.of_file(
                "not_evaluated",
                Severity.INFO,
                form=part.source.form,
                variable=variable.name,
                name=variable.name,
                rule=expression,
                part=str(problem),
            )
        )
        return None


def _evaluated(
    data: abc.Mapping[str, pa.Array],
    checks: abc.Sequence[tuple[Variable, str, str, tuple[object, ...]]],
    count: int,
) -> list[pa.Array]:
    """Each check's truth for every row, in one pass over the columns that the checks name."""
    if not checks or not count:
        return [pa.array([], pa.bool_()) for _ in checks]
    selected = ", ".join(f"({sql}) AS c{i}" for i, (_, _, sql, _) in enumerate(checks))
    params = [param for _, _, _, own in checks for param in own]
    with duckdb.connect() as connection:
        connection.register("answers", pa.table(dict(data)))
        table = connection.sql(f"SELECT {selected} FROM answers", params=params).to_arrow_table()  # noqa: S608
    return [_one(table.column(i)) for i in range(len(checks))]


def _positions_by_variable(table: pa.Table) -> dict[str, pa.Array]:
    """Where each variable has a cell that could not be read."""
    errors = table.filter(pc.and_(pc.equal(table["severity"], "error"), pc.is_valid(table["at"])))
    return {
        name: _one(errors.filter(pc.equal(errors["variable"], name))["at"])
        for name in pc.unique(errors["variable"]).to_pylist()
        if name
    }


def _rule(variable: Variable) -> str:
    messages = variable.constraint_messages
    return messages.get("id") or messages.get("") or next(iter(messages.values()), None) or variable.constraint or ""


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
