"""Broken files without end: reading must give tables that account for every row, or refuse in words; never crash or hang.

`python -m tests.fuzz_reading --minutes 10` runs until the time is over. Files are made by breaking good ones; one that
makes reading say something new is kept and broken further. A file that fails is written to a folder that is named.
"""
from __future__ import annotations

import argparse
import csv
import io
import random
import sys
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data.errors import UserError
from data.messages import explain
from data.reading import RawFile, read
from tests.reading_cases import archive, workbook

LONGEST_SECONDS = 12.0
_PIECES = (
    b'"', b'""', b"'", b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1a", b"\\",
    b"\xc3", b"1e999", b"-0", b"#adm4", b"Jumlah", b"<", b">", b"</row>", b"</sheetData>", b'<c r="XFD9"><v>1</v></c>',
    b'r="A1048576"', b"<mergeCell ref=\"A1:XFD9\"/>", b't="e"', b't="s"', b"9" * 30, b'<row r="5">', b"&amp;",
    b"]]>", b"<!--", b" ",
)


@dataclass(frozen=True, kw_only=True)
class Failure:
    what: str
    content: bytes
    name: str


def seeds(testdata: Path | None) -> list[tuple[str, bytes]]:
    rows = [
        ["desa", "anggota", "tanggal"], ["Sinar Luas", "12", "12/03/2023"], ['Si "do" arjo', "9,5", ""], ["a\nb", "1.250", "n/a"],
    ] * 3
    sheet = [
        ["No", "Desa", "Luas"], [1, "A", 2.5], [2, "B", "2.125"], ["Jumlah", None, 5], [None] * 3,
        ["Nama", "Umur", "x"], ["Ani", 3, 1],
    ]
    found = [
        ("data.csv", _text(rows, ",", "utf-8")),
        ("data.csv", _text(rows, ";", "utf-16")),
        ("data.tsv", _text(rows, "\t", "cp1252")),
        ("data.xlsx", workbook(sheet, [["a"], [True]], merges=("A1:A2",))),
    ]
    found.append(("data.zip", archive({"form.csv": b"KEY,a\n1,2\n", "form-b.csv": b"PARENT_KEY,b\n1,2\n"})))
    if testdata is not None and testdata.is_dir():
        names = (
            "date.xls", "table-with-booleans.xls", "errors.xlsx", "merged_range.xlsx", "multiline-headers.xlsx",
            "any_sheets.xlsx",
        )
        found += [(name, (testdata / "xlsx_fixtures" / name).read_bytes()) for name in names]
    return found


def _text(rows: list[list[str]], delimiter: str, encoding: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def failures(draw: random.Random, seconds: float, testdata: Path | None, most: int | None = None) -> Iterator[Failure]:
    """Failures found until the time is over, or after `most` files."""
    corpus = seeds(testdata)
    said: set[object] = set()
    end, count = time.monotonic() + seconds, 0
    swallowed: list[str] = []      # what a callback raised where nobody could catch it
    sys.unraisablehook = lambda unraised: swallowed.append(repr(unraised.exc_value))
    while time.monotonic() < end and (most is None or count < most):
        count += 1
        name, content = draw.choice(corpus)
        content = broken(content, draw)
        start = time.monotonic()
        try:
            file = read(content, name, hidden=draw.random() < 0.5)
        except UserError as error:
            explain(error, "id")
            new: object = (name, error.code)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            yield Failure(what=repr(error)[:500], content=content, name=name)
            continue
        else:
            if wrong := unsound(file):
                yield Failure(what=wrong, content=content, name=name)
            new = signature(name, file)
        if swallowed:
            yield Failure(what=swallowed.pop(), content=content, name=name)
        if time.monotonic() - start > LONGEST_SECONDS:
            yield Failure(what=f"{time.monotonic() - start:.0f} seconds", content=content, name=name)
        if new not in said and len(content) < 200_000:
            said.add(new)
            corpus.append((name, content))
    print(f"{count} files, {len(said)} kinds of answers")


def unsound(file: RawFile) -> str:
    """What does not add up in the tables, '' where all does."""
    for table in file.tables:
        if len(table.rows) != table.values.num_rows or len(table.headers) != table.values.num_columns:
            return "rows, headers and values differ in number"
        if not len(table.letters) == len(table.kinds) == table.values.num_columns:
            return "letters or kinds do not fit the columns"
        if any(len(mask) != len(table.rows) for mask in table.numbers.values()):
            return "a mask does not fit the rows"
    for sheet in {table.sheet for table in file.tables} if file.format != "zip" else ():
        tables = [table for table in file.tables if table.sheet == sheet]
        seen = Counter(row for table in tables for row in table.rows.to_pylist())
        seen += Counter(left.row for table in tables for left in table.left_out)
        seen += Counter(table.header_row for table in tables if table.header_row)
        if seen and seen != Counter(range(1, max(seen) + 1)):
            return "a row is lost or counted twice"
    return ""


def signature(name: str, file: RawFile) -> object:
    """What reading said about a file, in short."""
    return name, file.format, file.encoding, file.delimiter, file.quote, file.escape, len(file.tables), frozenset(
        (min(len(table.rows), 3), table.header_row > 0, tuple(table.kinds[:4]), frozenset(left.reason for left in table.left_out))
        for table in file.tables
    )


def broken(content: bytes, draw: random.Random) -> bytes:
    """The content with a few things wrong; half of the time within a part of an archive."""
    if content.startswith(b"PK") and draw.random() < 0.8:
        try:
            return _broken_part(content, draw)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, KeyError, IndexError, zlib.error):
            pass
    for _ in range(draw.choice((1, 1, 2, 5, 20))):
        content = _once(content, draw)
    return content


def _broken_part(content: bytes, draw: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {entry.filename: packed.read(entry) for entry in packed.infolist() if entry.file_size < 1_000_000}
    name = draw.choice(sorted(parts))
    for _ in range(draw.choice((1, 1, 2, 5))):
        parts[name] = _once(parts[name], draw)
    return archive(parts)


def _once(content: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(content) + 1)
    span = draw.choice((1, 2, 8, 64, 512))
    match draw.randrange(6):
        case 0:
            return content[:at] + content[at + span :]
        case 1:
            return content[:at] + draw.choice(_PIECES) * draw.choice((1, 1, 2, 50)) + content[at:]
        case 2:
            return content[:at] + content[at : at + span] * draw.choice((2, 3, 40)) + content[at + span :]
        case 3:
            return content[:at] + draw.randbytes(span) + content[at + span :]
        case 4:
            other = draw.randrange(len(content) + 1)
            return content[:at] + content[other : other + span] + content[at:]
        case _:
            return content[:at] + bytes([draw.randrange(256)]) + content[at + 1 :]


def main() -> None:
    from tests.conftest import TESTDATA

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz_reading", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=None)
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}", flush=True)
    folder = Path(tempfile.gettempdir()) / f"pantau-fuzz-{seed}"
    number = 0
    for number, failure in enumerate(failures(random.Random(seed), 60 * arguments.minutes, TESTDATA), start=1):
        folder.mkdir(exist_ok=True)
        path = folder / f"{number}-{failure.name}"
        path.write_bytes(failure.content)
        print(f"{path}: {failure.what}", flush=True)
    raise SystemExit(1 if number else 0)


if __name__ == "__main__":
    main()
