"""What is changed: counted, listed, and in every name that people see; it moves nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

import computeshift as cs
from computeshift.experiments.cli.main import main
from computeshift.experiments.config.load import apply
from computeshift.experiments.results.pairing import must_pair
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.run import run
from computeshift.experiments.views.report.page import html_of
from computeshift.experiments.views.report.report import _page, _sides
from computeshift.experiments.views.summary import document

TWO = {"softbank.strategy": "prudent", "services.elasticity": 0.8}
PRUDENT = "SoftBank's strategy: prudent (instead of vision)"
ELASTIC = (
    "The services market's elasticity: 0.8 elasticity (instead of 0.6 | 1.1 | 1.6 elasticity (lognormal))"
)


@pytest.fixture(scope="module")
def prudent(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run("six", worlds=40, until=2027, set=TWO, out=tmp_path_factory.mktemp("runs") / "prudent")


@pytest.fixture(scope="module")
def leaving(tmp_path_factory: pytest.TempPathFactory) -> Results:
    other = TWO | {"softbank.strategy": "exit"}
    return run("six", worlds=40, until=2027, set=other, out=tmp_path_factory.mktemp("runs") / "exit")


@pytest.mark.parametrize(
    ("settings", "label"),
    [
        ({}, "six"),
        ({"worlds": 7, "seed": 3, "until": 2027}, "six"),
        ({"softbank.strategy": "vision"}, "six"),
        (TWO | {"worlds": 7}, "six, 2 changes"),
        ({"services.elasticity": 1.1}, "six, 1 change"),  # it was drawn around that
        ({"shocks.permit_delay.until": 2029, "shocks.permit_delay.year": 2028}, "six, 2 changes"),
        ({"deepseek.stream": "lab_1", "rival_lab.kind": "lab"}, "six, 1 change"),
    ],
)
def test_what_differs_from_the_scenario_is_counted(settings: dict[str, object], label: str) -> None:
    config = cs.load("six", settings)
    assert (config.label, config.name) == (label, "six")
    assert apply(cs.load("six"), settings) == config


def test_settings_laid_on_settings_are_held_against_the_scenario() -> None:
    config = cs.load("six", TWO)
    assert list(map(str, config.changes)) == [PRUDENT, ELASTIC]
    other = apply(config, {"softbank.strategy": "exit"})
    assert set(map(str, other.changes)) == {PRUDENT.replace("prudent", "exit"), ELASTIC}
    assert apply(other, {"softbank.strategy": "vision"}).label == "six, 1 change"
    assert apply(config, {"worlds": 5, "seed": 9}).changes == config.changes


def test_a_config_file_has_its_own_name_and_a_setting_may_mend_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("asks: What?\nextends: six\nfirms: {softbank: {strategy: prudent}}\n", "utf-8")
    assert cs.load(file).label == "mine"
    assert cs.load(file).hash == cs.load("six", {"softbank.strategy": "prudent"}).hash
    file.write_text("asks: What?\nextends: six\nfirms: {softbank: {strategy: prudence}}\n", "utf-8")
    assert cs.load(file, {"softbank.strategy": "prudent"}).label == "mine, 1 change"


def test_a_run_is_named_as_it_is(prudent: Results) -> None:
    assert repr(prudent).startswith("<Results of six, 2 changes: 40 worlds, seed 1, finished")
    told = document(prudent)
    assert told["config"] == "six, 2 changes"
    assert told["changes"][0] == {"key": "softbank.strategy", "now": "prudent", "before": "vision"}
    page = prudent._repr_html_()
    assert "<p>SoftBank&#x27;s strategy: prudent (instead of vision)</p>" in page
    assert prudent.network(2027).graph["config"] == "six, 2 changes"
    assert cs.explain(prudent, "openai", 2027).config == "six, 2 changes"
    assert cs.risk(prudent).name == "six, 2 changes"
    assert cs.risk(cs.load("six", TWO | {"until": 2026}), worlds=30).name == "six, 2 changes"


def test_the_command_line_names_it_and_lists_what_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = [part for key, value in TWO.items() for part in ("--set", f"{key}={value}")]
    for command in (["run", "six", "--worlds", "3", "--until", "2025"], ["show", "six"]):
        with pytest.raises(SystemExit) as ended:
            main([*command, *settings])
        assert ended.value.code == 0
        lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
        at = lines.index(PRUDENT)
        assert " ".join(lines[at - 2 : at]).find("six, 2 changes: ") >= 0
        assert " ".join(lines[at + 1 : at + 3]).startswith(ELASTIC)
    assert [folder.name for folder in Path("results").iterdir()] == ["six_2_changes-3w-seed1"]


def test_what_it_is_called_moves_nothing_else(prudent: Results, leaving: Results, tmp_path: Path) -> None:
    """The same run by a config file goes on with the folder; folders of a game pair as before."""
    file = tmp_path / "mine.yaml"
    told = "asks: What?\nextends: six\nuntil: 2027\nservices: {elasticity: 0.8}\n"
    file.write_text(told + "firms: {softbank: {strategy: prudent}}\n", "utf-8")
    with pytest.warns(UserWarning, match="holds all 40 worlds already"):
        assert run(file, out=prudent.folder).worlds == 40
    must_pair([("prudent", prudent), ("leaving", leaving)], players=["softbank"])


def test_sides_of_one_scenario_are_told_apart_by_what_is_changed(prudent: Results, leaving: Results) -> None:
    plain, exits = (
        cs.load("six", {"until": 2026, **settings}) for settings in ({}, {"softbank.strategy": "exit"})
    )
    calm = cs.load("six", {"until": 2026, "softbank.strategy": "prudent"})
    compared = cs.compare([plain, exits, calm, calm], worlds=30)
    assert (compared.first, compared.others) == (
        "six",
        [
            "six, 1 change (SoftBank's strategy: exit)",
            "six, 1 change (SoftBank's strategy: prudent)",
            "six, 1 change (SoftBank's strategy: prudent) (2)",
        ],
    )
    legend = cs.plots.claims(prudent, leaving).option["legend"]["data"]
    names = [f"six, 2 changes (SoftBank's strategy: {how})" for how in ("prudent", "exit")]
    assert legend == names
    assert [side.name for side in _sides([prudent, leaving])] == names


def test_a_report_names_it_and_lists_what_is_changed(prudent: Results) -> None:
    text = html_of(_page(_sides([prudent])))
    assert "<title>Results of six, 2 changes</title>" in text
    row = text.partition('<th scope="row">Changes</th>')[2].partition("</tr>")[0]
    assert "SoftBank&#x27;s strategy: prudent (instead of vision); The services market" in row
    assert '"file":"network_2027"' in text
