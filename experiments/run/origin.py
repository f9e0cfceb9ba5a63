"""What numbers are of, in a line: the scenario with its changes, worlds, seed, version."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from computeshift.experiments.config.changes import name_of
from computeshift.experiments.config.config import Config
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.job import versions
from computeshift.experiments.run.sample import config_of

_LISTED = 4  # changes


def origin(*sources: Config | Results, worlds: int | None = None, varied: Collection[str] = ()) -> str:
    """What numbers of these sources are of.

    `worlds` is their number, if not the source's own; `varied` are settings that have several values, so
    that none is named. Sources of the same size, seed and version are named together.
    """
    names: dict[str, list[str]] = {}
    for source in sources:
        names.setdefault(_sample(source, worlds), []).append(_scenario(source, varied))
    return " | ".join(f"{_listed(own)}; {sample}" for sample, own in names.items())


def _listed(names: Sequence[str]) -> str:
    """Names as a list in words, each once."""
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last


def _scenario(source: Config | Results, varied: Collection[str]) -> str:
    """The name of a scenario, and its changes in brackets."""
    changes = [change for change in source.changes if change.key not in varied]
    if len(changes) < len(source.changes):
        name = name_of(config_of(source).name, changes)
    else:
        name = source.manifest.name if isinstance(source, Results) else source.label
    listed = [*map(str, changes[:_LISTED]), *["…"] * (len(changes) > _LISTED)]
    return f"{name} [{'; '.join(listed)}]" if listed else name


def _sample(source: Config | Results, worlds: int | None) -> str:
    """How many worlds, with which seed, of which version."""
    if isinstance(source, Results):
        seed, known = source.manifest.seed, source.manifest.versions
    else:
        seed, known = source.seed, versions()
    count = source.worlds if worlds is None else worlds
    size = f"{count:,} world{'' if count == 1 else 's'}"
    return f"{size}, seed {seed}; computeshift {known['computeshift'] or 'from source'}"
