"""The questions as commands, made from their table: call the function, print its answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import typer

from computeshift.experiments.cli.exports import Csv, Xlsx
from computeshift.experiments.cli.options import Force, Json, Load, Plot, annotated, value
from computeshift.experiments.cli.terminal import load_files, print_answer
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.table import QUESTIONS, REQUIRED, Instead, Option, Question

_COMMON: dict[str, tuple[Any, Any]] = {
    "as_json": (Json, False),
    "plot": (Plot, None),
    "csv": (Csv, None),
    "xlsx": (Xlsx, None),
    "force": (Force, False),
    "load": (Load, None),
}
"""Options of every question's command: type and default."""


def add_commands(app: typer.Typer) -> None:
    """Add one command per question."""
    for question in QUESTIONS:
        example = f"Example: computeshift {question.command} {question.example}"
        app.command(question.command, help=question.help, epilog=example)(command(question))


def command(question: Question) -> Callable[..., None]:
    """A question as a function of what the command line gives, with the signature that Typer reads."""

    def run(**given: Any) -> None:
        load_files(given["load"])
        chosen, read = asked(question, given)
        arguments = {name: one for name, one in read.items() if one is not None}
        print_answer(
            lambda progress: chosen.function(**arguments, **({"progress": progress} if chosen.plays else {})),
            chosen.command,
            given["as_json"],
            given.get("plot"),
            given["csv"],
            given["xlsx"],
            given["force"],
        )

    options = (*question.options, *([question.instead.option] if question.instead else []))
    own = {
        o.name: (annotated(o), inspect.Parameter.empty if o.default is REQUIRED else o.default)
        for o in options
    }
    run.__name__ = question.name
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
            for name, (kind, default) in (own | _common(question)).items()
        ]
    )
    return run


def _common(question: Question) -> dict[str, tuple[Any, Any]]:
    """The options that a question shares with others."""
    return {name: option for name, option in _COMMON.items() if question.plays or name != "plot"}


def asked(question: Question, given: Mapping[str, Any]) -> tuple[Question, dict[str, Any]]:
    """The question that is asked with these options, its own or the one instead, and what it gets."""
    instead = question.instead
    if instead is None or given[instead.option.name] == instead.option.default:
        return question, {option.name: value(option, given[option.name]) for option in question.options}
    other = next(one for one in QUESTIONS if one.name == instead.question)
    _must_be_its_own(instead, other, question.options, given)
    read = {
        option.name: value(option, given[option.name]) for option in other.options if option.name in given
    }
    return other, read | ({instead.gives: given[instead.option.name]} if instead.gives else {})


def _must_be_its_own(
    instead: Instead, other: Question, options: Sequence[Option], given: Mapping[str, Any]
) -> None:
    """UserError if an option is given that the other question does not have."""
    names = {*_COMMON, *(option.name for option in other.options)}
    for option in options:
        if option.name not in names and given[option.name] != option.default:
            raise UserError(f"`{instead.option.name}` and `{option.name}` do not go together: leave one out")
