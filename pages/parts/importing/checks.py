"""What was found in a file: refusals, findings by kind, personal data; and what can be taken away."""
from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from data.errors import UserError
from data.importing import findings as found
from data.importing import mapping_file, rejects
from data.importing.finding import Severity
from data.importing.preparing import Prepared
from data.messages import explain
from pages.parts import downloads
from pages.parts.importing.facts import whole
from pages.parts.importing.uploads import Upload
from pages.parts.session import language
from pages.parts.words import plain, say, say_if_known

EXAMPLES = 5
MOST_KINDS = 30
MOST_REPORTED = 20_000  # rows of a report: more than anybody mends one by one, and made in seconds
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_ICONS = {Severity.ERROR: ":material/error:", Severity.WARNING: ":material/warning:", Severity.INFO: ":material/info:"}
_CONSEQUENCES = {"parent_rejected"}  # follow from other findings, so come after them


def refusal(upload: Upload, error: UserError) -> None:
    """Why the file cannot be looked at, and where that helps, the choice of the sheet."""
    st.error(explain(error, language()), icon=":material/block:")
    sheets = list(dict.fromkeys(table.sheet for table in upload.file.tables if table.sheet))
    if len(sheets) > 1 and error.code in {"import.which_sheet", "import.nothing_matches", "import.no_sheet"}:
        chosen = st.selectbox(say("upload.choose_sheet"), sheets, index=None, key="sheet", placeholder=say("upload.sheet"))
        if chosen and chosen != upload.sheet:
            upload.sheet = chosen
            st.rerun()


def findings(prepared: Prepared) -> None:
    """Kinds of findings, the worst and most frequent first, each with its count and some examples."""
    st.header(say("upload.findings"), anchor=False)
    for obstacle in prepared.obstacles:
        st.error(obstacle.message(language()), icon=":material/block:")
    kinds = _kinds(prepared.problems)
    if not kinds:
        st.success(say("upload.no_findings"), icon=":material/check_circle:")
        return
    for severity, code, columns, count in kinds[:MOST_KINDS]:
        with st.expander(_title(severity, code, columns, count), icon=_ICONS[severity]):
            st.markdown("\n".join(f"- {plain(line)}" for line in _examples(prepared.problems, severity, code)))
            if count > EXAMPLES:
                st.caption(say("upload.more_findings", count=whole(count - EXAMPLES)))


def report(prepared: Prepared) -> pd.DataFrame:
    """Each finding as a row, the worst first, to hand to whoever mends the file."""
    table = prepared.problems
    worst_first = pa.concat_tables([table.filter(pc.equal(table["severity"], str(severity))) for severity in _ORDER])
    rows = found.records(worst_first.slice(0, MOST_REPORTED))
    return pd.DataFrame([{
        say("upload.report.severity"): say(f"upload.severity.{each.severity}"), say("upload.sheet"): each.sheet,
        say("upload.report.row"): each.row, say("upload.report.column"): each.column, say("upload.report.cell"): each.cell,
        say("upload.report.value"): each.value, say("upload.report.message"): each.message(language()),
    } for each in rows])


def downloads_of(prepared: Prepared, *, is_committed: bool = False) -> None:
    """What can be taken away: the rejected rows to mend, the report and the mapping."""
    with st.container(horizontal=True):
        if any(form.rows_rejected for form in prepared.forms):
            st.download_button(
                say("upload.rejects.download"), lambda: rejects.workbook(prepared, language()), mime=downloads.WORKBOOK,
                file_name=f"{say('upload.rejects')} {prepared.file.name.rpartition('.')[0]}.xlsx", key="rejects",
                icon=":material/download:", type="primary" if is_committed else "secondary", on_click="ignore",
                help=say("upload.rejects.explain"),
            )
        if prepared.problems.num_rows:
            st.download_button(
                say("upload.report.download"), lambda: downloads.workbook(report(prepared), say("upload.report")),
                file_name=f"{say('upload.report')}.xlsx", mime=downloads.WORKBOOK, key="report", icon=":material/download:",
                on_click="ignore", help=say("upload.report.most", most=whole(MOST_REPORTED), count=whole(count))
                if (count := prepared.problems.num_rows) > MOST_REPORTED else None,
            )
        st.download_button(
            say("upload.mapping.download"), mapping_file.written(prepared.mapping),
            file_name=f"{prepared.instrument.id}.json", mime="application/json", key="mapping_file", icon=":material/download:",
            on_click="ignore",
        )


def personal_data(prepared: Prepared) -> None:
    if not prepared.personal_data_dropped:
        return
    with st.expander(say("upload.personal", count=len(prepared.personal_data_dropped)), icon=":material/shield_person:"):
        st.markdown(say("upload.personal.body"))
        st.markdown("\n".join(
            f"- {plain(each.column)}: {say(f'upload.personal.{each.reason}')}"
            + (f" ({say('upload.personal.hashed')})" if each.is_hashed else "")
            for each in prepared.personal_data_dropped
        ))


def _kinds(problems: pa.Table) -> list[tuple[Severity, str, list[str], int]]:
    """(severity, code, the columns it is in, how many), the worst and most frequent first."""
    if not problems.num_rows:
        return []
    frame = problems.select(["severity", "code", "column"]).to_pandas()
    groups = frame.groupby(["severity", "code"])
    kinds = [(Severity(severity), code, list(rows["column"].dropna().unique()), len(rows))
             for (severity, code), rows in groups]
    return sorted(kinds, key=lambda kind: (_ORDER.index(kind[0]), kind[1] in _CONSEQUENCES, -kind[3], kind[1]))


def _title(severity: Severity, code: str, columns: list[str], count: int) -> str:
    name = say_if_known(f"upload.finding.{code}", say(f"upload.severity.{severity}"))
    shown = ", ".join(columns[:3]) + (" …" if len(columns) > 3 else "")
    return f"**{whole(count)} × {name}**" + (f" · {plain(shown)}" if shown else "")


def _examples(problems: pa.Table, severity: Severity, code: str) -> list[str]:
    own = problems.filter(pc.and_(pc.equal(problems["severity"], str(severity)), pc.equal(problems["code"], code)))
    return [each.message(language()) for each in found.records(own.slice(0, EXAMPLES))]
