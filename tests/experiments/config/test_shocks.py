"""Shocks: the log holds what acted, and a config whose shock can't act as it says is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import computeshift as cs
from computeshift.agents import KINDS
from computeshift.environment.market import ComputeMarket
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.cli.main import main
from computeshift.experiments.run.design import design, setup

Write = Callable[..., Path]


@pytest.mark.parametrize("kind", SHOCKS)
def test_the_log_holds_what_acted(kind: str) -> None:
    size = 200.0 if kind == "credit_crunch" else 0.25
    config = cs.load("six", {f"shocks.{kind}.size": size})
    given = setup(config, design(config, worlds=2))
    lasting = tuple(replace(s, until=2028) if s.kind == kind else s for s in given.shocks)
    market = ComputeMarket(replace(given, shocks=lasting), KINDS)
    while market.running:
        market.step()
    table = market.datacollector.get_model_vars_dataframe().set_index("year")[f"news_{kind}"]
    told = {int(year): sizes.tolist() for year, sizes in table.items()}
    on = range(2026, 2029) if SHOCKS[kind].lasts else [2026]
    assert told == {year: [size, size] if year in on else [0.0, 0.0] for year in range(2025, 2031)}


@pytest.mark.parametrize(
    ("shocks", "line", "wrong"),
    [
        ("nav_fall: {year: 2026, until: 2028, size: 0.5}", 4, "acts in its first year only, 2026; leave"),
        ("my: {kind: sentiment_fall, year: 2026, until: 2027, size: 0.1}", 4, "leave until out"),
        ("my: {kind: demand_fall, probability: 0.1, until: 2027, size: 0.1}", 4, "its until, 2027, means"),
        ("credit_crunch: {year: null, probability: 0.1, size: 100}", 4, "write until: null"),
        ("nav_fall: {year: 2031, size: 0.5}", 4, "the last year simulated is 2030; let it begin by 2030, or"),
        ("nav_fall: {size: 0.7}\n  more: {kind: nav_fall, year: 2026, size: 0.5}", 5, "come to 1.2"),
        ("demand_fall: {size: 0.6}\n  my: {kind: demand_fall, probability: 0.1, size: 0.5}", 5, "to 1.1"),
    ],
)  # fmt: skip
def test_a_shock_that_cannot_act_as_it_says_is_refused(
    tmp_path: Path, shocks: str, line: int, wrong: str
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"asks: What?\nextends: six\nshocks:\n  {shocks}\n", encoding="utf-8")
    with pytest.raises(cs.UserError) as error:
        cs.load(file)
    assert f"{file}:{line}: " in str(error.value)
    assert wrong in str(error.value)


@pytest.mark.parametrize(
    "shocks",
    [
        "credit_crunch: {until: 2035, size: 100}",  # past the horizon
        "nav_fall: {year: 2033, size: 0}",  # of no size
        "nav_fall: {year: 2026, size: 0.7}\n  more: {kind: nav_fall, year: 2027, size: 0.5}",
        "chip_limit: {year: 2026, until: 2027, size: 0.7}\n  more: {kind: chip_limit, year: 2028, size: 0.7}",
        "demand_fall: {size: 0.7}\n  more: {kind: demand_fall, year: 2026, size: 0.3}",
        "nav_fall: {year: null, probability: 0.1, size: 0.5}",
    ],
)
def test_a_shock_that_can_act_is_not(tmp_path: Path, shocks: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"asks: What?\nextends: six\nshocks:\n  {shocks}\n", encoding="utf-8")
    cs.load(file)


def test_a_probability_with_an_inherited_year_is_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.yaml"
    text = "asks: What?\nextends: six\nshocks:\n  nav_fall: {{{}probability: 0.5, size: 0.5}}\n"
    for own, noted in (("", True), ("year: null, ", False), ("year: 2026, ", False)):
        file.write_text(text.format(own), encoding="utf-8")
        with pytest.raises(SystemExit) as done:
            main(["check", str(file)])
        output = " ".join(capsys.readouterr().err.split())
        assert done.value.code in (0, None)
        told = f"note: {file}: {file}:4: shocks.nav_fall: with its probability it happens in 2026 only"
        assert (told in output) == noted
