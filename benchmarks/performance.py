"""Measure everything and put the tables into `docs/performance.md`: some ten minutes on two cores.

    python -m benchmarks.performance [--quick]

Run it from the repository's root, on a machine that does nothing else. With --quick each part is
measured once, small and in one process, in about a minute, and nothing is written.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from benchmarks.child import ROOT
from benchmarks.contest import peers_table
from benchmarks.growth import firms_table, keep_table, worlds_table, years_table
from benchmarks.limit import limit_table
from benchmarks.machine import about
from benchmarks.operations import operations
from benchmarks.page import put
from benchmarks.sizes import FULL, QUICK, Sizes
from benchmarks.startup import startup_table

PAGE = ROOT / "docs" / "performance.md"


def parts(sizes: Sizes) -> dict[str, str]:
    """Every part of the page, measured, and printed as it comes."""
    counted = operations()
    measures: dict[str, Callable[[], str]] = {
        "machine": lambda: f"Measured on {about()}.",
        "startup": lambda: startup_table(sizes),
        "peers": lambda: peers_table(sizes, counted),
        "worlds": lambda: worlds_table(sizes),
        "firms": lambda: firms_table(sizes),
        "years": lambda: years_table(sizes),
        "keep": lambda: keep_table(sizes),
        # Last: it is done in this process, and a child's peak of memory is at least its parent's.
        "limit": lambda: limit_table(sizes, counted),
    }
    texts = {}
    for name, measure in measures.items():
        texts[name] = measure()
        print(f"{texts[name]}\n", flush=True)
    return texts


def main() -> None:
    """Measure, and write the page unless it was quick."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small, in about a minute; nothing is written")
    quick = parser.parse_args().quick
    page = put(PAGE.read_text(encoding="utf-8"), parts(QUICK if quick else FULL))
    if not quick:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
