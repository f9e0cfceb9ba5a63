"""The choice of a world: by its number, or by what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nicegui import ui

from computeshift.experiments.config.config import Config
from computeshift.experiments.errors import UserError, plain
from computeshift.experiments.results.picks import (
    HEADLINE,
    TYPICAL,
    event_in_words,
    happened,
    is_pick,
    must_be_pick,
    names_of,
)
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.dashboard.headline import HEADLINE as WORDS
from computeshift.experiments.views.format import count
from computeshift.experiments.views.plots.amounts import lacks

NUMBER = "number"
"""The option of worlds by their number."""


def picks(results: Results) -> dict[str, str]:
    """The named worlds of these results, in words: events with the number of worlds that share them."""
    words = {outcome: results.cast.worded(WORDS[outcome]) for outcome in HEADLINE}
    options = {TYPICAL: "Typical: nearest to the medians"}
    options |= {
        f"{which} {outcome}": f"{which.capitalize()}: {what}"
        for outcome, what in words.items()
        for which in ("highest", "lowest")
    }
    if lacks("agents", results):
        return options
    every = happened(results, names_of(results.firms))
    often = sorted(every, key=lambda event: -len(every[event]))
    return options | {
        event: f"{event_in_words(event)} ({count(len(every[event]))} of {count(results.sound)} worlds)"
        for event in often
        if len(every[event])
    }


def world_of(text: str, config: Config | None = None) -> int | str:
    """The world of a text: its number, or what it is, of which a config says whether there can be one.

    UserError for a quantile, for a number that is too large, and for what is no world of the config.

    >>> world_of("17"), world_of("typical")
    (17, 'typical')
    """
    if text.isdecimal():
        if config is not None and int(text) >= config.worlds:
            raise UserError(f"there is no world {text}: use 0 to {config.worlds - 1}")
        return int(text)
    if not is_pick(text):
        raise UserError(
            f"{text!r} is of all worlds: type the number of one, or what it is, such as {TYPICAL!r}"
        )
    if config is not None:
        must_be_pick(text, config)
    return text


class WorldPick:
    """A list of named worlds, which takes numbers and other names too, and a field for a number.

    `world` is the one that is chosen; a text that names none is told below the list, and changes nothing.
    """

    def __init__(self, label: str, world: int | str, on_change: Callable[[], None]) -> None:
        """`label` is that of the number; `on_change` is called when another world is chosen."""
        self.on_change = on_change
        self._quiet = False
        self._options: Mapping[str, str] = {}
        self._config: Config | None = None
        self.which = ui.select({}, label="Which world", with_input=True, new_value_mode="add-unique")
        self.which.without_auto_validation()  # it would clear what is told of a text
        self.which.props("dense outlined options-dense hide-bottom-space no-error-icon")
        self.which.classes("pick wide-pick")
        self.number = ui.number(label, min=0, precision=0)
        self.number.props("dense outlined debounce=350").classes("small-field")
        self.number.bind_visibility_from(self.which, "value", value=NUMBER)
        self.show(world)
        for element in (self.which, self.number):
            element.on_value_change(self._changed)

    def show(self, world: int | str) -> None:
        """Show which world is selected, without telling the page of it."""
        self._quiet, self.world = True, world
        self.which.error = None
        self.which.set_options(_with(self._options, world), value=world if is_pick(world) else NUMBER)
        self.number.value = world if isinstance(world, int) else 0
        self._quiet = False

    def offer(self, options: Mapping[str, str], config: Config) -> None:
        """Offer the named worlds and the numbers of a run of this config; the choice stays."""
        self._options, self._config, self.number.max = options, config, config.worlds - 1
        self.show(self.world)

    def _changed(self) -> None:
        if self._quiet:
            return
        if self.which.value in (None, NUMBER):
            self.world = int(self.number.value or 0)
            self.which.error = None
        else:
            try:
                self.show(world_of(self.which.value, self._config))
            except UserError as mistake:
                self.which.error = plain(mistake)
                return
        self.on_change()


def _with(options: Mapping[str, str], world: int | str) -> dict[str, str]:
    """Options, a number first, and a name that is not among them."""
    own = {str(world): str(world)} if is_pick(world) and world not in (NUMBER, *options) else {}
    return {NUMBER: "By its number", **options, **own}
