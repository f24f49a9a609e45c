"""How this process asks the system for memory."""
from __future__ import annotations

import ctypes
import platform
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # names of the settings in the C library's malloc.h
_KEPT, _LARGEST = 256 << 20, 32 << 20      # bytes


@cache
def keep_freed() -> bool:
    """Keeps up to 256 MB that were freed for what comes next, instead of giving them back at once; whether it can be done here.

    Arrays of some megabytes come and go with every question, and memory asked for anew comes in pages that are cleared one by
    one: a tenth of a question's time. Only glibc is asked; other libraries decide for themselves.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    library = ctypes.CDLL(None)
    return bool(library.mallopt(_MMAP_THRESHOLD, _LARGEST)) and bool(library.mallopt(_TRIM_THRESHOLD, _KEPT))
