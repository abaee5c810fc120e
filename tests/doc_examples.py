"""The examples of the documents: a Markdown text comes in; what each example shows and really gives goes out.

    <!-- width: 120 -->  how wide the terminal is; 100 where nothing is said
    <!-- file: NAME -->  before a fenced block: the block is written to NAME in the document's folder
    ```yaml part         top-level keys that replace those of the document's first agreement, which must load
    ```console           `$ servanda ...` with the output below; `$ cat FILE | servanda ...`; `$ echo $?`;
                         a ```text block that begins with `$ servanda` is one too
    ```pycon             a doctest; the names of one block are known to the next
    ```sh                its last command, if that is `.../servanda ...`: the next ```text block is its output

The folder holds a link to `cases/`. A line `...` stands for any number of lines. `python tests/doc_examples.py FILE...` writes the real output
into every example that shows another one; look at the difference before it is kept.
"""

from __future__ import annotations

import doctest
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner

from servanda.cli import main
from servanda.reading import check

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("cases/**/*.md"), *ROOT.glob("*.md")])
_WIDTH = re.compile(r"^<!-- width: (\d+) -->$", re.MULTILINE)
_BLOCK = re.compile(
    r"(?:<!-- file: (?P<file>\S+) -->\n)?^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_TOP = re.compile(r"^(?=\w+:)", re.MULTILINE)
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Shown:
    """One example: what the document shows, and what it really gives."""

    line: int
    source: str
    shown: str
    given: str
    start: int  # where in the document the shown output lies; negative where none is shown
    end: int

    @property
    def same(self) -> bool:
        """Whether they agree: trailing spaces do not count, `...` is any number of lines."""
        return matches(self.shown, self.given)


@dataclass
class Run:
    """The examples of one document, run one after another in a folder of its own."""

    text: str
    names: dict[str, object] = field(default_factory=lambda: {"__name__": "__main__"})
    base: str | None = None
    code: int = 0
    width: str = "100"
    asked: str | None = None  # a command of a shell block, whose output comes next

    def examples(self) -> Iterator[Shown]:
        """Every example in order. Files are written to the current folder as they are met."""
        for block in _BLOCK.finditer(self.text):
            info, text, at = block["info"].strip(), block["text"], block.start("text")
            if block["file"]:
                self._write(block["file"], text)
            elif info == "yaml part":
                yield self._part(text, at)
            elif info == "console" or (info == "text" and text.startswith("$ servanda ")):
                yield from self._console(text, at)
            elif info == "sh":
                last = re.split(r"&&|\n", text.strip())[-1].strip()
                self.asked = re.sub(r"^\S*\bservanda ", "servanda ", last) if "servanda " in last else None
            elif info == "text" and self.asked:
                yield Shown(self._line(at), self.asked, text, self._command(self.asked), at, at + len(text))
                self.asked = None
            elif info == "pycon":
                yield from self._pycon(text, at)

    def _write(self, name: str, text: str) -> None:
        path = Path(name)
        assert not path.is_absolute()
        assert ".." not in path.parts
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if self.base is None and name.endswith(".yaml") and "\nagreement:" in text:
            self.base = text

    def _line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1

    def _part(self, text: str, at: int) -> Shown:
        """The agreement with these keys in place of its own is sound."""
        assert self.base is not None, "an agreement must come before its parts"
        sections = {part.partition(":")[0]: part for part in _TOP.split(self.base) if _TOP.match(part)}
        sections |= {part.partition(":")[0]: part for part in _TOP.split(text) if _TOP.match(part)}
        path = Path("part.yaml")
        path.write_text("".join(sections.values()), encoding="utf-8")
        found = [one for one in check(path)[1] if one.severity == "error" or one.code in ("W001", "W010")]
        path.unlink()
        return Shown(self._line(at), text, "", "\n".join(one.render() for one in found), -1, -1)

    def _console(self, text: str, at: int) -> Iterator[Shown]:
        starts = [found.start() for found in re.finditer(r"^\$ ", text, re.MULTILINE)]
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            command, _, shown = text[start + 2 : end].partition("\n")
            place = at + end - len(shown)
            yield Shown(self._line(at + start), command, shown, self._command(command), place, at + end)

    def _command(self, command: str) -> str:
        if command == "echo $?":
            return f"{self.code}\n"
        stdin, bar, rest = command.partition(" | ")
        typed = Path(stdin.removeprefix("cat ")).read_bytes() if bar else None
        words = shlex.split(rest if bar else command)
        assert words[0] == "servanda", f"only servanda is run: {command}"
        result = CliRunner(env={"COLUMNS": self.width, "NO_COLOR": "1"}).invoke(
            main, words[1:], input=typed, prog_name="servanda"
        )
        self.code = result.exit_code
        return result.output

    def _pycon(self, text: str, at: int) -> Iterator[Shown]:
        test = doctest.DocTestParser().get_doctest(text, self.names, "example", None, 0)
        lines = text.splitlines(keepends=True)
        for example in test.examples:
            given: list[str] = []
            one = doctest.DocTest([example], self.names, "example", None, 0, text)
            runner = doctest.DocTestRunner(verbose=False, optionflags=_FLAGS)
            runner.report_failure = lambda _o, _t, _e, got, given=given: given.append(got)  # type: ignore[method-assign]
            runner.report_unexpected_exception = (  # type: ignore[method-assign]
                lambda _o, _t, _e, error, given=given: given.append(f"{error[0].__name__}: {error[1]}\n")
            )
            runner.run(one, clear_globs=False)
            self.names = one.globs
            first = example.lineno + example.source.count("\n")
            start = at + sum(map(len, lines[:first]))
            yield Shown(
                self._line(at) + example.lineno,
                example.source,
                example.want,
                given[0] if given else example.want,
                start,
                start + len(example.want),
            )


def matches(shown: str, given: str) -> bool:
    r"""Whether an output is as shown.

    >>> matches("a\n...\nd\n", "a\nb  \nc\nd\n"), matches("a\n", "a\nb\n")
    (True, False)
    """
    patterns, lines = ([line.rstrip() for line in text.rstrip().splitlines()] for text in (shown, given))
    expression = "".join(r"(?:.*\n)*" if line.strip() == "..." else re.escape(line) + r"\n" for line in patterns)
    return re.fullmatch(expression, "".join(f"{line}\n" for line in lines)) is not None


def run(text: str, folder: Path) -> list[Shown]:
    """Run the examples of a document in a folder."""
    (folder / "cases").symlink_to(ROOT / "cases", target_is_directory=True)
    width = _WIDTH.search(text)
    with chdir(folder):
        return list(Run(text, width=width[1] if width else "100").examples())


def rewrite(path: Path) -> None:
    """Write the real output into every example that shows another one."""
    text = path.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        found = run(text, Path(folder))
    if any("internal error" in one.given for one in found):
        raise SystemExit(f"{path}: an example ends with an internal error; nothing is written")
    for one in reversed([one for one in found if not one.same]):
        sys.stderr.write(f"{path}:{one.line}: {one.source.strip().splitlines()[0]}\n")
        given = "".join(f"{line.rstrip()}\n" for line in one.given.rstrip().splitlines())
        if one.start < 0:
            sys.stderr.write(given)
        else:
            text = text[: one.start] + given + text[one.end :]
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        rewrite(Path(name))
