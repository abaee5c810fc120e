"""Two workers, one of which is killed while it works: the verdicts are those of one machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spark.killed import prepared, told, wanted
from spark.sessions import missing

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="executors are found by /proc, which is not there"),
]


def test_a_worker_may_be_killed_while_reports_are_linked(tmp_path: Path) -> None:
    prepared(tmp_path)
    found = told("batch", tmp_path, stage=5)
    assert found["killed"] == 1
    assert found["found"] == json.loads(json.dumps(wanted("batch")))
