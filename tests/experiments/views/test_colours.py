"""A firm's colour: the same on every picture, and different from others to all eyes."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import computeshift as cs
from computeshift.experiments.views import plots
from computeshift.experiments.views.colours import colours
from computeshift.experiments.views.plots import Picture
from computeshift.experiments.views.plots.style import label, paint
from computeshift.experiments.views.report.report import _sides

TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
SEES = {  # Machado, Oliveira and Fernandes (2009), full severity
    "all": np.eye(3),
    "no red": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "no green": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
}
BASELINE = ("openai", "microsoft", "oracle", "stargate", "softbank", "mgx", "rival_lab", "other_cloud")
DOZEN = (*BASELINE, "deepseek", "qia", "gulf_cloud", "nvidia")


def seen(colour: str, eyes: str) -> npt.NDArray[np.float64]:
    """A colour in CIELAB, in which equal distances look equal, as some eyes see it."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    light = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(SEES[eyes] @ light, 0, 1) / np.array([0.9505, 1, 1.089])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eyes", SEES)
def test_a_dozen_firms_look_different(eyes: str) -> None:
    paint = colours(DOZEN)
    for one, other in itertools.combinations(DOZEN, 2):
        assert np.linalg.norm(seen(paint[one], eyes) - seen(paint[other], eyes)) > 12, (one, other)


def test_a_firm_has_one_colour_on_every_picture(tmp_path: Path) -> None:
    file = tmp_path / "gulf.yaml"
    file.write_text(
        "extends: six\nasks: Who is who?\nfirms:\n  qia: {kind: investor}\n  gulf_cloud: {kind: cloud}\n"
        "edges:\n  - [qia, openai, equity]\n  - [gulf_cloud, openai, capacity]\n"
        "  - [lenders, gulf_cloud, debt]\n",
        encoding="utf-8",
    )
    gulf = cs.run(file, worlds=20, out=tmp_path / "gulf")
    base = cs.run("six", worlds=20, out=tmp_path / "base")
    known = colours(gulf.firms)
    names = {label(name): name for name in known}
    drawn = dict[str, set[str]]()
    for picture in pictures(gulf, base):
        for name, colour in painted(picture).items():
            if name in names:
                drawn.setdefault(names[name], set()).add(colour)
    assert {"qia", "gulf_cloud", "rival_lab", "other_cloud", "stargate", "investors", "banks"} <= set(drawn)
    assert drawn == {name: {known[name]} for name in drawn}


def test_runs_of_a_report_share_colours(tmp_path: Path) -> None:
    """Alone, each added fund would have the first spare colour."""
    runs = []
    for name in ("norges", "temasek"):
        file = tmp_path / f"{name}.yaml"
        file.write_text(
            f"extends: six\nfirms:\n  {name}: {{kind: investor}}\nedges:\n  - [{name}, openai, equity]\n",
            encoding="utf-8",
        )
        runs.append(cs.run(file, worlds=4, out=tmp_path / name))
    alone = [paint(run) for run in runs]
    assert alone[0]["norges"] == alone[1]["temasek"]
    first, second = (paint(side.results) for side in _sides(runs))
    assert first == second
    assert first["norges"] != first["temasek"]


def pictures(one: cs.Results, other: cs.Results) -> list[Picture]:
    makers = (plots.shares, plots.lab_market, plots.investments, plots.treasury, plots.circular_money)
    made = [make(one, against=against) for make in makers for against in (None, other)]
    made += [plots.shares(one, basis="ownership"), plots.loan_to_value(one), plots.shares(other)]
    return [*made, plots.network(one, 2030), plots.network(other, 2030), plots.money_flows(one, 2030)]


def painted(picture: Picture) -> dict[str, str]:
    """The colours of what a picture draws, by name as it is read."""
    found = dict[str, str]()
    for series in picture.option["series"]:
        if series["type"] == "graph":
            found |= {node["name"]: node["itemStyle"]["borderColor"] for node in series["data"]}
        elif series["type"] == "sankey":
            for node in series["data"]:
                name, _, _ = node["label"]["formatter"].removeprefix("← ").partition("\n")
                found[name] = node["itemStyle"]["color"]
        elif "color" in series:
            found[series["name"]] = series["color"]
    return found
