"""How a run's cost grows: with worlds, role firms, years, and with what is stored."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from benchmarks.child import Measured, timed
from benchmarks.command import stored
from computeshift.experiments.run.run import run

NAMED = ("openai", "microsoft", "softbank", "oracle", "mgx", "deepseek", "rival_lab", "other_cloud")
KINDS = ("lab", "cloud", "lab", "cloud", "investor", "chipmaker")
"""Every six role firms are two labs, two clouds, an investor and a chipmaker."""


def market_of(firms: int) -> dict[str, Any]:
    """A config of so many role firms and nobody else; ties grow with the firms.

    A lab leases from the next three clouds, a cloud buys of one chipmaker, an investor backs the
    next four labs.
    """
    names = {f"{KINDS[n % len(KINDS)]}_{n}": KINDS[n % len(KINDS)] for n in range(firms)}
    of: dict[str, list[str]] = {kind: [n for n, k in names.items() if k == kind] for kind in KINDS}
    edges = [
        *([lab, "customers", "services"] for lab in of["lab"]),
        *(["investors", lab, "equity"] for lab in of["lab"]),
        *(["lenders", cloud, "debt"] for cloud in of["cloud"]),
        *([cloud, lab, "capacity"] for cloud, lab in _next(of["lab"], of["cloud"], 3)),
        *([maker, cloud, "chips"] for maker, cloud in _next(of["cloud"], of["chipmaker"], 1)),
        *([investor, lab, "equity"] for lab, investor in _next(of["investor"], of["lab"], 4)),
    ]
    return {
        "asks": f"What does a market of {firms} role firms cost?",
        "extends": "six",
        "firms": {**dict.fromkeys(NAMED), **{name: {"kind": kind} for name, kind in names.items()}},
        "edges": edges,
    }


def _next(takers: list[str], givers: list[str], count: int) -> list[tuple[str, str]]:
    """Each taker's next `count` givers, round and round, as (giver, taker)."""
    some = min(count, len(givers))
    return [
        (givers[(place + k) % len(givers)], taker) for place, taker in enumerate(takers) for k in range(some)
    ]


def whole_run(
    worlds: int,
    repeats: int = 1,
    firms: int | None = None,
    cast: str = "six",
    settings: dict[str, Any] | None = None,
    **more: Any,
) -> Measured:
    """A run of a cast, the fastest of some, after one of ten worlds; `firms` takes a market of role firms."""
    with tempfile.TemporaryDirectory() as place:
        config = cast if firms is None else _written(market_of(firms), Path(place))
        run(config, worlds=10, out=Path(place, "warm"), set=settings, **more)
        folders = [Path(place, f"run_{again}") for again in range(repeats)]
        seconds = [
            timed(lambda out=out: run(config, worlds=worlds, out=out, set=settings, **more))  # type: ignore[misc]
            for out in folders
        ]
        return Measured(worlds, *min(seconds), stored=stored(folders[0]))


def _written(config: dict[str, Any], folder: Path) -> str:
    path = folder / "roles.yaml"
    YAML().dump(config, path)
    return str(path)
