"""The words Pantau speaks, from the message catalogues in `locale/`.

A catalogue is a gettext file per language and area: `locale/id/import.po` holds the Indonesian messages whose
keys start with `import.`. The msgid is the key, the msgstr a text with `{placeholders}`.
"""
from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, get_args

from babel.messages.pofile import read_po

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
FOLDER = Path(__file__).resolve().parent.parent / "locale"


@cache
def catalogue(language: Language) -> dict[str, str]:
    """Every message of a language, by key. Raises ValueError where two files claim a key."""
    messages: dict[str, str] = {}
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if not message.id:
                    continue
                key, text = str(message.id), str(message.string)
                if key in messages:
                    raise ValueError(f"{path}: {key} is already in another file")
                messages[key] = text
    return messages


def has(key: str, language: Language = "id") -> bool:
    return key in catalogue(language)


def say(key: str, language: Language, /, **params: object) -> str:
    """The message for a key. A missing key raises KeyError: a test holds both catalogues complete."""
    text = catalogue(language)[key]
    return text.format(**params) if params else text


def explain(error: Exception, language: Language) -> str:
    """What to tell the user about an error that carries a `code`, the errors in its params too; anything else is raised again."""
    code = getattr(error, "code", None)
    if not isinstance(code, str):
        raise error
    params = getattr(error, "params", {})
    return say(code, language, **{
        name: explain(value, language) if isinstance(value, Exception) else value for name, value in params.items()
    })
