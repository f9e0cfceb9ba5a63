"""A question as it is asked on a page, and as the command line asks the same."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from computeshift.experiments.config.changes import SIZE
from computeshift.experiments.questions.table import Option, Question
from computeshift.experiments.run.job import Progress
from computeshift.experiments.views.ask.subject import Named, Subject
from computeshift.experiments.views.ask.table import Ask, Picks

if TYPE_CHECKING:
    from computeshift.experiments.questions.answer import Answer

_SOURCES = ("source", "config")
"""Options of questions that are about one config or folder."""


@dataclass(frozen=True)
class Call:
    """A question with its arguments in Python; `command` answers the same.

    `first` says what must be done before that, if anything.
    """

    question: Question
    arguments: Mapping[str, Any]
    command: str
    first: str = ""

    def answer(self, progress: Progress | None = None) -> Answer:
        """Ask it. UserError as the question has it."""
        found: Answer = self.question.function(**self.arguments, progress=progress)
        return found


def call(ask: Ask, subject: Subject, picks: Picks) -> Call:
    """A question about what is on the page, with what is chosen. UserError for an unknown reference."""
    question, options = ask.question, {option.name: option for option in ask.question.options}
    given = {name: _value(options[name], own) for name, own in _by_option(ask, picks).items()}
    if "sources" in given:
        return compared(question, [subject.reference(picks["reference"]), subject.shown])
    if ask.anyhow:
        return Call(question, ask.fixed, command(question, ask.fixed))
    about = ask.of(subject)
    source = next(name for name in _SOURCES if name in options)
    arguments = {source: about.source, **given, **ask.fixed}
    texts = {source: about.word, **given, **_texts(about), **ask.fixed}
    return Call(question, arguments, command(question, texts), about.unsaved)


def compared(question: Question, sides: list[Named]) -> Call:
    """The question that compares configs or folders, the first of them the reference.

    Settings of the command line are laid on all of them, so a config with changes of its own is saved before.
    """
    words = [one if one.plain else one.saved() for one in sides]
    texts: dict[str, Any] = {"sources": [one.word for one in words]}
    for one in sides:
        texts |= {name: text for name, text in _texts(one).items() if name != "base"}
    texts["set"] = {key: text for one in sides for key, text in one.settings.items() if key == "until"}
    first = " ".join(dict.fromkeys(one.unsaved for one in words if one.unsaved))
    return Call(question, {"sources": [one.source for one in sides]}, command(question, texts), first)


def command(question: Question, texts: Mapping[str, Any]) -> str:
    """The command that asks a question with these values of its options; those of others are left out."""
    arguments, flags = list[str](), list[str]()
    for option in question.options:
        if option.name in texts:
            (arguments if option.argument else flags).extend(_words(option, texts[option.name]))
    return shlex.join(["computeshift", question.command, *arguments, *flags])


def _words(option: Option, value: Any) -> Iterator[str]:
    """An option on the command line."""
    flag = option.names[0].partition("/")[0]
    if option.argument:
        yield from [value] if isinstance(value, str) else value
    elif option.kind == "settings":
        for key, text in value.items():
            yield from (flag, f"{key}={text}")
    elif option.kind == "flag":
        yield from [flag] if value else []
    else:
        yield from (flag, ",".join(value) if isinstance(value, list) else str(value))


def _by_option(ask: Ask, picks: Picks) -> dict[str, list[str]]:
    """What is chosen, by option: several inputs may give one."""
    given: dict[str, list[str]] = {}
    for one in ask.inputs:
        given.setdefault(one.option, []).append(picks[one.name])
    return given


def _value(option: Option, texts: list[str]) -> Any:
    """What the question's function gets."""
    if option.kind in ("commas", "texts"):
        return texts
    [text] = texts
    if option.kind == "flag":
        return bool(text)
    return int(text) if option.kind == "whole" else text


def _texts(one: Named) -> dict[str, Any]:
    """The settings of a config as options: worlds and seed have their own."""
    settings = dict(one.settings)
    own: dict[str, Any] = {name: settings.pop(name) for name in SIZE if name != "until" and name in settings}
    return own | ({"base": one.base} if one.base else {}) | {"set": settings}
