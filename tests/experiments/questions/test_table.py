"""The table of questions says of each function what the function says of itself."""

from __future__ import annotations

import inspect

import pytest

import computeshift as cs
from computeshift.experiments.questions.table import QUESTIONS, REQUIRED, Question


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_questions_options_are_its_functions_parameters(question: Question) -> None:
    parameters = dict(inspect.signature(question.function).parameters)
    assert (parameters.pop("progress", None) is not None) == question.plays
    assert {option.name for option in question.options} == set(parameters)
    for option in question.options:
        default = parameters[option.name].default
        required = default is inspect.Parameter.empty
        assert (option.default is REQUIRED) == required, option
        if option.default not in (REQUIRED, None):
            assert option.default == default


def test_every_question_is_public() -> None:
    assert {question.name for question in QUESTIONS} <= set(cs.__all__)
    for question in QUESTIONS:
        assert getattr(cs, question.name) is question.function
        assert getattr(cs, question.name).__name__ == question.name
