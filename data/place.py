"""How the domains, rounds and categories of an answer are numbered, and which cells of the sums belong to which of them."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.domains import Domains
from data.sums import Cells, Sums
from metrics.codes import Codes, matched
from metrics.estimation import Lonely


@dataclass(frozen=True, kw_only=True)
class Place:
    """An owner of an estimate is (domain * rounds + round) * categories + category."""

    sums: Sums
    domains: Domains
    lonely: Lonely = Lonely.ADJUST       # what a stratum with one PSU adds to a variance

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self.domains.names), len(self.sums.rounds), len(self.sums.categories)

    @property
    def owners(self) -> int:
        return int(np.prod(self.shape))

    def owned(self, cells: Cells) -> tuple[Codes, Codes]:
        """Owner and cell of every cell that lies in a domain, once for each of its domains."""
        pair, cell = matched(self.domains.village, np.where(cells.category >= 0, cells.village, -1))
        _, rounds, categories = self.shape
        return (self.domains.domain[pair] * rounds + cells.round[cell]) * categories + cells.category[cell], cell
