"""The headline on the page: one tile per number."""

from __future__ import annotations

from nicegui import ui

from computeshift.experiments.views.dashboard.headline import HEADLINE, Headline


class Tiles:
    """The numbers on top, of one year."""

    def __init__(self) -> None:
        self._headline = Headline([], "")
        self._labels: dict[str, tuple[ui.label, ui.label, ui.label]] = {}
        with ui.element("section").classes("tiles").props('aria-label="Headline numbers"'):
            for name, words in HEADLINE.items():
                with ui.element("div").classes("tile") as tile:
                    tile.props["data-figure"] = name
                    texts = {"tile-words": words, "tile-value": "", "tile-band": ""}
                    meaning, value, band = (ui.label(text).classes(kind) for kind, text in texts.items())
                    self._labels[name] = meaning, value, band
        self._year = ui.label("").classes("tiles-year")

    def show(self, headline: Headline, year: int) -> None:
        """Show these numbers, as of a year."""
        self._headline = headline
        self.show_year(year)

    def show_year(self, year: int) -> None:
        """Show another year of the same numbers."""
        for figure in self._headline.figures:
            meaning, value, band = self._labels[figure.name]
            meaning.text = figure.words
            value.text, band.text = figure.texts(year)
        if self._headline.figures:
            self._year.text = f"{year}: {self._headline.what}"
