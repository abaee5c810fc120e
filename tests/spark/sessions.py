"""Sessions of Spark for tests: a master comes in, a quiet session on this machine goes out."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path
from typing import Any

ENGINE = Path(__file__).parents[2] / "engine"


def missing() -> str | None:
    """What is not there that Spark needs; None when all is."""
    for package in ("pyspark", "pyarrow", "pandas", "google.protobuf"):
        top, _, _ = package.partition(".")
        if importlib.util.find_spec(top) is None or importlib.util.find_spec(package) is None:
            return f"{package} is not installed: pip install 'servanda[spark]'"
    java = os.environ.get("JAVA_HOME")
    found = Path(java, "bin", "java").exists() if java else shutil.which("java") is not None
    return None if found else "there is no Java: Spark runs on it"


def session(folder: Path, master: str = "local[2]", **settings: str) -> Any:
    """A session that keeps its files in a folder."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ENGINE), *filter(None, [os.environ.get("PYTHONPATH")])])
    builder = SparkSession.builder.master(master)
    fixed = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.codegen.wholeStage": "false",  # compiling takes longer than a small table
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder / "local"),
    }
    for name, value in (fixed | settings).items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
