"""Personal data: recognised before anything is stored, then dropped, or for a respondent's identity replaced by a keyed hash.

Two signs count: what a column is called, and what its cells look like. What a free text holds of numbers and addresses is
struck out; the names of a submission's own people are, in names.py.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from data.importing.person_words import NO_PERSON, PERSON
from data.instruments.model import Kind, Variable

KEY_FILE = "respondent.key"
STRUCK = "[…]"


class Reason(StrEnum):
    NAME = "name"
    NIK = "nik"
    KK = "kk"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    POSITION = "position"
    DEVICE = "device"
    FILE = "file"
    RESPONDENT = "respondent"


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """A column that is not stored; `is_hashed` where a keyed hash of it is."""

    form: str
    column: str
    variable: str | None
    reason: Reason
    is_hashed: bool = False


_NIK = re.compile(r"\b(nik|no(mor)?\.? ?(induk )?(ktp|kependudukan)|ktp|national id|nomor induk kependudukan)\b")
_KK = re.compile(r"\b(no(mor)? ?\.? ?(kk|kartu keluarga)|kartu keluarga|family card)\b")
_PHONE = re.compile(
    r"\b((no(mor)?|nmr) ?\.? ?(hp|wa|handphone|telp|telepon|tlp|ponsel|whatsapp)|telepon|telp|phone( ?number)?|phonenumber|"
    r"handphone|whatsapp|mobile number|ponsel|devicephonenum)\b"
)
_EMAIL = re.compile(r"\b(e ?mail|surel|surat elektronik)\b")
_ADDRESS = re.compile(r"\b(alamat( rumah| lengkap)?|home address|street address|address)\b")
_DEVICE = re.compile(r"^(deviceid|device id|subscriberid|simid|imei|simserial|username)$")

_POSITION = re.compile(
    r"^((gps|koordinat|coordinates?|titik)( .*)?|latitude|longitude|lat|lon|long|lng|lintang|bujur|garis (lintang|bujur))$"
)

# Whole cells that are one such thing.
_NIK_CELL = re.compile(r"^(\d{2})\d{4}(\d{2})(\d{2})\d{2}\d{4}$")
_PROVINCES = (
    frozenset(range(11, 22))
    | {31, 32, 33, 34, 35, 36}
    | {51, 52, 53}
    | set(range(61, 66))
    | set(range(71, 77))
    | {81, 82}
    | set(range(91, 98))
)
_PHONE_CELL = re.compile(r"^(\+?62|0)8[1-9]\d{6,11}$")
_EMAIL_CELL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_MAY_BE_PERSONAL = r"(?:\d\D*){9}|@"  # what all three have, seen quickly
# The same inside a text; RE2 reads these.
_SUSPECT = r"\d[\d .+()-]{7,}\d|@"
_STRIKE = (
    r"\b\d{2}[ .-]?\d{2}[ .-]?\d{2}[ .-]?\d{6}[ .-]?\d{4}\b",
    r"\b\d{4}[ .-]\d{4}[ .-]\d{4}[ .-]\d{4}\b",
    r"(?:\+62|\b62|\b0)[ .-]?8[1-9](?:[ .-]?\d){6,11}\b",
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
)


def by_name(variable: Variable) -> Reason | None:
    """What a variable's name and labels say it holds."""
    if variable.kind is Kind.GEOPOINT:
        return Reason.POSITION
    if variable.kind is Kind.FILE:
        return Reason.FILE
    if variable.kind in {Kind.TEXT, Kind.DECIMAL} and any(
        _POSITION.match(_words(text)) for text in (variable.name, *variable.labels.values())
    ):
        return Reason.POSITION
    if variable.kind is not Kind.TEXT:
        return None
    texts = [_words(text) for text in (variable.name, *variable.labels.values())]
    for reason, pattern in (
        (Reason.NIK, _NIK),
        (Reason.KK, _KK),
        (Reason.PHONE, _PHONE),
        (Reason.EMAIL, _EMAIL),
        (Reason.DEVICE, _DEVICE),
    ):
        if any(pattern.search(text) for text in texts):
            return reason
    words = {word for text in texts for word in text.split()}
    if words & {"nama", "name", "names"} and not words & NO_PERSON and any(_is_persons_name(text) for text in texts):
        return Reason.NAME
    if any(_ADDRESS.search(text) for text in texts) and not words & {"desa", "kecamatan", "kabupaten", "web", "url"}:
        return Reason.ADDRESS
    return None


