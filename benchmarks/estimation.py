"""Estimation against R survey and svy: 30 ratios with standard errors for 200 partnerships in 4 rounds."""
from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import recipe
from benchmarks.harness import Line, in_process

SIZES = (100_000, 1_000_000)
AGAINST_SURVEY, AGAINST_SVY = 10_000, 1_000
_HERE = Path(__file__).resolve().parent


def run() -> list[Line]:
    lines: list[Line] = []
    for rows in SIZES:
        lines += _of_size(rows)
    return lines


def _of_size(rows: int) -> list[Line]:
    size = f"{rows:,} responses"
    ours = json.loads(in_process("benchmarks.ours", str(rows)))
    with tempfile.TemporaryDirectory() as directory:
        _columns(Path(directory), rows)
        survey, svy = _survey(directory, rows), _svy(directory)
    lines = [
        Line(what=f"{size}: scan into sums kept in the store, as an import does", seconds=ours["keep"], peak_mb=ours["peak_mb"]),
        Line(what=f"{size}: first question after that, sums read from the store", seconds=ours["first"]),
        Line(what=f"{size}: design effects beside, asked for first", seconds=ours["effects"]),
        Line(what=f"{size}: 20 partnerships not asked for before", seconds=ours["another"]),
    ]
    others = f"median {ours['job_median']:.3f}, the first of a process {ours['job_cold']:.2f}"
    every, answers = recipe.INDICATORS, (
        (f"the whole job, from the responses ({others})", ours["job"], rows == SIZES[-1]),
        ("the same with the sums kept in the store on the way", ours["keep"] + ours["first"], False),
        ("asked again, sums kept", ours["again"], False))
    calls: list[tuple[str, float, float | None, str]] = []
    if survey:
        calls += [
            ("R survey, svyby per indicator", survey["design"] + every * survey["one"], AGAINST_SURVEY,
             f"one indicator x {every}; {_difference(ours, survey)}"),
            (f"R survey, svyby of {_together(rows)} in one call", survey["design"] + every / _together(rows) * survey["every"],
             None, f"x {every // _together(rows)}; R's peak {survey['peak_mb']:,.0f} MB"),
            ("R survey, a design per round, svyby per indicator", every * survey["apart"], None, f"one indicator x {every}"),
        ]
        lines.append(Line(what=f"{size}: R survey alone, svyby of one mean by 200 partnerships", seconds=survey["mean"]))
    if svy:
        calls += [
            ("svy, per indicator", every * svy["one"], AGAINST_SVY, f"one indicator x {every}; {_difference(ours, svy)}"),
            ("svy, three in one call", every / 3 * svy["several"], None, f"three x {every // 3}"),
        ]
    return lines + [
        Line(what=f"{size}: {what}", seconds=spent, peer=peer, peer_seconds=seconds, goal=goal if has_goal else None, note=note)
        for what, spent, has_goal in answers for peer, seconds, goal, note in calls
    ]


def _together(rows: int) -> int:
    """How many indicators R gets in one call: all of 1e5 rows take 9 GB, so of 1e6 rows fewer."""
    return recipe.INDICATORS if rows <= SIZES[0] else 3


def _columns(directory: Path, rows: int) -> None:
    """The recipe's columns as files of raw doubles, which R and NumPy read alike. Each round has its own strata."""
    for batch in recipe.batches(rows):
        code = {name: batch[name].to_numpy() for name in ("psu", "stratum", "village", "round")}
        columns = {
            "psu": code["psu"], "stratum": code["stratum"] * recipe.ROUNDS + code["round"],
            "domain": code["village"] // recipe.VILLAGES_EACH * recipe.ROUNDS + code["round"],
        }
        columns |= {name: batch[name].to_numpy() for name in batch.column_names if name not in code}
        for name, values in columns.items():
            with (directory / name).open("ab") as file:
                np.asarray(values, dtype=float).tofile(file)


def _survey(directory: str, rows: int) -> dict | None:
    if not shutil.which("Rscript"):
        print("R is not on this machine: R survey is left out.")
        return None
    command = ["Rscript", str(_HERE / "peer_survey.R"), directory, str(rows), str(_together(rows))]
    out = subprocess.run(command, capture_output=True, text=True)
    if out.returncode:
        print(f"R survey is left out: {out.stderr.strip().splitlines()[-1]}")
        return None
    found = json.loads(out.stdout)
    partnership, round = ([int(name[1:]) for name in found[column]] for column in ("partnership", "round"))
    return found | {"domain": [p * recipe.ROUNDS + r - 1 for p, r in zip(partnership, round, strict=True)]}


def _svy(directory: str) -> dict | None:
    if importlib.util.find_spec("svy") is None:
        print("svy is not installed (benchmarks/requirements.txt): it is left out.")
        return None
    return json.loads(in_process("benchmarks.peer_svy", directory))


def _difference(ours: dict, peer: dict) -> str:
    """How far the figures of one indicator lie apart, in words."""
    by_domain = {domain: both for domain, *both in zip(peer["domain"], peer["estimate"], peer["se"], strict=True)}
    pairs = [(ours["estimate"][at], ours["se"][at], *by_domain[domain])
             for at, domain in enumerate(ours["domain"]) if domain in by_domain]
    mine, my_se, its, its_se = np.array(pairs, dtype=float).T
    known = ~np.isnan(my_se) & ~np.isnan(its_se)
    estimate, se = (np.max(np.abs(a / b - 1)[known]) for a, b in ((mine, its), (my_se, its_se)))
    return f"estimates differ by {estimate:.0e}, standard errors by {se:.0e} at most ({known.sum()} of {len(pairs)} domains)"
