"""The JSON Schema and `check` agree on what a schema can say, over the shipped files and their mutants."""

from __future__ import annotations

import copy
import datetime
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from computeshift.experiments.config.json_schema import schema, schema_of_experiments
from computeshift.experiments.config.overlay import Stack
from computeshift.experiments.config.resolve import resolve
from computeshift.experiments.config.source import CONFIGS, Layer, chain, names
from computeshift.experiments.config.years import Ahead

ROOT = Path(__file__).parents[3]
EVERYTHING = """
extends: six
asks: Is every key there?
until: 2032
known_until: 2025-03-31
worlds: 100
seed: 3
focus: acme
services: {elasticity: 0.9}
compute: {hurdle: {low: 0.08, central: 0.1, high: 0.12, source: a paper, published: 2024-01-31}}
roles: {lab: {initial_cash: {unit: $ bn, low: 1, high: 3, shape: uniform, assumed: because it varies}}}
firms:
  acme: {kind: [cloud, lab], strategy: {lab: default}, stream: acme, initial_cash: 5, initial_revenue: 0.1}
  fund: {kind: investor, initial_budget: 3}
  softbank: {strategy: prudent, ltv_limit: 0.2}
  microsoft: {partner: openai}
edges:
  - [acme, acme, capacity]
  - [acme, customers, services]
  - [fund, acme, equity, 2026]
  - [lenders, acme, debt, null, 2028]
cut:
  - [mgx, rival_lab, equity]
shocks:
  nav_fall: {year: 2026, size: 0.5}
  demand_fall: {year: null, until: null, size: {central: 0.2, shape: fixed, assumed: because}}
  more: {kind: chip_limit, year: 2027, until: 2028, size: 0.2}
deals:
  round:
    kind: equity
    from: fund
    to: acme
    signed: 2025
    first: 2025
    last: 2028
    amount: {low: 1, central: 2, high: 3, assumed: because}
    pre_money: 9
    conditions: [converted]
    breaks: {year: 2028, by: fund}
    delay: {year: 2026, years: 1}
  site:
    kind: capacity
    from: oracle
    to: acme
    site: stargate
    signed: 2024
    first: 2024
    last: 2032
    gw: 1
    price: {unit: $ bn per GW-year, central: 12, shape: fixed, assumed: because}
    cut: {year: 2027, share: 0.3}
  steps:
    kind: capacity
    from: microsoft
    to: acme
    signed: 2025
    last: 2032
    schedule: {2026: 1, 2028: {low: 1, central: 2, high: 3, assumed: because}}
    price: 12
    ramp: null
  halls:
    kind: lease
    from: landlords
    to: stargate
    signed: 2025
    last: 2040
    schedule: {2026: 1, 2028: 2}
    price: {low: 1, central: 2, high: 3, assumed: because}
    exit_fee: 1
    breaks: {year: 2029, by: landlords}
  help:
    kind: guarantee
    from: softbank
    to: acme
    of: site
    signed: 2025
    first: 2026
    last: 2029
    most: {low: 1, central: 2, high: 3, assumed: because}
    cut: {year: 2027, share: 0.3}
factors:
  mood: {meaning: moods, assumed: because they do, loadings: {services.dissimilarity: 0.5}}
  supply: {loadings: {services.habit: -0.3}}
outcomes:
  owed: {of: oracle.debt, unit: $ bn, meaning: What Oracle owes}
  owned: softbank.nav
claims:
  much: {sentence: It owes much., source: me, outcome: owed, test: above, figure: 200, when: by 2028}
observe:
  Anthropic/revenue: {of: acme.revenue, kind: flow, unit: USD_bn}
"""
SPOILT: tuple[Any, ...] = (
    None,
    True,
    "word",
    "+2",
    datetime.date(2030, 1, 1),
    3.7,
    -1,
    7,
    1_000_000,
    [],
    {},
    ["lab", "lab"],
    {"central": 1},
)
"""What a mutant has in place of something else."""
UNSAID = re.compile(
    r"""(?:firms|shocks)\.(\w+)(?:\.kind)?:\sunknown\skind\sof\s\w+\s'\1'
      | does\snot\shold | has\sno\sunit | not\sthe\sfile's | is\snot\safter\sthe\sstart | can't\sbegin
      | it\schanges\snothing | no\sedge | there\sis\sno\s(?:firm|shock|factor|parameter|'|outcome)
      | there\sis\snothing | to\stake\sout | ^without | without\s\w+(?:,|$) | nobody\s(?:sells|leases|may)
      | without\sa\ssupplier | is\sno\slab | come\sto | measured\sin | neither\sa\syear | before\sit\sbegins
      | means\snothing | first\syear\sonly | is\sbefore\sthe\sstart | datetime\.date | can't\sgive
      | has\sno\s'|takes\sno\s' | cannot\ssponsor | no\srule\sof | own\spartner | is\sno\s(?:lab|cloud)
      | squares\sof | has\sno\smeaning | rests\son\snothing | where\sa | no\stime | expression | named\stwice
      | has\sno\srole | unknown\sstrategy | can't\sbe\sone\sfirm's | has\srules\sof\sits\sown | is\stwice
      | with\sitself | no\ssite | backs\sno | no\sother\sdeal | not\sin\sforce | has\sno\skind
      | 7\sis\sno\syear | before\sits\sfirst | it\sis\ssigned | not\safter\sthe | no\sparty | the\stie
      | before\sanybody | it\sbacks | can't\sback | its\sschedule | has\sa\sschedule
      | kind\sof\sfirm\s'' | a\sfigure | no\sfigure | no\snumber | negative""",
    re.VERBOSE,
)
"""What only `check` can say: it knows the configs below, the order of numbers, and what expressions mean."""


