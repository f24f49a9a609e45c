"""A form as KoboToolbox's own interface hands it over: JSON, with a list of texts where there are several languages."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_TRANSLATED = ("label", "hint", "constraint_message", "required_message", "guidance_hint")
_SHEETS = {"survey": "survey", "choices": "choices", "choices_external": "external_choices"}


def sheets(content: Mapping[str, Any], settings: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """The `content` of a KoboToolbox form as the sheets of an XLSForm, which pyxform reads.

    `settings` has what stands beside the content: `id_string`, `version`, `title`; they win over the content's own.
    A select from an external list that is not in the content becomes a text.
    """
    languages: Sequence[str | None] = content.get("translations") or [None]
    found: dict[str, list[dict[str, Any]]] = {
        ours: [_row(row, languages) for row in content[theirs]] for theirs, ours in _SHEETS.items() if content.get(theirs)
    }
    if "external_choices" not in found:
        for row in found["survey"]:
            row["type"] = re.sub(r"^select_one_external .*", "text", row["type"])
    found["settings"] = [{**(content.get("settings") or {}), **settings}]
    return found


def _row(row: Mapping[str, Any], languages: Sequence[str | None]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in row.items():
        if key in _TRANSLATED and isinstance(value, list):
            found |= {_column(key, language): text for language, text in zip(languages, value, strict=False) if text}
        elif not key.startswith("$") and key != "select_from_list_name" and not isinstance(value, (list, Mapping)):
            found[key] = str(value).lower() if isinstance(value, bool) else value
    if "select_from_list_name" in row:
        found["type"] = f"{row['type']} {row['select_from_list_name']}"
    return found


def _column(key: str, language: str | None) -> str:
    return f"{key}::{language}" if language else key
