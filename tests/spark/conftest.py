"""One session of Spark for all tests here; they are skipped where Spark cannot run."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from spark.sessions import missing, session


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if lacks := missing():
        pytest.skip(lacks)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        started = session(tmp_path_factory.mktemp("spark"))
    yield started
    started.stop()
