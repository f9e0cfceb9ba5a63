"""Answers are data: questions know nothing of drawing, and each has its text and its figure."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from computeshift.experiments import questions
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.table import QUESTIONS
from computeshift.experiments.results.late import view
from computeshift.experiments.views.figures import FIGURES, draw

PACKAGE = questions.__name__
MODULES = sorted(found.name for found in pkgutil.walk_packages(questions.__path__, f"{PACKAGE}."))


def answers() -> dict[str, type[Answer]]:
    """What every question answers with, by its name."""
    for module in MODULES:
        importlib.import_module(module)
    return {answer.question: answer for answer in Answer.__subclasses__()}


def test_every_question_of_the_table_has_an_answer() -> None:
    assert {*answers()} == {question.name for question in QUESTIONS}


@pytest.mark.parametrize(("question", "answer"), answers().items())
def test_every_question_has_its_text_and_its_figure(question: str, answer: type[Answer]) -> None:
    text = view(f"text.{question}")
    plays = next(known.plays for known in QUESTIONS if known.name == question)
    drawn = [FIGURES[question]] if plays else []
    for function in (text.document, text.show, *drawn):
        of = next(iter(inspect.signature(function).parameters.values()))
        assert answer.__name__ in of.annotation.split(" | ")


def test_questions_load_nothing_that_prints_or_draws() -> None:
    code = (
        f"import importlib, sys; [importlib.import_module(name) for name in {MODULES}]; "
        "print(*(name for name in sys.modules if name.startswith("
        "('matplotlib', 'rich', 'computeshift.experiments.views'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_question_without_a_figure_says_so() -> None:
    with pytest.raises(UserError, match="nothing has no figure"):
        draw(SimpleNamespace(question="nothing"))  # type: ignore[arg-type]
