"""Messages in the reader's language."""
from __future__ import annotations

from data import messages
from pages.parts.session import language


def say(key: str, /, **params: object) -> str:
    return messages.say(key, language(), **params)


def say_if_known(key: str, otherwise: str) -> str:
    """The message for a key made from data (a unit or a choice of somebody's own instrument), or the other text."""
    return messages.say(key, language()) if messages.has(key, language()) else otherwise


def plain(text: str) -> str:
    """A text from data or a file, for a place where Markdown is read: its signs mean nothing there."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#+-!|~$:" else letter for letter in text)
