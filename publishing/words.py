"""What is said about snapshots beside their pages: the title that is offered, and the verdict of a verification."""
from __future__ import annotations

from datetime import date

from access.policy import Viewer
from data import formats, register
from data.messages import Language, say
from data.store import Store
from publishing import figures
from publishing.document import Document
from publishing.verify import Verification


def suggested_title(store: Store, viewer: Viewer, partnership: str, as_of: date, language: Language) -> str:
    """A title for who has none: the partnership's name and the month."""
    name = register.partnership(store, viewer, partnership).name
    return say("snapshot.suggested_title", language, partnership=name, month=formats.month(as_of, language))


def verdict(found: Verification, language: Language) -> str:
    """One sentence: every figure holds, or how many do not."""
    if found.holds:
        return say("snapshot.holds", language, count=found.figures)
    changed = len(found.differences)
    return say("snapshot.differs", language, changed=changed, count=found.figures)


def differences(found: Verification, document: Document, language: Language) -> list[str]:
    """A line for each figure that no longer holds: indicator, which figure, then and now."""
    entries = {entry["id"]: entry for entry in document["indicators"]}
    rounds = {each["id"]: each["name"] for each in document["rounds"]}

    def shown(value: float | str | None, what: str, unit: str) -> str:
        if isinstance(value, str) and what == "status":
            return say(f"status.{value}", language)
        if isinstance(value, str):
            return figures.day(value, language)
        if what.endswith(".n"):
            return figures.whole(value, language)
        return formats.change(value, unit, language) if "change" in what else figures.value(value, unit, language)

    lines = []
    for each in found.differences:
        entry = entries.get(each.indicator)
        unit = entry["unit"] if entry else ""
        what = say(f"snapshot.what.{each.what}", language)
        lines.append(say(
            "snapshot.difference", language, indicator=entry["label"][language] if entry else each.indicator,
            what=f"{what}, {rounds.get(each.round, each.round)}" if each.round else what,
            frozen=shown(each.frozen, each.what, unit), now=shown(each.now, each.what, unit),
        ))
    return lines
