"""Who may talk to the dashboard: its own pages by its own names, over every route and both transports."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.e2e.served import Server, until

SOCKET = "/_nicegui_ws/socket.io/?EIO=4&transport="
ROUTES = ["/", "/?config=softbank_allin", "/_nicegui/nothing", "/nothing", f"{SOCKET}polling"]
CROSS = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}


def asked(
    server: Server, path: str, method: str = "GET", host: str | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", host or f"127.0.0.1:{server.port}")
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


@pytest.mark.parametrize("path", ROUTES)
def test_a_foreign_name_is_shown_nothing(server: Server, path: str) -> None:
    port = server.port
    for host in (
        "evil.example",
        f"evil.example:{port}",
        "127.0.0.1",
        f"127.0.0.1:{port + 1}",
        f"x@localhost:{port}",
    ):
        status, headers, body = asked(server, path, host=host)
        assert (status, b"<html" in body, "access-control-allow-origin" in headers) == (421, False, False)


@pytest.mark.parametrize("path", ROUTES)
def test_a_foreign_page_is_shown_nothing(server: Server, path: str) -> None:
    port = server.port
    for origin in (
        "http://evil.example",
        "null",
        f"http://127.0.0.1:{port + 1}",
        f"https://127.0.0.1:{port}",
    ):
        for method in ("GET", "OPTIONS", "POST"):
            status, headers, body = asked(server, path, method, Origin=origin)
            assert (status, b"<html" in body, "access-control-allow-origin" in headers) == (403, False, False)
    for dest in ("image", "script", "iframe"):
        assert asked(server, path, **CROSS, Sec_Fetch_Dest=dest)[0] == 403
    assert asked(server, path, "POST")[0] == 403  # a browser always says whose page posts


def test_its_own_pages_and_a_link_to_it_are_answered(server: Server) -> None:
    for name in ("127.0.0.1", "localhost", "[::1]", "LOCALHOST"):
        host = f"{name}:{server.port}"
        status, headers, body = asked(server, "/", host=host)
        assert (status, b"<html" in body) == (200, True)
        assert headers["content-security-policy"] == "frame-ancestors 'none'"
        own = f"http://{host.lower()}"
        status, headers, _ = asked(server, f"{SOCKET}polling", host=host, Origin=own)
        assert status == 200
        assert headers.get("access-control-allow-origin", own) == own
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert asked(server, "/", **link)[0] == 200
    assert asked(server, f"{SOCKET}polling", **link)[0] == 403


def test_the_socket_greets_its_own_pages_only(server: Server) -> None:
    own, port = Origin(f"http://127.0.0.1:{server.port}"), server.port
    where = f"ws://127.0.0.1:{port}{SOCKET}websocket"
    with connect(where, origin=own) as socket:
        assert str(socket.recv()).startswith('0{"sid"')
    for origin in (
        "http://evil.example",
        f"http://127.0.0.1:{port + 1}",
        f"http://localhost:{port}",
        "null",
        None,
    ):
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(where, origin=Origin(origin) if origin else None),
        ):
            pass
        assert refused.value.response.status_code == 403
    status, headers, body = asked(
        server,
        f"{SOCKET}websocket",
        host=f"evil.example:{port}",
        Origin=f"http://evil.example:{port}",
        Connection="Upgrade",
        Upgrade="websocket",
        Sec_WebSocket_Version="13",
        Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
    )
    assert (status, b"sid" in body) == (403, False)
    assert "access-control-allow-origin" not in headers


FOREIGN = """<body><script>
const at = location.search.slice(1), told = {};
const rest = ["img", "script", "iframe"].map(kind => new Promise(done => {
    const it = document.createElement(kind);
    it.onload = () => done(told[kind] = kind === "iframe" ? "framed" : "loaded");
    it.onerror = () => done(told[kind] = "refused");
    it.src = `http://${at}/?config=softbank_allin&worlds=7`;
    document.body.append(it);
}));
rest.push(fetch(`http://${at}/`).then(() => told.fetch = "read", () => told.fetch = "refused"));
rest.push(fetch(`http://${at}/`, {mode: "no-cors"}).then(() => told.opaque = "opaque"));
rest.push(new Promise(done => {
    const socket = new WebSocket(`ws://${at}/_nicegui_ws/socket.io/?EIO=4&transport=websocket`);
    socket.onopen = () => done(told.socket = "open");
    socket.onerror = () => done(told.socket = "refused");
}));
window.told = Promise.all(rest).then(() => told);
</script>"""


@contextmanager
def foreign() -> Iterator[str]:
    """A page of another server on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(FOREIGN.encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{other.server_port}/"
        other.shutdown()


def test_a_page_that_the_user_has_open_can_neither_read_nor_drive_it(
    browser: Browser, server: Server
) -> None:
    until(lambda: server.written() == [], "nobody else has a page open")
    page = browser.new_page()
    answers: list[int] = []
    page.on(
        "response",
        lambda answer: answers.append(answer.status) if answer.url.startswith(server.url) else None,
    )
    with foreign() as url:
        page.goto(f"{url}?127.0.0.1:{server.port}")
        told = page.evaluate("window.told")
    page.close()
    assert {name: told[name] for name in ("img", "script", "fetch", "socket")} == dict.fromkeys(
        ("img", "script", "fetch", "socket"), "refused"
    )
    assert set(answers) == {403}
    assert server.written() == []
