"""Pictures without a browser: the same option as a page, an SVG and a PNG, each known again."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.evidence.scorecard import Scorecard
from computeshift.experiments.results.files import PICTURE
from computeshift.experiments.views.plots.scorecard import scorecard as picture_of
from computeshift.experiments.views.plots.server import svg


@pytest.mark.parametrize(("suffix", "begin"), [("html", b"<!doctype"), ("svg", b"<svg"), ("png", b"\x89PNG")])
def test_a_picture_is_written_and_written_over(
    card: Scorecard, tmp_path: Path, suffix: str, begin: bytes
) -> None:
    file = card.plot(tmp_path / f"picture.{suffix}")
    first = file.read_bytes()
    assert first.startswith(begin)
    assert PICTURE.wrote(file)
    assert card.plot(file).read_bytes() == first
    file.write_bytes(begin)
    with pytest.raises(UserError, match="is not a picture made by computeshift"):
        card.plot(file)


def test_the_drawing_holds_every_fact(card: Scorecard) -> None:
    picture = picture_of(card)
    json.dumps(picture.option, allow_nan=False)
    facts = len(card.facts) // 2
    bars = [one for one in picture.option["series"] if one["type"] == "bar"]
    assert [sum(one["data"]) for one in bars] == [facts, facts]
    dots = [one for one in picture.option["series"] if one["type"] == "scatter"]
    assert [len(one["data"]) for one in dots] == [
        card.facts.query("way == 'fitted'")["covered90"].sum(),
        (~card.facts.query("way == 'fitted'")["covered90"]).sum(),
    ]
    drawing = svg(picture)
    texts = [text for element in ET.fromstring(drawing).iter() if (text := element.text)]
    names = [name for name in picture.option["yAxis"][1]["data"] if name]
    assert len(names) == len(card.facts.drop_duplicates(["entity", "variable"]))
    assert set(names) <= set(texts)


def test_a_dot_right_of_the_middle_is_a_model_too_low(card: Scorecard) -> None:
    option = picture_of(card).option
    for series in option["series"]:
        if series["type"] != "scatter":
            continue
        for ratio, _, text in series["data"]:
            middle, was = (float(part.split()[0]) for part in (text.split(": ")[1], text.split("was ")[1]))
            if middle > 0 and was > 0 and 0.02 < ratio < 50:
                assert ratio == pytest.approx(was / middle, rel=0.02)
