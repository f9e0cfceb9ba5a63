"""Worlds measured in memory are the worlds a run writes down; and what a question may be asked of."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments import ensemble
from computeshift.experiments.claims import claims
from computeshift.experiments.ensemble import claims_held, measure, opened, outcomes_in
from computeshift.experiments.outcomes import OUTCOMES
from computeshift.experiments.record import Record


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> cs.Results:
    return cs.run("baseline", worlds=20, seed=2, out=tmp_path_factory.mktemp("runs") / "run")


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """To the last bit; on disk worlds and years are shorter whole numbers."""
    loose = {"check_names": False, "check_index_type": False, "check_column_type": False}
    pd.testing.assert_frame_equal(one, other, check_exact=True, **loose)


def test_played_is_what_a_run_writes_down(results: cs.Results) -> None:
    config = opened("baseline", worlds=20, seed=2)
    for of in (outcomes_in(list(OUTCOMES), 2030), claims_held(list(claims()))):
        played = measure(config, of, against=True, block=7)
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
        assert record.variable("openai", "nav").empty
        assert results.variable("nobody", "nav").empty
        assert record.market_variable("nothing").empty
        assert results.market_variable("nothing").empty
        return record.market_variable("rent")

    rents = measure(opened("baseline", worlds=20, seed=2), of).table
    same(rents, results.market_variable("rent"))


def test_what_is_neither_config_nor_results_is_refused(
    source: str, worlds: int | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(cs.UserError, match=message.replace("?", r"\?")):
        opened(source, worlds)


def test_a_folder_runs_nothing_so_settings_are_refused(results: cs.Results) -> None:
    with pytest.raises(cs.UserError, match="runs nothing: leave out worlds"):
        opened(results.folder, worlds=10)
    with pytest.raises(cs.UserError, match=r"did you mean 'burn_2027'"):
        ensemble.known_claim("burn_2072")
    with pytest.raises(cs.UserError, match="use 2025 to 2030"):
        ensemble.known_year(2031, results.years)
