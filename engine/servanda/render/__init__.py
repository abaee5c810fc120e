"""Assessments come in; JSON, CSV, Markdown and tables go out. Nothing here judges."""
