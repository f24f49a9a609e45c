"""The register in the browser: a partnership from its name to a status that follows its target, on a desk and on a phone."""
from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Locator, Page, expect

from data.messages import Language, say
from tests.browser.conftest import NARROW, PATIENCE_MS, WIDE, affirm, served, settled

WAYS = [(WIDE, "id"), (NARROW, "en"), (WIDE, "en"), (NARROW, "id")]
BOTH = [(WIDE, "id"), (NARROW, "en")]
# What reaches beyond the window at the right or left, without being in a part of its own that scrolls sideways.
BEYOND = """() => [...document.querySelectorAll('[data-testid="stMain"] *')].filter(each => {
    const box = each.getBoundingClientRect();
    if (!box.width || !box.height || (box.right <= innerWidth + 1 && box.left >= -1)) return false;
    for (let at = each; at; at = at.parentElement)
        if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(at).overflowX) && at.dataset.testid !== 'stMain'
            && at.getBoundingClientRect().right <= innerWidth + 1) return false;
    return true;
}).map(each => each.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def own(example_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app with the example that these tests may change."""
    directory = tmp_path_factory.mktemp("register") / "store"
    shutil.copytree(example_directory, directory)
    yield from served(directory)


class Reader:
    """Somebody with a window of a size, who reads in a language."""

    def __init__(self, browser: Browser, address: str, size: tuple[int, int], language: Language):
        is_phone = size == NARROW
        self.context = browser.new_context(viewport={"width": size[0], "height": size[1]}, has_touch=is_phone, is_mobile=is_phone)
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.address, self.language = address, language

    def says(self, key: str, **params: object) -> str:
        return say(key, self.language, **params)

    def column(self, key: str) -> str:
        return f"{self.says(f'register.column.{key}')} *"

    def opens(self, path: str) -> None:
        joined = "&" if "?" in path else "?"
        self.page.goto(f"{self.address}/{path}{joined}lang={self.language}")
        settled(self.page)

    def field(self, name: str) -> Locator:
        return self.page.get_by_role("textbox", name=name, exact=True)

    def picks(self, label: str, option: str) -> None:
        settled(self.page)
        box = self.page.get_by_role("combobox", name=label)
        found = self.page.get_by_role("option", name=option).first
        for patience_ms in (3_000, 3_000, PATIENCE_MS):     # a list that opens while the page moves may close at once
            box.click()
            box.fill(option)
            try:
                expect(found).to_be_visible(timeout=patience_ms)
                break
            except AssertionError:
                box.press("Escape")
        box.press("Enter")
        expect(box).to_have_value(re.compile(re.escape(option), re.IGNORECASE))

    def presses(self, key: str) -> None:
        self.page.get_by_role("button", name=self.says(key), exact=True).click()
        settled(self.page)

    def affirms(self, question: str, answer: str) -> None:
        affirm(self.page, self.says(question), self.says(answer))

    def turns_to(self, key: str) -> None:
        """Chooses a section among those that are all visible."""
        self.page.get_by_test_id("stButtonGroup").get_by_text(self.says(key), exact=True).filter(visible=True).click()
        settled(self.page)

    def unfolds(self, text: str) -> None:
        self.page.get_by_test_id("stExpander").filter(has_text=text).first.locator("summary").click()
        settled(self.page)

    def saves(self) -> None:
        """Saves what was typed, without an objection."""
        settled(self.page)
        self.presses("forms.save")
        expect(self.page.get_by_test_id("stAlertContainer").filter(visible=True)).to_have_count(0)
        self.sees_everything()

    def promises(self, percent: str) -> None:
        """Types a target's number and saves it, again if the page was still moving under the first try."""
        field = self.field(f"{self.says('register.column.value')} (%) *")
        shown = re.compile(rf"(?<![\d,.]){percent.replace(',', '[,.]')}\s?%")
        promised = self.page.get_by_test_id("stExpander").locator("summary").filter(has_text=shown)
        for patience_ms in (5_000, 5_000, PATIENCE_MS):
            field.fill(percent)
            self.saves()
            try:
                expect(promised).to_be_visible(timeout=patience_ms)
                return
            except AssertionError:
                if patience_ms == PATIENCE_MS:
                    raise

    def sees_everything(self) -> None:
        """Nothing is cut at the side, and the page does not move sideways."""
        assert self.page.evaluate(BEYOND) == []
        assert self.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0


@pytest.fixture
def reader(request: pytest.FixtureRequest, browser: Browser, own: str) -> Iterator[Reader]:
    size, language = request.param
    somebody = Reader(browser, own, size, language)
    yield somebody
    somebody.context.close()


