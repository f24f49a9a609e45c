"""The indicators that can be computed here, and their names."""
from __future__ import annotations

from access.policy import Action, Viewer, require
from data.instruments.kept import instruments
from data.instruments.model import in_language
from data.messages import Language, has, say
from data.store import Store
from metrics.indicator import Indicator


def indicators(store: Store, viewer: Viewer) -> dict[str, Indicator]:
    """Every indicator of the instruments in the store, by id, in the order of instruments and of their declarations."""
    require(viewer, Action.SEE_RESULTS)
    return {each.id: each for instrument in instruments(store, viewer) for each in instrument.indicators}


def label(indicator: Indicator, language: Language) -> str:
    """Its short name: the workbook's, or the message `indicator.<id>.label`; the id where there is neither."""
    return _words(indicator, "label", language) or indicator.id


def definition(indicator: Indicator, language: Language) -> str:
    """What it counts, in a sentence: the workbook's, or the message `indicator.<id>.definition`; empty where there is neither."""
    return _words(indicator, "definition", language)


def _words(indicator: Indicator, which: str, language: Language) -> str:
    own = indicator.labels if which == "label" else indicator.definitions
    key = f"indicator.{indicator.id}.{which}"
    if own:
        return in_language(own, language, "")
    return say(key, language) if has(key, language) else ""
