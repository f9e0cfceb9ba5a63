"""What is changed on a scenario by its settings, and what such a scenario is called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeshift.experiments.config.names import capitalised, in_numbers, in_words, owner_of

if TYPE_CHECKING:
    from computeshift.experiments.config.config import Config

SIZE = ("worlds", "seed", "until")
"""Settings that stand in full beside the name: they do not count as changes."""
_LISTED = 2  # changes within a name, at most
_Settings = dict[str, tuple[object, str]]
"""By its key for `set`, the value of a setting, and the same in words."""


@dataclass(frozen=True)
class Change:
    """A setting that is not as its scenario has it: its key for `set`, and both values in words."""

    key: str
    now: str
    before: str

    @property
    def what(self) -> str:
        """What is changed, such as `SoftBank's strategy`."""
        return capitalised(in_words(self.key))

    def __str__(self) -> str:
        return f"{self.what}: {self.now} (instead of {self.before})"


def changes(settings: Iterable[str], config: Config, base: Config) -> tuple[Change, ...]:
    """What is changed in `config`: these settings on top of `base`, and the changes that `base` has."""
    now, before = _settings(config), _settings(base)
    result = {change.key: change for change in base.changes}
    for key in settings:
        (value, words), (old, old_words) = (known.get(key, (None, "none")) for known in (now, before))
        if key in SIZE or value == old:
            continue
        first = result.pop(key).before if key in result else old_words
        if words != first:
            result[key] = Change(key, words, first)
    return tuple(result.values())


def name_of(scenario: str, changed: Sequence[Change]) -> str:
    """The name of a scenario under changes.

    >>> name_of("baseline", [])
    'baseline'
    >>> name_of("baseline", [Change("softbank.strategy", "prudent", "vision")])
    'baseline, 1 change'
    """
    count = len(changed)
    return scenario if not count else f"{scenario}, {count} change{'' if count == 1 else 's'}"


def distinct_names(names: Sequence[str], changed: Sequence[Sequence[Change]]) -> list[str]:
    """Names; those that are the same with the changes that not all of them have.

    >>> calm, bold = (Change("softbank.strategy", how, "vision") for how in ("prudent", "allin"))
    >>> distinct_names(["baseline, 1 change"] * 2, [[calm], [bold]])
    ["baseline, 1 change (SoftBank's strategy: prudent)", "baseline, 1 change (SoftBank's strategy: allin)"]
    """
    count = Counter(names)
    had = Counter((name, change) for name, own in zip(names, changed, strict=True) for change in own)
    return [
        _with(name, [change for change in own if had[name, change] < count[name]])
        for name, own in zip(names, changed, strict=True)
    ]


def _with(name: str, own: Sequence[Change]) -> str:
    words = [f"{change.what}: {change.now}" for change in own[:_LISTED]]
    more = ["…"] if len(own) > _LISTED else []
    return f"{name} ({'; '.join([*words, *more])})" if words else name


def in_files(name: str) -> str:
    """A name as file names have it.

    >>> in_files("baseline, 2 changes"), in_files("folder: long")
    ('baseline_2_changes', 'folder_long')
    """
    return re.sub(r"[^\w-]+", "_", name).strip("_")


def remaining(settings: Mapping[str, str], chosen: Config, *others: Config) -> dict[str, str]:
    """The settings that stay when another scenario is chosen: those that it does not set itself.

    It sets what it has otherwise than one of `others`: the baseline, and the scenario before it. A shock
    or a deal is one thing: a scenario that sets its size sets its year too.
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
    return owner_of(key) if key.startswith(("shocks.", "deals.")) else key


def _settings(config: Config) -> _Settings:
    """All that `set` can set but worlds and seed."""
    known: _Settings = {
        name: (number.drawn, in_numbers(*number.drawn, number.unit))
        for name, number in config.parameters().items()
    }
    for name, firm in config.firms.items():
        known |= _in_words(name, firm.model_dump(exclude={"parameters"}))
    for name, shock in config.shocks.items():
        known |= _in_words(f"shocks.{name}", shock.model_dump(exclude={"size", "probability"}))
    known |= _of_factors(config) | _of_deals(config)
    focus = config.focus or "none"
    return known | {"until": (config.until, str(config.until)), "focus": (config.focus, focus)}


def _of_factors(config: Config) -> _Settings:
    """What `set` can set of factors: all of them, each as a whole, and each loading."""
    written = {name: factor.loadings for name, factor in config.factors.items()}
    known: _Settings = {"factors": (written, ", ".join(written) or "none")}
    for factor, loadings in written.items():
        known[f"factors.{factor}"] = (loadings, f"{len(loadings)} loadings")
        known |= {f"factors.{factor}.{name}": (value, f"{value:g}") for name, value in loadings.items()}
    return known


def _of_deals(config: Config) -> _Settings:
    """What `set` can set of deals but their numbers: all of them, each as a whole, and its words."""
    known: _Settings = {"deals": (list(config.deals), ", ".join(config.deals) or "none")}
    for name, deal in config.deals.items():
        known[f"deals.{name}"] = (deal, str(deal))
        known |= _in_words(f"deals.{name}", deal.settings())
    return known


def _in_words(owner: str, values: Mapping[str, object]) -> _Settings:
    nothing = {"year": "any year"}
    return {
        f"{owner}.{key}": (value, nothing.get(key, "none") if value is None else str(value))
        for key, value in values.items()
    }
