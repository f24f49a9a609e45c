"""What a new version of an instrument added, renamed or lost, compared with the one before."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from data.instruments.model import Form, Instrument, Variable

# How alike two questions' words must be, of 100, to offer them as one question renamed.
ALIKE = 90.0


@dataclass(frozen=True, kw_only=True)
class FormChange:
    """The changes of one form, by variable name. `renamed` pairs an old name with the new one that most resembles it:
    of the same kind, with nearly the same words; it is an offer, the old answers are not moved."""

    form: str
    added: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()


def compared(old: Instrument, new: Instrument) -> tuple[FormChange, ...]:
    """The changes of every form that changed; a form that came or went has all its variables added or lost."""
    before, after = ({form.name: form for form in instrument.forms} for instrument in (old, new))
    # The main form has the instrument's name, so it is never compared with another.
    names = [*before, *(name for name in after if name not in before)]
    changes = (_form(name, before.get(name), after.get(name)) for name in names)
    return tuple(change for change in changes if change.added or change.lost or change.renamed)


def _form(name: str, old: Form | None, new: Form | None) -> FormChange:
    before, after = (form.variables if form else () for form in (old, new))
    lost = [variable for variable in before if variable.name not in {other.name for other in after}]
    added = [variable for variable in after if variable.name not in {other.name for other in before}]
    renamed = _renamed(lost, added)
    return FormChange(
        form=name,
        added=tuple(variable.name for variable in added if variable.name not in {new for _, new in renamed}),
        lost=tuple(variable.name for variable in lost if variable.name not in {old for old, _ in renamed}),
        renamed=renamed,
    )


def _renamed(lost: Sequence[Variable], added: Sequence[Variable]) -> tuple[tuple[str, str], ...]:
    """The most alike first; each variable in one pair at most. Names decide between questions with the same words."""
    pairs = sorted(
        ((_likeness(old, new), fuzz.ratio(old.name, new.name), old.name, new.name) for old in lost for new in added),
        reverse=True,
    )
    found: dict[str, str] = {}
    for likeness, _, old_name, new_name in pairs:
        if likeness >= ALIKE and old_name not in found and new_name not in found.values():
            found[old_name] = new_name
    return tuple((variable.name, found[variable.name]) for variable in lost if variable.name in found)


def _likeness(old: Variable, new: Variable) -> float:
    """How alike the words of two questions of one kind are, in the language where they are most alike; 0 to 100."""
    if old.kind is not new.kind:
        return 0.0
    return max((fuzz.ratio(old.labels[each], new.labels[each]) for each in old.labels.keys() & new.labels.keys()), default=0.0)
