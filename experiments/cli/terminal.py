"""The terminal: progress bars, tables, JSON, and how an answer is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeshift.experiments.cli.exports import exports

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.questions.answer import Answer


def load_files(files: list[Path] | None) -> None:
    """Read the user's own strategies and kinds of firm."""
    from computeshift.experiments.config.plugins import load_file

    for file in files or ():
        load_file(file)


@contextmanager
def progress(name: str, things: str = "worlds") -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error: how many `things` are done of how many, and the time that is left."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True))
    task = bar.add_task(f"{name}, {things}", total=None)

    def update(done: int, total: int) -> None:
        bar.start()  # only now: what is refused shows no bar
        bar.update(task, completed=done, total=total)

    try:
        yield update
    finally:
        if bar.live.is_started:  # else it would leave an empty line
            bar.stop()


def print_answer(
    ask: Callable[[Callable[[int, int], None]], Answer],
    name: str,
    as_json: bool,
    plot: Path | None,
    csv: Path | None,
    xlsx: Path | None,
    force: bool,
) -> None:
    """Ask a question under a progress bar, print its answer, and write its picture and tables if wanted."""
    if plot is not None:
        from computeshift.experiments.results.files import PICTURE, writable

        writable(plot, PICTURE, force, "plot")  # a file that can't be written is refused before the work
    places = exports(csv, xlsx, force)
    with progress(name) as update:
        answer = ask(update)
    lines = []
    if plot is not None:
        answer.plot(plot, force)  # before anything is printed: a failure here leaves no half answer
        lines.append(f"Picture in {plot}")
    lines += places.write(answer)
    if as_json:
        print_json(answer.document())
    else:
        answer.show(console())
    for line in lines:
        print(line, file=sys.stderr if as_json else sys.stdout)


def console() -> Console:
    """Standard output, as wide as the terminal is."""
    from rich.console import Console

    return Console()


def table(to: Console, title: str, lines: Sequence[tuple[str, ...]]) -> None:
    """A table without frame; texts as they are, wrapped to the width of the terminal."""
    from rich.table import Table
    from rich.text import Text

    if not lines:
        return
    grid = Table(title=title, title_justify="left", box=None, show_header=False, pad_edge=False)
    for i, _ in enumerate(lines[0]):
        grid.add_column(no_wrap=i == 0, overflow="fold", style="bold" if i == 0 else None)
    for line in lines:
        grid.add_row(*map(Text, line))
    to.print(grid)
    to.print()


def print_json(document: Any) -> None:
    """One JSON document; ValueError for a number that JSON does not know."""
    print(json.dumps(document, indent=2, allow_nan=False))
