"""report: one file to send, with what a run, or several side by side, say in words and pictures."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path

from computeshift.experiments.config.changes import told_apart
from computeshift.experiments.config.names import numbered
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.files import REPORT, writable
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.results import open as open_results
from computeshift.experiments.views.plots.amounts import amounts, must_pair
from computeshift.experiments.views.report import words
from computeshift.experiments.views.report.figures import Side, figures
from computeshift.experiments.views.report.page import Page, written


def report(
    results: Results | str | Path | Sequence[Results | str | Path], path: str | Path, force: bool = False
) -> Path:
    """Write FILE.html about results, or several side by side; it opens offline in any browser.

    Where worlds pair with those of the first, differences to it are shown too. UserError if there are no
    results, all of their worlds are left out, or the file can't be written. The same if the name belongs to a
    read-only file or one that is no such report, unless `force` replaces it.
    """
    given = [results] if isinstance(results, Results | str | Path) else list(results)
    to = writable(path, REPORT, force)
    sides = _sides([one if isinstance(one, Results) else open_results(one) for one in given])
    text = written(_page(sides))
    return to.write(lambda file: file.write_text(text, encoding="utf-8"))


def _sides(opened: Sequence[Results]) -> list[Side]:
    """The results with names that differ: the config's, with its own changes, else the folder's, numbered."""
    if not opened:
        raise UserError("there is nothing to report on: name at least one results folder")
    for results in opened:
        results.must_have_worlds()
    names = told_apart([one.manifest.name for one in opened], [one.changes for one in opened])
    if len(set(names)) < len(names):
        names = [results.folder.resolve().name for results in opened]
    company = frozenset(firm for results in opened for firm in results.firms)
    return [_side(name, results, company) for name, results in zip(numbered(names), opened, strict=True)]


def _side(name: str, results: Results, company: frozenset[str]) -> Side:
    """A copy of results that goes by its name in this report, in pictures too, with the report's colours."""
    own = copy.copy(results)
    vars(own).pop("_amounts", None)
    own.manifest = results.manifest.model_copy(update={"name": name})
    amounts(own).company = company
    return Side(name, own)


def _page(sides: Sequence[Side]) -> Page:
    apart = _apart(sides)
    pairs = not apart
    return Page(
        title=words.title(sides),
        asked=words.asked(sides),
        findings=list(words.findings(sides, pairs)),
        numbers=words.numbers(sides, pairs),
        claims=words.claims(sides, pairs),
        certainty=list(words.certainty(sides, pairs, apart)),
        warnings=list(words.warnings(sides)),
        figures=list(figures(sides, pairs)),
        reproduction=words.reproduction(sides),
    )


def _apart(sides: Sequence[Side]) -> str:
    """Why the sides' worlds do not pair; nothing if they do."""
    first, *others = sides
    for side in others:
        try:
            must_pair(side.results, first.results)
        except UserError as error:
            return f"the worlds of {side.name} and of {first.name} do not pair: {error}"
    return ""
