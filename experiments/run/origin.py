"""What numbers are of, in a line: the scenario with its changes, worlds, seed, version."""

from __future__ import annotations

from collections.abc import Sequence

from computeshift.experiments.config.config import Config
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.job import versions

_LISTED = 4  # changes


def origin(*sources: Config | Results, worlds: int | None = None) -> str:
    """What numbers of these sources are of; `worlds` is their number, if not the source's own.

    Sources of the same size, seed and version are named together.
    """
    names: dict[str, list[str]] = {}
    for source in sources:
        names.setdefault(_sample(source, worlds), []).append(_scenario(source))
    return " | ".join(f"{_listed(own)}; {sample}" for sample, own in names.items())


def _listed(names: Sequence[str]) -> str:
    """Names as a list in words, each once."""
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last


def _scenario(source: Config | Results) -> str:
    """The name of a scenario, and its changes in brackets."""
    name = source.manifest.name if isinstance(source, Results) else source.label
    changes = [*map(str, source.changes[:_LISTED]), *["…"] * (len(source.changes) > _LISTED)]
    return f"{name} [{'; '.join(changes)}]" if changes else name


def _sample(source: Config | Results, worlds: int | None) -> str:
    """How many worlds, with which seed, of which version."""
    if isinstance(source, Results):
        seed, known = source.manifest.seed, source.manifest.versions
    else:
        seed, known = source.seed, versions()
    count = source.worlds if worlds is None else worlds
    size = f"{count:,} world{'' if count == 1 else 's'}"
    return f"{size}, seed {seed}; computeshift {known['computeshift'] or 'from source'}"
