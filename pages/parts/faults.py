"""What a reader is told when something goes wrong that they cannot mend."""
from __future__ import annotations

import logging
import secrets
import traceback

import streamlit as st

from pages.parts.words import say

log = logging.getLogger("pantau")


def tell(error: Exception) -> bool:
    """Logs where it happened under a number, and shows the number with a plain message instead of Streamlit's own.

    The error's own message is not logged: it may hold what a respondent answered.
    """
    number = secrets.token_hex(3)
    log.error("fault %s: %s\n%s", number, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
    st.error(say("frame.fault.body", number=number), title=say("frame.fault.title"), icon=":material/build:")
    return True
