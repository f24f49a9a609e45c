"""An instrument's workbook may say which official indicator it reports on: only one that there is."""
from __future__ import annotations

import pytest

from access.policy import Viewer
from data.errors import UserError
from data.indicators import indicators
from data.instruments.adding import add
from data.instruments.writing import tables, workbook
from data.messages import explain
from data.store import Store

BOOK = """
## survey
| type              | name  | label::English (en) |
|-------------------|-------|---------------------|
| select_one yes_no | water | Water               |

## choices
| list_name | name | label::English (en) |
|-----------|------|---------------------|
| yes_no    | yes  | Yes                 |
| yes_no    | no   | No                  |

## settings
| form_title | form_id | version |
|------------|---------|---------|
| Survey     | own     | 1       |

## indicators
| id        | theme          | better | kind  | numerator   | label::English (en) | sdgs_framework | sdgs_goal | sdgs_code |
|-----------|----------------|--------|-------|-------------|---------------------|----------------|-----------|-----------|
| own.other | cohesion       | up     | share | water = no  | No water            |                |           |           |
| own.water | service_access | up     | share | water = yes | Water               | FRAMEWORK      | GOAL      | CODE      |
"""


def added(store: Store, viewer: Viewer, framework: str, goal: str, code: str) -> None:
    text = BOOK.replace("FRAMEWORK", framework).replace("GOAL", goal).replace("CODE", code)
    add(store, viewer, workbook(tables(text)), "own.xlsx")


def test_an_official_indicator_that_there_is_is_taken(store: Store, viewer: Viewer) -> None:
    added(store, viewer, "2025", "6", "6.1.1")
    assert indicators(store, viewer)["own.water"].sdgs == ("2025", 6, "6.1.1")


@pytest.mark.parametrize(("framework", "goal", "code", "told"), [
    ("2025", "7", "7.9.9",
     "Sheet 'indicators', row 3, column 'sdgs_code': SDGs Desa 2025 has no indicator 7.9.9 under goal 7. Write one of: 7.1.1, "
     "7.2.1, 7.3.1, 7.3.2, 7.4.1, 7.4.2; or leave the three sdgs columns empty."),
    ("2025", "7", "6.1.1",
     "Sheet 'indicators', row 3, column 'sdgs_goal': indicator 6.1.1 stands under goal 6 of SDGs Desa 2025, not under goal 7. "
     "Mend the goal."),
    ("2024", "6", "6.1.1", "Sheet 'indicators', row 3, column 'sdgs_framework': '2024' is not known. Write one of: 2025, 2020."),
])
def test_one_that_there_is_not_is_named_with_its_cell_and_remedy(
    framework: str, goal: str, code: str, told: str, store: Store, viewer: Viewer,
) -> None:
    with pytest.raises(UserError) as caught:
        added(store, viewer, framework, goal, code)
    assert explain(caught.value, "en") == told
    assert explain(caught.value, "id") != told
    assert indicators(store, viewer) == {}
