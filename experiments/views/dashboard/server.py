"""The dashboard's server: on this machine only, one page per browser."""

from __future__ import annotations

import contextlib
import logging
import socket
import tempfile
import warnings
from pathlib import Path

from nicegui import app, core, ui

from computeshift.experiments.errors import UserError
from computeshift.experiments.run.memory import share_freed
from computeshift.experiments.views.dashboard import selection
from computeshift.experiments.views.dashboard.door import Door, hosts
from computeshift.experiments.views.dashboard.engine import Ahead, Engine
from computeshift.experiments.views.dashboard.page import Page
from computeshift.experiments.views.dashboard.query import from_link
from computeshift.experiments.views.dashboard.scenarios import Scenarios
from computeshift.experiments.views.dashboard.tabs import APART, TABS
from computeshift.experiments.views.plots.library import part

HOST = "127.0.0.1"
LOST = 10  # seconds without a sign of life before a browser counts as gone: runs may keep a machine busy
STYLE, SCRIPT = (Path(__file__).with_name(name) for name in ("style.css", "page.js"))


def serve(source: str | None, port: int, base: str | None = None) -> None:
    """Serve a dashboard of a config or a results folder until Ctrl-C.

    `base` is a config to lay the config over. UserError if `source` is neither, or if the port is not free.
    """
    share_freed()
    scenarios = Scenarios(source, base)
    with (
        _listening(port) as door,
        tempfile.TemporaryDirectory(
            prefix="computeshift-",
            ignore_cleanup_errors=True,  # a page may still be reading
        ) as folder,
    ):
        port = door.getsockname()[1]  # for port 0, the system chooses one
        _lay_out(scenarios, Path(folder))
        _close_to_others(port)
        warnings.simplefilter("ignore", UserWarning)  # notes of runs: the page has them itself
        logging.getLogger("uvicorn.error").addFilter(_is_news)
        print(f"Dashboard at http://{HOST}:{port} (Ctrl-C ends it)", flush=True)
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how it ends
            ui.run(
                host=HOST,
                port=port,
                fd=door.fileno(),
                title="computeshift",
                language="en-US",
                dark=None,  # as the browser has it
                show=False,
                reload=False,
                reconnect_timeout=LOST,
                tailwind=False,
                show_welcome_message=False,
            )


def _is_news(record: logging.LogRecord) -> bool:
    """Whether an error is worth a line: not that a browser left before its answer came.

    >>> gone = RuntimeError("No response returned.")
    >>> _is_news(logging.LogRecord("", 40, "", 0, "", (), (RuntimeError, gone, None)))
    False
    """
    error = record.exc_info[1] if record.exc_info else None
    return str(error) != "No response returned."  # Starlette's words


def _lay_out(scenarios: Scenarios, folder: Path) -> None:
    """Build a page for every browser, each with a folder of its own."""
    pages: set[Page] = set()
    first = None
    if scenarios.results is None:  # a results folder runs nothing
        first = Ahead(scenarios.config(scenarios.default), folder / "first")

    @ui.page("/")
    def page() -> None:
        client = ui.context.client
        ui.add_css(STYLE.read_text("utf-8"))
        ui.add_body_html(
            f"<script>(() => {{{part('fit.js')}{part('dark.js')}{SCRIPT.read_text('utf-8')}}})();</script>"
        )
        ui.colors(primary="#0072B2", positive="#009E73", negative="#B34700", warning="#8A5A00")
        query, parts = from_link(client.request.query_params.multi_items(), scenarios.default)
        chosen, engine = selection.from_link(parts, (*TABS, *APART)), Engine(folder / client.id, first)
        own = Page(scenarios, query, chosen, engine)
        pages.add(own)
        client.on_delete(lambda: pages.discard(own))

    @app.on_shutdown
    def close() -> None:
        for own in list(pages):
            own.close()
        if first is not None:
            first.close()


def _close_to_others(port: int) -> None:
    """Refuse everything but our own pages in a browser here; NiceGUI's socket accepts every origin."""
    app.add_middleware(Door, port=port)
    core.sio.eio.cors_allowed_origins = [f"http://{host}" for host in hosts(port)]


def _listening(port: int) -> socket.socket:
    """A socket that listens already, so that early browsers wait. UserError if the port is not free."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((HOST, port))
    except (OSError, OverflowError) as error:
        door.close()
        why = getattr(error, "strerror", None) or "it is no port"
        raise UserError(f"`port` {port}: {why}; use another, such as {min(port, 65000) + 1}") from None
    door.listen()
    return door
