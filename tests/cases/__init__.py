"""The cases that come with servanda, and real data that is not part of the project."""
