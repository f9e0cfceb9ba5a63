"""What a question is asked of: a config or a results folder, and which sample of worlds."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from computeshift.experiments.config.arguments import settings
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.results import open as open_results

Source = str | Path | Config | Results


@dataclass(frozen=True)
class Sample:
    """How many worlds are played, with which seed and settings; None: as the config has it.

    `base` is the config that the source is laid over, instead of its own start.
    """

    worlds: int | None = None
    seed: int | None = None
    set: Mapping[str, Any] | None = None
    base: str | Path | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """What it sets, by dotted key. UserError if `set` is no mapping."""
        return settings(self.set, worlds=self.worlds, seed=self.seed)

    @property
    def sized(self) -> bool:
        """Whether it says how many worlds."""
        return "worlds" in self.settings


def opened(source: Source, sample: Sample | None = None) -> Config | Results:
    """A config with the sample's settings laid on, or a results folder.

    UserError if it is neither, or if a folder, which runs nothing, is given settings.
    """
    sample = sample or Sample()
    if isinstance(source, str | Path) and Path(source).is_dir():
        source = open_results(source)
    if not isinstance(source, Results):
        return load(source, sample.settings, base=sample.base)
    must_be_left_out(f"{source.folder} is a results folder and runs nothing", sample)
    source.must_have_worlds()
    if (status := source.manifest.status) != "finished":
        done, worlds = source.worlds, source.manifest.worlds
        message = f"{source.folder} is not whole: {done:,} of {worlds:,} worlds ({status})"
        warnings.warn(message, UserWarning, stacklevel=2)
    return source


def must_be_left_out(why: str, sample: Sample, **others: object) -> None:
    """UserError if the sample, or one of the other parameters, has a value; `why` begins the message."""
    own = {"worlds": sample.worlds, "seed": sample.seed, "set": sample.set or None, "base": sample.base}
    values = own | others
    if named := [f"`{name}`" for name, value in values.items() if value is not None]:
        raise UserError(f"{why}: leave out {', '.join(named)}")


def config_of(source: Config | Results) -> Config:
    """The config itself, or the one that a results folder was run with."""
    return source.config if isinstance(source, Results) else source


def years_of(source: Config | Results) -> list[int]:
    """The years that a config simulates, or that a results folder holds."""
    if isinstance(source, Results):
        return source.years
    return list(range(source.start + 1, source.until + 1))
