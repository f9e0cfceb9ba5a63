"""report: a run, or several side by side, in words and pictures, as one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from computeshift.experiments.config.arguments import several
from computeshift.experiments.config.changes import distinct_names
from computeshift.experiments.config.names import numbered
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.evidence.measures import shipped
from computeshift.experiments.questions.experiment.experiment import experiment
from computeshift.experiments.results.claims import Claim, claims_of
from computeshift.experiments.results.files import REPORT, Target, writable
from computeshift.experiments.results.outcomes import Outcome, own_outcomes
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.results import open as open_results
from computeshift.experiments.run.cells import holds_experiment
from computeshift.experiments.run.job import Progress
from computeshift.experiments.views.plots.amounts import amounts
from computeshift.experiments.views.report.asked import answers, questions
from computeshift.experiments.views.report.caveats import certainty, warnings
from computeshift.experiments.views.report.experiment import page_of
from computeshift.experiments.views.report.figures import figures
from computeshift.experiments.views.report.findings import findings
from computeshift.experiments.views.report.page import Page, html_of
from computeshift.experiments.views.report.settings import reproduction, settings, title
from computeshift.experiments.views.report.sides import Side, why_apart
from computeshift.experiments.views.report.tables import claims, numbers
from computeshift.experiments.views.text.trust import SCORED, table, trust


def report(
    results: Results | str | Path | Sequence[Results | str | Path],
    out: str | Path,
    force: bool = False,
    *,
    ask: Sequence[str] = (),
    progress: Progress | None = None,
) -> Path:
    """Write `out`, FILE.html, about results, or several side by side; it opens offline in any browser.

    An experiment's folder has a report of its own: its cells as tables, maps and fans.

    `ask` names questions that it answers too, as the dashboard does, each in a section of its own: "risk",
    "breaks", "deals", "strategies", "game", "sensitivity", "discover", "compare" or "scorecard".

    Where worlds pair with those of the first, it shows differences to the first too. UserError if there are
    no results, if all of their worlds are left out, or if the file can't be written. UserError too if another
    file than a report has that name, or it is read-only, unless `force` replaces it. UserError for a question
    that is unknown, before any work, or that these worlds can't answer.
    """
    if isinstance(results, Results | str | Path):
        results = [results]
    runs = several(results, "results", '["results/one", "results/other"]')
    asks = questions(several(ask, "ask", '["risk", "breaks"]'), len(runs))
    to = writable(out, REPORT, force, "out")
    if any(map(holds_experiment, runs)):
        if asks:
            raise UserError("`ask`: an experiment's folder has many configs; ask about the folder of a cell")
        return _of_experiment(runs, to)
    opened = [one if isinstance(one, Results) else open_results(one) for one in runs]
    sides = _sides(opened)
    text = html_of(replace(_page(sides), answers=list(answers(asks, sides, opened, progress))))
    return to.write(lambda file: file.write_text(text, encoding="utf-8"))


def _of_experiment(runs: Sequence[Results | str | Path], to: Target) -> Path:
    """Write the report of an experiment's folder. UserError if others are beside it."""
    if len(runs) > 1:
        raise UserError("a report is about one experiment's folder, or about results folders: name one")
    folder = runs[0] if isinstance(runs[0], str | Path) else runs[0].folder
    text = html_of(page_of(experiment(folder)))
    return to.write(lambda file: file.write_text(text, encoding="utf-8"))


def _sides(runs: Sequence[Results]) -> list[Side]:
    """The runs under different names: their configs', with their own changes, else their folders'."""
    if not runs:
        raise UserError("there is nothing to report on: name at least one results folder")
    for results in runs:
        results.must_have_worlds()
    names = distinct_names([one.manifest.name for one in runs], [one.changes for one in runs])
    if len(set(names)) < len(names):
        names = [results.folder.resolve().name for results in runs]
    company = {firm: kind for results in runs for firm, kind in results.firms.items()}
    configs = [results.config for results in runs]
    known = claims_of(*configs), own_outcomes(*configs)
    return [_side(name, own, company, *known) for name, own in zip(numbered(names), runs, strict=True)]


def _side(
    name: str,
    results: Results,
    company: Mapping[str, str],
    claims: Mapping[str, Claim],
    outcomes: Mapping[str, Outcome],
) -> Side:
    """A copy of results under its name in this report, in pictures too, with what all runs define."""
    own = results.with_name(name)
    amounts(own).company = company
    amounts(own).claims = claims
    amounts(own).own = outcomes
    return Side(name, own)


def _page(sides: Sequence[Side]) -> Page:
    apart, scores = why_apart(sides), shipped()
    pairs = not apart
    return Page(
        title=title(sides),
        settings=settings(sides),
        findings=list(findings(sides, pairs)),
        numbers=numbers(sides, pairs),
        claims=claims(sides, pairs),
        certainty=list(certainty(sides, pairs, apart)),
        trust=[*trust(scores), SCORED],
        scorecard=table(scores),
        warnings=list(warnings(sides)),
        figures=list(figures(sides, pairs)),
        reproduction=reproduction(sides),
    )
