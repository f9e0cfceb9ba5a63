"""Options: how their texts become values, and those that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from computeshift.experiments.cli.complete import configs_and_folders, settings_of
from computeshift.experiments.errors import Problem, UserError
from computeshift.experiments.questions.table import BASE, FORCE, SEED, SET, WORLDS, Kind, Option

Force = Annotated[bool, typer.Option("--force", help=FORCE.help)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Load = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE.py", help="Python file with your own strategies and kinds of firm; repeatable."
    ),
]
Plot = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write a picture to FILE.html, FILE.svg or FILE.png.")
]
Seed = Annotated[str | None, typer.Option(metavar=SEED.metavar, help=SEED.help)]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar=SET.metavar, help=SET.help, autocompletion=settings_of),
]
Base = Annotated[
    str | None,
    typer.Option(metavar=BASE.metavar, help=BASE.help, autocompletion=configs_and_folders),
]
Worlds = Annotated[str | None, typer.Option(metavar=WORLDS.metavar, help=WORLDS.help)]

_COMMA = re.compile(r",(?![^()]*\))")
"""Between values: a comma in brackets belongs to an expression."""
_TYPES: dict[Kind, Any] = {
    "text": str,
    "texts": list[str],
    "commas": list[str],
    "file": Path,
    "whole": int,
    "wholes": list[str],
    "world": Any,
    "flag": bool,
    "settings": list[str],
}


def annotated(option: Option) -> Any:
    """The type of an option's value, with what Typer has to know of it."""
    parsers = {"whole": whole(option.name, option.least), "world": _world}
    complete = configs_and_folders if "CONFIG" in option.metavar or option == BASE else None
    about: dict[str, Any] = {
        "metavar": option.metavar or None,
        "help": option.help,
        "parser": parsers.get(option.kind),
        "autocompletion": settings_of if option.kind == "settings" else complete,
    }
    declared = typer.Argument(**about) if option.argument else typer.Option(*option.names, **about)
    kind = _TYPES[option.kind]
    return Annotated[kind | None if option.default is None else kind, declared]


def value(option: Option, parsed: Any) -> Any:
    """What a question's function gets for what Typer has parsed."""
    if option.kind == "settings":
        return settings(parsed, option.name)
    if option.kind in ("commas", "wholes"):
        names = [name.strip() for text in parsed or () for name in _COMMA.split(text) if name.strip()]
        return names if option.kind == "commas" else [*map(whole(option.name), names)]
    return parsed


def whole(name: str, least: int | None = 1) -> Callable[[str], int]:
    """Reads the text of a parameter as a whole number; UserError if it is none, or less than `least`."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise UserError(f"`{name}`: {text!r} is not a whole number") from None
        if least is not None and number < least:
            raise UserError(f"`{name}`: {number} is too few; use at least {least}")
        return number

    return read


def _world(text: str) -> int | str:
    """A world's number, `median`, or what it is, in words."""
    return whole("world", 0)(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text


def settings(texts: list[str] | None, name: str = "set") -> dict[str, object]:
    """`KEY=VALUE` texts of an option as a mapping; the last one of a key counts."""
    split = [(text, *text.partition("=")) for text in texts or ()]
    right = "write KEY=VALUE, such as softbank.strategy=prudent"
    wrong = [
        Problem(f"`{name}` {text}", "", "no value" if key else "no key", right)
        for text, key, _, value in split
        if not key or not value
    ]
    if wrong:
        raise UserError(wrong)
    return {key.strip(): value.strip() for _, key, _, value in split}
