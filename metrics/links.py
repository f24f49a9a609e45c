"""Hidden numbers as links between the sums that hold them, and which more to hide so that no sums tell of few.

Each number is a link between the two places whose sums it is in. Whatever adding and subtracting sums of places gives is over
the links between some places and the others: a cut. So nothing tells of few where every cut that parts linked places is of at
least `min_cell` responses. Places that no smaller cut parts are one piece; a piece with fewer towards all others is joined to
them by hiding the cheapest path of shown numbers, each of at least `min_cell`. When all that is linked is one piece, it is safe.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush


class Pieces:
    """Places put together to pieces as links between them become many. Numbers, hidden or shown, are given by their ends."""

    def __init__(self, ends: Sequence[tuple[int, int]], n: Sequence[float], hidden: Iterable[int], min_cell: float) -> None:
        self.ends, self.n, self.min_cell = ends, n, min_cell
        self.hidden = set(hidden)
        self.joined: dict[int, int] = {}
        self.links: defaultdict[int, dict[int, float]] = defaultdict(dict)
        self.shown: defaultdict[int, list[int]] = defaultdict(list)
        for number, pair in enumerate(ends):
            if number not in self.hidden:
                for place in pair:
                    self.shown[place].append(number)
        self.places: dict[int, list[int]] = {}
        for number in self.hidden:
            self._link(*ends[number], n[number])

    def piece(self, place: int) -> int:
        while place in self.joined:
            place = self.joined[place]
        return place

    def join(self, one: int, other: int) -> None:
        """Makes one piece of the pieces of two places, and of what is then strongly linked."""
        waiting = [(one, other)]
        while waiting:
            one, other = map(self.piece, waiting.pop())
            if one == other:
                continue
            if len(self.links[one]) < len(self.links[other]):
                one, other = other, one
            self.joined[other] = one
            self.places.setdefault(one, [one]).extend(self.places.pop(other, [other]))
            self.links[one].pop(other, None)
            for third, n in self.links.pop(other).items():
                if third != one:
                    del self.links[third][other]
                    together = self.links[one].get(third, 0.0) + n
                    self.links[one][third] = self.links[third][one] = together
                    if together >= self.min_cell:
                        waiting.append((one, third))

    def weak(self) -> int | None:
        """A piece that fewer than `min_cell` link with all others; None when all that is linked is one piece."""
        while True:
            linked = [(sum(near.values()), piece) for piece, near in self.links.items() if near]
            if not linked:
                return None
            n, piece = min(linked)
            if n < self.min_cell:
                return piece
            for one, other in self._firm():
                self.join(one, other)

    def hide_path(self, piece: int) -> list[int]:
        """Hides the cheapest path of shown numbers from a piece to the others it is linked with.

        The path may go on over other hidden numbers. Where there is none, the places that it could reach are returned.
        """
        aims = self._linked(piece) - {piece}
        cost = {piece: 0.0}
        came: dict[int, tuple[int, int | None]] = {}
        waiting = [(0.0, piece)]
        done: set[int] = set()
        while waiting:
            _, here = heappop(waiting)
            if here in aims:
                self._hide(piece, here, came)
                return []
            if here in done:
                continue
            done.add(here)
            for there, number, more in self._steps(here) if here == piece else [*self._steps(here), *self._linked_steps(here)]:
                if there not in done and cost[here] + more < cost.get(there, float("inf")):
                    cost[there], came[there] = cost[here] + more, (here, number)
                    heappush(waiting, (cost[there], there))
        return [place for piece in done for place in self.places.get(piece, [piece])]

    def _steps(self, piece: int) -> Iterator[tuple[int, int | None, float]]:
        """Pieces that shown numbers lead to: the piece, the number, and what hiding it costs."""
        for place in self.places.get(piece, [piece]):
            for number in self.shown[place]:
                if number not in self.hidden:
                    one, other = self.ends[number]
                    yield self.piece(other if one == place else one), number, _COST + self.n[number]

    def _linked_steps(self, piece: int) -> Iterator[tuple[int, int | None, float]]:
        """Pieces that hidden numbers lead to, at no cost."""
        return ((other, None, 0.0) for other in self.links[piece])

    def _hide(self, start: int, end: int, came: dict[int, tuple[int, int | None]]) -> None:
        path = []
        while end != start:
            end, number = came[end]
            if number is not None:
                path.append(number)
        self.hidden.update(path)
        for number in path:
            self.join(*self.ends[number])

    def _link(self, one: int, other: int, n: float) -> None:
        one, other = self.piece(one), self.piece(other)
        if one != other:
            together = self.links[one].get(other, 0.0) + n
            self.links[one][other] = self.links[other][one] = together
            if together >= self.min_cell:
                self.join(one, other)

    def _linked(self, piece: int) -> set[int]:
        """All pieces that links lead to."""
        found, waiting = {piece}, [piece]
        while waiting:
            more = self.links[waiting.pop()].keys() - found
            found |= more
            waiting += more
        return found

    def _firm(self) -> list[tuple[int, int]]:
        """Pairs of linked pieces that no cut of fewer than `min_cell` parts; where each piece has so many links, some pair.

        Nagamochi and Ibaraki (1992): visit always the piece with most links to those visited; each link that brings a piece to
        `min_cell` of them is such a pair.
        """
        towards = {piece: 0.0 for piece, near in self.links.items() if near}
        waiting = [(0.0, piece) for piece in towards]
        found, visited = [], set()
        while waiting:
            _, piece = heappop(waiting)
            if piece in visited:
                continue
            visited.add(piece)
            for other, n in self.links[piece].items():
                if other not in visited:
                    towards[other] += n
                    heappush(waiting, (-towards[other], other))
                    if towards[other] >= self.min_cell:
                        found.append((piece, other))
        return found


_COST = 100.0                            # of one number more, in responses: few numbers first, then few responses
