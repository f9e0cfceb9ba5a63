"""compare: identities, planted changes, what pairs and what is refused, from config, folder and command."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments.cli.main import main
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import load
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.compare.compare import compare
from computeshift.experiments.questions.compare.measured import HEADLINE
from computeshift.experiments.questions.compare.sides import sides
from computeshift.experiments.results.files import POSTERIOR, writable
from computeshift.experiments.results.manifest import PosteriorTerms
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.run import counterfactual, posterior
from computeshift.experiments.run import measure as ensemble
from computeshift.experiments.run.measure import Measured
from computeshift.experiments.run.sample import Sample
from computeshift.experiments.views.catalogue import catalogue
from computeshift.experiments.views.text.compare import notes
from tests.experiments.folders import linked
from tests.experiments.folders import posterior as terms_of

WORLDS = 60


def row(table: pd.DataFrame, **where: str) -> pd.Series:
    """The one row where columns are so."""
    for column, value in where.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of `six`."""
    out = tmp_path_factory.mktemp("results") / "base"
    cs.run("six", worlds=WORLDS, seed=7, out=out)
    return out


def test_a_config_against_itself_differs_in_nothing() -> None:
    answer = compare(["six", "six"], worlds=WORLDS)
    assert (answer.first, answer.others) == ("six", ["six (2)"])
    assert (answer.outcomes[["difference", "low", "high"]] == 0).all(axis=None)
    assert answer.outcomes["exact"].all()
    assert (answer.claims["difference"] == 0).all()
    assert (answer.claims["low"] < 0).all()
    assert answer.edges.empty
    assert "no outcome differs significantly" in answer.finding("six (2)")


def test_a_crunch_at_softbank_lowers_what_stargate_spends_and_pairing_helps() -> None:
    answer = compare(["six", "softbank_crunch"], base="six", worlds=300, year=2028)
    spent = row(answer.outcomes, outcome="stargate_spent")
    assert spent["high"] < 0
    assert spent["variance_ratio"] > 5
    claim = row(answer.claims, claim="softbank_unwinds")
    assert claim["difference"] == pytest.approx(claim["probability"] - claim["first_probability"])
    assert claim["low"] > 0


def test_where_few_pairs_differ_or_none_it_is_said(tmp_path: Path) -> None:
    late = tmp_path / "late.yaml"
    late.write_text(
        "asks: What if SoftBank's holdings fell in 2029?\nextends: six\n"
        "shocks:\n  nav_fall:\n    size: 0.5\n    year: 2029\n",
        encoding="utf-8",
    )
    answer = compare(["six", str(late)], worlds=WORLDS, year=2028)
    assert (answer.outcomes["differing"] == 0).all()
    varied = answer.outcomes[~answer.outcomes["constant"]]
    assert varied[["low", "high"]].isna().all(axis=None)
    assert "no pair differs" in str(answer)
    assert "no outcome differs significantly" in answer.finding("late")
    outcomes = answer.outcomes.assign(differing=19)
    (note,) = [n for n in notes(dataclasses.replace(answer, outcomes=outcomes)) if "fewer than 20 pairs" in n]
    assert "Stargate share, Azure share" in note


def test_a_tie_that_a_config_cuts_is_among_the_edges_that_changed(tmp_path: Path) -> None:
    cut = tmp_path / "cut.yaml"
    cut.write_text(
        "asks: What if SoftBank stays out of OpenAI?\nextends: six\ncut:\n  - [softbank, openai, equity]\n",
        encoding="utf-8",
    )
    answer = compare(["six", str(cut)], worlds=WORLDS, year=2026)
    gone = row(answer.edges, source="softbank", target="openai", kind="equity")
    assert gone["mean"] == 0
    assert gone["difference"] == pytest.approx(-gone["first_mean"])
    assert gone.name in answer.changed("$ bn").index
    assert answer.edges.groupby("unit")["difference"].apply(lambda d: d.abs().is_monotonic_decreasing).all()


def test_a_folder_gives_the_numbers_of_its_config_to_the_bit(folder: Path) -> None:
    mixed = compare([folder, "softbank_crunch"], base="six")
    played = compare(["six", "softbank_crunch"], base="six", worlds=WORLDS, seed=7)
    assert (mixed.seed, mixed.worlds) == (7, WORLDS)
    for ours, theirs in (
        (mixed.outcomes, played.outcomes),
        (mixed.claims, played.claims),
        (mixed.edges, played.edges),
    ):
        pd.testing.assert_frame_equal(ours, theirs, check_exact=True)


