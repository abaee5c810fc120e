"""Servanda tracks whether commitments are kept: agreements and reports come in, verdicts go out."""

from servanda.assessing import Assessed, assess
from servanda.errors import LoadError, TooMuchError
from servanda.model.agreement import Agreement
from servanda.model.report import Report
from servanda.model.verdict import Assessment, Instance
from servanda.reading.agreement import load, loads
from servanda.reading.rejected import ReportError, ReportFileError
from servanda.reading.report_body import report
from servanda.reading.reports import read_reports
from servanda.tracker import Finding, Tracker

__version__ = "0.1.0"

__all__ = [
    "Agreement",
    "Assessed",
    "Assessment",
    "Finding",
    "Instance",
    "LoadError",
    "Report",
    "ReportError",
    "ReportFileError",
    "TooMuchError",
    "Tracker",
    "assess",
    "load",
    "loads",
    "read_reports",
    "report",
]