@cache
def validator() -> Draft7Validator:
    return Draft7Validator(schema(), format_checker=Draft7Validator.FORMAT_CHECKER)


def plain(value: Any) -> Any:
    """A tree as an editor has it: days are texts, and `+2` is a number."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return int(value) if isinstance(value, Ahead) else value


def read(text: str) -> Any:
    return worded(YAML(typ="safe", pure=True).load(text))


def worded(value: Any) -> Any:
    """A tree as a config's reader, and an editor, has it: every key is a text, years too."""
    if isinstance(value, dict):
        return {str(key): worded(inner) for key, inner in value.items()}
    return [worded(inner) for inner in value] if isinstance(value, list) else value


def said(tree: Any) -> list[str]:
    """What the schema has against a file."""
    return [f"{list(e.absolute_path)}: {e.message[:90]}" for e in validator().iter_errors(plain(tree))]


def checked(tree: dict[str, Any]) -> list[str]:
    """What `check` has against it, laid over the six."""
    below = {key: value for key, value in tree.items() if key != "extends"}
    stack = Stack([*chain("six"), Layer("mutant", copy.deepcopy(below), {})])
    resolve(stack)
    return [f"{problem.key}: {problem.wrong}" for problem in stack.problems]


def test_every_shipped_config_fits() -> None:
    for name in names():
        assert said(read((CONFIGS / f"{name}.yaml").read_text("utf-8"))) == [], name


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(schema())
    assert said(read(EVERYTHING)) == []
    assert checked(read(EVERYTHING)) == []


def test_a_hundred_mutants_and_more_are_judged_alike() -> None:
    draw = random.Random(7)
    trees = [read(EVERYTHING)] * 4 + [read((CONFIGS / f"{n}.yaml").read_text("utf-8")) for n in OVERLAYS]
    refused = 0
    for _ in range(150):
        mutant, what = mutated(copy.deepcopy(draw.choice(trees)), draw)
        errors, problems = said(mutant), checked(mutant)
        refused += bool(errors)
        assert problems or not errors, f"only the schema refuses {what}: {errors}"
        sayable = [problem for problem in problems if not UNSAID.search(problem)]
        assert errors or not sayable, f"only check refuses {what}: {sayable}"
    assert refused > 100


OVERLAYS = ("multi_cloud", "circular_money", "demand_winter", "gatekeeper", "no_mgx")


def mutated(tree: Any, draw: random.Random) -> tuple[Any, str]:
    """A tree with one thing spoilt, and what."""
    path = draw.choice(list(paths(tree)))
    owner = tree
    for step in path[:-1]:
        owner = owner[step]
    last = path[-1]
    match draw.choice(("spoil", "spoil", "rename", "delete", "add")):
        case "rename" if isinstance(owner, dict):
            owner[f"{last}x"] = owner.pop(last)
        case "delete":
            del owner[last]
        case "add" if isinstance(owner, dict):
            owner["strange"] = draw.choice(SPOILT)
        case _:
            owner[last] = copy.deepcopy(draw.choice(SPOILT))
    return tree, f"{path}: {owner}"


def paths(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a tree."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inner:
        if (*path, key) not in (("extends",), ("name",)):
            yield (*path, key)
            yield from paths(value, (*path, key))


def test_experiments_of_the_guide_fit_their_schema_and_wrong_ones_do_not() -> None:
    validator = Draft7Validator(schema_of_experiments())
    page = (ROOT / "docs" / "guide" / "cases.md").read_text("utf-8")
    files = [read(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
    files = [tree for tree in files if "extends" not in tree]  # a config, which an experiment names
    assert len(files) >= 5
    for tree in files:
        assert list(validator.iter_errors(tree)) == []
        for key, wrong in {"worlds": 0, "vry": {}, "keep": "some", "vary": [1], "samples": {"n": 1}}.items():
            assert not validator.is_valid({**tree, key: wrong}), key
