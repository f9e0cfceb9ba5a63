"""What is changed on a scenario, and the name of what is shown: computed here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from computeshift.experiments import catalogue
from computeshift.experiments.names import capitalised, in_words
from computeshift.experiments.resolved import Config, ShockConfig

SIZE = ("worlds", "seed", "until")
"""Settings that the status line tells in full, beside the name: they are not counted as changes."""


@dataclass(frozen=True)
class Change:
    """A setting that is not as its scenario has it: its key for `--set`, and both values in words."""

    key: str
    now: str
    before: str

    @property
    def what(self) -> str:
        """What is changed, such as `SoftBank's strategy`."""
        return capitalised(in_words(self.key))

    def __str__(self) -> str:
        return f"{self.what}: {self.now} (instead of {self.before})"


def changes(settings: Mapping[str, str], config: Config, base: Config) -> list[Change]:
    """The settings that make `config` differ from `base`, the scenario they were laid on."""
    now, before = _settings(config), _settings(base)
    return [
        Change(key, now[key][1], before[key][1])
        for key in settings
        if key not in SIZE and now[key][0] != before[key][0]
    ]


def name_of(scenario: str, changed: Sequence[Change]) -> str:
    """The name of what is shown.

    >>> name_of("baseline", [])
    'baseline'
    >>> name_of("baseline", [Change("softbank.strategy", "prudent", "vision")])
    'baseline, 1 change'
    """
    count = len(changed)
    return scenario if not count else f"{scenario}, {count} change{'' if count == 1 else 's'}"


def in_files(name: str) -> str:
    """A name as file names have it.

    >>> in_files("baseline, 2 changes"), in_files("folder: long")
    ('baseline_2_changes', 'folder_long')
    """
    return re.sub(r"[^\w-]+", "_", name).strip("_")


def kept(settings: Mapping[str, str], chosen: Config, *others: Config) -> dict[str, str]:
    """The settings that stay when another scenario is chosen: those that it does not set itself.

    It sets what it has otherwise than one of `others`: the baseline, and the scenario before it. A shock
    is one thing: a scenario that sets its size sets its year too.
    """
    own = _settings(chosen)
    moved = {
        _thing(key)
        for other in map(_settings, others)
        for key in {*own, *other}
        if own.get(key, ("",))[0] != other.get(key, ("",))[0]
    }
    return {key: text for key, text in settings.items() if _thing(key) not in moved}


def _thing(key: str) -> str:
    return key.rpartition(".")[0] if key.startswith("shocks.") else key


def _settings(config: Config) -> dict[str, tuple[object, str]]:
    """All that `--set` can set but worlds and seed: by its key the value, and the value in words."""
    numbers = config.parameters()
    known: dict[str, tuple[object, str]] = {
        row.name: (numbers[row.name].drawn, row.told) for row in catalogue.rows(config)
    }
    for name, firm in config.firms.items():
        known[f"{name}.strategy"] = firm.strategy, firm.strategy
    for name, shock in config.shocks.items():
        known |= _of_shock(f"shocks.{name}", shock)
    known["until"] = config.until, str(config.until)
    return known


def _of_shock(key: str, shock: ShockConfig) -> dict[str, tuple[object, str]]:
    year = "any year" if shock.year is None else str(shock.year)
    until = "none" if shock.until is None else str(shock.until)
    return {f"{key}.year": (shock.year, year), f"{key}.until": (shock.until, until)}
