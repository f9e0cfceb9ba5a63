"""What a page's questions are about, and how the command line names it."""

from __future__ import annotations

import functools
import itertools
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from computeshift.experiments.config.changes import SIZE, in_files
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.sample import config_of, years_of

WORLDS = 1000  # at most, of a folder's config: questions play it many times
_FILE = "its config.yaml"


@dataclass(frozen=True)
class Named:
    """A config or a results folder, and how the command line names it: a word, and settings.

    `settings` has the keys of `set`, and worlds and seed. `unsaved` says how to get the file that `word`
    names, if it is not there yet.
    """

    source: Config | Results
    word: str
    settings: Mapping[str, str] = field(default_factory=dict)
    base: str = ""
    unsaved: str = ""

    @property
    def label(self) -> str:
        """Its name as people see it."""
        return self.source.manifest.name if isinstance(self.source, Results) else self.source.label

    @property
    def plain(self) -> bool:
        """Whether its word alone names it, but for worlds, seed and last year."""
        return not self.base and all(key in SIZE for key in self.settings)

    def saved(self) -> Named:
        """The same as a file, as the dashboard's `Save as config` writes it."""
        file = file_of(self.label)
        return Named(self.source, file, unsaved=f"First save it as {file}: Save as config.")


def file_of(label: str) -> str:
    """The file that a config is saved as.

    >>> file_of("baseline, 2 changes")
    'my_baseline_2_changes.yaml'
    """
    return f"my_{in_files(label)}.yaml"


def nobody(name: str) -> Named:
    """The references of a page without scenarios. UserError: there is none."""
    raise UserError(f"there is no scenario {name!r} to compare with")


@dataclass(frozen=True)
class Subject:
    """What is on a page: `shown`, and of a results folder its `run`, for questions that read no folder.

    `results` are the worlds that are there already. `references` are the scenarios to compare with, each with
    what it is called, of which `against` is the page's own; `reference` opens one.
    """

    shown: Named
    run: Callable[[], Named] | None = None
    results: Results | None = None
    references: Mapping[str, str] = field(default_factory=dict)
    against: str = ""
    reference: Callable[[str], Named] = nobody

    @functools.cached_property
    def played(self) -> Named:
        """The config that is played by questions that read no folder. UserError if it is not valid here."""
        return self.run() if self.run is not None else self.shown

    @property
    def config(self) -> Config:
        """The config behind it."""
        return config_of(self.shown.source)

    @property
    def years(self) -> list[int]:
        """The years that it has."""
        return years_of(self.shown.source)

    @property
    def reads(self) -> bool:
        """Whether its worlds are in a folder that questions read."""
        return isinstance(self.shown.source, Results)


def of_folder(results: Results) -> Subject:
    """What a results folder is to questions: they read it, or play the config of its run."""
    return Subject(Named(results, str(results.folder)), functools.partial(run_of, results), results)


def run_of(results: Results) -> Named:
    """The config of a folder's run in at most 1,000 worlds, as its command names it if that can be told."""
    config = results.config
    size = {"worlds": str(min(results.worlds, WORLDS)), "seed": str(config.seed)}
    few = load(config, size)
    if (named := _of_command(results.manifest.command)) is not None:
        settings = {**named.settings, **size}
        try:
            again = load(named.word, settings, base=named.base or None)
        except UserError:
            again = None
        if again is not None and again.hash == config.hash:
            return Named(few, named.word, settings, named.base)
    return Named(few, _FILE, size, unsaved=f"{_FILE} stands for the config of the run.")


@dataclass(frozen=True)
class _Command:
    """What a command says of the config that it runs."""

    word: str
    settings: Mapping[str, str]
    base: str


def _of_command(text: str) -> _Command | None:
    """The config of `computeshift run …`; None for another command.

    >>> _of_command("computeshift run no_mgx --set seed=2 --base end_of_2023")
    _Command(word='no_mgx', settings={'seed': '2'}, base='end_of_2023')
    """
    try:
        _, run, word, *options = shlex.split(text)
    except ValueError:
        return None
    if run != "run" or word.startswith("-"):
        return None
    pairs = list(itertools.pairwise(options))
    texts = [value for flag, value in pairs if flag == "--set" and "=" in value]
    texts += [f"until={value}" for flag, value in pairs if flag == "--until"]
    base = next((value for flag, value in pairs if flag == "--base"), "")
    return _Command(word, dict(text.split("=", 1) for text in texts), base)
