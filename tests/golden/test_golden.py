"""No number moves unnoticed: every shipped config and every question against its golden figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.experiments.folders import without_glossary
from tests.golden import figures

HOW = "if this is on purpose: python -m tests.golden.figures, and a line in the changelog"


@pytest.mark.parametrize("config", figures.configs())
def test_the_tables_of_a_config_are_the_golden_ones(config: str, tmp_path: Path) -> None:
    found = figures.differences(figures.figures_of(figures.run(config, tmp_path)), figures.read(config))
    assert not found, "\n".join([*found[:10], f"{len(found)} figures differ; {HOW}"])


@pytest.mark.parametrize("question", figures.QUESTIONS)
def test_the_answer_to_a_question_is_the_golden_one(question: str) -> None:
    answer = figures.QUESTIONS[question]()
    assert without_glossary(answer) == []
    mine = figures.plain(answer)
    found = list(figures.answer_differences(mine, figures.read_answer(question)))
    assert not found, "\n".join([*found[:10], f"{len(found)} entries differ; {HOW}"])


def test_every_config_and_question_has_golden_figures() -> None:
    assert {file.stem for file in figures.TABLES.glob("*.csv")} == set(figures.configs())
    assert {file.stem for file in figures.ANSWERS.glob("*.json")} == set(figures.QUESTIONS)
