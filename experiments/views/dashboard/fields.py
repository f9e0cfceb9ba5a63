"""Fields of the settings: each has one as text, as `set` takes it, and shows its problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui

from computeshift.experiments.config.names import DEFAULT, capitalised, named, strategy_in_words
from computeshift.experiments.views.dashboard.knobs import Choice, Knob, Switch
from computeshift.experiments.views.format import figures

OnChange = Callable[[dict[str, str | None]], None]
"""Called with the changed settings by key; None removes a setting."""
STEPS = 40  # of a slider from low to high
OFF = "0"  # the size of a shock that is switched off

Field = Any  # an element of NiceGUI that has a value and an error


class Fields:
    """Fields by the key that they set, so that a problem shows at its field."""

    def __init__(self, on_change: OnChange) -> None:
        self.on_change = on_change
        self.by_key: dict[str, Field] = {}
        self._messages: dict[str, tuple[ui.label, str]] = {}

    def text(self, key: str, label: str, value: str, placeholder: str = "") -> Field:
        """A field for a number or a word; empty, the setting is that of the scenario."""
        field = ui.input(label or None, value=value, placeholder=placeholder)
        field.props("dense outlined debounce=350 stack-label hide-bottom-space no-error-icon")
        field.on_value_change(lambda event: self.on_change({key: _text(event.value)}))
        self.by_key[key] = field
        return field

    def messages_here(self, names: Mapping[str, str]) -> None:
        """Show problems of these keys here, since their fields are too narrow: one line each, name first."""
        label = ui.label().classes("field-wrong").props('role="alert"')
        label.visible = False
        self._messages |= {key: (label, name) for key, name in names.items()}

    def strategy(self, choice: Choice, value: str) -> Field:
        """A firm's strategies to choose from, with a line on the current one."""
        key = f"{choice.firm}.strategy"
        options = {
            name: DEFAULT if strategy_in_words(name) == DEFAULT else name for name in choice.strategies
        }
        chosen = value if value in options else choice.current
        field = ui.select(options, label=capitalised(named(choice.firm)), value=chosen)
        field.props("dense outlined options-dense hide-bottom-space")
        line = ui.label(choice.strategies[chosen]).classes("hint")

        def change(strategy: str) -> None:
            line.text = choice.strategies[strategy]
            self.on_change({key: None if strategy == choice.current else strategy})

        field.on_value_change(lambda event: change(event.value))
        if value and value not in options:
            field.props["display-value"] = value
        self.by_key[key] = field
        return field

    def knob(self, knob: Knob, value: str, ground: bool = False) -> None:
        """A number: empty, it is drawn from its range in every world; set, it is fixed."""
        with ui.element("div").classes("knob"):
            with ui.row(wrap=False).classes("knob-head"):
                ui.label(knob.words).classes("knob-words")
                if not ground:
                    with ui.icon("info_outline", size="16px").classes("knob-info") as about:
                        _opens_on_focus(about, f"Source of {knob.words}", f"{knob.key}: {knob.ground}")
            if knob.meaning:
                ui.label(knob.meaning).classes("hint")
            with ui.row(wrap=False).classes("knob-set"):
                field = self.text(knob.key, "", value, placeholder=figures(knob.central, most=6)).classes(
                    "number"
                )
                field.props("clearable").props["aria-label"] = f"{knob.words}, {knob.unit}"
                if knob.low < knob.high:
                    self._slider(knob, field)
            self.messages_here({knob.key: ""})
            ui.label(knob.text).classes("hint")
            note = ui.label(knob.note(value)).classes("hint").props('role="status"')
            note.bind_visibility_from(note, "text", backward=bool)
            field.on_value_change(lambda event: note.set_text(knob.note(event.value or "")))
            if ground:
                ui.label(f"{knob.key}: {knob.ground}").classes("hint")

    def _slider(self, knob: Knob, field: Field) -> None:
        step = (knob.high - knob.low) / STEPS
        slider = ui.slider(min=knob.low, max=knob.high, step=step, value=_number(field.value, knob))
        slider.classes("knob-slider").props["aria-label"] = knob.words
        slider.on("change", lambda event: field.set_value(figures(event.args)))

        def follow(text: str | None) -> None:
            slider.value = _number(text, knob)
            slider.classes(remove="unset") if text else slider.classes(add="unset")

        follow(field.value)
        field.on_value_change(lambda event: follow(event.value))

    def switch(self, switch: Switch, settings: Mapping[str, str]) -> None:
        """A shock: on or off, and if it is on its year, its end, its size and its probability."""
        set_ = settings.get(switch.key("size"))
        on = switch.on if set_ is None else set_ != OFF
        size = switch.size if set_ in (None, OFF) else set_
        with ui.element("div").classes("shock"):
            box = ui.checkbox(capitalised(named(switch.name)), value=on).props("dense")
            ui.label(switch.doc).classes("hint")
            parts = ui.row(wrap=False).classes("shock-parts")
            parts.bind_visibility_from(box, "value")
            values = (
                ("year", "Year", settings.get(switch.key("year"), switch.year)),
                ("until", "Until", settings.get(switch.key("until"), switch.until)),
                ("size", "Size", size),
                ("probability", "Chance", settings.get(switch.key("probability"), switch.probability)),
            )
            with parts:
                fields = [self.text(switch.key(part), label, value) for part, label, value in values]
            self.messages_here({switch.key(part): label for part, label, _ in values})
            ui.label(f"Size in: {switch.unit}").classes("hint").bind_visibility_from(box, "value")
        box.on_value_change(lambda event: self._switch_shock(switch, event.value, fields[2].value))

    def _switch_shock(self, switch: Switch, on: bool, size: str) -> None:
        if on == switch.on and (not on or size == switch.size):
            self.on_change({switch.key("size"): None})  # as in the scenario
        else:
            self.on_change({switch.key("size"): (size or switch.size) if on else OFF})

    def show_problem(self, key: str, message: str) -> bool:
        """Show a problem at the field of a key; False if there is none."""
        if key not in self.by_key:
            return False
        if key not in self._messages:
            self.by_key[key].error = message
            return True
        label, name = self._messages[key]
        self.by_key[key].error = ""
        line = f"{name}: {message}" if name else message
        label.text = f"{label.text}\n{line}" if label.visible else line
        label.visible = True
        return True

    def clear(self) -> None:
        """Remove all problems."""
        for field in self.by_key.values():
            field.error = None
        for label, _ in self._messages.values():
            label.visible = False

    def forget(self) -> None:
        """Forget all fields, which are gone."""
        self.by_key.clear()
        self._messages.clear()


def _opens_on_focus(icon: ui.icon, name: str, text: str) -> None:
    """A note at an icon, for pointers, keyboards (Escape closes it) and screen readers."""
    icon.props('tabindex=0 role="img" aria-hidden="false"').props["aria-label"] = f"{name}: {text}"
    with icon:
        note = ui.tooltip(text).classes("ground")
    for event, act in (("focus", "show"), ("blur", "hide"), ("keydown.escape", "hide")):
        icon.on(event, js_handler=f"() => getElement({note.id}).{act}()")


def _text(value: Any) -> str | None:
    return str(value).strip() or None if value is not None else None


def _number(text: str | None, knob: Knob) -> float:
    """The position of a slider: the setting, within its ends, or the central value."""
    try:
        return min(max(float(text or knob.central), knob.low), knob.high)
    except ValueError:
        return knob.central
