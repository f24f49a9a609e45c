"""The published village index of 2024 comes in as an instrument, and its published means and counts come out."""
from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from access.policy import Viewer
from data import area_tables, results
from data.importing.committing import commit
from data.importing.mapping import Mapping
from data.importing.preparing import prepare
from data.instruments.adding import SHIPPED, add
from data.register import changes
from data.store import Store

COLUMNS = {
    "KODE DESA": "village", "IKS 2024": "iks", "IKE 2024": "ike", "IKL 2024": "ikl", "NILAI IDM 2024": "score",
    "STATUS IDM 2024": "status", "KODE PROV": None, "NAMA PROVINSI": None, "KODE KAB": None, "NAMA KABUPATEN": None,
    "KODE KEC": None, "NAMA KECAMATAN": None, "NAMA DESA": None,
}
STATUS = {
    "MANDIRI": "independent", "MAJU": "advanced", "BERKEMBANG": "developing", "TERTINGGAL": "behind",
    "SANGAT TERTINGGAL": "far_behind",
}


def only(codes: bytes, province: str) -> bytes:
    """A code table of one province: the whole country is not needed, and takes its time."""
    lines = codes.decode().splitlines()
    return "\n".join([lines[0], *(line for line in lines[1:] if line.startswith(province))]).encode()


@pytest.mark.parametrize("province", ["18", "51"])
def test_published_regency_means_and_class_counts_come_out_equal(store: Store, viewer: Viewer, testdata: Path, province: str):
    codes = gzip.decompress((testdata / "kode_wilayah" / "kode_wilayah_2025.csv.gz").read_bytes())
    area_tables.import_table(store, viewer, only(codes, province), "codes.csv")
    workbook = SHIPPED / "indices" / "village_index.xlsx"
    add(store, viewer, workbook.read_bytes(), workbook.name)
    changes.save(store, viewer, "rounds", {
        "id": "2024", "name": "IDM 2024", "kind": "routine", "starts_on": "2024-01-01", "ends_on": "2024-12-31",
    })
    path = testdata / "indonesia_idm" / f"idm_2024_prov_{province}.csv"
    prepared = prepare(
        store, viewer, path.read_bytes(), path.name, instrument="village_index", round="2024",
        mapping=Mapping(columns={"village_index": COLUMNS}),
    )
    published = json.loads((testdata / "indonesia_idm" / f"expected_{province}.json").read_text())
    [form] = prepared.forms
    assert (form.rows_read, form.rows_accepted) == (published["villages"], published["villages"])
    commit(store, viewer, prepared)
    means = results.estimates(store, viewer, indicators=["village_index.score"], by="regency").set_index("domain")
    classes = results.estimates(store, viewer, indicators=["village_index.score"], by="regency", group="status")
    counts = classes.set_index(["domain", "category"])["n"]
    for regency in published["regency_table"]:
        code = f"{regency['kode_kab'][:2]}.{regency['kode_kab'][2:]}"
        assert (means.loc[code, "n"], round(means.loc[code, "estimate"], 4)) == (regency["n_desa"], regency["mean_idm"])
        assert {
            name: int(counts.get((code, status), 0)) for name, status in STATUS.items()
        } == regency["count_by_status"]
