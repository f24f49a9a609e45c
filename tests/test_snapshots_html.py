"""The page made from a document."""
from __future__ import annotations

import gzip
import re
from xml.etree import ElementTree

import pytest

from data.messages import LANGUAGES
from publishing import canonical, html, verify
from tests import snapshot_example as example


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request):
    return request.param


def text_of(page: str) -> str:
    """The words of a page, as a reader sees them."""
    body = re.sub(r"<(style|svg)\b.*?</\1>", " ", page.split("<body>")[1], flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_the_page_needs_nothing_else_and_runs_nothing(language):
    page = html.render(example.document(), language)
    assert "<script" not in page
    assert not re.search(r"\son\w+=", page)
    addresses = set(re.findall(r'(?:href|src)="([^"]*)"', page)) | set(re.findall(r"url\(([^)]*)\)", page))
    assert {address for address in addresses if not address.startswith(("#", "data:application/gzip;base64,"))} == set()
    assert len(page.encode()) < html.MOST_BYTES


def test_the_page_carries_its_own_document(language):
    document = example.document()
    inside = html.packed_inside(html.render(document, language).encode())
    assert inside is not None
    assert gzip.decompress(inside) == canonical.encode(document)
    assert verify.read(html.render(document, language).encode(), "a.html") == (
        document, canonical.identity(canonical.encode(document)))


def test_the_page_says_each_figure_with_its_interval_status_and_target():
    text = text_of(html.render(example.document(), "id"))
    for words in (
        "Dari 6 indikator yang dijanjikan: 3 sudah atau akan tercapai, 2 perlu perhatian, 1 belum dapat dinilai. "
        "1 indikator lain dipantau tanpa target.",
        "Rumah tangga dengan air minum aman 41,0\xa0% 58,3\xa0% 52,1–64,3\xa0%",
        "+17,3\xa0poin persen +9,0 sampai +25,6 membaik",
        "Akan tercapai belum pasti Peluang benar 86\xa0%",
        "Rp\xa0951.000 Rp\xa0872.000–1.030.000",
        "bisa jadi kebetulan",
        "minimal 70,0\xa0% pada 31 Desember 2027. Dari naskah perjanjian kemitraan: Perjanjian Bersama 04/2023, pasal 5.",
        "Menurut jalan lurus, nilainya sekarang seharusnya 55,0\xa0%.",
        "Tujuan / indikator SDGs Desa: 8 / 8.1.1 (2025); 2 / 2.6.1 (2025).",
        "4 dari 4 desa anggota didata.",
        "Data contoh.",
    ):
        assert words.replace("\xa0", " ") in text.replace("\xa0", " "), words


def test_what_is_withheld_is_said_with_its_reason_and_no_figure():
    page = text_of(html.render(example.document(), "id"))
    assert "Penduduk miskin berdasarkan pendapatan (Survei awal 2023, Survei akhir 2025): Garis kemiskinan" in page
    assert "Perempuan di antara peserta musyawarah desa, desa pembanding (Survei akhir 2025): Disembunyikan" in page


def test_every_source_file_and_the_identity_are_on_the_page(language):
    document = example.document()
    page = html.render(document, language)
    assert canonical.identity(canonical.encode(document)) in page
    for source in document["sources"]:
        assert source["file"] in page
        assert source["sha256"] in page


def test_a_charts_picture_is_well_formed_and_told_in_words(language):
    page = html.render(example.document(), language)
    charts = re.findall(r'<svg class="(?:trajectory|road|bar)".*?</svg>', page, flags=re.S)
    # Of six entries with a target five have a baseline and values; one bar of statuses.
    assert len(charts) == 5 + 5 + 1
    assert all(ElementTree.fromstring(chart).get("aria-label") for chart in charts)


def test_words_from_people_are_text_never_markup(language):
    document = example.document()
    attack = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    document["title"] = document["narrative"] = document["made_by"] = attack
    document["partnership"]["name"] = document["sources"][0]["file"] = document["rounds"][0]["name"] = attack
    for entry in document["indicators"]:
        entry["label"] = entry["definition"] = entry["unit_label"] = {"id": attack, "en": attack}
        if entry["target"]:
            entry["target"]["source"] = attack
    page = html.render(document, language)
    assert "<script" not in page
    assert "<img" not in page


def test_a_document_without_any_estimate_still_makes_a_page(language):
    document = example.document()
    document["indicators"], document["sources"] = [], []
    assert canonical.identity(canonical.encode(document)) in html.render(document, language)


def test_the_same_document_makes_the_same_page(language):
    assert html.render(example.document(), language) == html.render(example.document(), language)


def test_the_largest_snapshot_is_small_enough_to_send(language):
    document = example.document()
    water = document["indicators"][2]  # with everything an entry can have: three rounds twice, changes, a target
    document["indicators"] = [{**water, "id": f"{water['id']}_{n}"} for n in range(60)]  # more than are shipped
    assert len(html.render(document, language).encode()) < html.MOST_BYTES
