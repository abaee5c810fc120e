"""Servanda tracks whether commitments are kept: agreements and reports come in, verdicts go out.

A public name is imported from where it lives when it is first asked for: what is not used costs no time.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "Agreement",
    "Assessed",
    "Assessment",
    "Finding",
    "Instance",
    "LoadError",
    "Registry",
    "Report",
    "ReportError",
    "ReportFileError",
    "Revision",
    "SnapshotError",
    "TooMuchError",
    "Tracker",
    "assess",
    "history",
    "load",
    "loads",
    "read_reports",
    "report",
]

if TYPE_CHECKING:
    from servanda.api import assess
    from servanda.assessing import Assessed
    from servanda.errors import LoadError, TooMuchError
    from servanda.model.agreement import Agreement
    from servanda.model.report import Report
    from servanda.model.verdict import Assessment, Instance
    from servanda.reading.agreement import load, loads
    from servanda.reading.rejected import ReportError, ReportFileError
    from servanda.reading.report_body import report
    from servanda.reading.reports import read_reports
    from servanda.registry import Registry
    from servanda.revisions import Revision, history
    from servanda.snapshot import SnapshotError
    from servanda.tracker import Finding, Tracker
else:  # hidden from type checkers, which would take any name for a public one
    _HOMES = {
        "Agreement": "servanda.model.agreement",
        "Assessed": "servanda.assessing",
        "Assessment": "servanda.model.verdict",
        "Finding": "servanda.tracker",
        "Instance": "servanda.model.verdict",
        "LoadError": "servanda.errors",
        "Registry": "servanda.registry",
        "Report": "servanda.model.report",
        "ReportError": "servanda.reading.rejected",
        "ReportFileError": "servanda.reading.rejected",
        "Revision": "servanda.revisions",
        "SnapshotError": "servanda.snapshot",
        "TooMuchError": "servanda.errors",
        "Tracker": "servanda.tracker",
        "assess": "servanda.api",
        "history": "servanda.revisions",
        "load": "servanda.reading.agreement",
        "loads": "servanda.reading.agreement",
        "read_reports": "servanda.reading.reports",
        "report": "servanda.reading.report_body",
    }

    def __getattr__(name: str) -> object:
        """A public name (PEP 562), kept for the next time."""
        if name not in _HOMES:
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        found = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return found

    def __dir__() -> list[str]:
        """Every name, those too that nobody has asked for yet."""
        return sorted({*globals(), *__all__})