def each_way(ways: list[tuple[tuple[int, int], str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("reader", ways, indirect=True, ids=[f"{size[0]}-{language}" for size, language in ways])


@each_way(WAYS)
def test_a_partnership_gets_members_an_agreement_and_a_target_and_its_status_follows_the_target(reader: Reader) -> None:
    width = reader.page.viewport_size["width"]
    name, id = f"Air {width} {reader.language}", f"air-{width}-{reader.language}"
    reader.opens("daftar")
    reader.sees_everything()
    reader.unfolds(reader.says("registered.add"))
    reader.field(reader.column("name")).fill(name)
    reader.picks(reader.column("kind"), reader.says("register.choice.bilateral"))
    reader.field(reader.says("register.column.agreement_number")).fill("02/PB/2024")
    reader.saves()

    expect(reader.page.get_by_role("heading", level=1, name=name)).to_be_visible()
    reader.unfolds(reader.says("forms.add"))
    for village in ("Purwodadi", "Sido Dadi"):
        reader.picks(reader.column("village"), village)
        reader.picks(reader.column("role"), reader.says("register.choice.member"))
        reader.saves()
        expect(reader.page.get_by_test_id("stExpander").filter(has_text=village).first).to_be_visible()
    reader.turns_to("registered.section.about")
    expect(reader.page.get_by_test_id("stTable")).to_contain_text("02/PB/2024")
    reader.sees_everything()

    for value, status in (("1", "achieved"), ("99,9", "needs_attention")):
        reader.opens(f"target?kemitraan={id}")
        if status == "achieved":
            reader.unfolds(reader.says("forms.add"))
            reader.picks(reader.column("indicator"), reader.says("indicator.service_access.sanitation.label"))
            reader.picks(reader.column("comparison"), reader.says("register.choice.at_least"))
            reader.field(reader.column("due_on")).fill("31/12/2027")
            reader.picks(reader.column("basis"), reader.says("register.choice.own"))
            reader.field(reader.column("source")).fill("Musyawarah antardesa")
        else:
            reader.unfolds(reader.says("indicator.service_access.sanitation.label"))
        reader.promises(value)
        reader.opens(f"kemitraan?kemitraan={id}")
        chip = reader.page.get_by_test_id("stMarkdown").filter(has_text=re.compile(reader.says(f"status.{status}")))
        expect(chip.first).to_be_visible()
    reader.sees_everything()
    reader.page.get_by_role("button", name=reader.says("partnership.open")).first.click()
    dialog = reader.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    settled(reader.page)
    box = dialog.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width, "a dialog fits the window"


@each_way(BOTH)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(reader: Reader) -> None:
    reader.opens("daftar?kemitraan=contoh-air-bersih&bagian=budget")
    reader.unfolds(reader.says("forms.add"))
    reader.field(reader.column("year")).fill("2024")
    reader.picks(reader.column("money_source"), reader.says("register.choice.self_help"))
    planned, realised = (reader.field(reader.says(f"register.column.{name}")) for name in ("planned_rp", "realised_rp"))
    planned.fill("-5")
    realised.fill("dua juta")
    reader.presses("forms.save")
    for field, words in (
        (planned, reader.says("register.finding.negative", column=reader.says("register.column.planned_rp"), value="-5.0")),
        (realised, reader.says("register.finding.not_a_number", column=reader.says("register.column.realised_rp"),
                               value="dua juta")),
    ):
        told = reader.page.get_by_test_id("stAlertContainer").filter(has_text=words[1:])
        expect(told).to_be_visible()
        at, below = field.bounding_box(), told.bounding_box()
        assert at and below and 0 < below["y"] - at["y"] < 80, "right under its field"
    expect(planned).to_have_value("-5")
    expect(realised).to_have_value("dua juta")
    reader.sees_everything()
    planned.fill("5000000")
    realised.fill("2.000.000")
    reader.saves()
    added = reader.page.get_by_test_id("stExpander").filter(has_text="2024")
    expect(added).to_contain_text("Rp\u00a05.000.000" if reader.language == "id" else "Rp\u00a05,000,000")
    expect(reader.field(reader.column("year"))).to_have_value("")
    reader.unfolds("2024")
    reader.affirms("forms.remove", "forms.remove.yes")
    expect(reader.page.get_by_test_id("stExpander").filter(has_text="2024")).to_have_count(0)


@each_way([(NARROW, "id")])
def test_the_register_goes_out_as_a_workbook_and_comes_back_with_its_difference_shown_first(
    reader: Reader, tmp_path: Path,
) -> None:
    reader.opens("daftar")
    reader.unfolds(reader.says("book.title"))
    with reader.page.expect_download() as waiting:
        reader.page.get_by_role("button", name=reader.says("book.export")).click()
    waiting.value.save_as(tmp_path / "register.xlsx")
    book = load_workbook(tmp_path / "register.xlsx")
    budget = book[reader.says("register.sheet.budget")]
    assert [budget.cell(2, at).value for at in (1, 2, 4)] == ["contoh-air-bersih", 2025, 240_000_000]
    budget.cell(2, 4).value = "dua juta"
    book.save(tmp_path / "salah.xlsx")
    budget.cell(2, 4).value = 250_000_000
    book.save(tmp_path / "benar.xlsx")

    upload = reader.page.locator("input[type=file]")
    upload.set_input_files(tmp_path / "salah.xlsx")
    expect(reader.page.get_by_text("baris 2 (D2): kolom 'Anggaran (Rp)': 'dua juta' bukan angka.")).to_be_visible()
    expect(reader.page.get_by_role("button", name=reader.says("book.apply"))).to_have_count(0)
    reader.sees_everything()
    upload.set_input_files(tmp_path / "benar.xlsx")
    expect(reader.page.get_by_text("Anggaran (Rp): Rp\u00a0240.000.000 → Rp\u00a0250.000.000")).to_be_visible()
    reader.presses("book.apply")
    expect(reader.page.get_by_text(reader.says("book.nothing"))).to_be_visible()
    reader.opens("daftar?kemitraan=contoh-air-bersih&bagian=budget")
    expect(reader.page.get_by_text("Rp\u00a0250.000.000").first).to_be_visible()


@each_way(BOTH)
def test_the_planted_match_becomes_a_draft_in_one_click_and_can_be_taken_back(reader: Reader) -> None:
    reader.opens("kebutuhan")
    expect(reader.page.get_by_role("heading", name=reader.says("candidates.title"))).to_be_visible()
    expect(reader.page.get_by_test_id("stAlertContainer")).to_contain_text(
        reader.says("candidates.boundaries.missing", count=17))
    reader.sees_everything()
    reader.presses("candidates.draft")
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text("Sukowaringin – Timbul Rejo")
    expect(reader.page.get_by_test_id("stTable")).to_contain_text(re.compile(r"55[.,]0"))
    reader.sees_everything()
    reader.affirms("registered.drop", "forms.remove.yes")
    expect(reader.page.get_by_role("heading", level=1, name=reader.says("frame.page.register"))).to_be_visible()
    expect(reader.page.get_by_text("Sukowaringin – Timbul Rejo")).to_have_count(0)


@each_way(BOTH)
def test_a_decision_is_followed_up_by_an_office_until_it_is_done(reader: Reader) -> None:
    decision, task = f"Pipa diganti {reader.language}", f"Belanja pipa {reader.language}"
    reader.opens("forum?kemitraan=contoh-air-bersih")
    reader.field(reader.says("discussion.write")).fill(decision)
    reader.page.get_by_text(reader.says("discussion.is_decision")).click()
    reader.presses("discussion.send")
    expect(reader.page.get_by_test_id("stChatMessage").filter(has_text=decision)).to_contain_text(
        reader.says("discussion.decision"))
    reader.unfolds(reader.says("discussion.add"))
    reader.field(f"{reader.says('discussion.task')} *").fill(task)
    reader.presses("forms.save")
    for name in ("owner", "due"):
        missing = reader.says("discussion.missing", field=reader.says(f"discussion.{name}"))
        expect(reader.page.get_by_text(missing)).to_be_visible()
    expect(reader.field(f"{reader.says('discussion.task')} *")).to_have_value(task)
    reader.field(f"{reader.says('discussion.owner')} *").fill("Sekretaris Desa")
    reader.page.get_by_role("spinbutton").first.click()
    reader.page.keyboard.type("01022020")
    reader.picks(reader.says("discussion.carries_out"), decision)
    reader.saves()
    late = reader.page.get_by_text(re.compile(reader.says("discussion.late")))      # the chip; the sum above has a small letter
    expect(late).to_be_visible()
    reader.sees_everything()
    reader.affirms("discussion.close", "discussion.mark.done")
    expect(late).to_have_count(0)
    expect(reader.page.get_by_text(reader.says("forum.state.done")).filter(visible=True).first).to_be_visible()
