"""Access to the dashboard: only for a browser on this machine, and for the dashboard's own pages."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAMES = ("127.0.0.1", "localhost", "[::1]")
"""The loopback names. A page that points its own name at this machine still sends its own name."""
HTTP_PORT = 80  # browsers leave it out
READS = ("GET", "HEAD")
_HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""No other page may frame an answer, load it, or guess at its type."""


def hosts(port: int) -> list[str]:
    """What the Host header of the dashboard's own pages may be.

    >>> hosts(8765)
    ['127.0.0.1:8765', 'localhost:8765', '[::1]:8765']
    """
    named = [f"{name}:{port}" for name in NAMES]
    return [*named, *NAMES] if port == HTTP_PORT else named


class Door:
    """ASGI middleware in front of every route: pages, scripts, and the socket in both of its transports.

    It lets in requests to the dashboard's own names (else 421) from its own pages (else 403). Browsers
    send an `Origin` with every websocket handshake and every POST, so there it must be given. They leave
    it out where a page is opened; `Sec-Fetch-Site` then says if another page asked. Another page may
    only link here: a link opens a page in a window of its own, which that page can't look into or drive.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.app = app
        self.hosts = hosts(port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if (status := self.refusal(scope)) is not None:
            await self._refuse(status, scope, receive, send)
            return

        async def closed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self.app(scope, receive, closed)

    def refusal(self, scope: Scope) -> int | None:
        """The status with which a request is refused; None if it may come in."""
        headers = Headers(scope=scope)
        named = headers.getlist("host")
        if len(named) != 1 or named[0].lower() not in self.hosts:
            return 421
        origins = headers.getlist("origin")
        if origins:
            return None if origins == [f"http://{named[0].lower()}"] else 403
        if scope["type"] == "websocket" or scope["method"] not in READS:
            return 403
        return None if _own(headers, scope["path"]) else 403

    async def _refuse(self, status: int, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: status 403
            return
        text = f"The dashboard answers only to its own pages, at http://{self.hosts[0]}\n"
        await PlainTextResponse(text, status)(scope, receive, send)


def _own(headers: Any, path: str) -> bool:
    """Whether no other page asks, or it merely links to the page. Only browsers say so."""
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return True
    return path == "/" and (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) == (
        "navigate",
        "document",
    )
