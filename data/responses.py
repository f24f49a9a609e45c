"""The tables of responses: one per form of an instrument, one row per response.

A column once made stays, so that a later version of an instrument can only add. Rows of withdrawn batches stay too; who reads
joins `batch` and takes the accepted.
"""

from __future__ import annotations

from duckdb import ConversionException, DuckDBPyConnection

from data.errors import UserError
from data.instruments.model import Form, Instrument, Kind, Variable, table_name
from data.store import quoted

SYSTEM = {
    "_round": "VARCHAR NOT NULL",
    "_batch": "BIGINT NOT NULL",
    "_row": "BIGINT NOT NULL",
    "_village": "VARCHAR",
    "_weight": "DOUBLE NOT NULL",
    "_stratum": "VARCHAR NOT NULL",
    "_psu": "VARCHAR NOT NULL",
    "_psu_population": "DOUBLE",
    "_parent": "BIGINT",
    "_key": "VARCHAR",
    "_uuid": "VARCHAR",
}
TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    Kind.DECIMAL: "DOUBLE",
    Kind.DATE: "DATE",
    Kind.TIME: "VARCHAR",
    Kind.DATETIME: "TIMESTAMP",
    Kind.SELECT_ONE: "VARCHAR",
    Kind.SELECT_MULTIPLE: "VARCHAR",
}


def qualified(instrument: str, form: str) -> str:
    """A form's table as SQL names it."""
    return f"responses.{quoted(table_name(instrument, form))}"


def columns(form: Form) -> dict[str, str]:
    """The columns of a form's variables with their types; positions and files are never stored."""
    made: dict[str, str] = {}
    for variable in form.variables:
        if variable.kind in TYPES:
            made[variable.name] = TYPES[variable.kind]
        if variable.kind is Kind.SELECT_MULTIPLE:
            made |= dict.fromkeys(choice_columns(variable), "TINYINT")
    return made


def choice_columns(variable: Variable) -> list[str]:
    """The columns of a select_multiple's choices."""
    names = [choice.name for choice in variable.choices]
    if variable.allows_other and "other" not in names:
        names.append("other")
    return [f"{variable.name}__{name}" for name in names]


def ensure_table(cursor: DuckDBPyConnection, instrument: Instrument, form: Form) -> None:
    """Makes a form's table, or adds the columns that a new version of the instrument brings. Inside a transaction.

    Raises `UserError` where a variable now holds another kind of value that its stored answers are not.
    """
    table = qualified(instrument.id, form.name)
    own = ", ".join(f"{quoted(name)} {type_}" for name, type_ in SYSTEM.items())
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} ({own})")
    there = dict(
        cursor.execute(
            "SELECT lower(column_name), data_type FROM duckdb_columns() WHERE schema_name = 'responses' AND table_name = ?",
            [table_name(instrument.id, form.name)],
        ).fetchall()
    )
    for name, type_ in columns(form).items():
        if name.lower() not in there:
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN {quoted(name)} {type_}")
        elif there[name.lower()] != type_:
            try:
                cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {quoted(name)} TYPE {type_}")
            except ConversionException as error:
                raise UserError("import.kind_changed", variable=name, form=form.name, instrument=instrument.id) from error
