"""Broken deals: each is broken in turn, alone, from a year on; the one that hurts a firm most comes first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from computeshift.environment.setup import Edge
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.breaks.breaks import CALM, STORM, Breaks, breaks, effects_of
from computeshift.experiments.questions.breaks.broken import breaks_of
from computeshift.experiments.questions.breaks.hurt import DEFAULT, WORTH, measured
from computeshift.experiments.questions.breaks.storm import STORM as NEWS
from computeshift.experiments.questions.breaks.storm import stormy
from computeshift.experiments.questions.games.payoffs import parts
from computeshift.experiments.results.deals import SIGNED, LoggedDeal
from computeshift.experiments.results.record import MarketRecord
from computeshift.experiments.run.block import simulate
from computeshift.experiments.run.design import design, setup
from computeshift.experiments.run.run import run
from tests.experiments.folders import without_glossary

WORLDS, YEAR = 40, 2028
AT_STARGATE = LoggedDeal("stargate openai", "capacity", "stargate", "openai", "stargate", SIGNED)
ROUNDS = LoggedDeal("mgx openai equity", "equity", "mgx", "openai", "mgx", SIGNED)
DEAR = "kind: capacity, from: oracle, to: openai, signed: 2025, first: 2026, last: 2033, gw: 1.5, price: 30"


def written(folder: Path, text: str, base: str = "six") -> Path:
    """A config of a test."""
    path = folder / "ours.yaml"
    path.write_text(f"asks: What breaks?\nextends: {base}\n{text}", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def dear(tmp_path_factory: pytest.TempPathFactory) -> Breaks:
    """OpenAI, which is rich, pays Oracle twice what capacity is worth; no lab signs anything by itself."""
    path = written(
        tmp_path_factory.mktemp("dear"),
        "firms: {openai: {initial_cash: 2000, firm_share: 0}, rival_lab: {firm_share: 0}}\n"
        f"deals: {{microsoft_openai: null, dear: {{{DEAR}}}}}\n",
    )
    return breaks(path, year=YEAR, hurts="oracle", worlds=WORLDS)


@contextmanager
def played(config: Config) -> Iterator[MarketRecord]:
    """The worlds of a config."""
    with simulate(setup(config, design(config, worlds=8, seed=3))) as market:
        yield MarketRecord(market)


def test_what_is_in_force_can_be_broken_by_who_owes_its_money(tmp_path: Path) -> None:
    lasts = "signed: 2025, first: 2026"
    lease = f"kind: capacity, from: oracle, to: openai, {lasts}, gw: 1, price: 12"
    path = written(
        tmp_path,
        "deals:\n"
        "  microsoft_openai: null\n"
        f"  lease: {{{lease}, last: 2029}}\n"
        f"  cut: {{{lease}, last: 2029, cut: {{year: 2028, share: 0.5}}}}\n"
        f"  over: {{{lease}, last: 2027}}\n"
        f"  broken: {{{lease}, last: 2029, breaks: {{year: 2027, by: oracle}}}}\n"
        f"  later: {{{lease}, last: 2030, breaks: {{year: 2030, by: oracle}}}}\n"
        f"  tomorrow: {{{lease.replace('2025', '2028').replace('2026', '2028')}, last: 2030}}\n"
        f"  stake: {{kind: equity, from: mgx, to: openai, {lasts}, last: 2030, amount: 9, pre_money: 300}}\n"
        f"  loan: {{kind: loan, from: mgx, to: openai, {lasts}, last: 2030, amount: 9, rate: 0.1}}\n",
    )
    found = breaks_of(load(path), YEAR, [])
    assert {one.deal.deal: one.deal.payer for one in found} == {
        **dict.fromkeys(("lease", "cut", "later", "loan"), "openai"),
        "stake": "mgx",
        "oracle_notes": "oracle",
    }
    for one in found:
        own = one.config.deals[one.deal.deal]
        assert (own.break_year, own.break_by) == (YEAR, one.deal.payer)
        others = one.config.deals.keys() - {one.deal.deal}
        assert all(one.config.deals[name] == load(path).deals[name] for name in others)


def test_what_a_pair_signs_by_itself_is_broken_by_the_end_of_its_tie() -> None:
    config = load("oracle_contract", base="six")
    end, stake = breaks_of(config, YEAR, [AT_STARGATE, ROUNDS])[-2:]
    assert (end.along, stake.along) == (("oracle_300",), ())
    assert (end.deal.payer, stake.deal.payer) == ("openai", "mgx")
    (tie,) = (Edge(*tie) for tie in end.config.ties() if tie[:3] == AT_STARGATE.tie)
    assert tie.until == YEAR - 1
    assert [tie for tie in end.config.ties() if tie[:3] != AT_STARGATE.tie] == [
        tie for tie in config.ties() if tie[:3] != AT_STARGATE.tie
    ]
    assert [one.deal for one in breaks_of(stake.config, YEAR, [ROUNDS])] == [
        one.deal for one in breaks_of(config, YEAR, [])
    ]  # a tie that has ended can't be broken again


def test_the_setting_of_a_break_makes_the_same_config(tmp_path: Path) -> None:
    for one in breaks_of(load("six"), YEAR, [AT_STARGATE, ROUNDS]):
        again = load(written(tmp_path, f"{one.setting}\n"))
        assert again.hash == one.config.hash, one.setting


@pytest.mark.parametrize("news", [lambda config, _: config, stormy], ids=[CALM, STORM])
def test_worlds_are_the_same_to_the_last_bit_until_the_break(news) -> None:  # type: ignore[no-untyped-def]
    config = load("oracle_contract", base="six")
    with played(news(config, YEAR)) as calm:
        for one in breaks_of(config, YEAR, [AT_STARGATE, ROUNDS]):
            with played(news(one.config, YEAR)) as broken:
                for name in calm.of_market:
                    mine, theirs = (r.market_variable(name).loc[:, : YEAR - 1] for r in (calm, broken))
                    pd.testing.assert_frame_equal(mine, theirs, check_exact=True)
                mine, theirs = (record.variable("oracle", "debt") for record in (calm, broken))
                before = list(range(2025, YEAR))
                pd.testing.assert_frame_equal(mine[before], theirs[before], check_exact=True)
                assert not mine[2030].equals(theirs[2030])


def test_after_a_break_nothing_is_due() -> None:
    for one in breaks_of(load("oracle_contract", base="six"), YEAR, [AT_STARGATE]):
        with played(one.config) as record:
            for name in (one.deal.deal, *one.along):
                left = record.deal_or_zero(name, "left")
                assert not left.loc[:, YEAR:].any(axis=None), name
                if one.deal.kind == "capacity":
                    assert left.loc[:, : YEAR - 1].any(axis=None), name


def test_a_storm_strikes_in_every_world_from_the_year_of_the_break_on() -> None:
    config = load("demand_winter", base="six")
    with played(stormy(config, YEAR)) as record, played(config) as calm:
        for kind, size in NEWS.items():
            struck, before = (one.market_variable(f"news_{kind}") for one in (record, calm))
            np.testing.assert_allclose(
                struck[YEAR], np.minimum(before[YEAR] + size, 1) if size <= 1 else size
            )
            np.testing.assert_array_equal(struck.loc[:, : YEAR - 1], before.loc[:, : YEAR - 1])


def test_a_firm_fares_as_it_did_from_the_year_on() -> None:
    with played(stormy(load("six"), 2027)) as record:
        found = measured("openai", 2030, 2030, None)(record)
        degree = record.variable("openai", "default_degree")
        assert found[DEFAULT].tolist() == record.variable("openai", "defaulted")[2030].tolist()
        worst = measured("openai", YEAR, 2030, None)(record)["degree"]
        assert worst.tolist() == degree[[2028, 2029, 2030]].max(axis=1).tolist()
        pd.testing.assert_series_equal(
            found["value"], parts(record, "openai").sum(axis=1), check_names=False, check_exact=True
        )
        np.testing.assert_allclose(found[WORTH] + found["written_off"], found["value"])


def test_an_effect_is_clear_if_its_interval_leaves_out_zero() -> None:
    draws = np.random.default_rng(3)
    first = pd.DataFrame({name: draws.normal(size=100) for name in ("far", "unsure", "same")})
    noise = pd.DataFrame({"far": 0.1, "unsure": 9.0, "same": 0.0}, index=first.index)
    scatter = noise * draws.normal(size=first.shape)
    other = first + pd.Series({"far": -2.0, "unsure": 1.0, "same": 0.0}) + scatter - scatter.mean()
    first[DEFAULT], other[DEFAULT] = 0.0, np.repeat([1.0, 0.0], [20, 80])
    found = effects_of(first, other)
    assert found["difference"].to_numpy() == pytest.approx([-2, 1, 0, 0.2])
    assert found["clear"].tolist() == [True, False, False, True]
    # Of 0 and 1 the interval is that of paired shares: adjusted Wald, 21 of 102 against 1 of 102.
    half = 1.959964 * np.sqrt((22 / 102 - (20 / 102) ** 2) / 102)
    ends = [float(found[end][DEFAULT]) for end in ("low", "high")]
    assert ends == pytest.approx([20 / 102 - half, 20 / 102 + half])


def test_a_dear_deals_break_hurts_its_supplier_most(dear: Breaks) -> None:
    first = dear.breaks.iloc[0]
    assert (first["deal"], first["payer"], first["origin"]) == ("dear", "openai", "config")
    assert first["storm_clear"]
    assert first["calm_clear"]
    dues = 1.5 * 30 * 3  # $ bn, of the years to 2030
    for weather in (CALM, STORM):
        assert -dues < first[weather] < -0.3 * dues
        assert first[weather] < 10 * dear.breaks[weather][1:].min()
    assert dear.finding.startswith(
        "In a storm, Oracle loses most if OpenAI breaks dear (Oracle to OpenAI): -$"
    )


def test_deals_are_ranked_by_what_is_clear_in_a_storm(dear: Breaks) -> None:
    table = dear.breaks
    assert len(table) > 3
    size = -table[STORM].where(table["storm_clear"], 0.0)
    assert (size.diff().dropna() <= 0).all()
    own = dear.effects[(dear.effects["number"] == WORTH) & (dear.effects["weather"] == STORM)]
    assert table.set_index("deal")[STORM].sort_index().to_dict() == (
        own.set_index("deal")["difference"].sort_index().to_dict()
    )
    assert len(dear.effects) == 2 * len(table) * len(dear.numbers)
    assert without_glossary(dear) == []


def test_any_outcome_can_rank_and_one_before_the_break_has_no_effect(tmp_path: Path) -> None:
    path = written(tmp_path, "outcomes: {early: oracle.debt in 2026}\n")
    answer = breaks(path, year=2027, hurts="oracle", outcome="early", worlds=WORLDS)
    assert (answer.effects["difference"][answer.effects["number"] == "early"] == 0).all()
    none = f"no break of {len(answer.breaks)} deals changes early significantly."
    assert answer.finding == f"In a storm, {none} In calm worlds, {none}"
    share = breaks(path, year=2027, hurts="oracle", outcome="stargate_share", worlds=WORLDS)
    assert share.breaks["deal"][0] == "stargate openai"
    assert (share.breaks[STORM].abs().where(share.breaks["storm_clear"], 0.0).diff().dropna() <= 0).all()


@pytest.mark.parametrize(
    ("config", "given", "wrong"),
    [
        ("six", {"year": 2031}, "`year`: there is no year 2031: use 2025 to 2030"),
        ("six", {"hurts": "orcale"}, "`hurts`: there is no firm 'orcale'; did you mean 'oracle'?"),
        ("six", {"outcome": "stargate_shar"}, "did you mean 'stargate_share'?"),
        ("six", {"outcome": "orcale.debt"}, "there is no firm 'orcale'"),
        ("six", {"worlds": 20}, "20 worlds are too few for an interval: use at least 30"),
    ],
)
def test_what_cannot_be_asked_is_refused(config: str, given: dict[str, object], wrong: str) -> None:
    asked: dict[str, object] = {"year": 2027, "hurts": "oracle", "worlds": WORLDS, **given}
    with pytest.raises(UserError) as refused:
        breaks(config, **asked)  # type: ignore[arg-type]
    assert wrong in str(refused.value)


def test_a_year_before_anybody_signed_has_nothing_to_break(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "deals: {google_in_anthropic: null, oracle_notes: null, softbank_notes: null}\n",
        base="end_of_2022",
    )
    with pytest.raises(UserError, match="has nothing to break in 2023: no deal of the config is"):
        breaks(path, year=2023, hurts="oracle", worlds=WORLDS)


def test_a_results_folder_and_an_outcome_by_a_name_that_is_taken_are_refused(tmp_path: Path) -> None:
    run("six", worlds=1, out=tmp_path / "run")
    with pytest.raises(UserError, match="is a results folder: breaks plays every break"):
        breaks(tmp_path / "run", year=2027, hurts="oracle")
    path = written(tmp_path, "outcomes: {debt: oracle.debt}\n")
    with pytest.raises(UserError, match="debt is what this question calls a number of the firm; rename"):
        breaks(path, year=2027, hurts="oracle", outcome="debt", worlds=WORLDS)
