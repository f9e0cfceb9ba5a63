"""Fans as bands, lines and dots; events, claims and known facts on their axes and in their tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import computeshift as cs
from computeshift import plots
from computeshift.experiments.cli.main import main
from computeshift.experiments.questions.evidence.observables import OBSERVABLES
from computeshift.experiments.views.plots.distribution import Distribution
from computeshift.experiments.views.plots.landmarks import VARIABLES, Landmarks, landmarks
from computeshift.experiments.views.plots.picture import Picture

CRUNCH = "(a) 2026: NAV fall: what leveraged investors hold besides AI loses this share of value (50%)."


def series(picture: Picture, name: str) -> list[list[Any]]:
    """The points of a series: year or value, height, text."""
    (own,) = (one for one in picture.option["series"] if one["name"] == name)
    return [one["value"] if isinstance(one, dict) else one for one in own["data"]]


def test_each_dot_is_an_equal_share_of_the_worlds(results: cs.Results) -> None:
    values = np.sort(results.outcome("openai_burn")[2028].to_numpy())
    for count in (50, 20):
        picture = plots.fan(results, "openai_burn", form="dots", year=2028, dots=count)
        dots = picture.table["value"].to_numpy()
        assert dots == pytest.approx(np.quantile(values, (np.arange(count) + 0.5) / count))
        for share in (0.2, 0.5, 0.8):  # as many dots as worlds lie below a value
            at = np.quantile(values, share)
            assert (dots < at).mean() == pytest.approx((values < at).mean(), abs=1 / count)
        assert f"Each of {count} dots is {100 // count}% of the worlds" in picture.note
        drawn = series(picture, "Dots")
        assert len(drawn) == count
        width = (dots[-1] - dots[0]) / 30
        assert all(abs(x - dot) <= width for (x, _, _), dot in zip(drawn, dots, strict=True))
        assert len({(x, y) for x, y, _ in drawn}) == count  # no dot hides another


def test_dots_of_one_value_and_of_differences_are_drawn(results: cs.Results, crunch: cs.Results) -> None:
    picture = plots.fan(results, "softbank_unwound * 0", form="dots")
    assert {y for _, y, _ in series(picture, "Dots")} == {i + 0.5 for i in range(50)}
    pairs = crunch.outcome("softbank_nav")[2027] - results.outcome("softbank_nav")[2027]
    less = plots.fan(crunch, "softbank_nav", results, form="dots", year=2027).table["value"]
    assert less.median() == pytest.approx(pairs.median(), rel=0.05)


def test_differences_have_a_sign_in_every_form(results: cs.Results, crunch: cs.Results) -> None:
    dots = plots.fan(results, "openai_compute", crunch, form="dots", year=2028)
    told = zip(series(dots, "Dots"), dots.table["value"], strict=True)
    above = [str(text) for (_, _, text), value in told if value > 0.001]  # smaller ones are shown as 0
    assert all(text.startswith("+") for text in above)
    lines = plots.fan(results, "openai_compute", crunch, form="lines")
    texts = [
        point[2] for one in lines.option["series"] if one["name"] == "Single worlds" for point in one["data"]
    ]
    assert above
    assert any(": +" in text for text in texts)


def test_worlds_without_a_value_are_counted() -> None:
    values = np.arange(20.0).reshape(10, 2)
    values[:4, 1] = np.nan
    own = Distribution(pd.RangeIndex(10), [2025, 2026], values, "GW", sign=False, landmarks=Landmarks())
    assert own.dots(1, 20).words == (
        "Each of 20 dots is 5% of the 6 worlds with a value: as many of them lie about there. "
        "4 of 10 worlds have no value in 2026."
    )
    assert own.dots(0, 20).words.startswith("Each of 20 dots is 5% of the worlds: ")
    assert own.lines().words.endswith(" in 2026. 4 of 10 worlds have no value in 2026.")


def test_lines_are_worlds_evenly_spread_by_their_last_value(results: cs.Results) -> None:
    table = plots.fan(results, "softbank.nav", form="lines").table
    wide = table.pivot_table(index="world", columns="year", values="value")
    nav = results.variable("softbank", "nav")
    assert wide.to_numpy() == pytest.approx(nav.loc[wide.index].to_numpy())
    ranks = nav[2030].rank()[wide.index].sort_values().to_numpy()
    assert len(ranks) == 30
    assert set(np.diff(ranks)) == {2.0}  # of 60 worlds every second


def test_a_form_a_year_and_a_number_of_dots_that_are_not_there_are_errors(results: cs.Results) -> None:
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"form": "dot"}, "there is no form of a fan 'dot'; did you mean 'dots'"),
        ({"form": "dots", "year": 2031}, "there is no year 2031: use 2025 to 2030"),
        ({"form": "dots", "dots": 30}, "30 is no number of dots; use 50 or 20"),
        ({"year": 2027}, "`year`: only dots have it, and this form is 'band'; use `form=\"dots\"`"),
        ({"form": "lines", "dots": 50}, "`dots`: only dots have it, and this form is 'lines'"),
    )
    for given, message in wrong:
        with pytest.raises(cs.UserError, match=message):
            plots.fan(results, "rent", **given)


@pytest.mark.parametrize(
    "draw",
    [
        lambda run: plots.fan(run, "softbank_ltv"),
        lambda run: plots.fan(run, "softbank_ltv", form="lines"),
        plots.shares,
        plots.lab_market,
        plots.investments,
        plots.treasury,
        plots.loan_to_value,
        plots.circular_money,
        plots.claims_by_year,
        plots.backlogs,
    ],
)
def test_an_event_is_on_every_time_axis_in_the_note_and_in_the_table(
    results: cs.Results, crunch: cs.Results, draw: Callable[[cs.Results], Picture]
) -> None:
    picture = draw(crunch)
    ((year, _, text),) = series(picture, "Events")
    assert (year, picture.note.count(CRUNCH)) == ("2026", 1)
    told = picture.table[picture.table["events"] != ""]
    assert set(told["year"]) == {2026}
    assert set(told["events"]) == {text}
    assert "Events" in picture.option["legend"]["data"]
    calm = draw(results)
    assert "events" not in calm.table


def test_an_event_of_one_scenario_alone_says_whose_it_is(results: cs.Results, crunch: cs.Results) -> None:
    whose = CRUNCH.removesuffix(".") + ", only in softbank_crunch on six."
    for one, other in ((crunch, results), (results, crunch)):
        assert whose in plots.fan(one, "softbank_ltv", against=other).note
    assert "only in" not in plots.fan(crunch, "softbank_ltv", crunch).note


def test_what_breaks_is_an_event(tmp_path_factory: pytest.TempPathFactory) -> None:
    out = tmp_path_factory.mktemp("breaks") / "run"
    run = cs.run("contract_breaks", worlds=4, out=out)
    assert "(a) 2027: The deal Oracle 300 is broken by OpenAI." in plots.fan(run, "oracle.debt").note


def test_a_claim_asks_its_figure_until_its_date(results: cs.Results) -> None:
    picture = plots.fan(results, "stargate_spent")
    points = {year: height for year, height, _ in series(picture, "What a claim asks")}
    assert points == {"2027": 100, "2028": 500}
    held = results.claims().set_index("name")["probability"]["stargate_100"]
    assert f"by the end of 2027. It holds in {held:.0%} of worlds." in picture.note
    (row,) = picture.table.query("year == 2027")["claims"]
    assert row.startswith("$100 bn is spent on Stargate")
    dots = plots.fan(results, "stargate_spent", form="dots", year=2027)
    assert [line["xAxis"] for line in dots.option["series"][0]["markLine"]["data"]] == [100]
    share = dots.table.set_index("what").filter(like="$100 bn", axis=0)["quantile"]
    assert share.iloc[0] == pytest.approx(1 - held)
    assert "claims" not in plots.fan(results, "stargate_spent", results).table


def test_a_known_fact_has_its_source_and_stands_where_it_is_in_the_models_unit(results: cs.Results) -> None:
    picture = plots.fan(results, "openai.revenue")
    *_, (year, height, text) = series(picture, "Known fact")
    assert (year, height) == ("2025", 13.07)
    assert "leaked audited OpenAI financials" in str(text)
    assert str(text) in picture.note
    assert plots.fan(results, "openai_revenue").table.set_index("year")["facts"][2025] == text
    burn = {mark.year: mark.value for mark in landmarks(results, "openai_burn").every if mark.kind == "fact"}
    assert burn[2025] == 8.0  # a free cash flow of -8
    assert landmarks(results, "oracle.debt / 2").every == ()


def test_what_is_known_of_the_years_before_stands_before_the_fan(results: cs.Results) -> None:
    picture = plots.fan(results, "openai.revenue")
    dots = {year: height for year, height, _ in series(picture, "Known fact")}
    assert dots.keys() == {"2022", "2023", "2024", "2025"}
    assert dots["2022"] < dots["2023"] < dots["2024"] < dots["2025"]
    assert picture.option["xAxis"]["data"] == [str(year) for year in range(2022, 2031)]
    table = picture.table.set_index("year")
    assert table["p50"].notna().to_dict() == {year: year >= 2025 for year in range(2022, 2031)}
    assert "$3.85 bn" in table["facts"][2024]
    against = plots.fan(results, "openai.revenue", results)  # differences have no past
    assert against.option["xAxis"]["data"][0] == "2025"


def test_a_rate_at_the_end_of_a_year_is_no_point_of_that_years_sales(tmp_path: Path) -> None:
    run = cs.run("baseline", worlds=2, set={"until": 2025}, out=tmp_path / "run")
    known = [mark.text for mark in landmarks(run, "anthropic.revenue").every if mark.kind == "fact"]
    assert known
    assert not any("annualised" in text for text in known)


def test_outcomes_that_are_a_firms_variable_are_it(results: cs.Results) -> None:
    for outcome, variable in VARIABLES.items():
        firm, _, name = variable.partition(".")
        assert results.outcome(outcome).equals(results.variable(firm, name)), outcome


def test_an_observable_of_a_measure_is_that_measure(results: cs.Results) -> None:
    for key, one in OBSERVABLES.items():
        table = one.read(results) if one.measure else None
        if table is not None:
            assert table.equals(results.outcome(one.measure) * one.factor), key


def test_the_command_draws_what_python_does(
    results: cs.Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["plot", str(results.folder), "--outcome", "stargate_spent", "--form", "dots", "--year", "2027"]
    with pytest.raises(SystemExit) as left:
        main([*asked, "-o", str(tmp_path / "dots.svg")])
    assert not left.value.code
    picture = plots.fan(results, "stargate_spent", form="dots", year=2027)
    assert picture.note in capsys.readouterr().out
    same = picture.write(tmp_path / "same.svg").read_text("utf-8")
    assert (tmp_path / "dots.svg").read_text("utf-8") == same
    for wrong, message in (
        (["--form", "band"], "--year: only dots have it, and this form is 'band'; use --form dots"),
        (["--form", "dot"], "--form: there is no form of a fan 'dot'; did you mean 'dots'?"),
        (["-o", str(tmp_path / "dots.pdf")], "--out: "),
        (["--worlds", "5"], "is a results folder and runs nothing"),
    ):
        with pytest.raises(SystemExit) as left:
            main([*asked, *wrong])
        assert left.value.code == 2
        assert message in capsys.readouterr().err