def test_what_does_not_pair_is_refused_and_says_why(folder: Path, tmp_path: Path) -> None:
    cs.run("six", worlds=WORLDS + 1, seed=8, until=2029, out=tmp_path / "other", against=False)
    with pytest.raises(UserError) as refused:
        compare([folder, tmp_path / "other"])
    message = str(refused.value)
    assert message.startswith(f"{tmp_path / 'other'}: its worlds do not pair with those of {folder}")
    for reason in ("seed is 8, not 7", "number of worlds is 61, not 60", "last year is 2029, not 2030"):
        assert reason in message
    with pytest.raises(UserError, match="seed is 9, not 7"):
        compare([folder, "six"], seed=9)
    with pytest.raises(UserError, match="runs nothing: leave out `worlds`"):
        compare([folder, folder], worlds=5)


def test_every_source_is_opened_once(folder: Path, tmp_path: Path) -> None:
    linked(cs.open(folder), tmp_path / "part", status="interrupted")
    with pytest.warns(UserWarning, match="is not whole") as notes_of_folders:
        compare(["six", tmp_path / "part"])
    assert len([one for one in notes_of_folders if "is not whole" in str(one.message)]) == 1


ELASTICITY = "services.elasticity"


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Results of `six` from two posteriors of 25 rows, two of them equal: it has 24 different ones."""
    at, config = tmp_path_factory.mktemp("fitted"), load("six")
    folders = {}
    for name, least in (("low", 0.65), ("high", 1.4)):
        rows = pd.DataFrame({ELASTICITY: least + 0.005 * np.minimum(np.arange(25), 23)})
        file = posterior.save(rows, writable(at / f"{name}.parquet", POSTERIOR), config, {})
        cs.run("six", worlds=WORLDS, seed=7, out=at / name, against=False, posterior=file)
        folders[name] = at / name
    return folders


def test_prior_and_posterior_share_shocks_and_the_answer_says_which_parameters_moved(
    folder: Path, fitted: dict[str, Path]
) -> None:
    answer = compare([folder, fitted["low"], fitted["high"]])
    low, high = answer.others
    assert (answer.first, low, high) == (
        "base (prior)",
        "low (posterior low.parquet)",
        "high (posterior high.parquet)",
    )
    assert next(side["posterior"] for side in answer.sides) is None
    for name, own in ((low, "low"), (high, "high")):
        moved = answer.parameters[answer.parameters["config"] == name].set_index("parameter")
        assert list(answer.moved(name)["parameter"]) == [ELASTICITY]
        assert (moved["distance"].drop(ELASTICITY) == 0).all()
        for column, results in (("first_p50", folder), ("p50", fitted[own])):
            assert moved.loc[ELASTICITY, column] == cs.open(results).design[ELASTICITY].median()
    rows = cs.open(fitted["low"]).design[ELASTICITY].nunique()
    assert 15 < rows <= 24
    assert answer.posterior_rows == {low: rows, high: rows}
    assert (answer.outcomes["design_effect"] > 1).any()
    assert any(note.startswith(f"{low}: drawn from {rows} different rows") for note in notes(answer))
    text = str(answer)
    assert "each world has the same shocks" in text
    assert f"1 of {len(moved)} parameters moved more than chance" in text
    played = compare(["six", fitted["low"]])
    assert played.first == "six (prior)"
    first = answer.outcomes[answer.outcomes["config"] == low]
    pd.testing.assert_frame_equal(played.outcomes, first.reset_index(drop=True))


def test_two_posteriors_are_not_the_same_market_and_one_posterior_is(fitted: dict[str, Path]) -> None:
    two = compare([fitted["low"], fitted["high"]], year=2025)
    unseen = two.outcomes[(two.outcomes["differing"] == 0) & ~two.outcomes["constant"]]
    assert len(unseen)
    assert unseen[["low", "high"]].isna().all(axis=None)
    assert list(two.moved()["parameter"]) == [ELASTICITY]
    one = compare([fitted["low"], fitted["low"]])
    assert (one.first, one.others) == ("low", ["low (2)"])
    assert (one.outcomes[["low", "high"]] == 0).all(axis=None)
    assert one.parameters.empty
    assert "each world has the same draws" in str(one)


def test_posteriors_whose_files_share_a_name_are_told_apart(folder: Path, tmp_path: Path) -> None:
    sides_of = [linked(cs.open(folder), tmp_path / one, posterior=drawn_from(one)) for one in "ab"]
    named = [side.name for side in sides(sides_of, Sample())]
    assert named == [
        "a (posterior p.parquet, sha256 aaaaaaaaaaaa)",
        "b (posterior p.parquet, sha256 bbbbbbbbbbbb)",
    ]


def drawn_from(digit: str) -> PosteriorTerms:
    """A posterior in a file of one name, whatever its content."""
    return terms_of(digit).model_copy(update={"file": f"{digit}/p.parquet"})


def test_worlds_that_are_not_finite_are_left_out_of_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    from computeshift.experiments.questions.compare import measured as module

    def broken(source: Config, of: ensemble.Measure, **how: object) -> Measured:
        measured = ensemble.measure(source, of, **how)  # type: ignore[arg-type]
        if source.name == "no_mgx on six":
            return Measured(measured.table.drop(index=[3, 5]), {"odd": [3, 5]})
        return measured

    monkeypatch.setattr(module, "measure", broken)
    answer = compare(["six", "no_mgx", "retrench"], base="six", worlds=32)
    assert answer.left_out == {"no_mgx on six": [3, 5]}
    assert (answer.outcomes["pairs"] == 30).all()
    assert "of no_mgx on six, 2 worlds were left out (a number makes no sense): odd (2 worlds)" in notes(
        answer
    )
    with pytest.raises(UserError, match=r"29 of 31 worlds are too few to compare, .*; 2 worlds .*odd"):
        compare(["six", "no_mgx"], base="six", worlds=31)


def test_an_outcome_that_a_config_does_not_have_is_left_out_and_told(tmp_path: Path) -> None:
    alone = tmp_path / "alone.yaml"
    alone.write_text("asks: Alone?\nextends: six\nfirms:\n  softbank: null\n", encoding="utf-8")
    answer = compare(["six", alone], worlds=30)
    assert row(answer.outcomes, outcome="softbank_ltv")["pairs"] == 0
    assert any("SoftBank loan-to-value" in note and "no world has a value" in note for note in notes(answer))
    assert row(answer.outcomes, outcome="stargate_share")["pairs"] == 30


def test_an_outcome_after_the_last_year_is_left_out_and_told() -> None:
    late = "oracle.debt in 2031"
    answer = compare(["six", "softbank_crunch"], base="six", outcomes=[late], worlds=30, set={"until": 2026})
    assert row(answer.outcomes, outcome=late)["pairs"] == 0
    assert any(late in note and "no world has a value" in note for note in notes(answer))


def test_a_claim_that_a_folder_cannot_decide_has_no_numbers_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cs.run("six", worlds=30, out=tmp_path / "alone", against=False)
    monkeypatch.setattr(counterfactual, "model", lambda: "another")
    with pytest.warns(UserWarning, match="run by another version of the model"):
        answer = compare(["six", tmp_path / "alone"])
    assert np.isnan(row(answer.claims, claim="deepseek_disrupts")["difference"])
    assert "DeepSeek disrupts: not decided in six or alone" in notes(answer)
    assert row(answer.claims, claim="burn_2027")["pairs"] == 30


def test_sides_of_different_versions_of_the_model_are_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sides([folder, "six"], Sample())
    monkeypatch.setattr("computeshift.experiments.questions.compare.sides.model", lambda: "another")
    with pytest.warns(UserWarning, match=r"base and six are from different versions of the model"):
        sides([folder, "six"], Sample())


def test_the_shares_of_all_suppliers_make_one_and_every_headline_is_an_outcome(folder: Path) -> None:
    results = cs.open(folder)
    shares = sum(OUTCOMES[name].of(results) for name in HEADLINE[:5])
    assert np.allclose(shares, 1.0)
    listed = {known.name: (known.unit, known.meaning) for known in catalogue().outcomes}
    assert listed == {name: (known.unit, known.doc) for name, known in OUTCOMES.items()}
    assert set(HEADLINE) <= set(listed)


def test_the_answer_as_tables_document_and_picture(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["compare", str(folder), "softbank_crunch", "no_mgx", "--base", "six", "--year", "2028"]
    with pytest.raises(SystemExit) as left:
        main([*command, "--json", "--plot", str(tmp_path / "it.html")])
    assert not left.value.code
    document = json.loads(capsys.readouterr().out)
    again = compare([folder, "softbank_crunch", "no_mgx"], base="six", year=2028)
    assert document == json.loads(json.dumps(again.document(), allow_nan=False))
    assert [side["results"] for side in document["sides"]] == [str(folder), None, None]
    page = (tmp_path / "it.html").read_text("utf-8")
    assert "Differences in 2028, minus base" in page
    assert not [name for name in ("→ stargate", "→ openai", "→ softbank") if name in page]
    with pytest.raises(SystemExit):
        main(command)
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert all(capitalised(named(name)) in text for name in (*HEADLINE, "stargate_100"))
    assert not [name for name in (*HEADLINE, "stargate_100") if name in text]
    assert "paired" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("six", "compare needs two sources or more, the first to compare with; there is only one"),
        ("six no_mxg", "there is no config 'no_mxg'; did you mean 'no_mgx'?"),
        ("six no_mgx --worlds 1", "six: 1 world is too few to compare: use at least 30"),
        ("six no_mgx --year 2040", "there is no year 2040: use 2025 to 2030"),
        ("six no_mgx --plot it.pdf", "a picture is FILE.html, FILE.svg or FILE.png"),
        ("six . --worlds 5", "is no results folder"),
    ],
)
def test_a_mistake_is_told(
    arguments: str,
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(["compare", *arguments.split()])
    assert left.value.code == 2
    assert message in capsys.readouterr().err
