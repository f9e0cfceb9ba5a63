"""The gate's benchmark: fail where a ratio has fallen by a third of what `ratios.json` has.

    python -m benchmarks.guard [--renew]

Run it from the repository's root, on a machine that does nothing else; it takes about half a minute.
Every ratio compares two ways of simulating on one core, measured in turn in one process, the best of
three each, in seconds of the processor. With --renew the file gets the ratios of now.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping

from benchmarks.child import ROOT, Measured
from benchmarks.contest import contestants
from benchmarks.operations import operations
from benchmarks.page import short
from benchmarks.possible import FASTEST, ImpossibleError, possible
from benchmarks.scalar import sites_for
from benchmarks.sizes import GUARD, Sizes

KEPT = ROOT / "benchmarks" / "ratios.json"
LEAST = 2 / 3
"""The part of a ratio in the file that must still be reached."""
AGAINST = {
    "batch": "`run`, everything stored, against `mesa.batch_run` at one world",
    "scalar": "`run`, everything stored, against the stand-in with its collector",
    "memory": "`run`, everything stored, against the market in memory",
}


def ratios(sizes: Sizes) -> dict[str, float]:
    """How many times as fast as each other way `run` is, at the best of each."""
    running = contestants(sizes, sites_for(operations().numbers))
    rounds = [
        {name: _rate(running[name].measured(sizes)) for name in (*AGAINST, "run")}
        for _ in range(sizes.rounds)
    ]
    best = {name: max(one[name] for one in rounds) for name in (*AGAINST, "run")}
    return {label: possible(label, best["run"] / best[name]) for name, label in AGAINST.items()}


def _rate(measured: Measured) -> float:
    """Worlds per second of the processor: other programs, and the disk, slow it least."""
    return possible("worlds per second of a processor", measured.worlds / measured.processor, FASTEST)


def fallen(now: Mapping[str, float], kept: Mapping[str, float]) -> list[str]:
    """What is wrong with the ratios of now: one line for each that has fallen by a third or more.

    Two sets of ratios that are not about the same things are wrong too.
    """
    if set(now) != set(kept):
        return [f"{KEPT.name} has other ratios than are measured: renew it"]
    return [
        f"{label}: {short(now[label])}, less than two thirds of {short(was)}"
        for label, was in kept.items()
        if now[label] <= LEAST * was
    ]


def main() -> None:
    """Measure, print, and exit with 1 if a ratio has fallen or a figure cannot be; or renew the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--renew", action="store_true", help=f"write the ratios of now to {KEPT.name}")
    renew = parser.parse_args().renew
    try:
        now = ratios(GUARD)
    except ImpossibleError as error:
        sys.exit(str(error))
    for label, ratio in now.items():
        print(f"{label}: {short(ratio)}")
    if renew:
        rounded = {label: float(f"{ratio:.3g}") for label, ratio in now.items()}
        KEPT.write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
    elif wrong := fallen(now, json.loads(KEPT.read_text(encoding="utf-8"))):
        right = "find what became slower; if it is meant: python -m benchmarks.guard --renew"
        sys.exit("\n".join([*wrong, right]))


if __name__ == "__main__":
    main()
