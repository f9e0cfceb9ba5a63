"""Published predictions can be read and scored, and their page lists all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

import computeshift as cs
from computeshift.experiments.questions.predictions.file import read
from docs import predict


@pytest.mark.parametrize("file", predict.files(), ids=lambda file: file.stem)
def test_a_published_file_is_called_by_its_day_and_can_be_scored(file: Path) -> None:
    said = read(file)
    assert file.name == f"{said.made.isoformat()}-{said.config}.json"
    assert said.worlds == predict.WORLDS
    assert said.text() == file.read_text("utf-8")
    assert len(cs.score(file).claims) == len(said.claims)


def test_the_page_lists_all_of_them() -> None:
    assert predict.files()
    assert predict.PAGE.read_text("utf-8") == predict.page(), "python docs/predict.py writes it anew"
