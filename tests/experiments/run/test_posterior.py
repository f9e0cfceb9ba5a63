"""A posterior is laid on a run: what it may hold, and that a world's row is its own."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments.config.factor import parameter_of_column
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.files import POSTERIOR, writable
from computeshift.experiments.results.manifest import PosteriorTerms
from computeshift.experiments.run import posterior
from computeshift.experiments.run.design import design

NAMES = ["services.elasticity", "openai.race", "softbank.pledge"]


def saved(file: Path, **columns: list[float]) -> Path:
    table = pd.DataFrame({name.replace("__", "."): values for name, values in columns.items()})
    table.to_parquet(file, index=False)
    return file


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """A posterior of 40 rows from the prior."""
    config = load("six")
    return posterior.save(
        design(config, 40)[NAMES], writable(tmp_path / "p.parquet", POSTERIOR), config, {"seed": 1}
    )


def test_a_run_draws_whole_rows_whatever_the_blocks(rows: Path, tmp_path: Path) -> None:
    runs = [
        cs.run(
            "six",
            worlds=30,
            until=2025,
            out=tmp_path / f"{block}",
            block=block,
            posterior=rows,
            against=False,
        )
        for block in (30, 7)
    ]
    assert runs[0].design.equals(runs[1].design)
    assert runs[0].market.equals(runs[1].market)
    known = {tuple(row) for row in pd.read_parquet(rows)[NAMES].to_numpy()}
    drawn = {tuple(row) for row in runs[0].design[NAMES].to_numpy()}
    assert drawn <= known
    assert len(drawn) > 10
    plain = design(load("six"), 30)
    others = [name for name in map(str, plain) if (parameter_of_column(name) or name) not in NAMES]
    assert np.array_equal(runs[0].design[others], plain[others])  # the rest is as without it
    sha256 = hashlib.sha256(rows.read_bytes()).hexdigest()
    terms = PosteriorTerms(file=str(rows), sha256=sha256, rows=40, laid=tuple(NAMES), kept=())
    assert runs[0].manifest.posterior == terms


def test_a_config_keeps_what_it_has_fixed_or_draws_otherwise(rows: Path, tmp_path: Path) -> None:
    spec = {"unit": "1", "low": 0.9, "central": 1.1, "high": 1.3, "assumed": "because"}
    config = load("six", {"openai.race": 1.0, "services.elasticity": spec})
    laid = posterior.load(rows, config)
    assert (list(laid.table), laid.unused) == (["softbank.pledge"], ["services.elasticity", "openai.race"])
    run = cs.run(config, worlds=3, until=2025, out=tmp_path / "o", posterior=rows)
    assert "openai.race" not in run.design
    with pytest.raises(UserError, match="draws all of it otherwise, or has it fixed"):
        posterior.load(rows, load(config, {"softbank.pledge": 0.5}))


def test_a_posterior_of_another_start_leaves_the_state_at_the_start(tmp_path: Path) -> None:
    config = load("six")
    drawn = design(config, 40).drop(columns="world")
    earlier = config.model_copy(update={"start": 2022})
    to = writable(tmp_path / "p.parquet", POSTERIOR)
    laid = {
        source.start: set(posterior.load(posterior.save(drawn, to, source, {}), config).table)
        for source in (config, earlier)
    }
    assert laid[2024] == set(drawn)
    left = laid[2024] - laid[2022]
    assert {"openai.initial_cash", "oracle.due_in_first_year", "microsoft.stake_in_openai"} <= left
    assert all(posterior.of_the_start(name) or name.startswith("deals.") for name in map(str, left))
    assert not set(NAMES) & left


def test_deals_that_only_another_start_has_are_left_there(tmp_path: Path) -> None:
    config = load("six")
    drawn = design(config, 40).drop(columns="world").assign(**{"deals.elsewhere.gw": 1.0})
    earlier = config.model_copy(update={"start": 2022})
    saved_there, saved_here = (
        posterior.save(drawn, writable(tmp_path / f"{source.start}.parquet", POSTERIOR), source, {})
        for source in (earlier, config)
    )
    assert "deals.elsewhere.gw" in posterior.load(saved_there, config).unused
    with pytest.raises(UserError, match=r"six has no parameter deals.elsewhere.gw"):
        posterior.load(saved_here, config)


def test_a_wrong_posterior_is_refused(tmp_path: Path) -> None:
    file, config = tmp_path / "p.parquet", load("six")
    with pytest.raises(UserError, match=r"six has no parameter openai.rase; did you mean 'openai.race'"):
        posterior.load(saved(file, openai__rase=[1.0]), config)
    with pytest.raises(UserError, match=r"openai.race: 1 to 99 is not within"):
        posterior.load(saved(file, openai__race=[1.0, 99.0]), config)
    with pytest.raises(UserError, match=r"openai.race: nan to nan"):
        posterior.load(saved(file, openai__race=[float("nan")]), config)
    with pytest.raises(UserError, match="no rows of numbers"):
        posterior.load(saved(file, openai__race=[]), config)
    file.write_text("not Parquet", encoding="utf-8")
    with pytest.raises(UserError, match="it is no Parquet file"):
        posterior.load(file, config)
    with pytest.raises(UserError, match="No such file"):
        posterior.load(tmp_path / "nowhere.parquet", config)
