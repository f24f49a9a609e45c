"""Every shipped indicator, theme by theme."""
from __future__ import annotations

from metrics.indicator import Indicator

INDICATORS: tuple[Indicator, ...] = ()
