"""A firm's card on the page: a column at the right that opens when the firm is picked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nicegui import ui

from computeshift.experiments.views.dashboard.card import Card, Source

WIDE = 1200  # pixels: in a narrower window the card lies over the pictures
OPENS = 300  # milliseconds until it is open and takes the focus, where it lies over the pictures
SOURCES = 6  # links at first; the others unfold
BANDS = "Medians over worlds, in brackets P10 to P90, each by itself."


class CardView:
    """The card of the firm that is picked; hidden without one."""

    def __init__(self, close: Callable[[], None]) -> None:
        """`close` is called with the button that closes it."""
        with ui.right_drawer(value=False, bordered=True).classes("drawer card") as self.drawer:
            self.drawer.props(f'width=330 breakpoint={WIDE} role="complementary" aria-label="Firm"')
            with ui.row(wrap=False).classes("card-head"):
                self.name = ui.label().classes("card-name").props('role="heading" aria-level="2"')
                self.button = ui.button(icon="close", on_click=close)
                self.button.props('flat round dense aria-label="Close the card"')
            self.body = ui.column().classes("card-body")
        self.drawer.on_value_change(lambda event: None if event.value else close())

    def show(self, card: Card, whose: str, reference: Card | None = None, against: str = "") -> None:
        """Show a card; `whose` names the run that its numbers are of, `against` that of the reference."""
        self.name.text = card.name
        self.body.clear()
        with self.body:
            ui.label(card.what)
            if card.strategy:
                _part("Strategy")
                ui.label(card.strategy).classes("card-value")
                ui.label(card.strategy_line).classes("hint")
            _numbers(card, whose)
            if reference is not None:
                _numbers(reference, against)
            for title, partners in card.partners.items():
                _part(title)
                _rows(partners)
            ui.label(BANDS).classes("hint")
            self._sources(card)
        if not self.drawer.value:
            self.drawer.show()
            focus = f"innerWidth < {WIDE} && getElement({self.button.id}).$el.focus()"
            self.drawer.client.run_javascript(f"setTimeout(() => {focus}, {OPENS})")

    def _sources(self, card: Card) -> None:
        """Where the facts that its parameters rest on were published."""
        if not card.sources:
            return
        _part("Sources of its numbers")
        for source in card.sources[:SOURCES]:
            _link(source)
        if rest := card.sources[SOURCES:]:
            with ui.expansion(f"{len(rest)} more").classes("part").props("dense"):
                for source in rest:
                    _link(source)

    def hide(self) -> None:
        """Close the card."""
        self.drawer.hide()


def _part(title: str) -> None:
    ui.label(title).classes("card-part").props('role="heading" aria-level="3"')


def _numbers(card: Card, whose: str) -> None:
    _part(f"{card.year}: {whose}")
    _rows([("Rating", card.rating)] if card.rating else [])
    _rows(card.numbers.items())
    if card.defaults:
        _rows([("In default", f"{card.defaults} of worlds")])


def _rows(rows: Iterable[tuple[str, str]]) -> None:
    for words, value in rows:
        with ui.row(wrap=False).classes("card-row"):
            ui.label(words)
            ui.label(value).classes("card-value")


def _link(source: Source) -> None:
    link = ui.link(source.words, source.url, new_tab=True)
    link.classes("card-link").props('rel="noopener noreferrer"')
