"""One server with the example survey, and one Chromium, for all browser tests."""
from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--no-first-run", "--disable-extensions"]
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
WIDE, NARROW = (1280, 900), (390, 844)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("browser"))


def served(store: Path) -> Iterator[str]:
    """The address of an app of its own, on a free port, until the generator is closed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = store.parent / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), "serve", "--port", str(port), "--store", str(store)],
            cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUNBUFFERED": "1"})
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended:\n{log.read_text()}")
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
            return
        except OSError:
            time.sleep(0.25)
    raise RuntimeError(f"the server does not answer:\n{log.read_text()}")


def settled(page: Page) -> None:
    """Waits until the script has run: an element drawn anew while one types loses what was typed."""
    page.wait_for_timeout(300)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def affirm(page: Page, question: str, answer: str) -> None:
    """Opens a question and answers it; opens it again where it closed at once, because the page still moved."""
    asked, answered = (page.get_by_role("button", name=name, exact=True) for name in (question, answer))
    for patience_ms in (3_000, 3_000, PATIENCE_MS):
        if not answered.is_visible():
            asked.click()
        try:
            answered.click(timeout=patience_ms)
            break
        except TimeoutError:
            if patience_ms == PATIENCE_MS:
                raise
    settled(page)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, locale="id-ID")
    context.set_default_timeout(PATIENCE_MS)
    opened = context.new_page()
    yield opened
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": NARROW[0], "height": NARROW[1]}, has_touch=True, is_mobile=True)
    context.set_default_timeout(PATIENCE_MS)
    opened = context.new_page()
    yield opened
    context.close()


@pytest.fixture(scope="session")
def example(example_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app with the example survey, which tests read but do not change."""
    directory = tmp_path_factory.mktemp("served") / "store"
    shutil.copytree(example_directory, directory)
    yield from served(directory)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[str]:
    """The address of an app with nothing in it."""
    yield from served(tmp_path / "store")
