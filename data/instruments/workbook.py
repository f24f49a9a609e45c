"""An instrument's workbook: an XLSForm, read by pyxform, with our sheets `design` and `indicators` beside it."""
from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import fastexcel
from pyxform.builder import create_survey_element_from_dict
from pyxform.errors import PyXFormError
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import get_xlsform

from data.errors import UserError
from data.instruments import declared, design, kobo, sheets, survey
from data.instruments.model import Form, Instrument, Kind, holds
from metrics import catalogue
from metrics.indicator import Indicator, variables

MAX_BYTES = 10_000_000
MAX_UNPACKED_BYTES = 60_000_000
_XLSX, _XLS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_workbook(content: bytes, name: str) -> Instrument:
    """The instrument in a workbook (.xlsx, .xlsm, or .xls without our sheets); `name` is the file's name.

    Raises `UserError` that says where it is, what is wrong and what to do: a file that is no XLSForm, a form pyxform
    refuses, a design or an indicator that does not fit its form.
    """
    _check_size(content, name)
    file_type = ".xls" if content.startswith(_XLS) else ".xlsx"
    tree = _parsed(BytesIO(content), name, file_type)
    ours = {"design": design.COLUMNS, "indicators": declared.COLUMNS}
    if file_type == ".xls":
        if set(ours) & set(fastexcel.read_excel(content).sheet_names):
            raise UserError("instrument.save_as_xlsx", name=name)
        ours = {}
    rows = [sheets.rows(content, sheet, columns) for sheet, columns in ours.items()]
    return _instrument(tree, hashlib.sha256(content).hexdigest(), *rows)


def read_kobo(content: Mapping[str, Any], **settings: str) -> Instrument:
    """The instrument in a form as KoboToolbox's interface hands it over; `settings` are `id_string`, `version`, `title`."""
    tree = _parsed(kobo.sheets(content, settings), settings.get("id_string", "form"), None)
    return _instrument(tree, hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest())


def _check_size(content: bytes, name: str) -> None:
    """Raises `UserError` for what is no workbook, or would fill the memory when unpacked."""
    if not content.startswith((_XLSX, _XLS)):
        raise UserError("instrument.not_a_workbook", name=name)
    if len(content) > MAX_BYTES:
        raise UserError("instrument.too_large", name=name, limit_mb=MAX_BYTES // 1_000_000)
    if content.startswith(_XLSX):
        try:
            unpacked = sum(entry.file_size for entry in zipfile.ZipFile(BytesIO(content)).infolist())
        except zipfile.BadZipFile as error:
            raise UserError("instrument.not_a_workbook", name=name) from error
        if unpacked > MAX_UNPACKED_BYTES:
            raise UserError("instrument.too_large", name=name, limit_mb=MAX_UNPACKED_BYTES // 1_000_000)


def _parsed(source: BytesIO | dict[str, Any], name: str, file_type: str | None) -> dict[str, Any]:
    """pyxform's tree of a form that converts to an XForm without an error, as KoboToolbox and ODK will do with it."""
    try:
        definition = get_xlsform(source, file_type=file_type)
        # pyxform takes the only sheet of a workbook for its survey, whatever its name.
        if not definition.survey or (definition.sheet_names and "survey" not in map(str.lower, definition.sheet_names)):
            raise UserError("instrument.no_survey", name=name)
        tree: dict[str, Any] = workbook_to_json(definition, fallback_form_name=Path(name).stem, warnings=[])
        create_survey_element_from_dict(json.loads(json.dumps(tree))).to_xml(validate=False)
    except PyXFormError as error:
        raise UserError("instrument.refused_by_pyxform", name=name, reason=str(error)) from error
    return tree


def _instrument(
    tree: Mapping[str, Any], sha256: str, designs: Sequence[sheets.SheetRow] = (), rows: Sequence[sheets.SheetRow] = (),
) -> Instrument:
    identity = str(tree["id_string"]).strip()
    forms = tuple(_with_numbers(form) for form in design.with_designs(survey.forms(tree, identity), designs))
    indicators = _shipped(identity, forms) + declared.indicators(identity, forms, rows)
    return Instrument(
        id=identity, version=str(tree.get("version") or sha256[:8]), labels=forms[0].labels, languages=_languages(forms),
        forms=forms, indicators=indicators, sha256=sha256,
    )


def _shipped(identity: str, forms: Sequence[Form]) -> tuple[Indicator, ...]:
    """The catalogue's indicators that this form can carry: an evaluator may have left out some of its questions."""
    carried = {form.name: frozenset(holds(form)) for form in forms}
    return tuple(
        indicator for indicator in catalogue.INDICATORS
        if indicator.instrument_id == identity and indicator.form in carried
        and variables(indicator) <= carried[indicator.form]
    )


def _with_numbers(form: Form) -> Form:
    """The form with numbers for calculated answers that its design uses as numbers: XLSForm leaves them untyped."""
    numbers = {form.design.weight, form.design.psu_population}
    return replace(form, variables=tuple(
        replace(variable, kind=Kind.DECIMAL) if variable.name in numbers and variable.kind is Kind.TEXT else variable
        for variable in form.variables
    ))


def _languages(forms: Sequence[Form]) -> tuple[str, ...]:
    """In the order they are met."""
    return tuple(dict.fromkeys(language for form in forms for variable in form.variables for language in variable.labels))
