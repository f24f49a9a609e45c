"""What several commands do alike: take a file in, and answer in words or as one JSON object."""
from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from data.errors import UserError


def content(path: Path) -> bytes:
    """A file's bytes. Raises `UserError` with what the system says of a file that cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError("register.not_readable", path=str(path), reason=error.strerror or str(error)) from error


def tell(args: argparse.Namespace, facts: dict[str, Any], words: str) -> None:
    """Prints the words, or with `--json` the facts, in which a day or a moment is text."""
    print(json.dumps(facts, ensure_ascii=False, default=str) if args.json else words)
