"""The text of a condition or an expression, as a workbook has it -> its tree.

    condition   = test { "and" test }
    test        = expression operator expression | variable "in" "(" value { "," value } ")"
    operator    = "=" | "!=" | "<" | "<=" | ">" | ">="
    expression  = term { ("+" | "-") term }
    term        = factor { ("*" | "/") factor }
    factor      = number | variable | "-" factor | "(" expression ")"
    value       = choice name | number | quoted text
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from metrics.conditions import And, Arithmetic, Comparison, Condition, Expression, Holds, In, Number, Variable

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>"[^"]*"|'[^']*'|“[^”]*”|‘[^’]*’)
      | (?P<name>\$\{\s*\w[\w.-]*\s*\}|[^\W\d]\w*)
      | (?P<number>\d+(?:\.\d+)?\w*)
      | (?P<symbol><=|>=|!=|<>|==|[-+*/()=<>,≤≥≠×÷−])
    )""",
    re.VERBOSE,
)
_SAME = {"<>": "!=", "==": "=", "≤": "<=", "≥": ">=", "≠": "!=", "×": "*", "÷": "/", "−": "-"}
_COMPARISONS = ("=", "!=", "<=", ">=", "<", ">")


class ConditionError(Exception):
    """A text that is no condition or expression. `code` is a message key; `params` are the text, the position (from 1)
    and what stands there."""

    def __init__(self, code: str, **params: object):
        super().__init__(f"{code}: {params}")
        self.code = f"estimate.condition.{code}"
        self.params = params


def parse_condition(text: str, holds: Mapping[str, Holds]) -> Condition:
    """The tree of a condition; `holds` names the variables it may use. Raises `ConditionError`."""
    parser = _Parser(text, holds)
    parts = [parser.test()]
    while parser.takes("and"):
        parts.append(parser.test())
    parser.end(after_condition=True)
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def parse_expression(text: str, holds: Mapping[str, Holds]) -> Expression:
    """The tree of an expression of numbers; `holds` names the variables it may use. Raises `ConditionError`."""
    parser = _Parser(text, holds)
    tree = parser.expression()
    parser.end(after_condition=False)
    return tree


@dataclass(frozen=True)
class _Token:
    kind: str                            # quoted, name, number, symbol or end
    text: str
    position: int


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise ConditionError("unreadable", text=text, position=start + 1, found=text[start])
        kind = str(match.lastgroup)
        word = match.group(kind)
        if kind == "quoted":
            word = word[1:-1]
        elif kind == "name" and word.startswith("${"):
            word = word[2:-1].strip()
        found.append(_Token(kind, _SAME.get(word, word), match.start(kind) + 1))
        at = match.end()
    return [*found, _Token("end", "", len(text) + 1)]


class _Parser:
    """Reads a text from left to right, one token ahead."""

    def __init__(self, text: str, holds: Mapping[str, Holds]):
        self._text, self._holds = text, holds
        self._tokens, self._at = _tokens(text), 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def takes(self, *words: str) -> str | None:
        """Steps over the next token if it is one of these words or symbols."""
        token = self._next
        if token.kind in {"name", "symbol"} and token.text.lower() in words:
            self._at += 1
            return token.text.lower()
        return None

    def test(self) -> Comparison | In:
        start = self._next
        left = self.expression(of_numbers=False)
        if self.takes("in"):
            if not isinstance(left, Variable):
                raise self._error("in_needs_variable", start)
            return In(left, self._values(left))
        operator = self.takes(*_COMPARISONS)
        if operator is None:
            raise self._error("comparison_expected", self._next)
        holds = self._holds[left.name] if isinstance(left, Variable) else Holds.NUMBER
        if holds is Holds.NUMBER:
            return Comparison(operator, left, self.expression())  # type: ignore[arg-type]
        if operator not in {"=", "!="}:
            raise self._error("not_a_number", start)
        return Comparison(operator, left, str(self._value(holds)))  # type: ignore[arg-type]

    def _values(self, of: Variable) -> tuple[str | float, ...]:
        if not self.takes("("):
            raise self._error("list_expected", self._next)
        values = [self._value(self._holds[of.name])]
        while self.takes(","):
            values.append(self._value(self._holds[of.name]))
        if not self.takes(")"):
            raise self._error("closing_expected", self._next)
        return tuple(values)

    def _value(self, holds: Holds) -> str | float:
        """A choice as it is written, `01` included; of a number variable, a number."""
        negative = holds is Holds.NUMBER and self.takes("-")
        token = self._next
        if token.kind not in {"quoted", "name", "number"}:
            raise self._error("value_expected", token)
        self._at += 1
        if holds is not Holds.NUMBER:
            return token.text
        return -self._number(token) if negative else self._number(token)

    def _number(self, token: _Token) -> float:
        try:
            return float(token.text)
        except ValueError:
            raise self._error("number_expected", token) from None

    def expression(self, *, of_numbers: bool = True) -> Expression:
        start = self._next
        tree = self._term()
        while operator := self.takes("+", "-"):
            tree = Arithmetic(operator, tree, self._term())  # type: ignore[arg-type]
        if of_numbers or not isinstance(tree, Variable):
            self._require_numbers(tree, start)
        return tree

    def _term(self) -> Expression:
        tree = self._factor()
        while operator := self.takes("*", "/"):
            tree = Arithmetic(operator, tree, self._factor())  # type: ignore[arg-type]
        return tree

    def _factor(self) -> Expression:
        token = self._next
        if self.takes("-"):
            inner = self._factor()
            return Number(-inner.value) if isinstance(inner, Number) else Arithmetic("-", Number(0.0), inner)
        if self.takes("("):
            inner = self.expression()
            if not self.takes(")"):
                raise self._error("closing_expected", self._next)
            return inner
        if token.kind == "number":
            self._at += 1
            return Number(self._number(token))
        if token.kind == "name" and token.text.lower() not in {"and", "or", "in", "not"}:
            self._at += 1
            if token.text not in self._holds:
                raise self._error("unknown_variable", token)
            if self._holds[token.text] is Holds.OTHER:
                raise self._error("not_usable", token)
            return Variable(token.text)
        raise self._error("operand_expected", token)

    def _require_numbers(self, tree: Expression, start: _Token) -> None:
        match tree:
            case Variable(name) if self._holds[name] is not Holds.NUMBER:
                raise ConditionError("not_a_number", text=self._text, position=start.position, found=name)
            case Arithmetic(_, left, right):
                self._require_numbers(left, start)
                self._require_numbers(right, start)

    def end(self, *, after_condition: bool) -> None:
        token = self._next
        if token.kind == "end":
            return
        if token.text.lower() == "or":
            raise self._error("no_or", token)
        raise self._error("and_expected" if after_condition else "end_expected", token)

    def _error(self, code: str, token: _Token) -> ConditionError:
        if token.kind == "end":
            return ConditionError("too_short", text=self._text, position=token.position)
        return ConditionError(code, text=self._text, position=token.position, found=token.text)
