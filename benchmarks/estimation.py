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
    job = ours["scan"] + ours["first"]
    with tempfile.TemporaryDirectory() as directory:
        _columns(Path(directory), rows)
        survey, svy = _survey(directory, rows), _svy(directory)
    lines = [Line(what=f"{size}: scan into sums kept in the store", seconds=ours["scan"], peak_mb=ours["peak_mb"])]
    if survey:
        agrees = f"one indicator x {recipe.INDICATORS}; {_difference(ours, survey)}"
        one_by_one = survey["design"] + recipe.INDICATORS * survey["one"]
        lines += [
            Line(what=f"{size}: the whole job", seconds=job, peer="R survey, svyby per indicator", peer_seconds=one_by_one,
                 goal=AGAINST_SURVEY, note=agrees),
            Line(what=f"{size}: the whole job", seconds=job, peer=f"R survey, {_together(rows)} in one svyby",
                 peer_seconds=survey["design"] + recipe.INDICATORS / _together(rows) * survey["every"],
                 note=f"x {recipe.INDICATORS // _together(rows)}; R's peak {survey['peak_mb']:,.0f} MB"),
            Line(what=f"{size}: asked again, sums kept", seconds=ours["again"], peer="R survey, svyby per indicator",
                 peer_seconds=one_by_one, note="what each further question costs; a round left out"),
        ]
    if svy:
        lines += [
            Line(what=f"{size}: the whole job", seconds=job, peer="svy, per indicator",
                 peer_seconds=recipe.INDICATORS * svy["one"],
                 goal=AGAINST_SVY, note=f"one indicator x {recipe.INDICATORS}; {_difference(ours, svy)}"),
            Line(what=f"{size}: the whole job", seconds=job, peer="svy, several in one call",
                 peer_seconds=recipe.INDICATORS / 3 * svy["several"], note=f"three x {recipe.INDICATORS // 3}"),
            Line(what=f"{size}: asked again, sums kept", seconds=ours["again"], peer="svy, per indicator",
                 peer_seconds=recipe.INDICATORS * svy["one"], note="what each further question costs; a round left out"),
        ]
    return lines


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
    return json.loads(out.stdout)


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
