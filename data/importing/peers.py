"""Values far from those of their peers: the same variable, round and subdistrict."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from data.importing import findings
from data.importing.columns import Values
from data.importing.design import Placed
from data.importing.finding import Severity
from data.importing.layout import Part
from data.instruments.model import Form, Kind
from data.store import quoted

# Fewer peers say nothing about what is usual.
FEWEST = 10
# In spreads: the median absolute deviation, scaled to the standard deviation of a normal distribution. A standard deviation of
# the values themselves would be widened by the very value it is to judge: among nine values none can be 3 of them away.
FAR = 6.0
_SCALE = 1.4826
_SUBDISTRICT = len("18.02.02")


def outliers(part: Part, values: Values, placed: Placed, form: Form) -> pa.Table:
    """A warning for each value more than `FAR` spreads from its peers' median; amounts that are never negative are
    compared by their logarithms. Rows without a village are one another's peers."""
    numeric = [
        variable
        for variable in form.variables
        if variable.kind in {Kind.INTEGER, Kind.DECIMAL}
        and variable.name in values.of
        and variable.name in values.cells
        and variable.name
        not in {form.design.weight, form.design.psu, form.design.psu_population, form.design.village, *form.design.strata}
    ]
    if not numeric or values.count < FEWEST:
        return findings.NONE
    found = []
    with duckdb.connect() as connection:
        connection.register(
            "answers", pa.table({"area": placed.columns["_village"], **{v.name: values.of[v.name] for v in numeric}})
        )
        connection.execute(
            "CREATE TEMP TABLE t AS SELECT row_number() OVER () - 1 AS place, left(coalesce(area, ''), ?) AS area, "
            "* EXCLUDE (area) FROM answers", [_SUBDISTRICT],
        )
        for variable in numeric:
            table = connection.sql(
                _QUERY.format(name=quoted(variable.name), fewest=FEWEST, far=FAR, scale=_SCALE)
            ).to_arrow_table()
            params = [{"median": _plain(row["median"])} for row in table.to_pylist()]
            found.append(
                findings.of_cells(
                    "far_from_peers",
                    Severity.WARNING,
                    part.source,
                    table["place"].combine_chunks(),
                    column=values.cells[variable.name],
                    variable=variable.name,
                    params=params,
                )
            )
    return findings.joined(found)


_QUERY = """
WITH shown AS (SELECT min({name}) >= 0 AS is_amount FROM t),
scaled AS (SELECT place, area, {name} AS value, CASE WHEN is_amount THEN ln(1 + {name}) ELSE {name} END AS x
           FROM t, shown WHERE {name} IS NOT NULL),
middles AS (SELECT area, median(x) AS middle, median(value) AS median FROM scaled GROUP BY area HAVING count(*) >= {fewest}),
spreads AS (SELECT area, any_value(middle) AS middle, any_value(median) AS median, {scale} * median(abs(x - middle)) AS spread
            FROM scaled JOIN middles USING (area) GROUP BY area)
SELECT CAST(place AS BIGINT) AS place, median FROM scaled JOIN spreads USING (area)
WHERE spread > 0 AND abs(x - middle) > {far} * spread ORDER BY place
"""


def _plain(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:.6g}"
