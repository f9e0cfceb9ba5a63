"""The guide's output and its list of questions: `python docs/guide.py [PAGE ...]` puts them in place.

A block that begins with `$ computeshift …` holds that command and what it printed. The commands of a
page run one after the other in one empty folder.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from computeshift.experiments.cli.main import main  # noqa: E402
from computeshift.experiments.questions.table import QUESTIONS  # noqa: E402

INDEX = ROOT / "docs" / "guide.md"
GUIDE = ROOT / "docs" / "guide"
WIDTH = 88
_BLOCK = re.compile(r"(?P<head>```console\n\$ (?P<command>[^\n]+)\n).*?(?P<tail>```)", re.DOTALL)


def pages() -> list[Path]:
    """The pages of the guide."""
    return sorted(GUIDE.glob("*.md"))


def commands(page: Path) -> Iterator[list[str]]:
    """The commands of a page, each as its words after `computeshift`."""
    for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        name, *words = shlex.split(found["command"])
        if name != "computeshift":
            raise ValueError(f"{page}: {found['command']!r} is no command of ours")
        yield words


def printed(words: list[str], folder: Path) -> str:
    """What a command prints, in this process; RuntimeError if it fails."""
    output = io.StringIO()
    with (
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, COLUMNS=str(WIDTH), NO_COLOR="1"),
        contextlib.redirect_stdout(output),
    ):
        try:
            main(words)
        except SystemExit as ended:
            if ended.code:
                raise RuntimeError(f"{' '.join(words)} exits with {ended.code}") from None
    return "\n".join(line.rstrip() for line in output.getvalue().strip().splitlines()) + "\n"


def current(page: Path) -> str:
    """The text of a page, with today's output."""
    with tempfile.TemporaryDirectory() as folder:
        outputs = iter([printed(words, Path(folder)) for words in commands(page)])
        text = page.read_text(encoding="utf-8")
        return _BLOCK.sub(lambda found: f"{found['head']}{next(outputs)}{found['tail']}", text)


def index() -> str:
    """The table of questions in `guide.md`."""
    rows = [f"| {question.asks} | [{question.name}](guide/{question.name}.md) |" for question in QUESTIONS]
    return "\n".join(["| question | page |", "|---|---|", *rows])


if __name__ == "__main__":
    guide = INDEX.read_text(encoding="utf-8")
    INDEX.write_text(re.sub(r"\| question \| page \|\n(\|.*\n)+", index() + "\n", guide), encoding="utf-8")
    for chosen in [Path(name) for name in sys.argv[1:]] or pages():
        chosen.write_text(current(chosen), encoding="utf-8")
