"""The tables of `sources.md`, by the baseline and the facts: `python docs/sources.py` writes them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import computeshift as cs  # noqa: E402
from computeshift.experiments.config.facts import rows  # noqa: E402
from computeshift.experiments.config.names import owner_of  # noqa: E402
from computeshift.experiments.config.overlay import SECTIONS  # noqa: E402
from computeshift.experiments.config.parameter import Parameter, parameter  # noqa: E402
from computeshift.experiments.config.schema import Shape, Spec  # noqa: E402
from computeshift.experiments.config.source import chain  # noqa: E402
from docs.readme import put  # noqa: E402

PAGE = ROOT / "docs" / "sources.md"
GROUNDS = {
    "rows of facts": "`facts: [ENTITY/VARIABLE/PERIOD]`",
    "a published source with its day": "`source`, `published`",
    "an assumption with its reason": "`assumed: because ...`",
}
"""What a number may rest on, and how a config says so."""


def written() -> dict[str, Parameter]:
    """Every number of `six.yaml` by owner and name: a role's once, not for each firm that takes it."""
    tree = chain("six")[0].tree
    return _stated(tree, {f"roles.{role}": own for role, own in tree["roles"].items()})


def _stated(tree: Mapping[str, Any], roles: Mapping[str, Mapping[str, Any]]) -> dict[str, Parameter]:
    """The numbers of a config's sections, of these roles and of its firms, by owner and name."""
    owners = {section: tree[section] for section in SECTIONS if section in tree}
    owners |= {**roles, **{firm: own for firm, own in tree["firms"].items() if own is not None}}
    return {
        f"{owner}.{name}": parameter(Spec.model_validate(spec))
        for owner, own in owners.items()
        for name, spec in own.items()
        if isinstance(spec, Mapping)
    }


def grounds(numbers: Mapping[str, Parameter]) -> str:
    """How many numbers rest on what, by the shape of their ranges, and how many a world draws."""
    count = Counter((ground(number), number.shape) for number in numbers.values())
    shapes = [shape for shape in get_args(Shape) if any(count[kind, shape] for kind in GROUNDS)]
    lines = [*_head("ground", "in `six.yaml`", *shapes, "all")]
    for kind, key in GROUNDS.items():
        own = [count[kind, shape] for shape in shapes]
        lines.append(_row(kind, key, *own, sum(own)))
    sums = [sum(count[kind, shape] for kind in GROUNDS) for shape in shapes]
    lines += [_row("all", "", *sums, len(numbers)), ""]
    config = cs.load("six")
    drawn = sum(number.uncertain for number in config.parameters().values())
    lines += [
        "Firms of one role that share its number draw it one by one. So a world of `six` has "
        f"{drawn} uncertain numbers; {len(config.loadings())} of them load on factors."
    ]
    return "\n".join(lines)


def large() -> str:
    """How many numbers of their own the starts with the full cast state, and what they rest on."""
    lines = [*_head("config", "its own numbers", *GROUNDS)]
    for config in ("end_of_2022", "end_of_2023", "baseline", "today"):
        tree = chain(config)[-1].tree
        roles = {f"roles.{role}": own for role, own in tree.get("roles", {}).items()}
        own = _stated(tree, roles)
        count = Counter(map(ground, own.values()))
        lines.append(_row(f"`{config}.yaml`", len(own), *(count[kind] for kind in GROUNDS)))
    return "\n".join(lines)


def ground(number: Parameter) -> str:
    """What a number rests on: one of `GROUNDS`."""
    facts, source, assumption = GROUNDS
    return facts if number.facts else source if number.source else assumption


def guesses(numbers: Mapping[str, Parameter]) -> str:
    """The numbers whose ranges are guesses, and why they are as wide as they are."""
    lines = [*_head("parameter", "P5 / median / P95", "unit", "ground")]
    for name, number in numbers.items():
        if number.shape == "lognormal":
            lines.append(_row(*_about(name, number), number.ground))
    return "\n".join(lines)


def on_facts(numbers: Mapping[str, Parameter]) -> str:
    """The numbers that rest on facts, and the rows of these facts."""
    resting = {name: number for name, number in numbers.items() if number.facts}
    lines = [*_head("parameter", "low / central / high", "unit", "rows")]
    lines += [_row(*_about(name, number), _code(number.facts)) for name, number in resting.items()]
    columns = ("value", "unit", "kind", "published", "confidence", "source")
    lines += ["", "The rows behind them:", "", *_head("row", *columns)]
    for fact in sorted({fact for number in resting.values() for fact in number.facts}):
        lines += [_row(f"`{fact}`", *(row[column] for column in columns)) for row in rows()[fact]]
    return "\n".join(lines)


def on_sources(numbers: Mapping[str, Parameter]) -> str:
    """The numbers that rest on a published source."""
    lines = [*_head("parameter", "low / central / high", "unit", "source, date")]
    lines += [
        _row(*_about(name, number), f"{number.source}, {number.published}")
        for name, number in numbers.items()
        if number.source
    ]
    return "\n".join(lines)


def assumed(numbers: Mapping[str, Parameter]) -> str:
    """The names of the numbers that are assumed, by owner."""
    by_owner: dict[str, list[str]] = {}
    for name, number in numbers.items():
        if number.assumed:
            owner = owner_of(name)
            by_owner.setdefault(owner, []).append(name.removeprefix(f"{owner}."))
    lines = [*_head("owner", "parameters")]
    lines += [_row(f"`{owner}`", _code(own)) for owner, own in by_owner.items()]
    return "\n".join(lines)


def factors() -> str:
    """The factors, what loads on them and why."""
    lines = [*_head("factor", "meaning", "loadings", "ground")]
    for name, factor in cs.load("baseline").factors.items():
        lines.append(_row(f"`{name}`", factor.meaning, len(factor.loadings), factor.ground))
    return "\n".join(lines)


def _about(name: str, number: Parameter) -> tuple[str, str, str]:
    """Its name, range and unit."""
    shown = number.drawn[:3] if number.uncertain else (number.central,)
    return f"`{name}`", " / ".join(f"{end:.15g}" for end in shown), number.unit


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _head(*heads: object) -> Iterator[str]:
    """The head of a Markdown table."""
    yield _row(*heads)
    yield "|" + "---|" * len(heads)


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def current() -> str:
    """The page as it should stand."""
    numbers = written()
    text = PAGE.read_text(encoding="utf-8")
    for name, content in (
        ("grounds", grounds(numbers)),
        ("large", large()),
        ("guesses", guesses(numbers)),
        ("factors", factors()),
        ("facts", on_facts(numbers)),
        ("sources", on_sources(numbers)),
        ("assumed", assumed(numbers)),
    ):
        text = put(text, name, content)
    return text


if __name__ == "__main__":
    PAGE.write_text(current(), encoding="utf-8")
