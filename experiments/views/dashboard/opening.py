"""How the page opens: the answer in a sentence, the stories to choose from, and the caption of one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from computeshift.experiments.views.dashboard.stories import stories

BRACKETS = "In brackets: P10 to P90 over worlds."


class Opening:
    """The top of the page."""

    def __init__(self, tell: Callable[[str], Awaitable[None]]) -> None:
        """`tell` is called with the name of the story that is chosen, or an empty one to end it."""
        self.tell = tell
        self._told = ""
        self.answer = ui.label("The first worlds are being played …").classes("answer-sentence")
        self.answer.props('role="status" aria-live="polite" data-answer')
        with ui.row().classes("stories").props('role="group" aria-label="Stories"'):
            ui.label("Stories").classes("stories-word").props("aria-hidden=true")
            self.buttons = {name: self._button(name, story.title) for name, story in stories().items()}
        with ui.column().classes("caption").props('role="status" aria-live="polite"') as self.caption:
            self.lines = ui.column().classes("caption-lines")
            ui.label(BRACKETS).classes("hint")
        self.caption.visible = False

    def _button(self, name: str, title: str) -> ui.button:
        button = ui.button(title, on_click=lambda: self.tell("" if name == self._told else name))
        return button.props("outline dense no-caps aria-pressed=false").classes("story-button")

    def show_answer(self, sentence: str) -> None:
        """Show the answer of the run on the page."""
        self.answer.text = sentence

    def show_story(self, name: str, sentences: Sequence[str]) -> None:
        """Show which story is told, and its caption; without a name, none."""
        self._told = name
        for own, button in self.buttons.items():
            on, off = ("unelevated", "outline") if own == name else ("outline", "unelevated")
            button.props(f"{on} aria-pressed={'true' if own == name else 'false'}", remove=off)
        self.caption.visible = bool(sentences)
        self.lines.clear()
        with self.lines:
            if sentences:
                title = ui.label(stories()[name].title).classes("caption-title")
                title.props('role="heading" aria-level="2"')
            for sentence in sentences:
                ui.label(sentence).classes("caption-line")
