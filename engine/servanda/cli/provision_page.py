"""A provision of the rule library comes in; the page that `servanda rules NAME` shows of it goes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from servanda.reading.provisions import Provision
from servanda.reading.tree import Node
from servanda.render.words import clean

_WIDTH = 100


def page(provision: Provision, acts: Mapping[str, str]) -> str:
    """Everything a user of the provision needs; `acts` says what each act means."""
    file = provision.file
    names = [file.template] if file.template else []
    if file.names:
        names += [f"PAM: {', '.join(file.names.pam)}", f"PA-X: {', '.join(file.names.pax)}"]
    parts = [
        "\n".join([f"{file.provision}: {file.title}", *(["; ".join(names)] if names else [])]),
        click.wrap_text(file.text, _WIDTH),
        "\n".join(["parameters:", *_parameters(provision)]),
        *("\n".join([f"{title}:", *_acts(names, acts)]) for title, names in _deeds(provision) if names),
        "\n".join(provision.written("clause")),
        *("\n".join(["example:", *(f"  {line}" for line in example)]) for example in _examples(provision)),
    ]
    return "\n".join(clean(line) for line in "\n\n".join(parts).split("\n")) + "\n"


def _deeds(provision: Provision) -> tuple[tuple[str, list[str]], ...]:
    return ("fulfilled by", provision.file.fulfilled_by), ("broken by", provision.file.broken_by)


def _acts(names: list[str], acts: Mapping[str, str]) -> Iterator[str]:
    width = max(map(len, names))
    for name in names:
        yield f"  {name:<{width}}  {acts.get(name, '')}".rstrip()


def _parameters(provision: Provision) -> Iterator[str]:
    parameters = provision.file.parameters
    width = max(map(len, parameters), default=0)
    for name, parameter in parameters.items():
        default = provision.default(name)
        if default is not None:
            use = f"default {written(default)}"
        else:
            use = "may be left out" if parameter.optional else "needed"
        yield from click.wrap_text(
            f"{parameter.text} ({parameter.type}; {use})",
            _WIDTH,
            initial_indent=f"  {name:<{width}}  ",
            subsequent_indent=" " * (width + 4),
        ).split("\n")


def _examples(provision: Provision) -> Iterator[list[str]]:
    """The first clause of the cases that uses the provision."""
    clauses = provision.root.at("cases", "agreement", "clauses").entries()
    for name, node in clauses.items():
        use = node.child("use")
        if use is not None and use.value == provision.file.provision:
            yield provision.written("cases", "agreement", "clauses", name)
            return


def written(node: Node) -> str:
    """A value as it is written on one line.

    >>> from servanda.reading.tree import START
    >>> written(Node({"act": Node([Node("pay", START, None, "pay")], START)}, START))
    '{act: [pay]}'
    """
    if isinstance(node.value, dict):
        return "{" + ", ".join(f"{key}: {written(inner)}" for key, inner in node.value.items()) + "}"
    if isinstance(node.value, list):
        return "[" + ", ".join(map(written, node.value)) + "]"
    return node.raw
