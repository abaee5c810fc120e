"""Many agreements in one process: agreements and reports come in, the findings of each agreement go out.

A report is offered to those agreements only that it can concern (`routes`), together with the reports that
it is linked to (`links`).
"""

from servanda.registry.trackers import Registry

__all__ = ["Registry"]
