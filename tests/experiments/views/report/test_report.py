"""A report: what it says in words, that it is whole or not there, and that no config can write into it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import computeshift as cs
from computeshift.experiments.cli.main import main
from computeshift.experiments.questions.evidence.measures import measure, shipped
from computeshift.experiments.views import plots
from computeshift.experiments.views.format import span
from tests.experiments.folders import linked

HOSTILE = """\
extends: six
asks: "Is </script><script>alert(1)</script> safe, and https://evil.example too?"
firms:
  "<img src=x onerror=alert(1)>": {kind: lab}
edges:
  - [other_cloud, "<img src=x onerror=alert(1)>", capacity]
  - ["<img src=x onerror=alert(1)>", customers, services]
  - [investors, "<img src=x onerror=alert(1)>", equity]
"""


class Seen(HTMLParser):
    """Every element of a page, and the text of each script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        inside = self.elements[-1][0] if self.elements else ""
        (self.scripts if inside == "script" else self.words).append(data)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, cs.Results]:
    folder = tmp_path_factory.mktemp("runs")
    (folder / "hostile.yaml").write_text(HOSTILE, encoding="utf-8")
    configs: dict[str, str | Path] = {
        "six": "six",
        "crunch": "softbank_crunch",
        "hostile": folder / "hostile.yaml",
    }
    with pytest.MonkeyPatch.context() as patch:
        # Configs refuse such names; a page must not rely on that.
        patch.setattr("computeshift.experiments.config.resolve.NAME", re.compile(".*"))
        made = {
            name: cs.run(
                config, worlds=40, seed=1, out=folder / name, base="six" if name == "crunch" else None
            )
            for name, config in configs.items()
        }
    return made


