"""What changed - incidents, or the time - comes in; what that changed of the verdicts goes out, and nothing else is looked at."""

from servanda.live.change import Change, idle
from servanda.live.memory import Memory
from servanda.live.view import LiveView

__all__ = ["Change", "LiveView", "Memory", "idle"]
