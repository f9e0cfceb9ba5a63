"""Strategies that users write: what rules read of them, and what is refused, with file and line."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import computeshift as cs
from computeshift.agents import KINDS
from computeshift.agents.dials import StrategyError
from computeshift.agents.softbank import Vision
from computeshift.agents.strategy import Strategy, strategies_of, strategy
from computeshift.environment.market import ComputeMarket
from computeshift.experiments.config.load import load
from computeshift.experiments.config.plugins import _loaded, load_file, own_strategies
from computeshift.experiments.run.block import Simulation, simulate
from computeshift.experiments.run.design import design, setup

WORLDS = 5
Play = Callable[..., ComputeMarket]


@pytest.fixture
def own() -> Iterator[None]:
    """What a test registers is forgotten."""
    kinds = ("softbank", "mgx", "openai", "oracle", "lab")
    before = {kind: dict(strategies_of(kind)) for kind in kinds}
    files = dict(_loaded)
    yield
    _loaded.clear()
    _loaded.update(files)
    for kind, known in before.items():
        strategies_of(kind).clear()
        strategies_of(kind).update(known)


def play(kind: str, body: str, tmp_path: Path, load_it: bool = True) -> ComputeMarket:
    """A market whose firm plays a class with this body, derived from its six, to the end."""
    base = strategies_of(kind)[next(iter(strategies_of(kind)))]
    text = "import numpy as np; import functools\nfrom computeshift import strategy\n"
    text += f"from {base.__module__} import {base.__name__} as Base\n"
    text += f"@strategy({kind!r}, 'mine')\nclass Mine(Base):\n{body}\n"  # the body begins in line 6
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    load_file(tmp_path / "mine.py")
    market = cs.market("six", worlds=WORLDS, seed=2, set={f"{kind}.strategy": "mine"})
    while market.running:
        market.step()
    return market


def same(one: ComputeMarket, other: ComputeMarket) -> bool:
    """Whether two markets came to the same numbers, world by world."""
    return all(
        (a.kind, a.source, a.target) == (b.kind, b.source, b.target) and np.array_equal(a.amount, b.amount)
        for a, b in zip(one.ledger.flows, other.ledger.flows, strict=True)
    )


@pytest.mark.parametrize(
    ("kind", "number", "method"),
    [
        ("openai", "    ambition = 0.5", "    def ambition(self, lab): return 0.5"),
        ("openai", "    term = 0.5", "    def term(self, lab): return np.full(5, 0.5)"),
        ("openai", "    builds = 0.0", "    builds = np.zeros(5)"),
        ("oracle", "    asks = 1.2", "    def asks(self, oracle): return 1.2 + 0 * oracle.cash"),
        ("softbank", "    boldness = 0.5", "    @property\n    def boldness(self): return 0.5"),
        ("softbank", "    deleverages = True", "    def deleverages(self, s): return s.cash > -1e9"),
        ("mgx", "    follows = False", "    def follows(self, mgx): return mgx.cash > 1e9"),
        (
            "mgx",
            "    home = 2.0",
            "    def home(self, mgx): return 2 * np.ones(5)",
        ),
    ],
)
def test_a_dial_may_be_a_number_an_array_or_a_method(
    own: None, tmp_path: Path, kind: str, number: str, method: str
) -> None:
    assert same(play(kind, number, tmp_path), play(kind, method, tmp_path))


def test_a_dial_may_differ_from_world_to_world(own: None, tmp_path: Path) -> None:
    yes = play("softbank", "    deleverages = True", tmp_path)
    no = play("softbank", "    deleverages = False", tmp_path)
    mixed = play("softbank", "    deleverages = np.array([True, False, True, False, False])", tmp_path)
    debts = [market.ledger.debt["softbank"] for market in (yes, no, mixed)]
    assert (debts[0] != debts[1]).all()
    np.testing.assert_array_equal(debts[2], np.where([1, 0, 1, 0, 0], debts[0], debts[1]))


@pytest.mark.parametrize(
    ("kind", "body", "line", "wrong"),
    [
        ("oracle", "    debt_apetite = 0.5", 6, "no rule of oracle reads it; did you mean 'debt_appetite'?"),
        ("softbank", "    _own = 1\n    def limt(self, softbank): return 0.3", 7, "did you mean 'limit'?"),
        ("openai", "    ambition = '1.0'", 6, "ambition is '1.0', not a number"),
        ("openai", "    term = float('nan')", 6, "term is not finite"),
        ("openai", "    raising = True", 6, "raising is True, not a number"),
        ("softbank", "    deleverages = 1", 6, "deleverages is 1, not True or False"),
        ("openai", "    def term(self): return 1.0", 6, "write def term(self, firm)"),
        ("softbank", "    limit = 0.3", 6, "write def limit(self, softbank)"),
        ("openai", "    def term(self, lab): return np.ones(3)", 6, "the shape (3,), not one number"),
        ("openai", "    def term(self, lab): return np.inf", 6, "term is not finite"),
        ("openai", "    def term(self, lab):\n        return lab.nobody", 7, "has no attribute 'nobody'"),
        ("openai", "    def term(self, lab): return None", 6, "term is None, not a number"),
        ("softbank", "    def limit(self, softbank): return softbank.ltv_limit[:2]", 6, "the shape (2,)"),
        ("openai", "    term = np.ones(4)", 6, "term has the shape (4,), too short for worlds 0 to 4"),
        ("softbank", "    def __init__(self):\n        self.boldnes = 0.5", 7, "boldnes is set on"),
        ("softbank", "    typo = 1\n    def limit(self, s): self.typo = 2", 6, "no rule of softb"),
        ("openai", "    def favours(self, lab): return {'stargat': 5.0}", 6, "did you mean 'stargate'?"),
        ("softbank", "    @staticmethod\n    def boldness(s): return 1", 6, "a staticmethod: write"),
        ("softbank", "    boldness = functools.cached_property(abs)", 6, "a cached_property: write def"),
        ("softbank", "    def boldness(self, s): return self.boldness", 6, "super().boldness"),
    ],
)  # fmt: skip
def test_what_rules_cannot_use_is_refused_with_its_line(
    own: None, tmp_path: Path, kind: str, body: str, line: int, wrong: str
) -> None:
    with pytest.raises((cs.UserError, StrategyError)) as refused:
        play(kind, body, tmp_path)
    told = str(refused.value)
    assert f"{tmp_path / 'mine.py'}:{line}: " in told
    assert wrong in told


def test_names_of_its_own_begin_with_an_underscore_or_are_read_by_its_methods(
    own: None, tmp_path: Path
) -> None:
    body = (
        "    _hidden = 1\n    part = 0.5\n"
        "    def helper(self, x): return [self.part * y for y in (x,)][0]\n"
        "    def limit(self, softbank): return self.helper(super().limit(softbank))"
    )
    half = "    def limit(self, softbank): return 0.5 * softbank.given.ltv_limit"
    assert same(play("softbank", body, tmp_path), play("softbank", half, tmp_path))


def test_a_kind_that_does_not_exist_and_a_class_without_dials_are_refused(own: None) -> None:
    with pytest.raises(StrategyError, match=r"no kind of firm 'sofbank'; did you mean 'softbank'"):
        strategy("sofbank", "mine")(type("Mine", (Vision,), {"__module__": __name__}))
    with pytest.raises(StrategyError, match=r"Bare lacks appetite, boldness, .*; derive it from Vision"):
        strategy("softbank", "bare")(type("Bare", (Strategy,), {"__module__": __name__}))


WRITES = [
    "softbank.cash[...] = 1e6",
    "softbank.holdings[0] = 1e6",
    "softbank.given.ltv_limit[...] = 1.0",
    "softbank.market.ledger.cash['openai'] *= 2; ok = softbank.market.ledger.cash['openai']; ok[...] = 0",
    "for flow in softbank.market.ledger.flows[:1]: flow.amount[...] = 0.0",
    "softbank.market.decisions.log[0].limits['wanted'][...] = 0.0",
    "softbank.market.compute.contract[...] = 0.0",
    "softbank.market.firms['openai'].lab.revenue[...] = 0.0",
    "softbank.market.firms['oracle'].supplier.fleet.gw[...] = 0.0",
    "softbank.market.capital.value['openai'][...] = 0.0",
    "softbank.market.news.acting['nav_fall'][...] = 0.0",
    "softbank.market.setup.parameters['softbank.ltv_limit'][...] = 1.0",
    "softbank.market.ledger.zero[...] = 1.0",
]


@pytest.mark.parametrize("write", WRITES)
def test_a_strategy_cannot_write_into_the_market(own: None, tmp_path: Path, write: str) -> None:
    body = f"    def limit(self, softbank):\n        {write}\n        return softbank.given.ltv_limit"
    with pytest.raises(StrategyError, match=r"mine.py:7: a strategy can't write into the market's arrays"):
        play("softbank", body, tmp_path)  # a market stepped by hand; a run too:
    with pytest.raises(cs.FailedBlocksError, match=r"mine.py:7: a strategy can't write"):
        cs.run("six", worlds=3, set={"softbank.strategy": "mine"}, out=tmp_path / "out")


REBINDINGS = [
    "softbank.market.ledger.cash['softbank'] = softbank.nothing + 1e5",
    "softbank.market.ledger.cash.update(softbank=softbank.nothing + 1e5)",
    "softbank.market.ledger.cash = {}",
    "del softbank.market.ledger.debt['softbank']",
    "softbank.holdings = softbank.nothing + 1e5",
    "softbank.market.firms['oracle'].supplier.fleet.gw = softbank.nothing",
    "softbank.market.compute.contract = softbank.market.compute.contract * 2",
    "softbank.market.capital.stakes['openai']['softbank'] = softbank.nothing + 1",
    "softbank.market.setup.parameters['softbank.ltv_limit'] = softbank.nothing + 1",
    "softbank.market.year = 2040",
]


@pytest.mark.parametrize("write", REBINDINGS)
@pytest.mark.parametrize("dial", ["limit", "boldness"])
def test_nor_can_it_set_anything_in_the_market(own: None, tmp_path: Path, write: str, dial: str) -> None:
    body = f"    def {dial}(self, softbank):\n        {write}\n        return 0.5 + softbank.nothing"
    with pytest.raises(StrategyError, match=r"mine.py:7: a strategy can't write into the market, as into '"):
        play("softbank", body, tmp_path)
    cs.market(worlds=2).step()  # the next market goes on


def test_an_array_has_a_value_for_each_world_of_the_run_whatever_its_blocks(
    own: None, tmp_path: Path
) -> None:
    play("softbank", "    boldness = np.array([.1, .5, 1., .2, .7, .9])", tmp_path)
    settings = {"softbank.strategy": "mine"}
    runs = [
        cs.run(
            "six",
            worlds=6,
            set=settings,
            block=block,
            workers=workers,
            until=2026,
            against=False,
            out=tmp_path / f"{block}{workers}",
        )
        for block, workers in ((6, None), (3, None), (3, 2))
    ]
    tables = [run.agents.reset_index(drop=True) for run in runs]
    for table in tables[1:]:
        pd.testing.assert_frame_equal(tables[0], table, check_exact=True)
    play("softbank", "    boldness = np.array([.1, .5, 1., .2, .7])", tmp_path)
    with pytest.raises(cs.FailedBlocksError, match=r"the shape \(5,\), too short for worlds 3 to 5"):
        cs.run("six", worlds=6, set=settings, block=3, out=tmp_path / "short")


def test_every_array_of_a_market_is_read_only() -> None:
    market = cs.market(worlds=3)
    market.step()
    seen, open_to_all = set[int](), list[str]()

    def walk(thing: Any, path: str) -> None:
        if id(thing) in seen:
            return
        seen.add(id(thing))
        if isinstance(thing, np.ndarray) and thing.dtype.kind == "f" and thing.flags.writeable:
            open_to_all.append(path)
        elif isinstance(thing, dict):
            for name, inner in thing.items():
                walk(inner, f"{path}[{name!r}]")
        elif isinstance(thing, list | tuple):
            for i, inner in enumerate(thing):
                walk(inner, f"{path}[{i}]")
        elif type(thing).__module__.startswith(("computeshift", "mesa")) and hasattr(thing, "__dict__"):
            for name, inner in vars(thing).items():
                walk(inner, f"{path}.{name}")

    walk(market, "market")
    assert len(seen) > 1000
    assert open_to_all == []


def test_a_design_of_the_users_stays_writable() -> None:
    config = load("six")
    table = {str(name): column.to_numpy().copy() for name, column in design(config, worlds=2).items()}
    ComputeMarket(setup(config, table), KINDS).step()
    table["services.elasticity"][0] = 0.1


def test_arrays_and_wrapped_methods_are_told_apart(own: None) -> None:
    digests = []
    for values in ([1.0, 2.0], [1.0, 3.0], [1.0, 3.0]):
        strategy("softbank", "mine")(
            type("Mine", (Vision,), {"__module__": __name__, "lead": np.array(values)})
        )
        digests.append(own_strategies(load("six", {"softbank.strategy": "mine"}))[0].digest)
    assert digests[0] != digests[1] == digests[2]


def test_a_market_that_was_played_is_freed_at_once() -> None:
    config = load("six", {"until": 2025})
    gc.disable()
    try:
        with simulate(Simulation(setup(config, design(config, worlds=2)))) as market:
            firm = weakref.ref(market.firms["softbank"])
        del market
        assert firm() is None
    finally:
        gc.enable()
