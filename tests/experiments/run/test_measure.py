"""Worlds measured in memory are the worlds a run writes down; and what a question may be asked of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import computeshift as cs
from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Setup
from computeshift.experiments.results.claims import claims
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.results.record import Counterparts, Record
from computeshift.experiments.run import measure as ensemble
from computeshift.experiments.run.block import Simulation, counterparts
from computeshift.experiments.run.design import design
from computeshift.experiments.run.measure import claims_held, known_outcome, measure, measure_all, outcomes_in
from computeshift.experiments.run.sample import Sample, opened


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> cs.Results:
    return cs.run("six", worlds=20, seed=2, out=tmp_path_factory.mktemp("runs") / "run")


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """To the last bit; on disk worlds and years are shorter whole numbers."""
    assert [*one.index] == [*other.index]
    assert [*one.columns] == [*other.columns]
    assert np.array_equal(one.to_numpy(np.float64), other.to_numpy(np.float64), equal_nan=True)


def test_played_is_what_a_run_writes_down(results: cs.Results) -> None:
    config = opened("six", Sample(worlds=20, seed=2))
    for of in (outcomes_in(OUTCOMES.values(), 2030), claims_held(claims().values())):
        played = measure(config, of, block=7)
        pd.testing.assert_frame_equal(
            played.table,
            measure(results, of).table,
            check_exact=True,
            check_names=False,
            check_index_type=False,
            check_column_type=False,
        )
        assert len(played.table) == 20


def test_ties_firms_and_years_are_the_same(results: cs.Results) -> None:
    seen: list[Record] = []

    def of(record: Record) -> pd.DataFrame:
        seen.append(record)
        assert record.ties() == results.ties()
        assert record.firms == results.firms
        assert record.years == results.years
        assert record.variable_or_empty("openai", "nav").empty
        assert results.variable_or_empty("nobody", "nav").empty
        assert record.market_variable_or_empty("nothing").empty
        assert results.market_variable_or_empty("nothing").empty
        return record.market_variable("rent")

    rents = measure(opened("six", Sample(worlds=20, seed=2)), of).table
    same(rents, results.market_variable("rent"))
    assert len(seen) == 1


def test_a_table_overrides_parameters_and_keeps_the_luck() -> None:
    config = cs.load("six", {"worlds": 8, "seed": 2})
    table = design(config).assign(**{"openai.initial_revenue": 5.0})
    of = outcomes_in([OUTCOMES["openai_burn"]], 2025)
    assert not measure(config, of, table=table).table.equals(measure(config, of).table)
    same(measure(config, of, table=design(config)).table, measure(config, of).table)


def test_configs_that_differ_in_numbers_share_a_market_and_keep_their_bits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size = "shocks.credit_crunch.size"
    settings: list[dict[str, object]] = [{}, {size: 300}, {size: 600}, {"softbank.strategy": "exit"}]
    configs = [cs.load("six", {"worlds": 9, "seed": 2, **own}) for own in settings]
    of = outcomes_in([OUTCOMES["openai_burn"], OUTCOMES["stargate_share"]], 2030)
    alone = [measure(config, of) for config in configs]
    progress, markets = list[int](), list[int]()
    init = ComputeMarket.__init__

    def counted(market: ComputeMarket, setup: Setup, *others: Any) -> None:
        markets.append(setup.worlds)
        init(market, setup, *others)

    monkeypatch.setattr(ComputeMarket, "__init__", counted)
    monkeypatch.setattr(ensemble, "BLOCK", 15)
    together = measure_all(configs, of, lambda done, worlds: progress.append(done))
    for one, other in zip(alone, together, strict=True):
        pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
        assert one.reasons == other.reasons
    assert not together[0].table.equals(together[1].table)
    assert markets == [3 * 4, 3 * 5, 9]
    assert progress == [0, 12, 27, 36]


def test_worlds_that_are_not_finite_are_left_out_and_told() -> None:
    config = cs.load("six", {"worlds": 6, "seed": 2})
    table = design(config)
    table.loc[4, "openai.initial_cash"] = np.nan
    with np.errstate(invalid="ignore"):
        measured = measure(config, outcomes_in([OUTCOMES["openai_burn"]], 2025), table=table, block=4)
    assert measured.left_out == [4]
    assert list(measured.table.index) == [0, 1, 2, 3, 5]


@pytest.mark.parametrize(
    ("source", "worlds", "message"),
    [
        ("basline", None, "did you mean 'baseline'?"),
        (".", None, "is no results folder"),
        ("six", 0, "use at least 1"),
    ],
)
def test_what_is_neither_config_nor_results_is_refused(
    source: str, worlds: int | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(cs.UserError, match=message.replace("?", r"\?")):
        opened(source, Sample(worlds))


def test_a_folder_runs_nothing_so_settings_are_refused(results: cs.Results) -> None:
    with pytest.raises(cs.UserError, match="runs nothing: leave out `worlds`"):
        opened(results.folder, Sample(worlds=10))
    with pytest.raises(cs.UserError, match=r"did you mean 'burn_2027'"):
        ensemble.known_claim("burn_2072", results)


def test_the_market_without_a_firm_is_simulated_only_for_a_claim_that_needs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    simulated: list[Simulation] = []

    def counted(simulation: Simulation) -> Counterparts:
        simulated.append(simulation)
        return counterparts(simulation)

    monkeypatch.setattr(ensemble, "counterparts", counted)
    config = cs.load("six", {"worlds": 2})
    measure(config, claims_held(claim for claim in claims().values() if claim.without is None))
    assert not simulated
    measure(config, claims_held(claims().values()), block=1)
    assert len(simulated) == 2


def test_an_outcome_after_the_last_year_has_no_number_in_any_world() -> None:
    config = opened("six", Sample(worlds=3, set={"until": 2025}))
    late = known_outcome("oracle.debt in 2031", config)
    table = measure(config, outcomes_in([late], 2025)).table
    assert table[late.name].isna().to_list() == [True] * 3
    assert table[late.name].dtype == float
