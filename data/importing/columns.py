"""A form's columns: every variable's values, and what could not be read."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data import areas
from data.importing import choices, cleaning, findings, privacy
from data.importing.cleaning import Cleaned, Convention
from data.importing.dialects import MACHINES, Dialect
from data.importing.finding import Severity
from data.importing.layout import Part
from data.importing.naming import Target
from data.importing.privacy import Dropped, Reason
from data.instruments.model import Form, Kind, Variable


@dataclass(frozen=True, kw_only=True)
class Values:
    """A form's rows as values. `of` has every variable that is stored (a select_multiple's choices as `variable__choice`);
    `raw` the texts of variables that are not stored but needed, such as the respondent's identity. `cells` tells which
    column of the file a variable's values are from."""

    form: str
    count: int
    of: abc.Mapping[str, pa.Array]
    cells: abc.Mapping[str, int]
    findings: pa.Table
    respondent: pa.Array | None = None
    conventions: tuple[Convention, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    absent: tuple[str, ...] = ()


def values(part: Part, form: Form, dialect: Dialect, conventions: abc.Mapping[str, str], *, respondent: str | None) -> Values:
    """Every variable of the form: read, or dropped because it is personal, or absent from the file."""
    of: dict[str, pa.Array] = {}
    cells: dict[str, int] = {}
    found: list[pa.Table] = []
    shown: list[Convention] = []
    dropped = [_dropped(part, form, None, column, Reason.POSITION) for column in part.positions]
    absent = []
    key: pa.Array | None = None
    design = {form.design.village, form.design.weight, form.design.psu, form.design.psu_population, *form.design.strata}
    for variable in form.variables:
        column = part.columns.get(Target(form.name, variable.name))
        if column is not None:
            cells[variable.name] = column
        if variable.name == respondent and column is not None:
            key = _answers(part, column, dialect)
            dropped.append(_dropped(part, form, variable, column, Reason.RESPONDENT, is_hashed=True))
            found.append(_damaged(part, column, key, variable))
            continue
        if variable.kind is Kind.SELECT_MULTIPLE:
            read = _several(part, form, variable, dialect)
            if read is None:
                absent.append(variable.name)
            else:
                of.update(read[0])
                found.extend(read[1])
            continue
        reason = privacy.by_name(variable) if variable.name not in design else None
        if column is None:
            if reason is None:
                absent.append(variable.name)
            continue
        texts = _answers(part, column, dialect)
        if reason is None and variable.name not in design and variable.kind in {Kind.TEXT, Kind.INTEGER, Kind.DECIMAL}:
            reason = privacy.by_cells(texts)
        if reason is not None:
            dropped.append(_dropped(part, form, variable, column, reason))
            continue
        if variable.name == form.design.village:
            read_, more = _villages(part, column, texts, variable)
        else:
            read_, more = _read(
                part, column, texts, variable, dialect, conventions.get(variable.name), is_design=variable.name in design
            )
        of[variable.name] = read_.values
        found.extend(more)
        if read_.decided_by:
            shown.append(
                Convention(
                    variable=variable.name,
                    column=part.source.headers[0][column],
                    about="number" if variable.kind in {Kind.INTEGER, Kind.DECIMAL} else "date",
                    chosen=read_.chosen and str(read_.chosen),
                    decided_by=read_.decided_by,
                    examples=read_.examples,
                )
            )
    return Values(
        form=form.name,
        count=part.source.count,
        of=of,
        cells=cells,
        respondent=key,
        findings=findings.joined(found),
        conventions=tuple(shown),
        dropped=tuple(dropped),
        absent=tuple(absent),
    )


def _answers(part: Part, column: int, dialect: Dialect) -> pa.Array:
    """A column's texts; what its tool writes for no answer is none, and so is a cell of spaces."""
    texts = part.source.column(column)
    if dialect is Dialect.ONA:
        texts = pc.if_else(pc.equal(texts, "n/a"), None, texts)
    is_blank = pc.utf8_is_space(texts)
    return pc.if_else(is_blank, None, texts) if pc.any(is_blank).as_py() else texts


def _read(
    part: Part,
    column: int,
    texts: pa.Array,
    variable: Variable,
    dialect: Dialect,
    chosen: str | None,
    *,
    is_design: bool,
) -> tuple[Cleaned, list[pa.Table]]:
    source = part.source
    cleaned = cleaning.clean(
        texts,
        variable,
        is_number=source.numbers_of(column),
        is_machine=dialect in MACHINES,
        chosen=chosen,
    )
    found = _unread(part, column, texts, variable, cleaned)
    if variable.kind is Kind.TEXT and not is_design:
        clean, at = privacy.struck(cleaned.values)
        if len(at):
            found.append(
                findings.of_cells(
                    "struck_out",
                    Severity.WARNING,
                    source,
                    at,
                    column=column,
                    values=pa.nulls(len(at), pa.string()),
                    variable=variable.name,
                )
            )
            cleaned = Cleaned(values=clean)
    return cleaned, found


def _unread(part: Part, column: int, texts: pa.Array, variable: Variable, cleaned: Cleaned) -> list[pa.Table]:
    """Findings of the texts that could not be read, and of those that were read as no answer."""
    found = []
    by_code: dict[str, list[str]] = {}
    for text, problem in cleaned.problems.items():
        by_code.setdefault(problem.code, []).append(text)
    for code, wanted in by_code.items():
        at = cleaning.positions(texts, wanted)
        params = [dict(cleaned.problems[text].params) for text in texts.take(at).to_pylist()]
        found.append(
            findings.of_cells(code, Severity.ERROR, part.source, at, column=column, variable=variable.name, params=params)
        )
    if cleaned.missing:
        count = len(cleaning.positions(texts, cleaned.missing))
        found.append(
            findings.of_file(
                "read_as_missing",
                Severity.INFO,
                form=part.source.form,
                sheet=part.source.sheet,
                column=part.source.headers[0][column],
                variable=variable.name,
                count=count,
                texts=", ".join(f"'{text}'" for text in cleaned.missing[:5]),
            )
        )
    return found


def _villages(part: Part, column: int, texts: pa.Array, variable: Variable) -> tuple[Cleaned, list[pa.Table]]:
    """Village codes with their dots; a choice's name may be the code."""
    known = choices.answers(variable)
    codes: dict[str, str] = {}
    wrong = []
    for text in cleaning.distinct(texts):
        name = known.find(text) or text
        code = areas.parse_code(name)
        if code is not None and code.count(".") == 3:
            codes[text] = name if variable.kind is Kind.SELECT_ONE else code
        else:
            wrong.append(text)
    at = cleaning.positions(texts, wrong)
    values = cleaning.spread(texts, codes, pa.string())
    if variable.kind is Kind.INTEGER:
        values = pc.replace_substring(values, ".", "").cast(pa.int64())
    return Cleaned(values=values), [
        findings.of_cells("not_village_code", Severity.ERROR, part.source, at, column=column, variable=variable.name),
    ]


def _several(part: Part, form: Form, variable: Variable, dialect: Dialect) -> tuple[dict[str, pa.Array], list[pa.Table]] | None:
    """A select_multiple from its column of all chosen, its columns of each choice, or both.

    Asked and none chosen is '', not asked is null. ODK writes 0 in both cases: there the column of all chosen decides.
    """
    whole = part.columns.get(Target(form.name, variable.name))
    names = list(choices.answers(variable).order)
    single = {name: part.columns[target] for name in names if (target := Target(form.name, variable.name, name)) in part.columns}
    if whole is None and not single:
        return None
    found: list[pa.Table] = []
    ticks = {}
    for name, column in single.items():
        texts = _answers(part, column, dialect)
        ticks[name], problems = _ticks(texts)
        at = cleaning.positions(texts, problems)
        found.append(findings.of_cells("not_ticked", Severity.ERROR, part.source, at, column=column, variable=variable.name))
    joined = None
    if whole is not None:
        texts = _answers(part, whole, dialect)
        cleaned = cleaning.several(texts, variable)
        if not single or set(single) < set(names) or dialect is Dialect.ODK:  # otherwise the columns of each choice say it all
            found += _unread(part, whole, texts, variable, cleaned)
        joined = cleaned.values
        if single:
            found.append(_disagreeing(part, whole, variable, joined, ticks))
    of = _composed(
        variable,
        names,
        joined,
        ticks,
        is_asked_by_whole=dialect is Dialect.ODK and whole is not None,
        is_zero_unasked=dialect is Dialect.ODK,
    )
    return of, found


def _ticks(texts: pa.Array) -> tuple[pa.Array, list[str]]:
    known = {text: choices.TICKED.get(text.strip().casefold()) for text in cleaning.distinct(texts)}
    values = {text: tick for text, tick in known.items() if tick is not None}
    problems = [text for text, tick in known.items() if tick is None and not cleaning.words.is_missing(text)]
    return cleaning.spread(texts, values, pa.int8()), problems


def _disagreeing(part: Part, whole: int, variable: Variable, joined: pa.Array, ticks: dict[str, pa.Array]) -> pa.Table:
    """Rows whose column of all chosen names other choices than the columns of each."""
    differs = pa.repeat(False, len(joined))
    padded = pc.binary_join_element_wise(pa.scalar(" "), joined, pa.scalar(" "), "")
    for name, tick in ticks.items():
        is_in = pc.cast(pc.match_substring(padded, f" {name} "), pa.int8())
        differs = pc.or_(differs, pc.fill_null(pc.not_equal(is_in, tick), False))
    at = pc.indices_nonzero(differs).cast(pa.int64())
    return findings.of_cells("choices_disagree", Severity.ERROR, part.source, at, column=whole, variable=variable.name)


def _composed(
    variable: Variable,
    names: list[str],
    joined: pa.Array | None,
    ticks: dict[str, pa.Array],
    *,
    is_asked_by_whole: bool,
    is_zero_unasked: bool,
) -> dict[str, pa.Array]:
    """The column of all chosen and one for each choice, each made from whichever the file has."""
    if not ticks:
        assert joined is not None
        padded = pc.binary_join_element_wise(pa.scalar(" "), joined, pa.scalar(" "), "")
        return {variable.name: joined} | {
            f"{variable.name}__{name}": pc.cast(pc.match_substring(padded, f" {name} "), pa.int8()) for name in names
        }
    count = len(next(iter(ticks.values())))
    if is_asked_by_whole:
        assert joined is not None
        is_asked = pc.is_valid(joined)
        for tick in ticks.values():
            is_asked = pc.or_(is_asked, pc.fill_null(pc.equal(tick, 1), False))
    else:
        is_asked = pc.is_valid(joined) if joined is not None else pa.repeat(False, count)
        for tick in ticks.values():
            is_asked = pc.or_(is_asked, pc.fill_null(pc.equal(tick, 1), False) if is_zero_unasked else pc.is_valid(tick))
    padded = (
        pc.binary_join_element_wise(pa.scalar(" "), pc.fill_null(joined, ""), pa.scalar(" "), "") if joined is not None else None
    )
    filled = {}
    for name in names:
        if name in ticks:
            tick = pc.fill_null(ticks[name], 0)
        elif padded is not None:
            tick = pc.cast(pc.match_substring(padded, f" {name} "), pa.int8())
        else:
            tick = pa.repeat(pa.scalar(0, pa.int8()), count)
        filled[name] = pc.if_else(is_asked, tick, pa.scalar(None, pa.int8()))
    # Not null_handling="skip": that makes rows without any choice disappear (pyarrow 26).
    chosen = [pc.if_else(pc.fill_null(pc.equal(tick, 1), False), f"{name} ", "") for name, tick in filled.items()]
    text = pc.utf8_rtrim_whitespace(pc.binary_join_element_wise(*chosen, ""))
    return {variable.name: pc.if_else(is_asked, text, None)} | {f"{variable.name}__{name}": tick for name, tick in filled.items()}


def _damaged(part: Part, column: int, texts: pa.Array, variable: Variable) -> pa.Table:
    """Identities that a spreadsheet has rounded, so that several people share one."""
    at = cleaning.positions(texts, [text for text in cleaning.distinct(texts) if privacy.is_damaged(text)])
    return findings.of_cells("rounded_identity", Severity.ERROR, part.source, at, column=column, variable=variable.name)


def _dropped(
    part: Part, form: Form, variable: Variable | None, column: int, reason: Reason, *, is_hashed: bool = False
) -> Dropped:
    return Dropped(
        form=form.name,
        column=part.source.headers[0][column],
        variable=variable.name if variable else None,
        reason=reason,
        is_hashed=is_hashed,
    )
