"""The one door: `python app.py` serves the dashboard; its subcommands do the same work without a browser."""
from __future__ import annotations

import argparse
import atexit
import ipaddress
import os
import shutil
import sys
import tempfile
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
    app = st.App(HERE / "pages" / "frame.py", routes=serving.routes(session.store), on_script_error=faults.tell)
    app.run(config={
        "server.address": args.host,
        "server.port": args.port,
        "server.headless": True,
        "browser.gatherUsageStats": False,
        # Whoever waits for a page would wait for it too, a tenth of a second; Python collects by itself.
        "runner.postScriptGC": False,
    })
    return program.DONE


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
