"""Spark as the engine of a scan (data/at_scale.py). PySpark is an extra: see requirements-spark.txt."""
from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import narwhals as nw
import pyarrow as pa

from data.at_scale import Engine
from data.errors import UserError
from metrics.totals import Frame

# Sums come home through the driver: those of 75,266 villages and 30 indicators are some hundred megabytes.
_RESULT_SIZE = "4g"
# Sums are small beside responses: Spark's own 200 parts would each wait longer for their turn than they work.
_PARTS = "32"


@contextmanager
def spark_engine(master: str) -> Iterator[Engine]:
    """Spark, by a master (`local[*]`, `spark://host:7077`, `local-cluster[2,1,1024]`) or a Spark Connect address (`sc://host`).

    Raises `UserError` where PySpark is not installed, or Java is not there for a master that starts here.
    """
    if importlib.util.find_spec("pyspark") is None:
        raise UserError("totals.no_spark")
    if not master.startswith("sc://") and not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise UserError("totals.no_java")
    # Workers run the Python that runs here, not one that happens to be on their path.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    from pyspark.errors import AnalysisException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("pantau totals")
    builder = builder.config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", _PARTS)
    if master.startswith("sc://"):
        session = builder.remote(master).getOrCreate()
    else:
        builder = builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
        session = builder.config("spark.driver.maxResultSize", _RESULT_SIZE).master(master).getOrCreate()

    def read(files: str) -> Frame:
        try:
            return nw.from_native(session.read.parquet(files))
        except AnalysisException as error:
            raise UserError("totals.no_files", responses=files) from error

    def table(rows: pa.Table) -> Frame:
        names = ", ".join(f"{name} {'DOUBLE' if pa.types.is_floating(rows.schema.field(name).type) else 'STRING'}"
                          for name in rows.column_names)
        return nw.from_native(session.createDataFrame([tuple(row.values()) for row in rows.to_pylist()], schema=names))

    try:
        yield Engine(
            name="spark", read=read, table=table,
            hold=lambda frame: nw.from_native(frame.to_native().persist()),
            collect=lambda frame: frame.to_native().toArrow(),
        )
    finally:
        session.stop()
