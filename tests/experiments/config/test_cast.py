"""Outcomes, claims and facts are about a firm, not about its name; a config may say about which lab."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from ruamel.yaml import YAML

import computeshift as cs
from computeshift.experiments.cli import main as cli
from computeshift.experiments.config.changes import Change
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.compare.compare import compare
from computeshift.experiments.questions.evidence.observables import OBSERVABLES
from computeshift.experiments.results.levels import Keep
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.results.record import MarketRecord
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.block import simulate
from computeshift.experiments.run.design import design, setup
from computeshift.experiments.views import plots, summary
from computeshift.experiments.views.dashboard import knobs
from computeshift.experiments.views.dashboard.headline import headline
from computeshift.experiments.views.dashboard.selection import Selection
from computeshift.experiments.views.dashboard.variables import meanings
from computeshift.experiments.views.report.figures import figures
from computeshift.experiments.views.report.findings import findings
from computeshift.experiments.views.report.settings import settings
from computeshift.experiments.views.report.sides import Side
from computeshift.experiments.views.report.tables import claims, numbers

NAMES = {
    "openai": "zopen",
    "microsoft": "zmicro",
    "deepseek": "zdeep",
    "softbank": "zsoft",
    "oracle": "zoracle",
    "mgx": "zfund",
}
LABELS = {
    "zopen": "OpenAI",
    "zmicro": "Microsoft",
    "zdeep": "DeepSeek",
    "zsoft": "SoftBank",
    "zoracle": "Oracle",
    "zfund": "MGX",
}


def renamed(folder: Path) -> Path:
    """The six as a file, each named firm under another name with the luck of its own."""
    tree = load("six").layer().tree
    del tree["name"]
    tree["firms"] = {
        NAMES.get(name, name): firm | ({"stream": name} if name in NAMES else {})
        for name, firm in tree["firms"].items()
    }
    tree["edges"] = [[NAMES.get(end, end) for end in edge] for edge in tree["edges"]]
    for deal in tree["deals"].values():
        deal |= {party: NAMES.get(deal[party], deal[party]) for party in ("from", "to")}
    file = folder / "renamed.yaml"
    YAML().dump(tree, file)  # which keeps the order of firms
    return file


def back(text: object) -> str:
    """Words for people, with the firms' usual names."""
    told = str(text)
    for name, label in LABELS.items():
        told = re.sub(name, label, told, flags=re.IGNORECASE)
    return told


def usual(text: str) -> str:
    """Names in a config's words, with the firms' usual ones."""
    for name, own in NAMES.items():
        text = text.replace(own, name)
    return text


@pytest.fixture(scope="module", params=["all", "summary"])
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Results]:
    """The six, and the same market under other names."""
    keep: Keep = request.param
    folder = tmp_path_factory.mktemp(keep)
    before = cs.run("six", worlds=20, keep=keep, out=folder / "usual")
    return before, cs.run(renamed(folder), worlds=20, keep=keep, out=folder / "renamed")


def test_outcomes_claims_and_facts_follow_a_firm_under_another_name(runs: tuple[Results, Results]) -> None:
    before, other = runs
    for name in OUTCOMES:
        pd.testing.assert_frame_equal(other.outcome(name), before.outcome(name), check_exact=True)
    pd.testing.assert_frame_equal(other.claims(), before.claims(), check_exact=True)
    assert other.claims()["worlds"].eq(20).all()
    if before.manifest.keep == "summary":
        stored = other.read("outcomes").rename(columns=usual)
        pd.testing.assert_frame_equal(stored, before.read("outcomes"), check_exact=True)
        return
    for observable in OBSERVABLES.values():
        table, expected = observable.read(other), observable.read(before)
        assert (table is None) == (expected is None)
        if table is None or expected is None:
            continue  # of a firm that only the full cast has
        pd.testing.assert_frame_equal(table, expected, check_exact=True)


def test_summary_and_report_say_the_same_of_it_under_its_name(runs: tuple[Results, Results]) -> None:
    mine, known = (summary.document(results) for results in runs[::-1])
    for own in ("config", "out", "worlds_per_second"):
        del mine[own], known[own]
    assert mine["openai"]
    assert mine["shares"]
    assert usual(json.dumps(mine)) == json.dumps(known)
    sides = [Side("it", results) for results in runs[::-1]]
    for said in (findings, numbers, claims):
        other, expected = (list(said([side], pairs=False)) for side in sides)
        assert back(other) == str(expected)
    asked, before = (dict(settings([side])) for side in sides)
    assert asked.keys() - before.keys() == {"In outcomes and claims"}
    assert "OpenAI is zopen" in asked["In outcomes and claims"]


