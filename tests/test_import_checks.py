"""What is odd but possible is a warning: peers, parts and wholes, rows that repeat."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.importing import likeness
from data.importing.preparing import Prepared, prepared
from data.instruments.workbook import read_kobo
from data.reading import read
from tests.test_import_commit import workbook
from tests.test_import_dialects import form, imported


def found(tmp_path: Path, text: str, survey: str) -> list[tuple[str, int | None, str | None, dict[str, object]]]:
    path = tmp_path / "f.csv"
    path.write_text(text)
    return warnings(imported(path, form("f", survey)))


def warnings(result: Prepared) -> list[tuple[str, int | None, str | None, dict[str, object]]]:
    return [(one.code, one.row, one.value, dict(one.params)) for one in result.findings if one.severity == "warning"]


def test_a_total_that_differs_from_its_men_and_women_is_said(tmp_path: Path) -> None:
    survey = "text place\ninteger total_penduduk\ninteger penduduk_l\ninteger penduduk_p"
    text = "place,total_penduduk,penduduk_l,penduduk_p\na,115,50,65\nb,120,50,65\nc,120,50,\n"
    assert found(tmp_path, text, survey) == [("calculation_differs", 3, "120", {"computed": "115"})]


def test_one_value_far_from_ten_peers_is_said_and_the_peers_are_not(tmp_path: Path) -> None:
    # Incomes between 1 and 2 million and one of 1.5 billion: three zeros too many.
    incomes = [1_000_000 + 100_000 * i for i in range(11)] + [1_500_000_000]
    text = "place,income\n" + "".join(f"p{i},{income}\n" for i, income in enumerate(incomes))
    assert found(tmp_path, text, "text place\ninteger income") == [
        ("far_from_peers", 13, "1500000000", {"median": "1550000"}),  # the middle of twelve: 1.5 and 1.6 million
    ]


def test_nine_values_say_nothing_about_what_is_usual(tmp_path: Path) -> None:
    text = "place,income\n" + "".join(f"p{i},{income}\n" for i, income in enumerate([1_000_000] * 4 + [1_100_000] * 4 + [10**12]))
    assert found(tmp_path, text, "text place\ninteger income") == []


def test_rows_that_repeat_word_for_word_are_said_where_nothing_tells_them_apart(tmp_path: Path) -> None:
    assert found(tmp_path, "place,income\na,5\nb,6\na,5\n", "text place\ninteger income") == [
        ("identical_row", 4, None, {"first": 2})
    ]
    assert (
        found(tmp_path, "place,income,_uuid,_id,_submission_time\na,5,u1,1,x\na,5,u2,2,y\n", "text place\ninteger income") == []
    )


def test_a_count_of_members_that_differs_from_the_members_is_said(tmp_path: Path) -> None:
    survey = [
        {"type": "text", "name": "place", "label": "Tempat"},
        {"type": "begin_repeat", "name": "member", "label": "Anggota"},
        {"type": "integer", "name": "earns", "label": "Penghasilan"},
        {"type": "end_repeat"},
        {"type": "calculate", "name": "members", "label": "Jumlah anggota", "calculation": "count(${member})"},
        {"type": "calculate", "name": "income", "label": "Penghasilan", "calculation": "sum(${earns})"},
    ]
    instrument = read_kobo({"survey": survey, "choices": []}, id_string="f", version="1", title="f")
    content = workbook(
        f=[["place", "members", "income", "_index"], ["a", 2, 300, 1], ["b", 2, 500, 2], ["c", 0, 0, 3]],
        member=[["earns", "_parent_index"], [100, 1], [200, 1], [400, 2]],
    )
    assert warnings(prepared(read(content, "f.xlsx"), instrument, round="r", key=b"k" * 32)) == [
        ("repeat_differs", 3, "2", {"computed": "1"}),
        ("repeat_differs", 3, "500", {"computed": "400"}),
    ]


@pytest.mark.parametrize(
    ("rule", "value", "is_broken"),
    [
        (". >= 0 and . <= 120", "121", True),
        (". >= 0 and . <= 120", "120", False),
        (". mod 2 = 0", "3", True),
        ("regex(., '^[0-9]{2}$')", "123", True),
        ("not(. = 7)", "7", True),
        (". < ${limit}", "5", True),
        (". < ${limit}", "3", False),
    ],
)
def test_rules_of_the_questionnaire_hold(tmp_path: Path, rule: str, value: str, is_broken: bool) -> None:
    path = tmp_path / "f.csv"
    path.write_text(f"limit,age\n4,{value}\n")
    survey = [
        {"type": "integer", "name": "limit", "label": "l"},
        {"type": "integer", "name": "age", "label": "a", "constraint": rule},
    ]
    result = imported(path, read_kobo({"survey": survey, "choices": []}, id_string="f", version="1", title="f"))
    assert [one.code for one in result.findings] == (["constraint"] if is_broken else [])


def test_a_rule_that_cannot_be_checked_here_is_said(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("age\n4\n")
    survey = [{"type": "integer", "name": "age", "label": "a", "constraint": "pulldata('x', 'a', 'b', .) > 1"}]
    result = imported(path, read_kobo({"survey": survey, "choices": []}, id_string="f", version="1", title="f"))
    assert [(one.code, one.params["part"]) for one in result.findings] == [("not_evaluated", "pulldata()")]


def test_an_interview_copied_with_one_answer_changed_is_said(tmp_path: Path) -> None:
    names = [f"q{i}" for i in range(20)]
    honest = [[str((7 * row + 3 * column * row) % 11) for column in range(20)] for row in range(1, 6)]
    copied = [*honest[1][:19], "99"]  # 19 of 20 answers: 95 percent
    changed = [*honest[2][:18], "98", "99"]  # 18 of 20: 90 percent
    lines = [",".join(["place", *names])] + [",".join([f"p{i}", *row]) for i, row in enumerate([*honest, copied, changed])]
    survey = "text place\n" + "\n".join(f"integer {name}" for name in names)
    nearly = [one for one in found(tmp_path, "\n".join(lines) + "\n", survey) if one[0] == "nearly_same"]
    assert nearly == []  # the name of the place differs too: 19 of 21
    survey = survey.replace("text place\n", "")
    assert [one for one in found(tmp_path, "\n".join(lines) + "\n", survey) if one[0] == "nearly_same"] == [
        ("nearly_same", 7, None, {"first": 3, "percent": 95}),
    ]


def test_required_questions_of_a_file_that_mixes_versions_only_warn(tmp_path: Path) -> None:
    survey = [
        {"type": "integer", "name": "age", "label": "a", "required": "yes"},
        {"type": "integer", "name": "size", "label": "s"},
    ]
    instrument = read_kobo({"survey": survey, "choices": []}, id_string="f", version="1", title="f")
    path = tmp_path / "f.csv"
    for versions, severity in ((("v1", "v1"), "error"), (("v1", "v2"), "warning")):
        path.write_text(f"age;size;_uuid;__version__\n;1;a;{versions[0]}\n5;2;b;{versions[1]}\n")
        assert [(one.row, str(one.severity)) for one in imported(path, instrument).findings if one.code == "required"] == [
            (2, severity)
        ]
    path.write_text("size;_uuid;__version__\n1;a;v1\n")
    assert [(one.code, str(one.severity)) for one in imported(path, instrument).findings] == [("required_absent", "warning")]


QUESTIONS = [f"q{i}" for i in range(20)]
LIKE = form("f", "\n".join(f"integer {name}" for name in QUESTIONS))


def nearly(rows: list[list[int | None]]) -> list[tuple[str, int | None, dict[str, object]]]:
    lines = [",".join([*QUESTIONS, "_index"])] + [
        ",".join([*("" if cell is None else str(cell) for cell in row), str(at)]) for at, row in enumerate(rows)
    ]
    result = prepared(read(("\n".join(lines) + "\n").encode(), "f.csv"), LIKE, round="r", key=b"k" * 32)
    return [(one.code, one.row, dict(one.params)) for one in result.findings if one.code in {"nearly_same", "near_not_sought"}]


@settings(max_examples=30)
@given(
    base=st.lists(st.lists(st.none() | st.integers(0, 3), min_size=20, max_size=20), min_size=1, max_size=4),
    copies=st.lists(st.tuples(st.integers(0, 3), st.dictionaries(st.integers(0, 19), st.integers(4, 9), max_size=3)), max_size=8),
)
def test_near_duplicates_are_those_that_comparing_every_pair_finds(
    base: list[list[int | None]], copies: list[tuple[int, dict[int, int]]]
) -> None:
    rows = [list(row) for row in base]
    for of, changes in copies:
        rows.append([changes.get(at, cell) for at, cell in enumerate(base[of % len(base)])])
    expected = []
    for later, one in enumerate(rows):
        for earlier, other in enumerate(rows[:later]):
            asked = sum(a is not None or b is not None for a, b in zip(one, other, strict=True))
            same = sum(a == b and a is not None for a, b in zip(one, other, strict=True))
            if asked >= 15 and same / asked >= 0.95:
                if one != other:  # word for word the same is a finding of its own
                    expected.append(("nearly_same", later + 2, {"first": earlier + 2, "percent": int(100 * (same / asked))}))
                break
    identical = {at for at, one in enumerate(rows, start=2) if one in rows[: at - 2]}
    assert nearly(rows) == [one for one in expected if one[1] not in identical]


def test_a_copy_among_sixty_thousand_interviews_is_found() -> None:
    chance = np.random.default_rng(3)
    rows = chance.integers(0, 10_000, size=(60_000, 20)).tolist()
    rows[59_999] = [*rows[17][:19], 10_001]
    assert nearly(rows) == [("nearly_same", 60_001, {"first": 19, "percent": 95})]


def test_where_too_many_agree_it_is_said_that_near_duplicates_were_not_sought(monkeypatch: pytest.MonkeyPatch) -> None:
    # 40 rows that agree in all but a question of the last part: 780 pairs share the first three parts.
    rows: list[list[int | None]] = [[1] * 19 + [number] for number in range(40)]
    assert len(nearly(rows)) == 39
    monkeypatch.setattr(likeness, "MOST_PAIRS", 779)
    assert nearly(rows) == [("near_not_sought", None, {"count": 40})]
