"""Whose export a file is, and the columns each tool adds of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from data.importing.naming import key


class Dialect(StrEnum):
    KOBO = "kobo"
    ODK = "odk"
    SURVEYCTO = "surveycto"
    ONA = "ona"
    GOOGLE_FORMS = "google_forms"
    PLAIN = "plain"


# Written by a survey tool: numbers have a decimal point.
MACHINES = frozenset({Dialect.KOBO, Dialect.ODK, Dialect.SURVEYCTO, Dialect.ONA})


class Role(StrEnum):
    """What a column that is no variable is for."""

    UUID = "uuid"
    INDEX = "index"
    PARENT_INDEX = "parent_index"
    PARENT_TABLE = "parent_table"
    PARENT_KEY = "parent_key"
    VERSION = "version"
    REVIEW = "review"
    STATUS = "status"
    # Of a rejects workbook: the file it came from, and there the row, the parent's row and the respondent.
    REJECTS_FILE = "rejects_file"
    REJECTS_ROW = "rejects_row"
    REJECTS_PARENT = "rejects_parent"
    REJECTS_KEY = "rejects_key"
    # Of our own export: these rows were accepted once, under this version of the form.
    STORED = "stored"
    NOTHING = "nothing"


REJECTS = {
    Role.REJECTS_FILE: "_pantau_file",
    Role.REJECTS_ROW: "_pantau_row",
    Role.REJECTS_PARENT: "_pantau_parent",
    Role.REJECTS_KEY: "_pantau_key",
}
STORED = "_pantau_stored"
_ROLES = {
    STORED: Role.STORED,
    "_uuid": Role.UUID,
    "KEY": Role.UUID,
    "_submission__uuid": Role.NOTHING,
    "_index": Role.INDEX,
    "_parent_index": Role.PARENT_INDEX,
    "_parent_table_name": Role.PARENT_TABLE,
    "PARENT_KEY": Role.PARENT_KEY,
    "__version__": Role.VERSION,
    "_version": Role.VERSION,
    "_version_": Role.VERSION,
    "FormVersion": Role.VERSION,
    "formdef_version": Role.VERSION,
    "ReviewState": Role.REVIEW,
    "_validation_status": Role.REVIEW,
    "review_status": Role.REVIEW,
    "Status": Role.STATUS,
} | {text: role for role, text in REJECTS.items()}
_NOTHING = frozenset(
    [
        "_id",
        "_submission_time",
        "_notes",
        "_status",
        "_submitted_by",
        "_tags",
        "meta/rootUuid",
        "meta/instanceID",
        "meta-instanceID",
        "instanceID",
        "meta/instanceName",
        "meta-instanceName",
        "meta/deprecatedID",
        "formhub/uuid",
        "_duration",
        "_total_media",
        "_media_count",
        "_media_all_received",
        "_xform_id",
        "_bamboo_dataset_id",
        "_xform_id_string",
        "_edited",
        "_last_edited",
        "_geolocation",
        "_attachments",
        "_date_modified",
        "_review_status",
        "_review_comment",
        "_reviewed_by",
        "SubmissionDate",
        "SubmitterID",
        "SubmitterName",
        "AttachmentsPresent",
        "AttachmentsExpected",
        "DeviceID",
        "Edits",
        "instanceName",
        "starttime",
        "endtime",
        "deviceid",
        "subscriberid",
        "simid",
        "devicephonenum",
        "username",
        "caseid",
        "duration",
        "text_audit",
        "review_comments",
        "review_corrections",
        "review_quality",
        "Timestamp",
    ]
) | {"Stempel waktu", "Cap waktu", "Email Address", "Alamat Email", "Score", "Skor"}
_INSTANCE_ID = frozenset({"meta/instanceID", "meta-instanceID", "instanceID"})
_REVIEWED_OUT = frozenset({"rejected", "validation_status_not_approved", "not approved", "validation status not approved"})


def recognise(tables: Iterable[Iterable[str]]) -> Dialect:
    """The dialect of a file, from the headers of its tables."""
    headers = {header for table in tables for header in table}
    if "KEY" in headers and headers & {"formdef_version", "subscriberid", "simid"}:
        return Dialect.SURVEYCTO
    if "PARENT_KEY" in headers or (
        "KEY" in headers and headers & {"SubmissionDate", "SubmitterID", "ReviewState", "FormVersion"}
    ):
        return Dialect.ODK
    if headers & {"_index", "__version__", "_validation_status", "_parent_index"} and headers & {
        "_uuid",
        "_id",
        "_submission_time",
        "_index",
    }:
        return Dialect.KOBO
    if headers & {"_uuid", "meta/instanceID", "formhub/uuid"} or any(re.search(r"\[\d+\]/", header) for header in headers):
        return Dialect.ONA
    if any(key(header) in {"timestamp", "stempel waktu", "cap waktu"} for header in headers):
        return Dialect.GOOGLE_FORMS
    return Dialect.PLAIN


def role(header: str, dialect: Dialect) -> Role | None:
    """What one of the tool's own columns is for; None for a column that is not one of them."""
    header = header.strip()
    if header in REJECTS.values():
        return _ROLES[header]
    if header in _ROLES:
        is_generic = header in {"Status", "KEY"}
        return _ROLES[header] if not is_generic or dialect in MACHINES else None
    if header.startswith("SET-OF-") and dialect in MACHINES:  # names the rows of a repeat, as their PARENT_KEY does
        return Role.NOTHING
    if header in _NOTHING or header.startswith(("_submission__", "_submission_")):
        return Role.NOTHING if dialect is not Dialect.PLAIN or header.startswith("_") else None
    return None


def identity(headers: Iterable[str]) -> str | None:
    """The column that names a submission where no `_uuid` or `KEY` does."""
    return next((header for header in headers if header.strip() in _INSTANCE_ID), None)


def is_reviewed_out(text: str) -> bool:
    """Whether a review said that the submission does not count."""
    return text.strip().casefold() in _REVIEWED_OUT


def is_without_answers(text: str) -> bool:
    """Whether a submission's answers could not be decrypted."""
    return "encrypted" in text.casefold() or "not decrypted" in text.casefold()
