"""The exception that says why reports cannot be taken in columns; nothing comes in."""


class UnfitError(Exception):
    """Why files, or what an agreement asks of them, are not fit for columns: they are read line by line instead."""
