"""Long work, done in a thread of its own: whoever refreshes the page, or opens it in another window, finds it going on."""
from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import streamlit as st

from pages.parts.words import say

Result = TypeVar("Result")
Tell = Callable[[str, float], None]

AT_ONCE = 2    # more files than this wait for their turn: each needs memory several times its size
PACE_S = 0.2
_pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="import")


@dataclass(kw_only=True)
class Work(Generic[Result]):
    """Work that was begun, the stage it is in (`upload.stage.<stage>`) and how far that is."""

    future: Future[Result] = field(default_factory=Future, repr=False)
    stage: str = "waiting"
    share: float = 0.0


def begun(do: Callable[[Tell], Result]) -> Work[Result]:
    """Begins, or waits for its turn. `do` is handed a function to tell its stage and share with; it must not touch the page."""
    work: Work[Result] = Work()

    def tell(stage: str, share: float) -> None:
        work.stage, work.share = stage, share

    work.future = _pool.submit(do, tell)
    return work


def followed(work: Work[Result]) -> Result:
    """What came of it, or raises what it raised; until then the page shows how far it is."""
    place = st.empty()
    while not work.future.done():
        with place.container():
            _show(work)
    place.empty()
    return work.future.result()


def _show(work: Work[Result]) -> None:
    stage = work.stage
    with st.spinner(say(f"upload.stage.{stage}")):
        bar = st.empty()
        while work.stage == stage and not work.future.done():
            bar.progress(work.share)  # also where Streamlit ends this run when the reader leaves
            wait([work.future], timeout=PACE_S)
