"""The guide's output and its list of questions: `python docs/guide.py [PAGE ...]` puts them in place.

A block that begins with `$ computeshift …` holds that command and what it printed; in one that is marked
`console exits with 2`, that is its message. What stands after ` | ` is a filter of the shell, which shortens
it. The commands of a page run one after the other in one folder. It holds the page's files: blocks of YAML
whose first line is a comment with the file's name, `# mine.yaml`, and blocks marked `csv mine.csv`; and the
published predictions. Pictures that the commands draw there, `--plot mine.svg`, go into the page's own
folder, `guide/PAGE/mine.svg`.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unittest import mock

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from computeshift.experiments.cli.main import main  # noqa: E402
from computeshift.experiments.questions.breaks import breaks  # noqa: E402
from computeshift.experiments.questions.breaks.broken import breaks_of  # noqa: E402
from computeshift.experiments.questions.levers import levers  # noqa: E402
from computeshift.experiments.questions.levers.lever import levers_of  # noqa: E402
from computeshift.experiments.questions.predictions import predict as predictions  # noqa: E402
from computeshift.experiments.questions.table import QUESTIONS  # noqa: E402
from docs.stamps import stamp  # noqa: E402

INDEX = ROOT / "docs" / "guide.md"
GUIDE = ROOT / "docs" / "guide"
PREDICTIONS = ROOT / "docs" / "predictions"
WIDTH = 88
DAY = datetime.date(2026, 11, 27)
"""The day on which the predictions of pages are made."""
FEW = {
    "backtest": "--worlds 1000",
    "breaks": "--base six --set until=2029 --worlds 40",
    "calibrate": "--worlds 1000",
    "cases": "--worlds 40",
    "discover": "--worlds 500",
    "game": "--set until=2027 --worlds 40",
    "levers": "--base six --set until=2027 --worlds 40",
    "recover": "--recoveries 20 --worlds 1000",
    "sensitivity": "--rows 16",
}
"""The questions whose pages take long, with options for few worlds or a small market."""
FIRST = 3  # of all breaks, and of all levers, that are played with few worlds
_BLOCK = re.compile(
    r"(?P<head>```console(?: exits with (?P<code>\d))?\n\$ (?P<command>[^\n]+)\n).*?(?P<tail>```)", re.DOTALL
)
_FILE = re.compile(
    r"```(?:yaml\n(?=# (?P<yaml>[\w.]+\.yaml)\n)|csv (?P<csv>[\w.]+\.csv)\n)(?P<text>.*?)```", re.DOTALL
)


def pages() -> list[Path]:
    """The pages of the guide."""
    return sorted(GUIDE.glob("*.md"))


def commands(page: Path) -> Iterator[list[str]]:
    """The commands of a page, each as its words after `computeshift`."""
    yield from (one.words for one in _commands(page))


def write_files(page: Path, folder: Path) -> None:
    """Write the files of a page into a folder, and beside them the predictions of `docs/predictions`."""
    shutil.copytree(PREDICTIONS, folder / "docs" / "predictions", dirs_exist_ok=True)
    for found in _FILE.finditer(page.read_text(encoding="utf-8")):
        (folder / (found["yaml"] or found["csv"])).write_text(found["text"], encoding="utf-8")


class Command(NamedTuple):
    """A command of a page: its words after `computeshift`, its exit code, and a filter of what it prints."""

    words: list[str]
    code: int
    filter: str

    def printed(self, folder: Path, *options: str) -> str:
        """What it prints in a folder, with further options."""
        text = printed([*self.words, *options], folder, self.code)
        if not self.filter:
            return text
        done = subprocess.run(
            ["sh", "-c", self.filter], input=text, capture_output=True, text=True, check=True
        )
        return done.stdout.strip() + "\n"


def _commands(page: Path) -> Iterator[Command]:
    """The commands of a page."""
    for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        command, _, cut = found["command"].partition(" | ")
        name, *words = shlex.split(command)
        if name != "computeshift":
            raise ValueError(f"{page}: {found['command']!r} is no command of ours")
        yield Command(words, int(found["code"] or 0), cut)


def printed(words: list[str], folder: Path, code: int = 0) -> str:
    """What a command prints, in this process, and its message; RuntimeError for another exit code."""
    output = io.StringIO()
    ended = 0
    with (
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, COLUMNS=str(WIDTH), NO_COLOR="1"),
        mock.patch.object(predictions, "today", return_value=DAY),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output) if code else contextlib.nullcontext(),
    ):
        try:
            main(words)
        except SystemExit as stopped:
            ended = int(stopped.code or 0)
    if ended != code:
        raise RuntimeError(f"{' '.join(words)} exits with {ended}")
    return "\n".join(line.rstrip() for line in output.getvalue().strip().splitlines()) + "\n"


def current(page: Path, pictures: Path | None = None) -> str:
    """The text of a page, with today's output; its pictures go into a folder, if one is given."""
    with tempfile.TemporaryDirectory() as folder:
        write_files(page, Path(folder))
        outputs = iter([command.printed(Path(folder)) for command in _commands(page)])
        if pictures is not None:
            for drawn in sorted(Path(folder).glob("*.svg")):
                pictures.mkdir(exist_ok=True)
                shutil.copy(drawn, pictures)
        text = page.read_text(encoding="utf-8")
        return _BLOCK.sub(lambda found: f"{found['head']}{next(outputs)}{found['tail']}", text)


@contextlib.contextmanager
def first_ones() -> Iterator[None]:
    """While this is open, only the first breaks and the first levers are played."""
    with (
        mock.patch.object(levers, "levers_of", lambda config: levers_of(config)[:FIRST]),
        mock.patch.object(breaks, "breaks_of", lambda *asked: breaks_of(*asked)[:FIRST]),
    ):
        yield


def few(page: Path) -> str:
    """What the commands of a page print with few worlds, of the first breaks and levers."""
    with tempfile.TemporaryDirectory() as folder, first_ones():
        write_files(page, Path(folder))
        options = FEW[page.stem].split()
        return "\n".join(command.printed(Path(folder), *options) for command in _commands(page))


def outputs(page: Path) -> str:
    """The commands of a page and their output, as they stand."""
    return "\n".join(found[0] for found in _BLOCK.finditer(page.read_text(encoding="utf-8")))


def index() -> str:
    """The table of questions in `guide.md`."""
    rows = [f"| {question.asks} | [{question.name}](guide/{question.name}.md) |" for question in QUESTIONS]
    return "\n".join(["| question | page |", "|---|---|", *rows])


if __name__ == "__main__":
    guide = INDEX.read_text(encoding="utf-8")
    INDEX.write_text(re.sub(r"\| question \| page \|\n(\|.*\n)+", index() + "\n", guide), encoding="utf-8")
    for chosen in [Path(name) for name in sys.argv[1:]] or pages():
        chosen.write_text(current(chosen, chosen.with_suffix("")), encoding="utf-8")
        if chosen.stem in FEW:
            stamp(chosen.stem, outputs(chosen), few(chosen))
