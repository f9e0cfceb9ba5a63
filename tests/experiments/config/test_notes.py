"""Notes that `check` prints about configs that are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from computeshift.experiments.config.load import load
from computeshift.experiments.config.notes import (
    deals_beyond_the_last_year,
    debts_without_a_lender,
    idle_products,
    notes_beyond_debt,
    sizes_by_default,
)
from computeshift.experiments.config.source import names


@pytest.mark.parametrize("config", names())
def test_no_firm_of_a_shipped_config_has_the_size_of_a_newcomer_by_default(config: str) -> None:
    assert sizes_by_default(config, load(config)) == []
    assert debts_without_a_lender(config, load(config)) == []
    assert idle_products(config, load(config)) == []


def test_a_firm_without_sizes_of_its_own_is_listed_with_those_it_takes(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    firms = "  acme: {kind: lab, initial_cash: 5}\n  fund: {kind: investor, initial_budget: 3}\n"
    ties = "  - [oracle, acme, capacity]\n  - [acme, customers, services]\n  - [fund, acme, equity]\n"
    file.write_text(f"extends: six\nfirms:\n{firms}edges:\n{ties}", encoding="utf-8")
    (note,) = sizes_by_default(file, load(file))
    assert note.startswith(f"{file}:3: firms.acme: has the size of a small newcomer: ")
    assert re.search(r"initial_revenue 0\.08, initial_capacity 0\.03, .*write them under firms\.acme", note)
    assert "initial_cash" not in note


TIE = "  - [lenders, acme, debt]\n"


@pytest.mark.parametrize(("debt", "tie", "notes"), [(5, "", 1), (0, "", 0), (5, TIE, 0)])
def test_a_firm_that_owes_and_has_no_lender_is_listed(
    debt: int, tie: str, notes: int, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    firm = f"  acme:\n    kind: cloud\n    initial_debt: {debt}\n"
    ties = f"  - [acme, openai, capacity]\n{tie}"
    file.write_text(f"extends: six\nfirms:\n{firm}edges:\n{ties}", encoding="utf-8")
    found = debts_without_a_lender(file, load(file))
    assert len(found) == notes
    for note in found:
        assert note.startswith(f"{file}:5: firms.acme: owes $5 bn at the start, and no lender is tied to it")


@pytest.mark.parametrize(("amounts", "found"), [((12, 9), 1), ((12, 8), 0)])
def test_notes_beyond_the_debt_of_the_start_are_listed(
    amounts: tuple[int, int], found: int, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    steps = f"2024: 5, 2025: {amounts[0]}, 2027: {amounts[1]}"  # what was due up to the start is paid
    deal = f"kind: notes, from: bond_buyers, to: oracle, signed: 2024, last: 2027, schedule: {{{steps}}}"
    own = f"firms:\n  oracle:\n    initial_debt: 20\ndeals:\n  oracle_notes: null\n  own: {{{deal}}}\n"
    file.write_text(f"asks: x\nextends: six\n{own}", encoding="utf-8")
    notes = notes_beyond_debt(file, load(file))
    assert len(notes) == found
    for note in notes:
        assert note.startswith(
            f"{file}:5: firms.oracle: notes of $21 bn fall due after the start, and it owes $20 bn"
        )


@pytest.mark.parametrize(
    ("numbers", "wrong"),
    [
        ("own_growth: 1.5", "own_growth: moves nothing: it has no products of its own"),
        ("initial_own_products: 0.5, own_growth: 1.5, initial_tenant_gw: 0.1", ""),
        ("initial_own_products: 0.5", "initial_own_products: moves nothing: nothing is used at the start"),
        (
            "initial_own_products: 1",
            "can't grow; what it keeps from labs stays empty",
        ),
    ],
)
def test_own_products_that_use_nothing_are_listed(numbers: str, wrong: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    firm = f"  acme:\n    {{kind: cloud, {numbers}}}\n"
    ties = "  - [acme, openai, capacity]\n"
    file.write_text(f"extends: six\nfirms:\n{firm}edges:\n{ties}", encoding="utf-8")
    found = idle_products(file, load(file))
    assert len(found) == bool(wrong)
    for note in found:
        assert note.startswith(f"{file}:4: firms.acme.")
        assert wrong in note


def test_years_of_deals_that_no_world_reaches_are_listed(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    deal = (
        "kind: equity, from: mgx, to: openai, signed: 2026, first: 2028, last: 2031, amount: 1, pre_money: 9"
    )
    file.write_text(f"extends: six\nuntil: 2027\ndeals: {{late: {{{deal}}}}}\n", encoding="utf-8")
    (note,) = deals_beyond_the_last_year(load(file, {"deals.late.conditions": "converted"}))
    assert note == "deals.late.first: 2028 is after the last year simulated, 2027: it comes to nothing"
