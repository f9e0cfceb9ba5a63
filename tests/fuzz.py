"""Mutants of configs and settings: each is refused, or plays without a traceback or unflagged nonsense.

By hand: `python tests/fuzz.py --mutants 10000 --seed 1`; `--only 17` plays one mutant and shows it.
"""

from __future__ import annotations

import argparse
import functools
import io
import json
import random
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from ruamel.yaml import YAML

from computeshift.agents import KINDS
from computeshift.agents.strategy import strategies_of
from computeshift.environment.deals import DEAL_KINDS, DELIVERED, LISTED
from computeshift.environment.network import EDGE_KINDS, INSTITUTIONS
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config import source as reading
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import load
from computeshift.experiments.config.overlay import SECTIONS
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.tables import Block, design_table
from computeshift.experiments.run import design as designs
from computeshift.experiments.run.block import BlockResult, Simulation, simulate_block

WORLDS = 8
ODD: tuple[Any, ...] = (
    0,
    -1,
    1e-300,
    1e300,
    -1e300,
    float("nan"),
    float("inf"),
    "abc",
    "",
    None,
    True,
    [],
    {},
    "0x10",
    "1e3",
)
SCALES = (0.01, 0.1, 10, 100, -1, 0.5, 2)
SPARE = ("end_of_2022", "multi_cloud", "circular_money", "permit_delay", "demand_winter")


@dataclass
class Mutant:
    """A config on top of a shipped one, as a tree or as a whole text, and settings laid on it."""

    base: str
    tree: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def written(self) -> str:
        """The config file."""
        if self.text:
            return self.text
        text = io.StringIO()
        YAML(typ="safe", pure=True).dump({"asks": "What?", "extends": self.base, **self.tree}, text)
        return text.getvalue()


# --- mutations: each changes a mutant in one way ---


def _number(luck: random.Random, value: float) -> Any:
    if luck.random() < 0.7:
        return value * luck.choice(SCALES)
    return luck.choice(ODD)


def a_number(luck: random.Random, mutant: Mutant, base: Config) -> None:
    """One number, as a setting, as a bare number in the file, or in its range."""
    name, known = luck.choice(list(base.parameters().items()))
    owner, _, key = name.rpartition(".")
    value = _number(luck, known.central)
    if name.startswith(("shocks.", "deals.")) or luck.random() < 0.4:
        mutant.settings[name] = value
        return
    spec: Any = value
    if luck.random() < 0.6:
        spec = {"unit": known.unit, "low": known.low, "central": known.central, "high": known.high}
        spec |= {"shape": luck.choice([known.shape, "uniform", "lognormal"]), "assumed": "because of luck"}
        which = luck.choice(["low", "central", "high", "all"])
        scale = luck.choice(SCALES)
        for part in ("low", "central", "high"):
            if which == "all":
                spec[part] *= scale
            elif which == part:
                spec[part] = _number(luck, spec[part])
    own = owner in SECTIONS
    place = mutant.tree.setdefault(owner, {}) if own else _firm(mutant, owner)
    place[key] = spec


def all_of_a_unit(luck: random.Random, mutant: Mutant, base: Config) -> None:
    """All numbers of a unit by one factor: somebody wrote percent, or millions."""
    numbers = base.parameters()
    unit, scale = luck.choice([p.unit for p in numbers.values()]), luck.choice((0.01, 0.1, 10, 100))
    for name, number in numbers.items():
        if number.unit == unit and luck.random() < 0.8:
            mutant.settings[name] = number.central * scale


def to_the_bounds(luck: random.Random, mutant: Mutant, base: Config) -> None:
    """Some numbers anywhere in their bounds, often at an end: allowed, whatever comes of it."""
    numbers = base.parameters()
    for name in luck.sample(sorted(numbers), luck.choice([1, 3, 10, 40])):
        bounds = numbers[name].bounds
        assert bounds is not None, name
        low, high = bounds.low, bounds.high
        mutant.settings[name] = luck.choice([low, high, luck.uniform(low, high), low + (high - low) / 100])


def a_section(luck: random.Random, mutant: Mutant, base: Config) -> None:
    """Anything where a mapping or a list belongs."""
    key = luck.choice(["services", "compute", "firms", "shocks", "deals", "edges", "cut", "roles", "name"])
    mutant.tree[key] = luck.choice(ODD)


