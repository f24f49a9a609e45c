"""What in the register's free texts looks like a person's own: an identity number, a mobile phone, a private e-mail address.

The register speaks of offices. An identity number is never an office's and is refused. A mobile number or an address at a
free provider may well be a village office's own, so these are only asked about; an address that names an office is not.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from data.importing.finding import Severity
from data.importing.privacy import is_nik, is_phone
from data.register.entry import Entry, Finding, Record

_COLUMNS = {"office_contact", "contribution", "note"}
_DIGITS = re.compile(r"\+?\d[\d .()-]{7,}\d")
_EMAIL = re.compile(r"([\w.%+-]+)@([\w-]+(?:\.[\w-]+)+)")
_FREE = {"gmail", "googlemail", "yahoo", "ymail", "rocketmail", "hotmail", "outlook", "live", "icloud", "proton", "protonmail"}
_OFFICE = re.compile(
    r"desa|pemdes|kantor|office|kec|kab|dinas|dpmd|bumdes|bkad|info|admin|sekretariat|sekre|humas|lembaga|yayasan|koperasi|kop"
    r"|univ|lppm|kontak|contact|layanan|cs|pt|cv",
)


def sign(text: str) -> str | None:
    """What a text holds that looks like a person's: nik, phone, email, or nothing."""
    numbers = _DIGITS.findall(text)
    if any(is_nik(number) for number in numbers):
        return "nik"
    if any(is_phone(number) for number in numbers):
        return "phone"
    for name, place in _EMAIL.findall(text):
        if place.split(".")[0].lower() in _FREE and not _OFFICE.search(name.lower()):
            return "email"
    return None


def check(entry: Entry, record: Record) -> Iterator[Finding]:
    """A finding for each free text of a record with such a sign; the number itself is not repeated."""
    columns = _COLUMNS | ({"name"} if entry.sheet.name == "third_parties" else set())
    for column in entry.sheet.columns:
        text = record.get(column.name)
        if column.name in columns and isinstance(text, str) and (found := sign(text)):
            severity = Severity.ERROR if found == "nik" else Severity.WARNING
            yield replace(entry.finding(f"personal_{found}", column.name, severity=severity), value=None)
