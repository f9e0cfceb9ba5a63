"""Tables on disk: what they are about, what is read of them, and the long views made of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from computeshift.environment.ledger import FLOWS, MEASURES, MONEY, measure
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.columns import about_columns, described
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.results import open as open_results
from computeshift.experiments.results.store import Store
from computeshift.experiments.run.run import run


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    out = tmp_path_factory.mktemp("tables") / "out"
    return run("six", worlds=6, block=3, until=2026, out=out, against=False)


def test_a_variable_of_a_firm_is_read_alone(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    whole = pq.ParquetFile.read

    def counting(file: pq.ParquetFile, columns: list[str], **options: object) -> object:
        read.extend(columns)
        return whole(file, columns=columns, **options)

    opened = open_results(results.folder)
    monkeypatch.setattr(pq.ParquetFile, "read", counting)
    cash = opened.variable("openai", "cash")
    assert read == ["openai.cash"] * len(opened.parts.blocks)
    read.clear()
    assert opened.market_variable("rent").shape == cash.shape
    paid = opened.flow("lease", "openai", "microsoft")
    assert read[:2] == ["rent", "rent"]
    assert all(name.startswith("payment lease ") for name in read[2:])
    read.clear()
    one = opened.read("agents", ["world", "cash"], [("agent", "==", "openai"), ("year", "==", 2026)])
    assert read == ["openai.cash"] * 2
    assert one["cash"].tolist() == cash[2026].tolist()
    assert paid.shape == cash.shape


def test_payments_deliveries_holdings_and_losses_are_told_apart(results: Results) -> None:
    parts = {
        "payment": results.payments,
        "delivery": results.deliveries,
        "holding": results.holdings,
        "loss": results.losses,
    }
    assert parts.keys() == MEASURES.keys()
    assert sum(map(len, parts.values())) == len(results.flows)
    assert set(parts["payment"]["unit"]) == {MONEY}
    assert set(parts["holding"]["kind"]) == {"stake", "commitment", "loan"}
    assert set(parts["loss"]["kind"]) == {"unpaid", "write_off", "lapse"}
    for name, rows in parts.items():
        assert set(rows["measure"]) == {name}
    assert {kind: measure(kind, unit) for kind, (unit, _) in FLOWS.items()}["model"] == "delivery"
    kinds = results.kinds
    assert list(kinds.index) == list(results.units())
    assert list(kinds.loc["capacity"])[:2] == ["delivery", "GW"]
    assert (kinds["meaning"] != "").all()


def test_every_column_says_what_it_is_about(results: Results) -> None:
    for table in ("design", "market", "agents", "deals", "flows", "decisions"):
        for part in (results.folder / table).glob("*.parquet"):
            schema = pq.read_schema(part)
            assert list(about_columns(schema)) == schema.names
    about = about_columns(results.parts.schema("flows"))["payment lease openai microsoft"]
    assert about == {
        "unit": MONEY,
        "meaning": FLOWS["lease"][1],
        "measure": "payment",
        "kind": "lease",
        "source": "openai",
        "target": "microsoft",
        "since": "2025",
    }


def test_a_long_view_has_what_the_columns_have(results: Results) -> None:
    wide = pd.concat(pd.read_parquet(part) for part in sorted((results.folder / "decisions").glob("*")))
    wide = wide.set_index(["world", "year"]).sort_index()
    rows = results.read("decisions", where=[("firm", "==", "openai"), ("decision", "==", "orders")])
    assert set(rows["firm"]) == {"openai"}
    long = rows.pivot(index=["world", "year"], columns="limit", values="amount")
    for limit in long:
        np.testing.assert_array_equal(long[limit], wide[f"openai orders {limit}"])
    bound = rows[rows["bound"]].set_index(["world", "year"])["limit"].astype(str)
    assert bound.tolist() == wide["openai orders"].tolist()


def test_conditions_choose_rows(results: Results) -> None:
    flows = results.flows
    some = results.read("flows", ["world", "amount"], [("world", ">=", 2), ("amount", ">", 100.0)])
    expected = flows[(flows["world"] >= 2) & (flows["amount"] > 100.0)]
    assert some["amount"].tolist() == expected["amount"].tolist()
    assert results.read("flows", where=[("world", "==", 99)]).empty
    assert results.read("agents", where=[("agent", "==", "nobody")]).empty
    for where, wrong in (
        ([("payer", "==", "openai")], "no column of flows 'payer'"),
        ([("kind", "=", "lease")], "no comparison '='"),
    ):
        with pytest.raises(UserError, match=wrong):
            results.read("flows", where=where)


def test_a_posting_may_be_in_one_block_alone(tmp_path: Path) -> None:
    made = run("six", worlds=4, block=2, until=2026, out=tmp_path / "run", against=False)
    flows, first = made.flows, made.parts.blocks[0]
    name = next(column for column in made.parts.schema("flows").names if column.startswith("delivery model"))
    about = made.parts.about("flows")
    table = pq.read_table(Store(made.folder).part("flows", first)).drop_columns([name])
    schema = described(table.schema, {column: about[column] for column in table.column_names})
    Store(made.folder).write(first, {"flows": table.cast(schema)})
    opened = open_results(made.folder)
    kind, source, target = (about[name][key] for key in ("kind", "source", "target"))
    tie = (flows["kind"] == kind) & (flows["source"] == source) & (flows["target"] == target)
    gone = tie & (flows["world"] <= first.last)
    assert gone.any()
    left = opened.flows
    assert len(left) == len(flows) - gone.sum()
    assert sorted(left["amount"]) == sorted(flows["amount"][~gone])
    assert not opened.flow(kind, source, target).loc[[0, 1]].any(axis=None)
    assert opened.flow(kind, source, target).loc[[2, 3]].equals(made.flow(kind, source, target).loc[[2, 3]])
