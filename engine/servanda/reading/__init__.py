"""Files come in; agreements, reports and diagnostics with positions go out."""

from servanda.reading.agreement import check, load, loads

__all__ = ["check", "load", "loads"]