def a_key(luck: random.Random, mutant: Mutant, base: Config) -> None:
    """A line of a shipped file left out, doubled, cut short, or with another key."""
    name = luck.choice(SPARE)
    lines = (reading.CONFIGS / f"{name}.yaml").read_text("utf-8").splitlines()
    lines = [line for line in lines if not line.startswith("name:")]
    at = luck.randrange(len(lines))
    match luck.choice(["drop", "double", "rename", "cut", "indent"]):
        case "drop":
            del lines[at]
        case "double":
            lines.insert(at, lines[at])
        case "rename":
            lines[at] = lines[at].replace(":", luck.choice("xyz") + ":", 1)
        case "cut":
            lines[at] = lines[at][: luck.randrange(len(lines[at]) + 1)]
        case "indent":
            lines[at] = " " * luck.randrange(1, 4) + lines[at]
    mutant.text, mutant.base = "\n".join(lines) + "\n", name


def an_edge(luck: random.Random, mutant: Mutant, base: Config) -> None:
    """A tie cut, added, reversed, doubled, or with a first or a last year."""
    source, target, kind = luck.choice(base.edges)[:3]
    nodes = [*base.firms, *INSTITUTIONS]
    cut, edges = mutant.tree.setdefault("cut", []), mutant.tree.setdefault("edges", [])
    match luck.choice(["cut", "cut", "add", "reverse", "double", "year", "many"]):
        case "cut":
            cut.append([source, target, kind])
        case "add":
            edges.append([luck.choice(nodes), luck.choice(nodes), luck.choice(list(EDGE_KINDS))])
        case "reverse":
            cut.append([source, target, kind])
            edges.append([target, source, kind])
        case "double":
            edges.extend([[source, target, kind]] * 2)
        case "year":
            first, last = (luck.choice([1, 2023, 2025, 2027, 2030, 2035, 2099]) for _ in range(2))
            years: list[list[int | None]] = [[first], [first, last], [None, last]]
            edges.append([source, target, kind, *luck.choice(years)])
        case "many":
            chosen = luck.sample(base.edges, luck.randrange(2, 8))
            cut.extend(list(edge[:3]) for edge in chosen)


def a_firm(luck: random.Random, mutant: Mutant, base: Config) -> None:
    """A firm left out, added with ties like another's, or of another kind."""
    name, kind = luck.choice(list(base.firms)), luck.choice(list(KINDS))
    firms = mutant.tree.setdefault("firms", {})
    match luck.choice(["remove", "add", "add", "kind"]):
        case "remove":
            firms[name] = None
        case "add":
            firms["newcomer"] = {"kind": kind}
            like = [list(edge) for edge in base.edges if name in edge[:2]]
            ties = [["newcomer" if part == name else part for part in edge] for edge in like]
            mutant.tree.setdefault("edges", []).extend(ties)
        case "kind":
            firms[name] = {"kind": kind}


def a_shock(luck: random.Random, mutant: Mutant, base: Config) -> None:
    """News of any size, in any year."""
    kind = luck.choice(list(SHOCKS))
    usual = 300 if kind == "credit_crunch" else 0.5
    shock: dict[str, Any] = {"size": _number(luck, usual)}
    if luck.random() < 0.6:
        shock["year"] = luck.choice([2025, 2026, 2028, 2030])
    if luck.random() < 0.5:
        shock["until"] = luck.choice([2024, 2026, 2029, 2035])
    if luck.random() < 0.6:
        shock["probability"] = luck.choice([0, 0.3, 1, 2, -0.1, 50])
    mutant.tree.setdefault("shocks", {})[kind] = shock


