"""Who may see what."""
from __future__ import annotations

import pytest

from access.policy import (
    MAY,
    Action,
    NotAllowed,
    Role,
    Viewer,
    may,
    person_at_this_machine,
    require,
    sees_partnership,
    sees_village,
)


def _viewer(*roles: Role, **scope: frozenset[str]) -> Viewer:
    return Viewer(name="someone", roles=frozenset(roles), **scope)


@pytest.mark.parametrize(("role", "actions"), [
    (Role.DONOR, {Action.SEE_SNAPSHOTS}),
    (Role.OFFICIAL, {Action.SEE_SNAPSHOTS, Action.SEE_RESULTS, Action.DISCUSS}),
    (Role.EVALUATOR, set(Action) - {Action.ADMINISTER}),
    (Role.ADMINISTRATOR, set(Action)),
])
def test_each_role_may_do_just_this(role: Role, actions: set[Action]):
    assert {action for action in Action if may(_viewer(role), action)} == actions


def test_every_role_is_in_the_table():
    assert set(MAY) == set(Role)


def test_the_person_at_this_machine_may_do_everything_everywhere():
    person = person_at_this_machine()
    assert all(may(person, action) for action in Action)
    assert sees_village(person, "18.02.02.2005")


def test_what_is_not_allowed_is_named():
    with pytest.raises(NotAllowed) as refusal:
        require(_viewer(Role.DONOR), Action.IMPORT)
    assert (refusal.value.code, refusal.value.params) == ("access.not_allowed", {"action": "import"})


def test_an_area_stands_for_the_villages_inside_it_and_for_no_others():
    official = _viewer(Role.OFFICIAL, areas=frozenset({"18.02.02"}))
    assert sees_village(official, "18.02.02.2005")
    assert not sees_village(official, "18.02.04.2011")
    assert not sees_village(official, "18.02.021.2005")


def test_a_partnership_is_seen_with_one_member_village_in_the_area_unless_others_are_named():
    members = ("18.02.02.2005", "18.02.04.2011")
    official = _viewer(Role.OFFICIAL, areas=frozenset({"18.02.04"}))
    donor = _viewer(Role.DONOR, partnerships=frozenset({"water"}))
    assert sees_partnership(official, "market", members)
    assert not sees_partnership(official, "market", ("18.02.02.2005",))
    assert sees_partnership(donor, "water", members)
    assert not sees_partnership(donor, "market", members)
