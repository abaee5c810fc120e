"""A peer, a workload and a folder come in; the peer's counts go out as JSON."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    peer, workload, folder = sys.argv[1:]
    print(json.dumps(getattr(import_module(f"peers.{peer}"), workload)(Path(folder))))