def a_deal(luck: random.Random, mutant: Mutant, base: Config) -> None:
    """A deal of any kind, mostly between two that are tied, of any size, in years that mostly fit."""
    name, kind = luck.choice(list(DEAL_KINDS.items()))
    pairs = [edge[:2] for edge in base.edges if edge[2] == kind.tie and edge[0] != edge[1]]
    source, target = luck.choice(pairs) if pairs and luck.random() < 0.9 else luck.choices([*base.firms], k=2)
    if kind.sources and luck.random() < 0.8:
        source, target = luck.choice(kind.sources), luck.choice([*base.firms, "stargate"])
    signed = base.start + luck.choice([-1, 0, 1, 1, 2, 3])
    deal: dict[str, Any] = {"kind": name, "from": source, "to": target, "signed": signed}
    deal |= {"first": signed + luck.choice([0, 0, 1, 2]), "last": signed + luck.choice([2, 5, 8, 20])}
    for number, known in kind.numbers.items():
        if "." not in number and not known.condition and (known.needed or luck.random() < 0.3):
            part = luck.choice([0.0, 1e-3, 0.01, 0.1, 0.5, 1.0])
            inside = known.bounds.low + part * (known.bounds.high - known.bounds.low)
            deal[number] = inside if luck.random() < 0.95 else _number(luck, inside)
    if kind.schedule and luck.random() < 0.3:
        steps = sorted(luck.sample(range(signed, deal["last"] + 1), 2))
        deal = {key: value for key, value in deal.items() if key not in ("first", *kind.schedule)}
        deal["schedule"] = {str(year): luck.choice([0, 0.1, 2, 30]) for year in steps}
    if kind.conditions and luck.random() < 0.5:
        deal["conditions"] = luck.sample(kind.conditions, luck.choice([1, 2]))
        deal |= {"conditional": luck.choice([0, 0.5, 1])} | (
            {"gw": luck.choice([0.001, 1, 20])} if DELIVERED in deal["conditions"] else {}
        )
        if target in base.firms and luck.random() < 0.8:
            mutant.tree.setdefault("firms", {}).setdefault(target, {})[LISTED] = base.start + luck.choice(
                [0, 2, 9]
            )
    if luck.random() < 0.2:
        deal["breaks"] = {"year": base.start + luck.choice([3, 4, 5]), "by": luck.choice([source, target])}
    if luck.random() < 0.2:
        deal["cut"] = {"year": base.start + luck.choice([2, 4]), "share": luck.choice([0, 0.5, 1])}
    if luck.random() < 0.2:
        deal["delay"] = {"year": base.start + luck.choice([2, 4]), "years": luck.choice([0, 0.5, 2, 9])}
    mutant.tree.setdefault("deals", {})[f"deal_{luck.randrange(99)}"] = deal


def a_strategy(luck: random.Random, mutant: Mutant, base: Config) -> None:
    """Any strategy for any firm."""
    name, firm = luck.choice(list(base.firms.items()))
    known = [*strategies_of(firm.kind), "nonsense"]
    mutant.settings[f"{name}.strategy"] = luck.choice(known)


def a_horizon(luck: random.Random, mutant: Mutant, base: Config) -> None:
    """Another start, end, number of worlds or seed."""
    key = luck.choice(["start", "until", "until", "seed", "worlds"])
    values: dict[str, list[Any]] = {
        "start": [2022, 2023, 2024, 2030, "soon"],
        "until": [2025, 2030, 2035, 2036, 2020, 2027.5],
        "seed": [0, -1, 1.5, 10**20, "x"],
        "worlds": [0, 1, -5, 3.5],
    }
    mutant.tree[key] = luck.choice(values[key])


MUTATIONS = (
    *(a_number, a_number, all_of_a_unit, to_the_bounds, to_the_bounds, to_the_bounds, a_section, a_key),
    *(an_edge, an_edge, a_firm, a_shock, a_deal, a_deal, a_strategy, a_horizon),
)


def _firm(mutant: Mutant, name: str) -> dict[str, Any]:
    firms: dict[str, Any] = mutant.tree.setdefault("firms", {})
    if not isinstance(firms.get(name), dict):
        firms[name] = {}
    return dict.__getitem__(firms, name)


@functools.cache
def shipped(name: str) -> Config:
    """A shipped config."""
    return load(name)


def mutant(seed: int, number: int) -> Mutant:
    """A mutant, by its seed and number: one to three mutations of a shipped config."""
    luck = random.Random(f"{seed} {number}")
    name = luck.choice(["six", "six", *reading.names()])
    made = Mutant(name)
    changes = luck.choices(MUTATIONS, k=luck.choice([1, 1, 2, 2, 3]))
    for change in sorted(changes, key=lambda change: change is a_section):  # it breaks what others add to
        made.told.append(change.__name__)
        change(luck, made, shipped(name))
    if luck.random() < 0.2:
        made.settings.setdefault("until", 2035)
    return made


# --- the judge: what a person would call nonsense, read off the tables that a run stores ---

MOST = 1e6
NEGATIVE = ("cash", "burn", "nav", "initial_nav")  # money that may be
WISHED = ("services_spending",)  # what customers would spend, met or not
SHARES = (
    "utilisation",
    "trust",
    "unserved_share",
    "honoured_share",
    "market_share",
    "retained",
    "inhouse_effort",
)
HAIR = 1e-6


