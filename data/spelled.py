"""Numbers in words, where figures could be read two ways: 1250 is seribu dua ratus lima puluh, 1.25 satu koma dua lima."""
from __future__ import annotations

from data.messages import Language

_ID = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
_EN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
       "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_LARGE = {
    "id": ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (10**3, "ribu")),
    "en": ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand")),
}
MOST = 10**15


def spelled(x: float, language: Language) -> str:
    """A number in words, decimals digit by digit; in figures from a thousand trillion on."""
    if abs(x) >= MOST:
        return f"{x:.0f}"
    whole, _, decimals = f"{abs(x):.6f}".rstrip("0").partition(".")
    digits = _ID if language == "id" else _EN
    words = [*(["minus"] if x < 0 else []), _whole(int(whole), language)]
    if decimals:
        words += ["koma" if language == "id" else "point", *(digits[int(digit)] for digit in decimals)]
    return " ".join(words)


def _whole(n: int, language: Language) -> str:
    for size, name in _LARGE[language]:
        if n >= size:
            first = "seribu" if language == "id" and size == 1000 and n < 2000 else f"{_whole(n // size, language)} {name}"
            return _joined(first, n % size, language)
    return _below_thousand_id(n) if language == "id" else _below_thousand_en(n)


def _below_thousand_id(n: int) -> str:
    if n < 12:
        return _ID[n]
    if n < 20:
        return f"{_ID[n - 10]} belas"
    if n < 100:
        return _joined(f"{_ID[n // 10]} puluh", n % 10, "id")
    return _joined("seratus" if n < 200 else f"{_ID[n // 100]} ratus", n % 100, "id")


def _below_thousand_en(n: int) -> str:
    if n < 20:
        return _EN[n]
    if n < 100:
        return _EN_TENS[n // 10] + (f"-{_EN[n % 10]}" if n % 10 else "")
    return _joined(f"{_EN[n // 100]} hundred", n % 100, "en")


def _joined(first: str, rest: int, language: Language) -> str:
    return f"{first} {_whole(rest, language)}" if rest else first
