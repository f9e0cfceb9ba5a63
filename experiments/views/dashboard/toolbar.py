"""The buttons on top: save as a config file, copy a link."""

from __future__ import annotations

import json

from nicegui import ui

from computeshift.experiments.errors import UserError, plain
from computeshift.experiments.views.ask.subject import file_of
from computeshift.experiments.views.dashboard.config_file import config_text
from computeshift.experiments.views.dashboard.query import Query
from computeshift.experiments.views.dashboard.scenarios import Scenarios
from computeshift.experiments.views.dashboard.selection import Selection


def save(query: Query, scenarios: Scenarios) -> None:
    """Show the config that reproduces the page, for download."""
    try:
        text, name = config_text(query, scenarios), scenarios.config(query).label
    except UserError as mistake:
        ui.notify(f"Not saved: {plain(mistake)}", type="warning", multi_line=True)
        return
    with ui.dialog().props('aria-label="Save as config"') as dialog, ui.card().classes("dialog"):
        ui.label("Save as config").classes("frame-title")
        file = ui.input("File name", value=file_of(name)).props("dense outlined").classes("full")
        code = ui.code(text, language="yaml").classes("yaml")
        code.copy_button.props('aria-label="Copy the config"')
        command = ui.label().classes("hint")
        command.bind_text_from(file, "value", lambda name: f"Run it with: computeshift run {name}")
        with ui.row().classes("full end"):
            ui.button("Close", on_click=dialog.close).props("flat no-caps")
            ui.button(
                "Download", on_click=lambda: ui.download.content(text, file.value, "application/yaml")
            ).props("unelevated no-caps")
    dialog.on("hide", dialog.delete)
    dialog.open()


async def share(query: Query, selection: Selection) -> None:
    """Copy a link to the same page; show it where the browser forbids copying."""
    text = query.link(**selection.link())
    link = f"location.origin + location.pathname + '?' + {json.dumps(text)}"
    copied = await ui.run_javascript(
        f"return await navigator.clipboard.writeText({link}).then(() => '', () => {link})", timeout=5
    )
    if not copied:
        ui.notify("Link copied", type="positive")
        return
    with ui.dialog().props('aria-label="Copy this link"') as dialog, ui.card().classes("dialog"):
        ui.label("Copy this link").classes("frame-title")
        ui.input("Link", value=copied).props("dense outlined readonly autofocus").classes("full")
        ui.button("Close", on_click=dialog.close).props("flat no-caps")
    dialog.on("hide", dialog.delete)
    dialog.open()