def nonsense(tables: dict[str, pa.Table], left_out: list[int]) -> list[str]:
    """What makes no sense in the tables of a run, worlds that it has left out aside."""
    found = list[str]()
    for name in ("market", "agents", "flows"):
        counts = ~np.isin(tables[name]["world"].to_numpy(), left_out)
        rows = tables[name].filter(pa.array(counts))
        for column, about in _numbers(rows).items():
            if name == "market" and rows[column].null_count:
                found.append(f"market {column}: no number")
            values = rows[column].drop_null().to_numpy()  # an empty cell was not logged, but NaN was
            wrongs = _wrong(about.get("variable", column), about["unit"], values)
            found += [f"{name} {column}: {wrong}" for wrong in wrongs]
        if name == "agents":
            found += _divided(rows)
    return found


def _numbers(rows: pa.Table) -> dict[str, dict[str, str]]:
    """What the columns of numbers are about, by name; KeyError if the table does not say so."""
    about = json.loads(rows.schema.metadata[b"columns"])
    return {column.name: about[column.name] for column in rows.schema if pa.types.is_floating(column.type)}


def _divided(rows: pa.Table) -> Iterator[str]:
    """Whether labs divide all that customers spend among them."""
    labs = [name for name, about in _numbers(rows).items() if about["variable"] == "market_share"]
    whole = np.nansum([rows[name].to_numpy() for name in labs], axis=0)
    if labs and (abs(whole - 1) > 1e-3).any():
        yield "shares of customers' spending do not sum to 1"


def _wrong(name: str, unit: str, values: npt.NDArray[np.float64]) -> Iterator[str]:
    if not np.isfinite(values).all():
        yield "not finite"
    elif len(values):
        low, high = float(values.min()), float(values.max())
        if unit.startswith("$ bn") and max(high, -low) > MOST and name not in WISHED:
            yield f"{low:g} to {high:g} $ bn"
        if unit.startswith(("$ bn", "GW", "index", "years")) and low < -HAIR and name not in NEGATIVE:
            yield f"negative, {low:g}"
        if name in SHARES and not -HAIR <= low <= high <= 1 + HAIR:
            yield f"{low:g} to {high:g}, not a share"


# --- one mutant, and many ---


def tried(made: Mutant, folder: Path) -> tuple[str, list[str]]:
    """What became of a mutant (refused, flagged, plays), and what is wrong with the program's answer."""
    file = folder / "mutant.yaml"
    file.write_text(made.written(), encoding="utf-8")
    try:
        config = load(file, made.settings)
        config.notes()
        came = played(config, designs.drawn(config, WORLDS))
    except UserError as refused:
        return "refused", [] if str(refused).strip() else ["an empty message"]
    except Exception:
        return "traceback", [traceback.format_exc()]
    left_out = [world for worlds in came.left_out.values() for world in worlds]
    wrong = nonsense(came.tables, left_out)
    return ("flagged" if left_out else "plays"), wrong


def played(config: Config, table: designs.Drawn) -> BlockResult:
    """What a run stores of the worlds of a design, and which of them it leaves out."""
    course, block = Simulation(designs.setup(config, table)), Block(0, len(table["world"]))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return simulate_block(
            course, design_table(table, {}), block, against=False, keep="flows", claims=None
        )


def fuzz(mutants: range, seed: int) -> tuple[Counter[str], dict[int, list[str]]]:
    """How many mutants came to which end, and by number those that went wrong."""
    ends, failed = Counter[str](), dict[int, list[str]]()
    with tempfile.TemporaryDirectory() as folder:
        for number in mutants:
            end, wrong = tried(mutant(seed, number), Path(folder))
            ends[end] += 1
            if wrong:
                failed[number] = wrong
                print(
                    f"mutant {number}: {end}: {wrong[-1].strip().splitlines()[-1]}",
                    file=sys.stderr,
                    flush=True,
                )
    return ends, failed


def main() -> None:
    """Exit code 1 if a mutant went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", type=int)
    asked = parser.parse_args()
    if asked.only is not None:
        made = mutant(asked.seed, asked.only)
        print(made.told, made.settings, made.written(), sep="\n")
        with tempfile.TemporaryDirectory() as folder:
            end, wrong = tried(made, Path(folder))
        print(end, *wrong, sep="\n")
        sys.exit(bool(wrong))
    ends, failed = fuzz(range(asked.first, asked.first + asked.mutants), asked.seed)
    print(dict(ends), f"{len(failed)} went wrong: {sorted(failed)[:50]}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
