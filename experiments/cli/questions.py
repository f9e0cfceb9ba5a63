"""The questions as commands, made from their table: call the function, print its answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import typer

from computeshift.experiments.cli.options import All, Force, Json, Load, Plot, annotated, value
from computeshift.experiments.cli.terminal import load_files, print_answer
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.table import QUESTIONS, REQUIRED, Question

_COMMON: dict[str, tuple[Any, Any]] = {
    "as_json": (Json, False),
    "plot": (Plot, None),
    "force": (Force, False),
    "load": (Load, None),
}
"""Options of every question's command: type and default."""


def add_commands(app: typer.Typer) -> None:
    """Add one command per question."""
    for question in QUESTIONS:
        example = f"Example: computeshift {question.name} {question.example}"
        app.command(question.name, help=question.help, epilog=example)(command(question))


def command(question: Question) -> Callable[..., None]:
    """A question as a function of what the command line gives, with the signature that Typer reads."""

    def run(**given: Any) -> None:
        load_files(given["load"])
        chosen = every(question, given) if given.get("all") else question
        read = {option.name: value(option, given[option.name]) for option in chosen.options}
        arguments = {name: one for name, one in read.items() if one is not None}
        print_answer(
            lambda progress: chosen.function(**arguments, progress=progress),
            chosen.name,
            given["as_json"],
            given["plot"],
            given["force"],
        )

    own = {
        o.name: (annotated(o), inspect.Parameter.empty if o.default is REQUIRED else o.default)
        for o in question.options
    }
    if question.every:
        own["all"] = All, False
    run.__name__ = question.name
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
            for name, (kind, default) in (own | _COMMON).items()
        ]
    )
    return run


def every(question: Question, given: Mapping[str, Any]) -> Question:
    """The question that `--all` asks instead. UserError if an option is given that it does not have."""
    wider = next(one for one in QUESTIONS if one.name == question.every)
    names = {option.name for option in wider.options}
    for option in question.options:
        if option.name not in names and given[option.name] != option.default:
            raise UserError(f"`all` is every start and every year: leave out `{option.name}`")
    return wider