def by_cells(texts: pa.Array) -> Reason | None:
    """What at least half of a column's cells look like, from up to a thousand of them."""
    known = pc.drop_null(texts.slice(0, 20_000)).slice(0, 1_000)
    if 2 * (pc.sum(pc.match_substring_regex(known, _MAY_BE_PERSONAL)).as_py() or 0) < max(1, len(known)):
        return None
    sample = known.to_pylist()
    for reason, judge in ((Reason.NIK, is_nik), (Reason.PHONE, is_phone), (Reason.EMAIL, _EMAIL_CELL.match)):
        if 2 * sum(bool(judge(text.strip())) for text in sample) >= len(sample):
            return reason
    return None


def is_nik(text: str) -> bool:
    """Sixteen digits that begin with a province and hold a birthday (40 is added to a woman's day)."""
    match = _NIK_CELL.match(re.sub(r"[ .'-]", "", text.removesuffix(".0")))
    if not match:
        return False
    day = int(match[2]) - (40 if int(match[2]) > 40 else 0)
    return int(match[1]) in _PROVINCES and 1 <= day <= 31 and 1 <= int(match[3]) <= 12


def is_phone(text: str) -> bool:
    return bool(_PHONE_CELL.match(re.sub(r"[ .()'-]", "", text)))


def struck(texts: pa.Array | pa.ChunkedArray) -> tuple[pa.Array | pa.ChunkedArray, pa.Array]:
    """Texts without the numbers and addresses in them, and the positions of those that had any."""
    suspect = pc.match_substring_regex(texts, _SUSPECT)
    if pc.any(suspect).as_py() is not True:
        return texts, pa.array([], pa.int64())
    clean = texts
    for pattern in _STRIKE:
        clean = pc.replace_substring_regex(clean, pattern, STRUCK)
    changed = pc.fill_null(pc.not_equal(clean, texts), False)
    return clean, pc.indices_nonzero(changed).cast(pa.int64())


def secret(directory: Path) -> bytes:
    """The key of the hashes: made once, beside the store and not in it, readable by its owner alone.

    Whoever has the store but not this file cannot try out identity numbers against the hashes.
    """
    path = directory / KEY_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(32))
    return path.read_bytes()


def hashed(texts: pa.Array, key: bytes) -> pa.Array:
    """A keyed hash of each text: the same person gives the same one in every round and file."""
    known = [text for text in pc.unique(texts).to_pylist() if text is not None and text.strip() and not is_damaged(text)]
    if not known:
        return pa.nulls(len(texts), pa.string())
    hashes = pa.array([_hash(text, key) for text in known])
    return hashes.take(pc.index_in(texts, value_set=pa.array(known)))


def _hash(text: str, key: bytes) -> str:
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split()).lstrip("'").removesuffix(".0")
    return hashlib.blake2b(plain.encode(), key=key, digest_size=16).hexdigest()


def is_damaged(text: str) -> bool:
    """Whether a spreadsheet has rounded a long number: 1.80202E+15."""
    return bool(re.fullmatch(r"\d(?:[.,]\d+)?[eE]\+?1\d", text.strip()))


def _words(text: str) -> str:
    return " ".join(re.sub(r"[_/().,:?*-]", " ", text.casefold()).split())


def _is_persons_name(text: str) -> bool:
    words = text.split()
    return ("nama" in words or "name" in words or "names" in words) and (len(words) == 1 or bool(set(words) & PERSON))
