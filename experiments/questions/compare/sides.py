"""The sides of a comparison: configs and results folders whose worlds pair."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from computeshift.experiments.config.arguments import several
from computeshift.experiments.config.changes import distinct_names
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.names import numbered
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.excluded import must_be_enough
from computeshift.experiments.results.manifest import PosteriorTerms
from computeshift.experiments.results.pairing import must_pair
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.digest import model
from computeshift.experiments.run.sample import Sample, Source, opened

LEAST_WORLDS = 30  # with fewer the spread of differences is too poorly known for an interval
_FEW_FIRMS = 4  # that a scenario adds or takes out without a word


@dataclass(frozen=True)
class Side:
    """A config or a results folder, with its name."""

    name: str
    source: Config | Results

    @property
    def folder(self) -> Path | None:
        """Where its results are; None for a config, which is played in memory."""
        return self.source.folder if isinstance(self.source, Results) else None

    @property
    def config(self) -> Config:
        """The config that is played, or that its folder was run with."""
        return self.source if isinstance(self.source, Config) else self.source.config

    @property
    def hash(self) -> str:
        """That of its config: sides of the same hash are the same market."""
        return self.config.hash

    @property
    def model(self) -> str:
        """The digest of the model that its worlds are simulated by."""
        return model() if isinstance(self.source, Config) else self.source.manifest.model

    @property
    def posterior(self) -> PosteriorTerms | None:
        """The posterior that its worlds were drawn from; None for the config's own draws (the prior)."""
        return _posterior(self.source)

    def is_drawn_as(self, other: Side) -> bool:
        """Whether the worlds of both are from the same posterior, or both from the prior."""
        return _digest(self.posterior) == _digest(other.posterior)

    def is_same_as(self, other: Side) -> bool:
        """Whether both are the same market with the same draws."""
        return self.hash == other.hash and self.is_drawn_as(other)

    def document(self) -> dict[str, str | None]:
        """Its name, the config behind it, its folder, and the file of its posterior."""
        source = self.source
        return {
            "name": self.name,
            "config": source.label if isinstance(source, Config) else source.manifest.name,
            "results": str(self.folder) if self.folder else None,
            "posterior": self.posterior.file if self.posterior else None,
        }


def sides(sources: Sequence[Source], sample: Sample) -> list[Side]:
    """The sources, opened, with names that differ; their worlds pair, number by number.

    Configs take the number of worlds and the seed that the sample lacks from the first results folder,
    or where there is none from the first config; its settings are laid on every config.

    Their posteriors may differ.

    UserError for fewer than two sources or 30 worlds, for settings where all are folders, or if some do
    not pair with the first.
    """
    sources = several(sources, "sources", '["baseline", "no_mgx"]')
    if len(sources) < 2:
        given = "only one" if sources else "none"
        raise UserError(
            f"compare needs two sources or more, the first to compare with; there is {given}. "
            "Each is a config or a results folder"
        )
    known = _opened(sources, sample)
    named = [Side(name, source) for name, source in zip(_names(known), known, strict=True)]
    _must_pair(named)
    _note_models(named)
    _note_casts(named)
    _note_firms(named)
    return named


def _opened(sources: Sequence[Source], sample: Sample) -> list[Config | Results]:
    """The sources, each opened once; the configs have the worlds and the seed of one lead."""
    folders = [_is_folder(source) for source in sources]
    if all(folders):
        return [opened(source, sample) for source in sources]
    first = folders.index(True) if any(folders) else 0
    lead = opened(sources[first], None if folders[first] else sample)
    same = _as_of(lead, sample)
    return [
        lead if i == first else opened(source, None if folders[i] else same)
        for i, source in enumerate(sources)
    ]


def _as_of(lead: Config | Results, sample: Sample) -> Sample:
    """The sample, its number of worlds and its seed those of `lead` where it has none."""
    config = lead if isinstance(lead, Config) else lead.config
    worlds = lead.worlds if sample.worlds is None else sample.worlds
    seed = config.seed if sample.seed is None else sample.seed
    return replace(sample, worlds=worlds, seed=seed)


def _note_models(named: Sequence[Side]) -> None:
    """Warn where a side was run by another version of the model than the first."""
    if all(isinstance(side.source, Config) for side in named):
        return  # this version plays them all
    first, *others = named
    for side in others:
        if side.model != first.model:
            warnings.warn(
                f"{first.name} and {side.name} are from different versions of the model, so part of the "
                "difference may come from that: run the older one again",
                UserWarning,
                stacklevel=2,
            )


def _note_casts(named: Sequence[Side]) -> None:
    """Warn where outcomes and claims of the same name are about different firms."""
    casts = [side.source.cast.in_words() for side in named]
    if len(set(casts)) > 1:
        named_casts = [f"{one} ({side.name})" for side, one in zip(named, casts, strict=True) if one]
        warnings.warn(f"in outcomes and claims {'; '.join(named_casts)}", UserWarning, stacklevel=2)


def _note_firms(named: Sequence[Side]) -> None:
    """Warn where sides have so many different firms that they are laid over different starts."""
    first, *others = named
    for side in others:
        differing = sorted(set(first.config.firms) ^ set(side.config.firms))
        if len(differing) > _FEW_FIRMS:
            told = f"{len(differing)} firms ({', '.join(differing[:_FEW_FIRMS])}, …)"
            warnings.warn(
                f"{first.name} and {side.name} differ by {told}, so much of the difference is theirs: "
                "lay both over one start, such as `base` six",
                UserWarning,
                stacklevel=2,
            )


def _must_pair(named: Sequence[Side]) -> None:
    """UserError if the worlds of a side do not pair with those of the first, or are too few."""
    must_pair([(str(side.folder or side.name), side.source) for side in named], any_posterior=True)
    first = named[0]
    worlds, name = first.source.worlds, str(first.folder or first.name)
    must_be_enough(worlds, "to compare", LEAST_WORLDS, {}, worlds, name)


def _is_folder(source: Source) -> bool:
    return isinstance(source, Results) or (isinstance(source, str | Path) and Path(source).is_dir())


def _names(known: Sequence[Config | Results]) -> list[str]:
    """The config's or the folder's name, with what distinguishes it: its changes, posterior, or a number."""
    names = [one.label for one in known]
    distinct = distinct_names(names, [one.changes for one in known])
    return numbered(_with_posteriors(distinct, [_posterior(one) for one in known]))


def _posterior(source: Config | Results) -> PosteriorTerms | None:
    return None if isinstance(source, Config) else source.manifest.source_posterior


def _digest(posterior: PosteriorTerms | None) -> str:
    return posterior.sha256 if posterior else ""


def _with_posteriors(names: Sequence[str], posteriors: Sequence[PosteriorTerms | None]) -> list[str]:
    """The names; where posteriors differ, with `(prior)` or the file: `base (posterior p.parquet)`.

    Files that share their name have the beginning of their SHA-256 too.
    """
    files = {_digest(one): Path(one.file).name if one else "" for one in posteriors}
    if len(files) == 1:
        return list(names)
    count = Counter(files.values())

    def origin(sha256: str) -> str:
        file = files[sha256]
        own = f", sha256 {sha256[:12]}" if count[file] > 1 else ""
        return f"posterior {file}{own}" if file else "prior"

    return [f"{name} ({origin(_digest(one))})" for name, one in zip(names, posteriors, strict=True)]
