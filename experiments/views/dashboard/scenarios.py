"""The scenarios of a page: the package's configs, and the command line's config or folder."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from computeshift.experiments.config import source as reading
from computeshift.experiments.config.changes import SIZE, remaining
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import Problem, UserError, instead
from computeshift.experiments.results.pairing import mismatches
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.results import open as open_results
from computeshift.experiments.run.sample import Sample, must_be_left_out
from computeshift.experiments.views.ask.subject import Named, Subject, of_folder
from computeshift.experiments.views.dashboard.query import Query

OPENS = "today"
"""The scenario that a dashboard without a name opens with."""
SAID = "baseline"
"""The world as its sources saw it early in 2025: it stands beside the scenario that opens."""
WORLDS = 1000  # at most, unless set: a change then shows within a second


class Scenarios:
    """Configs by name. A link can only name one of them: it can't make the page read a file."""

    def __init__(self, source: str | None = None, base: str | None = None) -> None:
        """UserError if `source` is neither a config, here laid over `base`, nor a results folder."""
        self.results: Results | None = None
        """The folder of the command line, under its name on the page."""
        self.folder: Results | None = None
        self.names = [OPENS, SAID, *(name for name in reading.names() if name not in (OPENS, SAID))]
        """Every scenario; the command line's comes first."""
        self._own: dict[str, Config] = {}
        self._word, self._base = source or "", base or ""
        name = source or OPENS
        if source is not None and Path(source).is_dir():
            must_be_left_out(f"{source} is a results folder and runs nothing", Sample(base=base))
            self.folder = open_results(source)
            config = self.folder.config
            name = f"folder: {Path(source).resolve().name}"
            self.results = self.folder.with_name(name)
            self._add(name, config)
        elif base is not None and name in self.names:
            config = load(name, base=base)
            name = config.name
            if name not in self.names:
                self._add(name, config)
        elif name not in self.names:
            config = load(name, base=base)
            name = f"file: {config.name}" if config.name in self.names else config.name
            self._add(name, config)
        self.default = self.first(name)

    def _add(self, name: str, config: Config) -> None:
        self._own[name] = config.model_copy(update={"name": name, "changes": ()})
        self.names = [name, *(other for other in self.names if other != name)]

    def first(self, name: str) -> Query:
        """The query of an unchanged scenario: at most 1,000 worlds, but all worlds of a folder."""
        many = self.base(name).worlds > WORLDS and not self._is_folder(name)
        return Query(name, {"worlds": str(WORLDS)} if many else {})

    def label(self, name: str) -> str:
        """What a scenario is called in a list of them."""
        return f"early 2025 ({SAID})" if name == SAID else name

    def about(self, name: str) -> str:
        """A scenario's question; for a folder, also the config of its run."""
        asks = self.base(name).asks
        if self.results is None or not self._is_folder(name):
            return asks
        return f"A run of {self.results.config.label}. {asks}"

    def _is_folder(self, name: str) -> bool:
        return self.results is not None and name in self._own

    def is_own(self, name: str) -> bool:
        """Whether a scenario is the command line's file or folder, not a config of the package."""
        return name in self._own

    def base(self, name: str, field: str = "config") -> Config:
        """A scenario without settings. UserError, at a field, if there is none of that name."""
        if name in self._own:
            return self._own[name]
        if name not in self.names:
            raise UserError([Problem(field, "", f"there is no config {name!r}", instead(name, self.names))])
        return _packaged(name)

    def config(self, query: Query) -> Config:
        """The config of a query. UserError with all of its problems."""
        return load(self.base(query.config), dict(query.settings))

    def choose(self, name: str, query: Query) -> Query:
        """Another scenario with those changes of a query that it does not set itself."""
        chosen = self.first(name)
        if query.config not in self.names:
            return replace(chosen, against=query.against)  # there was no scenario to change
        before, first = self.base(query.config), self.first(query.config).settings
        own = {key: text for key, text in query.settings.items() if first.get(key) != text}
        rest = remaining(own, self.base(name), _packaged(SAID), before)
        return replace(chosen, settings={**chosen.settings, **rest}, against=query.against)

    def stored(self, query: Query) -> Results | None:
        """The results folder of the command line, if the query is unchanged."""
        same = (query.config, query.settings) == (self.default.config, self.default.settings)
        return self.results if same else None

    def origin(self, query: Query) -> str:
        """The origin of the worlds, in words, if that is not their config alone."""
        if self.results is None or not self._is_folder(query.config):
            return ""
        origin = _origin(self.results)
        if origin and self.stored(query) is None:
            return f"from the config's own draws, not {origin} as the folder is"
        return origin

    def other(self, query: Query, config: Config) -> Config:
        """The reference of a query with this config, over the same worlds. UserError if they do not pair."""
        name, stored = query.against, self.stored(query)
        other = self.base(name, "against")
        if stored is not None and (posterior := stored.manifest.source_posterior):
            drawn = f"drawn from {Path(posterior.file).name}"
            wrong = f"the worlds of {query.config} are {drawn}, those of {name} are not"
            raise UserError([Problem("against", "", wrong, "use compare, which allows for that")])
        if other.start != config.start:
            wrong = f"{name} starts in {other.start}, {config.label} in {config.start}"
            right = "choose one that starts in the same year"
            raise UserError([Problem("against", "", wrong, right)])
        return load(other, {key: getattr(config, key) for key in ("worlds", "seed", "until")})

    def unchanged(self, query: Query) -> Results | None:
        """The folder of the command line, if its worlds pair with those of a query that changes it."""
        folder = self.results
        if folder is None or not self._is_folder(query.config) or _origin(folder):
            return None
        return None if mismatches(folder, self.config(query)) else folder

    def beside(self, query: Query, name: str) -> Config:
        """A scenario without changes, in as many worlds and with the seed of a query, which need not pair."""
        config = self.config(query)
        return load(self.base(name), {key: getattr(config, key) for key in SIZE})

    def subject(self, query: Query, config: Config, results: Results) -> Subject:
        """What questions are asked about: the config of a query, or the folder; `results` are its worlds."""
        if self.folder is not None and self.stored(query) is not None:
            of = of_folder(self.folder)
        else:
            of = Subject(self._named(query.config, config, query.settings))
        named = {name: self.label(name) for name in self.names}
        reference = functools.partial(self._reference, config)
        return replace(of, results=results, references=named, against=query.against, reference=reference)

    def _named(self, name: str, config: Config, settings: Mapping[str, str]) -> Named:
        """A config under the name that it has on the command line."""
        if self._is_folder(name):
            return Named(config, "", settings).saved()
        if name in self._own:
            return Named(config, self._word, settings, self._base)
        return Named(config, name, settings)

    def _reference(self, config: Config, name: str) -> Named:
        """A scenario to compare a config with, over the same worlds."""
        if self.folder is not None and self._is_folder(name):
            return Named(self.folder, self._word)
        base, size = self.base(name), {key: str(getattr(config, key)) for key in SIZE}
        own = load(base, size)
        if own.until == base.until:
            del size["until"]
        return self._named(name, own, size)


def _origin(results: Results) -> str:
    fork, posterior = results.manifest.fork, results.manifest.posterior
    if fork:
        return f"forked from {Path(fork.base).name} at {fork.at}"
    return f"drawn from {Path(posterior.file).name}" if posterior else ""


@functools.cache
def _packaged(name: str) -> Config:
    return load(name)
