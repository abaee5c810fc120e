"""Warnings about a sound agreement; `checks` lists them all, and each module of them looks at one kind of thing."""
