"""Every shipped indicator, theme by theme. An evaluator's own come from their instrument's workbook."""
from __future__ import annotations

from metrics import cohesion, cooperation, income, participation, service_access
from metrics.indicator import Indicator

INDICATORS: tuple[Indicator, ...] = (
    *income.INDICATORS,
    *service_access.INDICATORS,
    *participation.INDICATORS,
    *cohesion.INDICATORS,
    *cooperation.INDICATORS,
)
