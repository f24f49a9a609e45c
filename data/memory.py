"""How this process asks the system for memory."""
from __future__ import annotations

import ctypes
import sys
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # names of the settings in the C library's malloc.h
_KEPT, _LARGEST = 256 << 20, 32 << 20      # bytes


@cache
def keep_freed() -> bool:
    """Keeps up to 256 MB that were freed for what comes next, instead of giving them back at once; whether it can be done here.

    Arrays of some megabytes come and go with every question, and memory asked for anew comes in pages that are cleared one by
    one: a tenth of a question's time. Only a library that can be told so (glibc) is; others decide for themselves.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    return set_option is not None and bool(set_option(_MMAP_THRESHOLD, _LARGEST)) and bool(set_option(_TRIM_THRESHOLD, _KEPT))
