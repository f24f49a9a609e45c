"""Who may see and do what: the one place where it is decided.

The data layer asks; pages never do. A function that returns rows takes the `Viewer` and narrows what it
returns to the viewer's scope, so that a page cannot forget to.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    EVALUATOR = "evaluator"
    OFFICIAL = "official"
    DONOR = "donor"


class Action(StrEnum):
    SEE_RESULTS = "see_results"
    SEE_RESPONSES = "see_responses"
    SEE_SMALL_CELLS = "see_small_cells"
    SEE_SNAPSHOTS = "see_snapshots"
    IMPORT = "import"
    CHANGE_REGISTER = "change_register"
    DISCUSS = "discuss"
    PUBLISH = "publish"
    ADMINISTER = "administer"


_DONOR = frozenset({Action.SEE_SNAPSHOTS})
_OFFICIAL = _DONOR | {Action.SEE_RESULTS, Action.DISCUSS}
_EVALUATOR = _OFFICIAL | {
    Action.SEE_RESPONSES, Action.SEE_SMALL_CELLS, Action.IMPORT, Action.CHANGE_REGISTER, Action.PUBLISH,
}
MAY = {
    Role.DONOR: _DONOR,
    Role.OFFICIAL: _OFFICIAL,
    Role.EVALUATOR: _EVALUATOR,
    Role.ADMINISTRATOR: _EVALUATOR | {Action.ADMINISTER},
}


class NotAllowed(Exception):
    """The viewer may not do this; `action` says what."""

    code = "access.not_allowed"

    def __init__(self, viewer: Viewer, action: Action):
        super().__init__(f"{viewer.name}: {action}")
        self.params = {"action": str(action)}


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """The person who asks. `areas` are area codes of any level (a subdistrict stands for its villages) and
    `partnerships` are ids; None means no limit."""

    name: str
    roles: frozenset[Role]
    areas: frozenset[str] | None = None
    partnerships: frozenset[str] | None = None


def person_at_this_machine() -> Viewer:
    """The one viewer of a Pantau bound to the loopback address: every role, no limit, as with a notebook."""
    return Viewer(name="local", roles=frozenset(Role))


def may(viewer: Viewer, action: Action) -> bool:
    return any(action in MAY[role] for role in viewer.roles)


def require(viewer: Viewer, action: Action) -> None:
    """Raises `NotAllowed` unless the viewer may do this."""
    if not may(viewer, action):
        raise NotAllowed(viewer, action)


def sees_village(viewer: Viewer, code: str) -> bool:
    """Whether a village lies in the viewer's areas; codes are dotted Kemendagri codes."""
    return viewer.areas is None or any(code == area or code.startswith(area + ".") for area in viewer.areas)


def sees_partnership(viewer: Viewer, partnership: str, villages: Iterable[str]) -> bool:
    """Whether a partnership is in scope: named to the viewer, or with a member village in the viewer's areas."""
    if viewer.partnerships is not None and partnership not in viewer.partnerships:
        return False
    return viewer.areas is None or any(sees_village(viewer, village) for village in villages)
