"""A questionnaire of two forms as text, and changed versions of it."""
from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from data.instruments.writing import tables, workbook

SURVEY = """
## survey
| type         | name   | label                               |
|--------------|--------|-------------------------------------|
| integer      | pupils | How many pupils does the school have? |
| text         | street | Which street is the school in?        |
| begin_repeat | class  | Class                               |
| integer      | desks  | Desks                               |
| end_repeat   | class  |                                     |

## settings
| form_title | form_id | version |
|------------|---------|---------|
| School     | school  | 1       |
"""


def content(changes: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """The workbook with some of its text, each of which must be there, replaced."""
    text = SURVEY
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return workbook(tables(text))
