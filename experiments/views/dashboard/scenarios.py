"""The scenarios a page may ask for: the package's configs, and what the command line named."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

from computeshift.experiments.config import source as reading
from computeshift.experiments.config.changes import kept
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import Problem, UserError, instead
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.results import open as open_results
from computeshift.experiments.views.dashboard.query import Query

WORLDS = 1000  # at most, unless asked for: a change is then repainted within a second


class Scenarios:
    """Configs by name. A name is all that a link can ask for: no file is read at its word."""

    def __init__(self, given: str | None = None) -> None:
        """UserError if what is given is neither a config nor a results folder."""
        self.results: Results | None = None
        self.names = reading.names()
        """Every scenario; what the command line named comes first."""
        self._given: dict[str, Config] = {}
        name = given or "baseline"
        if given is not None and Path(given).is_dir():
            self.results = open_results(given)
            config = self.results.config
            name = f"folder: {Path(given).resolve().name}"
            self.results.manifest = self.results.manifest.model_copy(update={"name": name})
            self._give(name, config)
        elif name not in self.names:
            config = load(name)
            name = f"file: {config.name}" if config.name in self.names else config.name
            self._give(name, config)
        self.default = self.first(name)

    def _give(self, name: str, config: Config) -> None:
        self._given[name] = config.model_copy(update={"name": name, "changes": ()})
        self.names = [name, *(known for known in self.names if known != name)]

    def first(self, name: str) -> Query:
        """A scenario as it is before anything is changed: with 1,000 worlds at most, a folder with all."""
        many = self.base(name).worlds > WORLDS and not self._is_folder(name)
        return Query(name, {"worlds": str(WORLDS)} if many else {})

    def about(self, name: str) -> str:
        """What a scenario asks; of a folder, also the config that it is a run of."""
        asks = self.base(name).asks
        if self.results is None or not self._is_folder(name):
            return asks
        return f"A run of {self.results.config.label}. {asks}"

    def _is_folder(self, name: str) -> bool:
        return self.results is not None and name in self._given

    def is_given(self, name: str) -> bool:
        """Whether a scenario is the command line's file or folder, not one of the package's."""
        return name in self._given

    def base(self, name: str, field: str = "config") -> Config:
        """A scenario without settings; UserError, told of a field, if there is none of that name."""
        if name in self._given:
            return self._given[name]
        if name not in self.names:
            raise UserError([Problem(field, "", f"there is no config {name!r}", instead(name, self.names))])
        return _packaged(name)

    def config(self, query: Query) -> Config:
        """What a page asks, checked; UserError with every problem."""
        return load(self.base(query.config), dict(query.settings))

    def choose(self, name: str, query: Query) -> Query:
        """Another scenario under the changes that it does not set itself."""
        chosen = self.first(name)
        try:
            before, first = self.base(query.config), self.first(query.config).settings
        except UserError:
            return replace(chosen, against=query.against)  # there was no scenario to change
        own = {key: text for key, text in query.settings.items() if first.get(key) != text}
        stay = kept(own, self.base(name), _packaged("baseline"), before)
        return replace(chosen, settings={**chosen.settings, **stay}, against=query.against)

    def kept(self, query: Query) -> Results | None:
        """The results folder that the page was opened with, as long as it is what is asked."""
        same = (query.config, query.settings) == (self.default.config, self.default.settings)
        return self.results if same else None

    def origin(self, query: Query) -> str:
        """Where the worlds came from, if not from their config alone; of changed ones, that they did not."""
        if self.results is None or not self._is_folder(query.config):
            return ""
        told = _origin(self.results)
        if told and self.kept(query) is None:
            return f"from the config's own draws, not {told} as the folder is"
        return told

    def other(self, name: str, config: Config) -> Config:
        """The scenario that a config is held against, over the same worlds; UserError if it can't be."""
        other = self.base(name, "against")
        if other.start != config.start:
            wrong = f"{name} starts in {other.start}, {config.label} in {config.start}"
            right = "hold it against one that starts in the same year"
            raise UserError([Problem("against", "", wrong, right)])
        return load(other, {key: getattr(config, key) for key in ("worlds", "seed", "until")})


def _origin(results: Results) -> str:
    fork, posterior = results.manifest.fork, results.manifest.posterior
    if fork:
        return f"forked from {Path(fork.base).name} at {fork.at}"
    return f"drawn from {Path(posterior.file).name}" if posterior else ""


@functools.cache
def _packaged(name: str) -> Config:
    return load(name)
