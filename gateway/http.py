"""/healthz (the process lives; yellow while something is wrong), /readyz (it can do its work) and /metrics
(Prometheus), for operators and machines.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Red = Callable[[], Iterable[str]]
Ready = Callable[[], Awaitable[dict[str, Any]]]
Metrics = Callable[[], Awaitable[bytes]]


def application(red: Red, ready: Ready, metrics: Metrics) -> Starlette:
    """The three pages. `red` are the names of the alarms that are on; `ready` returns {"ready": bool, "alarms": [...]};
    `metrics` the exposition text."""

    async def healthz(request: Request) -> Response:
        wrong = sorted(red())
        # 200 all the same: whoever restarts what is not healthy would mend nothing by it
        return PlainTextResponse("".join(f"yellow: {name}\n" for name in wrong) or "green\n")

    async def readyz(request: Request) -> Response:
        state = await ready()
        return JSONResponse(state, status_code=200 if state["ready"] else 503)

    async def metrics_page(request: Request) -> Response:
        return Response(await metrics(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics_page)],
    )


class _Server(uvicorn.Server):
    """uvicorn inside our loop: signals stay ours (it would take SIGTERM over and raise it again)."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the process's signals alone."""
        yield


class HttpListener:
    """Opened at start on `host:port` (port 0 = any; `.port` tells)."""

    def __init__(self, listen: str, app: Starlette) -> None:
        self._host, _, port = listen.rpartition(":")
        self.port = int(port)
        self._server = _Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none"))
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Bind now, so that a port in use is an error at start."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self._host.strip("[]"), self.port))
        self.port = listener.getsockname()[1]
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))

    async def stop(self) -> None:
        """Finish the requests in flight."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
