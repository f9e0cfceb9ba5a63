"""What two configs have otherwise: every number, tie, shock and setting, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import computeshift as cs
from computeshift.environment.deals import DEAL_KINDS
from computeshift.experiments.cli.main import main
from tests.experiments.conftest import Write
from tests.experiments.folders import linked, posterior, without_glossary

CHANGED = """\
extends: toy.yaml
worlds: 9
until: 2031
firms:
  softbank: {strategy: prudent, ltv_limit: 0.4}
  openai: {partner: null, cash: {unit: $ bn, central: 10, shape: fixed, assumed: because we know}}
  fund: {kind: investor, budget: 3}
edges:
  - [softbank, openai, equity, 2026]
  - [fund, openai, equity]
shocks:
  credit_crunch: {year: null, until: null, probability: 0.25, size: 30}
  demand_fall: {year: 2026, size: 0}
factors:
  mood: {meaning: moods, assumed: because, loadings: {services.elasticity: 0.5}}
deals:
  round:
    {kind: equity, from: fund, to: openai, signed: 2026, first: 2026, last: 2027, amount: 4, pre_money: 9}
outcomes:
  held: {of: openai.cash, unit: $ bn, meaning: Cash}
"""


def changed(write: Write) -> Path:
    return write(CHANGED)


def test_every_difference_is_a_row_and_nothing_else_is(write: Write) -> None:
    answer = cs.diff("toy.yaml", changed(write))
    assert not answer.same_numbers
    assert answer.settings.to_dict("records") == [
        {"setting": "until", "first": 2030, "second": 2031},
        {"setting": "worlds", "first": 5, "second": 9},
    ]
    assert answer.firms.to_numpy().tolist() == [
        ["softbank", "changed", "strategy", "vision", "prudent"],
        ["fund", "joined", "kind", None, "investor"],
        ["fund", "joined", "strategy", None, "default"],
    ]
    assert answer.ties.to_numpy().tolist() == [
        ["softbank", "openai", "equity", "changed", None, 2026],
        ["fund", "openai", "equity", "joined", None, None],
    ]
    shocks = answer.shocks.set_index(["shock", "key"])["second"]
    assert shocks.to_dict() == {
        ("credit_crunch", "year"): None,
        ("credit_crunch", "until"): None,
        ("demand_fall", "kind"): "demand_fall",
        ("demand_fall", "year"): 2026,
    }
    deals = answer.deals.set_index(["deal", "change", "key"])["second"]
    words = {"kind": "equity", "from": "fund", "to": "openai", "signed": 2026, "first": 2026, "last": 2027}
    assert deals.to_dict() == {("round", "joined", key): value for key, value in words.items()}
    numbers = answer.numbers.set_index("number")["differs"]
    of_deals = numbers.index.str.startswith("deals.round.")
    assert of_deals.sum() == sum(not number.condition for number in DEAL_KINDS["equity"].numbers.values())
    assert numbers[~of_deals].to_dict() == {
        "softbank.ltv_limit": "low, central, high, shape, source",
        "openai.cash": "source",
        "fund.budget": "unit, low, central, high, shape, source",
        "shocks.credit_crunch.size": "low, central, high, source",
        "shocks.credit_crunch.probability": "low, central, high, source",
        "shocks.demand_fall.size": "unit, low, central, high, shape, source",
        "shocks.demand_fall.probability": "unit, low, central, high, shape, source",
    }
    (limit,) = answer.numbers.query("number == 'softbank.ltv_limit'").to_dict("records")
    assert (limit["first_low"], limit["first_central"], limit["first_high"]) == (0.2, 0.25, 0.3)
    assert (limit["first_unit"], limit["first_source"]) == ("share", "policy (2024-11-12)")
    assert (limit["second_central"], limit["second_source"]) == (0.4, "set by mine")
    assert answer.own.iloc[:, :4].drop_duplicates().to_numpy().tolist() == [
        ["outcomes", "held", "joined", key] for key in ("of", "unit", "meaning")
    ]
    assert answer.factors.set_index("key")["second"]["services.elasticity"] == 0.5


def test_what_a_deal_or_a_tie_has_otherwise_is_a_row(write: Write) -> None:
    changed(write)
    later = write("extends: mine.yaml\ndeals: {round: {last: 2028, amount: 5}}\n", "later.yaml")
    answer = cs.diff("mine.yaml", later)
    assert answer.deals.to_numpy().tolist() == [["round", "changed", "last", 2027, 2028]]
    assert answer.numbers["number"].tolist() == ["deals.round.amount"]
    cut = write("extends: toy.yaml\nedges: [[softbank, openai, equity, 2026, 2028]]\n", "cut.yaml")
    ties = cs.diff("toy.yaml", cut)
    assert ties.ties["second"].tolist() == ["from 2026 to 2028"]
    assert re.search("equity +open +from 2026 to 2028", str(ties))


def test_the_other_way_round_what_joined_has_left(write: Write) -> None:
    one, other = cs.diff("toy.yaml", changed(write)), cs.diff("mine.yaml", "toy.yaml")
    swapped = {"joined": "left", "left": "joined", "changed": "changed"}
    for name, table in one.tables().items():
        back = other.tables()[name]
        assert len(table) == len(back)
        if "change" in table:
            columns = ["change", "first", "second"]
            mirrored = [
                [swapped[change], second, first] for change, first, second in table[columns].to_numpy()
            ]
            assert sorted(map(repr, mirrored)) == sorted(map(repr, back[columns].to_numpy().tolist()))


def test_a_config_is_the_same_as_itself_and_as_the_folder_that_was_run_with_it(
    write: Write,
) -> None:
    assert all(table.empty for table in cs.diff("toy.yaml", "toy.yaml").tables().values())
    labelled = cs.diff("toy.yaml", write("extends: toy.yaml\nworlds: 9\n"))
    assert labelled.same_numbers
    assert labelled.finding.endswith(
        "differs from toy in 1 setting; in all worlds both give the same numbers."
    )


def test_runs_are_compared_by_their_configs_and_by_how_they_were_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    ran = cs.run("baseline", worlds=2, until=2025, keep="summary", out=folder)
    assert all(table.empty for table in cs.diff(ran, cs.load("baseline", ran_with(ran))).tables().values())
    drawn = linked(ran, tmp_path / "drawn", posterior=posterior("a"), model="another model")
    told = cs.diff(folder, drawn.folder).settings.set_index("setting")["second"]
    assert told.to_dict() == {
        "model": "another mode",
        "posterior": f"kept/a.parquet (sha256 {'a' * 12})",
    }
    with pytest.raises(SystemExit) as ended:
        main(["diff", str(folder), "softbank_crunch", "--json"])
    assert not ended.value.code
    document = json.loads(capsys.readouterr().out)
    assert document["first"] == "out"
    assert {row["setting"] for row in document["settings"]} == {"until", "worlds"}
    assert [row["number"] for row in document["numbers"]] == ["shocks.nav_fall.size"]


def ran_with(ran: cs.Results) -> dict[str, object]:
    return {"worlds": ran.config.worlds, "until": ran.config.until}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["six", "no_mgxx"], "there is no config 'no_mgxx'; did you mean 'no_mgx'?"),
        (["docs", "six"], "docs"),
        (
            ["no_mgx", "credit_crunch", "--base", "end_of"],
            "--base: there is no config 'end_of'; did you mean",
        ),
    ],
)
def test_what_is_neither_config_nor_folder_is_named(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["diff", *words])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_the_text_says_all_of_it(write: Write) -> None:
    words = str(cs.diff("toy.yaml", changed(write)))
    numbers = 6 + sum(not number.condition for number in DEAL_KINDS["equity"].numbers.values())
    assert " ".join(words.split()).startswith(
        f"mine differs from toy in 2 settings, 2 firms, {numbers} numbers, 2 ties, 2 shocks, 1 deal, 1 factor"
    )
    for line in (
        r"fund +nothing +investor, default, 1 number ",
        r"softbank -> openai equity +open +from 2026",
        r"softbank\.ltv_limit +0\.2 \| 0\.25 \| 0\.3 share +0\.4 share",
        r"mood +nothing +moods",
        r"round +nothing +equity, from fund, to openai, signed 2026, first 2026",
    ):
        assert re.search(line, words), line


def test_its_tables_say_what_their_columns_are() -> None:
    assert without_glossary(cs.diff("six", "no_mgx")) == []
