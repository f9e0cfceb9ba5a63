"""Questions that a report answers about its runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from computeshift.experiments.errors import Problem, UserError
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.job import Progress
from computeshift.experiments.views.ask.call import Call, call, compared
from computeshift.experiments.views.ask.parts import Shown, shown
from computeshift.experiments.views.ask.subject import Named, of_folder
from computeshift.experiments.views.ask.table import Ask, asked
from computeshift.experiments.views.report.figures import Figure
from computeshift.experiments.views.report.sides import Side, label


@dataclass(frozen=True)
class Answered:
    """A question and its answer: `figure` has the question in words and the picture."""

    figure: Figure
    about: str
    shown: Shown


def questions(names: Sequence[str], runs: int) -> list[Ask]:
    """The questions of these names, each once.

    UserError, with the nearest name, for one that is unknown, and if there is nothing to compare with.
    """
    asks = [asked(name) for name in dict.fromkeys(names)]
    if runs < 2 and any(ask.name == "compare" for ask in asks):
        wrong = "`ask`: compare needs two results folders or more, the first to compare with"
        raise UserError(f"{wrong}; name another one")
    return asks


def answers(
    asks: Sequence[Ask], sides: Sequence[Side], runs: Sequence[Results], progress: Progress | None = None
) -> Iterator[Answered]:
    """Ask each question of each run, `runs` under their own names; or once, if it is about all or none.

    UserError if one can't be answered.
    """
    for ask in asks:
        for i, (whose, about, one) in enumerate(_calls(ask, sides, runs)):
            try:
                answer = one.answer(progress)
            except UserError as wrong:
                raise UserError([Problem(f"`ask` {ask.name}", "", str(wrong))]) from wrong
            found = shown(one, answer)
            name = f"ask_{ask.name}" + (f"_{i + 1}" if i else "")
            yield Answered(Figure(name, ask.title, {}, {(): [(whose, found.picture)]}), about, found)


def _calls(ask: Ask, sides: Sequence[Side], runs: Sequence[Results]) -> Iterator[tuple[str, str, Call]]:
    """How a question is asked: of whom, about what in words, and the call."""
    subjects = [of_folder(results) for results in runs]
    if ask.name == "compare":
        named = [Named(results, str(results.folder)) for results in runs]
        first, *others = [_with_folder(side.name, one) for side, one in zip(sides, named, strict=True)]
        yield "", f"{', '.join(others)}, compared with {first}", compared(ask.question, named)
    elif ask.anyhow:
        yield "", ask.about(subjects[0]), call(ask, subjects[0], {})
    else:
        for side, subject in zip(sides, subjects, strict=True):
            asks = call(ask, subject, ask.defaults(subject))
            yield label(side, sides), ask.about(subject), asks


def _with_folder(name: str, one: Named) -> str:
    """The name of a side, and that of its folder, by which the answer calls it."""
    folder = one.source.label
    return name if folder == name else f"{name} (folder {folder})"