def test_pictures_and_the_dashboard_begin_with_it(runs: tuple[Results, Results]) -> None:
    before, results = runs
    assert plots.shares(results).title == "Compute zopen used, by supplier"
    assert plots.shares(results).table.shape == plots.shares(before).table.shape
    tiles, known = (headline(one).figures for one in (results, before))
    assert "Zopen's burn" in [tile.words for tile in tiles]
    assert [back(tile.words) for tile in tiles] == [tile.words for tile in known]
    assert [tile.texts(2030) for tile in tiles] == [tile.texts(2030) for tile in known]
    names = meanings(results)
    assert {usual(name) for name in names} == set(meanings(before))
    assert plots.fan(results, "zopen.burn").table.equals(plots.fan(before, "openai.burn").table)
    config = results.config
    assert "zopen.independence" in knobs.main_numbers(config)
    assert set(knobs.main_numbers(config)) <= set(knobs.knobs(config))
    shown = Selection()
    shown.about(results.cast.firm("openai"))
    assert (shown.customer, shown.step_firm, shown.link()) == ("zopen", "zopen", {"tab": "network"})


def test_a_name_that_a_user_writes_is_no_alias(runs: tuple[Results, Results]) -> None:
    results = runs[1]
    for ask in (
        lambda: results.shares("openai"),
        lambda: plots.shares(results, "openai"),
        lambda: results.variable("openai", "burn"),
        lambda: results.flow("equity", target="openai"),
        lambda: plots.fan(results, "openai.burn"),
    ):
        with pytest.raises(UserError, match=r"there is no firm.*'openai'.*zopen"):
            ask()


def test_a_focus_is_the_lab_that_outcomes_are_about(tmp_path: Path) -> None:
    usual = cs.run("six", worlds=20, out=tmp_path / "usual")
    results = cs.run("six", worlds=20, set={"focus": "rival_lab"}, out=tmp_path / "run")
    few = cs.run("six", worlds=20, set={"focus": "rival_lab"}, keep="summary", out=tmp_path / "few")
    for one in (results, few):
        assert one.outcome("openai_burn").equals(usual.variable("rival_lab", "burn"))
        assert one.outcome("other_cloud_share").equals(
            usual.flow("capacity", "other_cloud", "rival_lab") / usual.flow("capacity", target="rival_lab")
        )
        assert one.outcome("softbank_in_openai").equals(
            usual.flow("equity", "softbank", "rival_lab").cumsum(axis=1)
        )
        assert one.outcome("softbank_nav").equals(usual.outcome("softbank_nav"))
        assert one.shares().equals(usual.shares("rival_lab"))
        assert one.variable("rival_lab", "revenue").equals(usual.variable("rival_lab", "revenue"))
        assert plots.fan(one, "openai_burn").title.startswith("What the rival lab's operations cost")
    assert results.variable("openai", "revenue").equals(usual.variable("openai", "revenue"))
    with pytest.raises(UserError, match=r'no openai\.revenue: run it with `keep="agents"`'):
        few.variable("openai", "revenue")
    assert few.columns("outcomes")["meaning"]["openai.burn"].startswith("rival_lab: ")
    shares = next(one for one in figures([Side("it", results)], pairs=False) if one.name == "shares")
    assert shares.choices == {"lab": ["The rival lab", "OpenAI"]}
    [found] = findings([Side("it", results)], pairs=False)
    assert found.startswith("The rival lab uses ")
    assert results.changes == (Change("focus", "rival_lab", "none"),)
    assert results.manifest.hash != usual.manifest.hash


def test_money_paid_before_the_start_was_paid_to_a_partner(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: six\nfirms:\n  softbank: {partner: rival_lab}\n", encoding="utf-8")
    paid = cs.run(file, worlds=3, until=2025, out=tmp_path / "run")
    assert paid.outcome("softbank_in_openai").equals(paid.flow("equity", "softbank", "openai"))


def test_a_comparison_says_where_a_name_means_another_firm() -> None:
    short = {"until": 2025}
    sources = [load("six", short), load("six", {**short, "focus": "rival_lab"})]
    with pytest.warns(UserWarning, match=r"claims OpenAI is the rival lab \(six, 1 change\)$"):
        compare(sources, worlds=30)
    with simulate(setup(sources[1], design(sources[1], worlds=3))) as market:
        note = plots.claims(MarketRecord(market)).note
    assert note.endswith(" In these worlds OpenAI is the rival lab.")


def test_microsoft_trusts_its_partner_and_nobody_else() -> None:
    market = setup(config := load("six", {"until": 2025}), design(config, worlds=2))
    for focus, known in ((None, 2), ("openai", 2), ("rival_lab", 0)):
        with simulate(replace(market, focus=focus)) as run:
            assert len(MarketRecord(run).outcome_or_empty("trust")) == known


@pytest.mark.parametrize(
    ("focus", "told"),
    [
        ("rival_lob", "mine.yaml:2: focus: there is no firm 'rival_lob'; did you mean 'rival_lab'?"),
        ("oracle", "mine.yaml:2: focus: oracle is no lab; use one of deepseek, microsoft, openai, rival_lab"),
    ],
)
def test_a_wrong_focus_is_told(
    focus: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(f"extends: six\nfocus: {focus}\n", encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        cli.main(["run", "mine.yaml"])
    assert left.value.code == 2
    assert capsys.readouterr().err.splitlines() == [told]


def test_a_config_without_a_focus_has_the_hash_that_it_had() -> None:
    config = load("six")
    assert load("six", {"focus": "openai"}).hash != config.hash
    assert config.model_copy(update={"focus": None}).hash == config.hash
    assert "focus" not in config.layer().tree
