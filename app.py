"""The one door: `python app.py` serves the dashboard; its subcommands do the same work without a browser."""
from __future__ import annotations

import argparse
import atexit
import ipaddress
import os
import shutil
import socket
import stat
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from access.policy import person_at_this_machine
from commands import program
from data.errors import UserError
from data.example import loading
from data.messages import say
from data.store import store_of_process

HERE = Path(__file__).resolve().parent


def serve(args: argparse.Namespace) -> int:
    """Serves the dashboard until it is stopped.

    Raises `UserError` for an address that others can reach: as long as there are no accounts, whoever reaches
    Pantau may do everything.
    """
    if not _is_loopback(args.host):
        raise UserError("serve.not_loopback", host=args.host)
    import streamlit as st  # here, because it takes a second that other commands need not wait for

    from pages.parts import faults, session
    from publishing import serving

    directory = _example_store(args) if args.example else args.store
    os.environ["PANTAU_STORE"] = str(directory)
    app = st.App(HERE / "pages" / "frame.py", routes=serving.routes(session.store), on_script_error=faults.tell,
                 lifespan=_running)
    app.run(config={
        "server.address": args.host,
        "server.port": args.port,
        "server.headless": True,
        "browser.gatherUsageStats": False,
        # Whoever waits for a page would wait for it too, a tenth of a second; Python collects by itself.
        "runner.postScriptGC": False,
    })
    return program.DONE


@asynccontextmanager
async def _running(_app: object) -> AsyncIterator[None]:
    """While the server runs: an answer goes out at once.

    Streamlit binds its socket in a way that leaves Nagle's algorithm on: the body of an answer then waits 40 ms for the
    reader to acknowledge its head. What the listening socket is told holds for all that it accepts.
    """
    for number in map(int, os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else ()):
        with suppress(OSError):          # one that is closed by now, or no TCP
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            found = socket.socket(fileno=os.dup(number))
            with found:
                if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    yield


def _example_store(args: argparse.Namespace) -> Path:
    """A store with the example survey, thrown away when the process ends."""
    directory = Path(tempfile.mkdtemp(prefix="pantau-example-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    print(say("serve.loading_example", args.language), flush=True)
    loading.load(store_of_process(directory), person_at_this_machine())
    return directory


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(program.main(sys.argv[1:], serve=serve))
