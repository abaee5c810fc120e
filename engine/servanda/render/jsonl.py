"""Assessments come in; one JSON line for each instance goes out, saying first what it belongs to."""

from __future__ import annotations

import json
from collections.abc import Sequence

from servanda.model.moments import rfc3339
from servanda.model.verdict import Assessment
from servanda.render.data import instance_data


def jsonl_text(assessments: Sequence[Assessment]) -> str:
    """One instance a line."""
    lines = []
    for one in assessments:
        head = {
            "agreement": one.agreement,
            "view": one.view,
            "as_of": rfc3339(one.as_of),
            "known_at": rfc3339(one.known_at),
        }
        lines += [json.dumps(head | instance_data(instance), ensure_ascii=False) for instance in one.instances]
    return "".join(f"{line}\n" for line in lines)
