"""Snapshots at their addresses: static pages for whoever holds the link, without a session.

`/c/TOKEN` is the page, `/c/TOKEN/en` the same in English, `/c/TOKEN/data.json` the document. A page never changes, so it is made
once and kept; only whether it is still shown is asked each time.
"""
from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import cast, get_args

from jinja2 import Environment, FileSystemLoader
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.messages import Language, say
from data.snapshots import Snapshot, published, published_document
from data.store import Store, now
from publishing import canonical, html
from publishing.document import Document

DEFAULT: Language = "id"
_ALWAYS = {
    "Content-Security-Policy": f"default-src 'none'; style-src '{html.style_hash()}'; base-uri 'none'; form-action 'none'; "
                               "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}
# A copy may be shown for a minute, so that a withdrawal is felt soon; after that its ETag is asked for.
_KEPT = {**_ALWAYS, "Cache-Control": "private, max-age=60, must-revalidate", "Vary": "Accept-Encoding"}


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A body ready to be sent, with its name for caches."""

    media_type: str
    etag: str
    plain: bytes
    packed: bytes


def routes(store: Callable[[], Store]) -> list[Route]:
    """The routes to hand to the server; `store` gives the process's store when first asked."""

    async def page(request: Request) -> Response:
        return await run_in_threadpool(_answer, store(), request, "html")

    async def data(request: Request) -> Response:
        return await run_in_threadpool(_answer, store(), request, "json")

    return [
        Route("/c/{token}", page, methods=["GET"]),
        Route("/c/{token}/data.json", data, methods=["GET"]),
        Route("/c/{token}/{language}", page, methods=["GET"]),
    ]


def address(token: str, language: Language = DEFAULT) -> str:
    """The path of a snapshot's page."""
    return f"/c/{token}" if language == DEFAULT else f"/c/{token}/{language}"


def _answer(store: Store, request: Request, kind: str) -> Response:
    asked = request.path_params.get("language", DEFAULT)
    language = cast(Language, asked) if asked in get_args(Language) else DEFAULT
    snapshot = published(store, request.path_params["token"])
    if snapshot is None or asked != language:
        return _words(HTTPStatus.NOT_FOUND, "unknown", language)
    if not snapshot.is_shown(now().date()):
        return _words(HTTPStatus.GONE, "gone", language)
    made = _document(store, snapshot) if kind == "json" else _page(store, snapshot, language)
    headers = {**_KEPT, "ETag": made.etag}
    if made.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(made.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=made.media_type)
    return Response(made.plain, headers=headers, media_type=made.media_type)


@lru_cache(maxsize=64)
def _page(store: Store, snapshot: Snapshot, language: Language) -> _Made:
    others: dict[Language, str] = {other: address(snapshot.token, other) for other in get_args(Language) if other != language}
    document = cast(Document, canonical.decode(published_document(store, snapshot)))
    text = html.render(document, language, others=others).encode("utf-8")
    return _made(text, "text/html", snapshot.identity)


@lru_cache(maxsize=64)
def _document(store: Store, snapshot: Snapshot) -> _Made:
    return _made(published_document(store, snapshot), "application/json", snapshot.identity)


def _made(body: bytes, media_type: str, identity: str) -> _Made:
    """The ETag is the identity and a hash of the body, because a newer Pantau may draw the same document otherwise."""
    etag = f'"{identity[:32]}-{hashlib.sha256(body).hexdigest()[:16]}"'
    return _Made(media_type=media_type, etag=etag, plain=body, packed=gzip.compress(body, 9, mtime=0))


def _words(status: HTTPStatus, key: str, language: Language) -> Response:
    """A short page that says why there is nothing to read."""
    template = Environment(loader=FileSystemLoader(html.HERE), autoescape=True).get_template("gone.html.j2")
    text = template.render(language=language, css=html.style(), title=say(f"snapshot.{key}.title", language),
                           body=say(f"snapshot.{key}.body", language))
    return Response(text, status_code=status, headers={**_ALWAYS, "Cache-Control": "no-store"}, media_type="text/html")
