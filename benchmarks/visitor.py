"""A visitor's browser as the server sees it: a WebSocket session that asks for pages and reads what comes back."""
from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

_MAX_BYTES = 1 << 26


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One run of a page: how long the server took, what it sent, and what went wrong, if anything."""

    seconds: float
    kilobytes: float
    elements: int
    errors: tuple[str, ...]


@asynccontextmanager
async def visitor(address: str) -> AsyncIterator[ClientConnection]:
    """A session of its own at `ws://host:port`."""
    async with connect(f"{address}/_stcore/stream", subprotocols=["streamlit"], max_size=_MAX_BYTES) as connection:  # type: ignore[list-item]
        yield connection


async def visit(connection: ClientConnection, page: str, query: str = "") -> Visit:
    """Runs a page, as opening its address does."""
    asked = BackMsg()
    asked.rerun_script.page_name, asked.rerun_script.query_string = page, query
    start = time.perf_counter()
    await connection.send(asked.SerializeToString())
    received, elements, errors = 0, 0, []
    while True:
        content = await connection.recv()
        assert isinstance(content, bytes)
        message = ForwardMsg.FromString(content)
        received += len(content)
        if message.HasField("delta"):
            elements += 1
            if message.delta.new_element.HasField("exception"):
                errors.append(message.delta.new_element.exception.message)
        if message.HasField("script_finished"):
            if message.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
                errors.append(ForwardMsg.ScriptFinishedStatus.Name(message.script_finished))
            return Visit(seconds=time.perf_counter() - start, kilobytes=received / 1e3, elements=elements, errors=tuple(errors))
