"""The register: partnerships, their villages, agreements, rounds, targets and parameters.

What is recorded is declared in `sheets`; `reading` answers, `changes` records, `workbook` goes in and out.
"""
from data.register.reading import (
    Partnership,
    Round,
    known_round,
    memberships,
    partnership,
    partnerships,
    partnerships_in,
    poverty_lines,
    price_indices,
    rounds,
    rounds_in,
    targets,
    targets_in,
)
from data.register.settings import SETTINGS, settings, settings_in

__all__ = [
    "SETTINGS", "Partnership", "Round", "known_round", "memberships", "partnership", "partnerships", "partnerships_in",
    "poverty_lines", "price_indices", "rounds", "rounds_in", "settings", "settings_in", "targets", "targets_in",
]
