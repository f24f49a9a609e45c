"""A file ready to be committed: what prepare hands to whoever shows it, and to commit."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from data.importing import findings
from data.importing.cleaning import Convention
from data.importing.dialects import Dialect
from data.importing.finding import Finding, Severity
from data.importing.layout import Part
from data.importing.mapping import Mapping, Offer
from data.importing.names import Names
from data.importing.privacy import Dropped
from data.instruments.model import Instrument
from data.reading import RawFile


@dataclass(frozen=True, kw_only=True)
class FormResult:
    """What becomes of one form's rows: read = accepted + rejected + left out. `mapping` is header to variable, `unmapped`
    the columns of no variable, `absent` the variables without a column, `twice` columns another column made needless."""

    form: str
    sheet: str
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    left_out: abc.Mapping[str, int]
    mapping: abc.Mapping[str, str]
    unmapped: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    absent: tuple[str, ...] = ()
    conventions: tuple[Convention, ...] = ()

    @property
    def rows_left_out(self) -> int:
        return sum(self.left_out.values())


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A file ready to be committed, and all that is to be said about it.

    `frames` are the accepted rows of each form, as its response table has them without `_round` and `_batch`; they hold no
    personal data. `problems` are the findings as a table; `findings` the same as records. `completes` is the batch that
    a mended rejects file belongs to. `mapping` is what was decided about the columns, to be saved, edited and passed again.
    """

    instrument: Instrument
    round: str
    file: RawFile = field(repr=False)
    dialect: Dialect
    fingerprint: str
    forms: tuple[FormResult, ...]
    mapping: Mapping
    personal_data_dropped: tuple[Dropped, ...]
    problems: pa.Table = field(repr=False)
    frames: abc.Mapping[str, pa.Table] = field(repr=False)
    parts: abc.Mapping[str, Part] = field(repr=False)
    people: Names = field(repr=False)
    keys: abc.Mapping[str, pa.Array] = field(repr=False)
    completes: int | None = None
    may_lack_answers: bool = False

    @property
    def findings(self) -> list[Finding]:
        return findings.records(self.problems)

    @property
    def obstacles(self) -> list[Finding]:
        """Errors of the whole file, which no rejecting of rows can answer: it cannot be committed."""
        whole = pc.and_(pc.is_null(self.problems["row"]), pc.equal(self.problems["severity"], str(Severity.ERROR)))
        return findings.records(self.problems.filter(whole))
