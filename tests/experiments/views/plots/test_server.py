"""Pictures without a browser: the same option as a page, an SVG and a PNG, each known again."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from PIL import Image

from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.evidence.scorecard import Scorecard
from computeshift.experiments.results.files import PICTURE
from computeshift.experiments.views.plots.lines import lines, table
from computeshift.experiments.views.plots.picture import Picture, nothing
from computeshift.experiments.views.plots.ranges import Ranges, height, ranges
from computeshift.experiments.views.plots.scorecard import scorecard as picture_of
from computeshift.experiments.views.plots.server import png, svg
from computeshift.experiments.views.plots.stack import Panel, stacked


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


COLOURS = {"openai": "#009E73", "oracle": "#E69F00"}
YEARS = [2025, 2026, 2027]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def picture() -> Picture:
    """Lines above ranges, each of two colours."""
    spread = {name: np.array([[1, 2, 3], [2, 3, 4], [3, 4, 5.0]]) + i for i, name in enumerate(COLOURS)}
    names = ["What is drawn first", "What is drawn then"]
    ends = np.array([[1, 2], [2, 3], [3, 4.0]])
    rows = [Ranges(name, colour, ends + i, names) for i, (name, colour) in enumerate(COLOURS.items())]
    above = Panel("Above", lines(spread, YEARS, "GW", COLOURS), 300)
    below = Panel("Below", ranges(names, "GW", *rows), height(names, len(rows)))
    option, high = stacked([above, below])
    title, note = "Two panels <and> words", "How to read it & what it says."
    source = "baseline [a & b]; 3 worlds"
    return Picture("two", title, note, option, table(spread, YEARS), high, source=source)


def shapes(drawing: str) -> Counter[str]:
    """How many shapes have the colour of each series, but for those of legends."""
    marks = (mark.attrib for mark in ET.fromstring(drawing).iter() if "ecmeta_data_index" in mark.attrib)
    return Counter(mark["fill"] for mark in marks if mark["ecmeta_ssr_type"] == "chart")


def test_a_drawing_has_a_shape_for_every_point(picture: Picture) -> None:
    drawn = shapes(svg(picture))
    assert drawn == {colour: len(YEARS) + 2 for colour in COLOURS.values()}


def test_a_png_is_drawn_in_the_colours_of_its_series(picture: Picture) -> None:
    image = pixels(png(svg(picture)))
    for colour in COLOURS.values():
        rgb = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        assert (np.abs(image - rgb).max(axis=2) < 8).sum() > 500
    corners = image[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners == 255).all()


def pixels(image: bytes) -> npt.NDArray[np.int64]:
    """What a PNG shows, `(height, width, 3)`."""
    return np.asarray(Image.open(io.BytesIO(image)).convert("RGB"), dtype=np.int64)


def test_title_note_and_source_can_be_read_on_it(picture: Picture) -> None:
    drawing = svg(picture)
    root = ET.fromstring(drawing)
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert {picture.title, picture.note, picture.source, "Above", "Below"} <= set(texts)
    assert root.find(f"{SVG}title").text == picture.title  # type: ignore[union-attr]
    assert svg(picture) == drawing


def test_long_words_wrap_and_nothing_is_right_of_the_picture(picture: Picture) -> None:
    long = replace(picture, title=40 * "title ", note=100 * "note ", source=60 * "source ")
    image = pixels(png(svg(long)))
    assert (image[:, -20:] == 255).all()
    assert (image[:, :200] < 100).any()


def test_a_legend_of_many_names_shows_all_and_moves_the_chart_down() -> None:
    names = [f"a firm with a long name, number {i}" for i in range(12)]
    spread = {name: np.ones((3, 3)) for name in names}
    few = Picture(
        "few",
        "Few",
        "",
        lines({names[0]: spread[names[0]]}, YEARS, "GW", {names[0]: "#009E73"}),
        pd.DataFrame(),
    )
    many = replace(few, option=lines(spread, YEARS, "GW", dict.fromkeys(names, "#009E73")))
    texts = [element.text for element in ET.fromstring(svg(many)).iter(f"{SVG}text")]
    assert set(map(str.capitalize, names)) <= set(texts)
    heights = [float(ET.fromstring(svg(one)).attrib["height"]) for one in (few, many)]
    assert heights[1] > heights[0]


@pytest.mark.parametrize("suffix", ["html", "svg", "png"])
def test_nothing_to_show_is_written_as_words(tmp_path: Path, suffix: str) -> None:
    file = nothing("nobody invests").write(tmp_path / f"nothing.{suffix}")
    assert PICTURE.wrote(file)
    if suffix != "png":
        assert "nobody invests" in file.read_text("utf-8")


def test_a_notebook_has_a_still_picture_for_viewers_without_frames(picture: Picture) -> None:
    page = picture._repr_html_()
    image, frame = page.index("<img"), page.index("<iframe")
    assert image < frame
    found = re.search(r'alt="([^"]*)".*?base64,([^"]*)"', page)
    assert found
    assert picture.title in html.unescape(found[1])
    assert base64.b64decode(found[2]) == png(svg(picture), sharpness=1)
