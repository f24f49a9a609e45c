"""Which estimates a comparison takes, with which sign, and what the results are called."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.place import Place
from metrics.codes import Codes, Numbers
from metrics.combinations import Terms


@dataclass(frozen=True, kw_only=True)
class Combination:
    """Result q is the sum over terms t of `signs[t]` times the estimate of `owners[t, q]`; `place` names the results."""

    place: Place
    owners: Codes
    signs: Numbers

    @property
    def terms(self) -> Terms:
        terms, results = self.owners.shape
        return Terms(owner=self.owners.ravel(), coefficient=np.repeat(self.signs, results),
                     result=np.tile(np.arange(results), terms), results=results)


def between_rounds(place: Place, pair: tuple[str, str]) -> Combination | None:
    """The second round less the first, called "A:B"; None where one has no data."""
    if not set(pair) <= set(place.sums.rounds):
        return None
    first, second = (_owners(place)[:, place.sums.rounds.index(each), :].ravel() for each in pair)
    return Combination(place=_renamed(place, rounds=(":".join(pair),)), owners=np.stack([second, first]),
                       signs=np.array([1.0, -1.0]))


def over_rounds(place: Place, rounds: Sequence[str]) -> Combination | None:
    """The sum over those of the rounds that have data, called "A+B"; None where none has."""
    there = [each for each in place.sums.rounds if each in rounds]
    if not there:
        return None
    owners = np.stack([_owners(place)[:, place.sums.rounds.index(each), :].ravel() for each in there])
    return Combination(place=_renamed(place, rounds=("+".join(there),)), owners=owners, signs=np.ones(len(there)))


def between_categories(place: Place) -> Combination | None:
    """Each category less the first one, called "A:B"; None where there is only one."""
    first, *others = place.sums.categories
    if not others:
        return None
    owners = _owners(place)
    reference = np.broadcast_to(owners[:, :, :1], owners[:, :, 1:].shape)
    return Combination(place=_renamed(place, categories=tuple(f"{first}:{each}" for each in others)),
                       owners=np.stack([owners[:, :, 1:].ravel(), reference.ravel()]), signs=np.array([1.0, -1.0]))


def members_less_comparison(place: Place, pair: tuple[str, str] | None = None) -> Combination | None:
    """Of a place made by `with_comparison`: members less comparison villages; with a pair, the change of that."""
    half = len(place.domains.names) // 2
    domains = replace(place.domains, names=place.domains.names[:half], kinds=place.domains.kinds[:half],
                      expected=place.domains.expected[:half])
    owners = _owners(place)
    if pair is None:
        return Combination(place=replace(place, domains=domains), signs=np.array([1.0, -1.0]),
                           owners=np.stack([owners[:half].ravel(), owners[half:].ravel()]))
    if not set(pair) <= set(place.sums.rounds):
        return None
    first, second = (place.sums.rounds.index(each) for each in pair)
    taken = [owners[:half, second], owners[:half, first], owners[half:, second], owners[half:, first]]
    return Combination(place=_renamed(replace(place, domains=domains), rounds=(":".join(pair),)),
                       owners=np.stack([each.ravel() for each in taken]), signs=np.array([1.0, -1.0, -1.0, 1.0]))


def _owners(place: Place) -> Codes:
    return np.arange(place.owners).reshape(place.shape)


def _renamed(place: Place, **names: tuple[str, ...]) -> Place:
    return replace(place, sums=replace(place.sums, **names))  # type: ignore[arg-type]
