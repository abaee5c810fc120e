"""The command line: arguments come in; data on stdout, words on stderr and an exit code go out.

Each command lives in a module of its own, which is imported only when the command is called.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from servanda.cli.documented import write_examples
from servanda.cli.guard import guarded

# command -> (module, what it does): the words are here so that `--help` imports no command
COMMANDS: Mapping[str, tuple[str, str]] = {
    "assess": ("assess", "Say for each clause and bearer whether it is kept."),
    "lint": ("lint", "Check agreement files."),
    "why": ("why", "Show how a verdict comes about, and what would change it."),
    "due": ("due", "Show what falls due next, and what is overdue."),
    "history": ("history", "Show what was believed when, and what changed it."),
    "watch": ("watch", "Print findings as reports come in."),
    "test": ("test", "Run case files: an agreement, its reports, the verdicts expected."),
    "init": ("init", "Write an example agreement with reports and a case."),
    "rules": ("rules", "Look up acts, rules and readers that come with servanda."),
    "explain": ("explain", "Explain a diagnostic code."),
    "schema": ("schema", "Print the JSON Schema of a file format."),
}
EXAMPLES = ("servanda init example", "servanda assess example/agreement.yaml -r example/reports.jsonl")
# A command makes very many values that last and hardly a cycle: looking for those as often as Python does by itself
# takes a quarter of the time of a long assessment. A library leaves that to the program it is in.
COLLECTED_AFTER = (200_000, 20, 100)
SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _Servanda(click.Group):
    """Finds commands by name, and lets no exception out."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"servanda.cli.{COMMANDS[cmd_name][0]}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from servanda.cli.shared import did_you_mean

            ctx.fail(f"no command {args[0]!r}{did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, does) for name, (_, does) in COMMANDS.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        write_examples(EXAMPLES, formatter)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        with guarded():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        gc.set_threshold(*COLLECTED_AFTER)
        with guarded():
            return super().invoke(ctx)


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001, FBT001 - click's signature
    if value:
        from servanda import __version__

        click.echo(f"servanda {__version__}")
        ctx.exit()


@click.group(cls=_Servanda, context_settings=SETTINGS)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version.")
def main() -> None:
    """Track whether agreements are kept.

    An agreement file says what was promised, report files say what is claimed to have happened;
    servanda says for each clause and bearer whether it is kept, and how far the reports bear that out.
    """