@pytest.fixture(scope="module")
def one(runs: dict[str, cs.Results], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of `six` alone."""
    return cs.report(runs["six"], tmp_path_factory.mktemp("report") / "one.html")


def words_of(path: Path) -> str:
    return " ".join(" ".join(Seen(path.read_text("utf-8")).words).split())


def test_no_address_and_not_too_large(runs: dict[str, cs.Results], tmp_path: Path) -> None:
    sides = [runs["six"], runs["crunch"], runs["hostile"]]
    text = cs.report(sides, tmp_path / "three.html").read_text("utf-8")
    assert re.findall(r"https?://|[\"'(=]//\w", text) == []
    assert len(text.encode()) < 6.5e6
    seen = Seen(text)
    assert not [tag for tag, about in seen.elements if {"src", "srcset"} & set(about)]
    assert all((about["href"] or "").startswith("#") for _, about in seen.elements if "href" in about)


def test_settings_findings_and_certainty(runs: dict[str, cs.Results], one: Path) -> None:
    words = words_of(one)
    manifest = runs["six"].manifest
    assert manifest.config.asks in words
    assert "40 worlds, 2025 to 2030, seed 1" in words
    assert "SoftBank: vision" in words
    held = runs["six"].claims().set_index("name").to_dict("index")["burn_2027"]
    assert f"{held['probability']:.1%} ({held['low']:.1%} to {held['high']:.1%})" in words
    share = runs["six"].shares().set_index(["supplier", "year"]).to_dict("index")["stargate", 2030]
    assert f"Stargate {share['p50']:.0%} ({share['p10']:.0%} to {share['p90']:.0%})" in words
    for known in (manifest.hash, manifest.command, str(manifest.versions["computeshift"])):
        assert known in words
    scores = measure(shipped(), group="supply", way="fitted")
    assert f"supply ({scores['covered90']:.0%} of {scores['facts']} facts within, the median" in words
    assert f"supply {scores['facts']} {scores['covered50']:.0%} {scores['covered90']:.0%}" in words


def test_sides_have_names_and_are_compared(runs: dict[str, cs.Results], tmp_path: Path) -> None:
    file = cs.report([runs["six"], runs["crunch"]], tmp_path / "two.html")
    words, page = words_of(file), file.read_text("utf-8")
    assert "six and softbank_crunch on six, side by side" in words
    known = cs.compare([runs["six"], runs["crunch"]]).outcomes.set_index("outcome")
    clear = int(((known["low"] > 0) | (known["high"] < 0)).sum())
    assert (
        f"softbank_crunch on six minus six: {clear} of {len(known)} outcomes differ significantly." in words
    )
    for outcome in ("stargate_share", "softbank_nav"):
        crunch, base = (runs[name].outcome(outcome)[2030] for name in ("crunch", "six"))
        spread = np.nanquantile(crunch - base, [0.1, 0.5, 0.9])
        assert span(spread, "points" if outcome == "stargate_share" else "$ bn", sign=True) in words
        picture = plots.fan(runs["crunch"], outcome, against=runs["six"])
        drawn = picture.table.set_index("year")[["p10", "p50", "p90"]].loc[2030].to_numpy()
        assert drawn == pytest.approx(spread)
        assert picture.note in page
        assert "minus six: median of the differences of 40 pairs of worlds" in picture.note
    held = plots.claims(runs["crunch"], against=runs["six"]).table.set_index("claim")
    for told_of in held[["low", "difference", "high"]].to_numpy(dtype=np.float64):
        assert span(told_of, "points", sign=True) in words
    other = cs.run("six", worlds=40, seed=2, until=2025, out=tmp_path / "seed2")
    words = words_of(cs.report([runs["six"], other], tmp_path / "apart.html"))
    assert "No differences are shown: the worlds of seed2 and of six do not pair" in words
    assert "seed2 minus six" not in words


def test_pictures_side_by_side_have_the_same_axes_and_the_report_s_names(
    runs: dict[str, cs.Results], tmp_path: Path
) -> None:
    exits = cs.run("six", worlds=40, seed=1, set={"softbank.strategy": "exit"}, out=tmp_path / "exits")
    seen = Seen(cs.report([runs["six"], exits], tmp_path / "two.html").read_text("utf-8"))
    data = json.loads(seen.scripts[0])
    compared = 0
    for figure in data["figures"]:
        for cells in figure["cells"].values():
            shown = [data["pictures"][cell["picture"]] for cell in cells]
            for cell, picture in zip(cells, shown, strict=True):
                if cell["whose"] == "six, 1 change minus six":
                    assert picture["title"].endswith("(minus six)")
            if [cell["whose"] for cell in cells[:2]] == ["six", "six, 1 change"]:
                _are_alike(*(picture["option"] for picture in shown[:2]))
                compared += 1
    assert compared > 40
    claims = next(figure for figure in data["figures"] if figure["name"] == "claims")
    legend = data["pictures"][claims["cells"][""][0]["picture"]]["option"]["legend"]["data"]
    assert legend == ["six", "six, 1 change"]


def _are_alike(left: dict[str, Any], right: dict[str, Any]) -> None:
    """The same ranges, rows and places; series of both in the same order."""
    both = (left, right)
    if left["series"][0]["type"] != "sankey":
        axes = [[(axis.get("min"), axis.get("max"), axis.get("data")) for axis in _axes(one)] for one in both]
        assert axes[0] == axes[1]
    names = [[series["name"] for series in one["series"] if series.get("name")] for one in both]
    common = set(names[0]) & set(names[1])
    assert [n for n in names[0] if n in common] == [n for n in names[1] if n in common]
    places = [{node["id"]: node["value"] for node in _nodes(one) if "id" in node} for one in both]
    assert all(places[0][node] == places[1][node] for node in set(places[0]) & set(places[1]))


def _axes(option: dict[str, Any]) -> list[dict[str, Any]]:
    axes = option.get("yAxis", [])
    return axes if isinstance(axes, list) else [axes]


def test_accounts_of_firms_and_market_have_fans(runs: dict[str, cs.Results], one: Path) -> None:
    seen = Seen(one.read_text("utf-8"))
    data = json.loads(seen.scripts[0])
    (fans,) = (figure for figure in data["figures"] if figure["name"] == "fans")
    (choice,) = fans["choices"]
    assert {"OpenAI's cash", "Oracle's leverage", "SoftBank's loan-to-value"} <= set(choice["options"])
    at = choice["options"].index("The market's rent")
    (cell,) = fans["cells"][str(at)]
    rows = data["pictures"][cell["picture"]]["table"]
    last = dict(zip(rows["columns"], rows["rows"][-1], strict=True))
    assert last["p50"] == pytest.approx(runs["six"].market_variable("rent")[2030].median(), rel=1e-4)


def test_a_config_writes_nothing_into_the_page(runs: dict[str, cs.Results], tmp_path: Path) -> None:
    seen = Seen(cs.report(runs["hostile"], tmp_path / "hostile.html").read_text("utf-8"))
    assert not [tag for tag, _ in seen.elements if tag == "img"]
    scripts = [about for tag, about in seen.elements if tag == "script"]
    assert len(scripts) == 3
    data = json.loads(seen.scripts[0])
    names = {node.get("name", "") for picture in data["pictures"] for node in _nodes(picture["option"])}
    assert any("onerror" in name for name in names)
    tips = [
        node["tooltip"]["formatter"] for picture in data["pictures"] for node in _nodes(picture["option"])
    ]
    assert not [tip for tip in tips if "<img" in tip]
    assert any("&lt;img" in tip.lower() for tip in tips)
    assert "https://evil.example" in " ".join(seen.words)


def _nodes(option: dict[str, Any]) -> list[dict[str, Any]]:
    """Nodes and edges of networks and of money."""
    drawn = [series for series in option["series"] if series["type"] in ("graph", "sankey")]
    return [part for series in drawn for part in (*series["data"], *series["links"])]


def test_an_unfinished_run_says_so(runs: dict[str, cs.Results], tmp_path: Path) -> None:
    part = linked(runs["six"], tmp_path / "part", worlds=5000, status="interrupted")
    words = words_of(cs.report(part, tmp_path / "part.html"))
    assert "six is not whole: 40 of 5,000 worlds are done (interrupted)." in words


def test_a_fork_says_when_its_settings_begin(one: Path, tmp_path: Path) -> None:
    base, settings = (
        cs.run("six", worlds=2, until=2027, out=tmp_path / "six"),
        {"softbank.strategy": "prudent"},
    )
    once = cs.run("six", until=2027, fork=base.folder, at=2025, set=settings, out=tmp_path / "once")
    twice = cs.run("six", until=2027, fork=once.folder, at=2026, out=tmp_path / "twice")
    words = words_of(cs.report([base, once, twice], tmp_path / "fork.html"))
    first = "rom the end of 2025 on; until then the worlds of six"
    assert f"F{first}." in words
    assert f"From the end of 2026 on; until then the worlds of once (f{first})." in words
    assert "These settings hold" not in words_of(one)


def test_a_summary_says_what_is_missing_and_no_path(tmp_path: Path) -> None:
    short = cs.run("six", worlds=40, seed=1, keep="summary", out=tmp_path / "short")
    text = cs.report(short, tmp_path / "short.html").read_text("utf-8")
    top, missing = re.findall(r'class="warning">([^<]*)', text), re.findall(r'class="missing">([^<]*)', text)
    assert len(top) == 1
    assert "six was run with keep=summary, so pictures are missing" in top[0]
    assert any("Nothing to show: six has no " in line for line in missing)
    assert not [line for line in missing if str(tmp_path) in line]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("nowhere -o {out}/r.html", "nowhere"),
        ("{empty} -o {out}/r.html", "is no results folder"),
        ("{run} -o {out}/no/r.html", "there is no folder"),
        ("{run} -o {out}", "is a folder; name a file"),
    ],
)
def test_a_report_that_is_refused_leaves_nothing(
    arguments: str,
    message: str,
    runs: dict[str, cs.Results],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, empty = tmp_path / "out", tmp_path / "empty"
    out.mkdir()
    empty.mkdir()
    with pytest.raises(SystemExit) as ended:
        main(["report", *arguments.format(out=out, empty=empty, run=runs["six"].folder).split()])
    output, errors = capsys.readouterr()
    assert ended.value.code == 2
    assert message in errors
    assert "Traceback" not in errors
    assert output == ""
    assert list(out.iterdir()) == []


def test_the_command_writes_the_file_and_names_it(
    runs: dict[str, cs.Results], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.html"
    with pytest.raises(SystemExit) as ended:
        main(["report", str(runs["six"].folder), "-o", str(file)])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == f"Report in {file}"
    assert file.read_text("utf-8").startswith("<!doctype html>")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
