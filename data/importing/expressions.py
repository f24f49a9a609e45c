"""The expressions of XLSForm (`required`, `constraint`, `relevant`) as SQL over a form's columns.

A small part of XPath, as survey tools evaluate it: an unanswered question is an empty text, and a comparison with it of numbers
is false. What cannot be said here raises `CannotEvaluate`; it is never guessed. Nothing is evaluated as code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from data.instruments.model import Kind
from data.store import quoted

Type = Literal["number", "text", "truth", "date", "moment"]
_TYPES: dict[Kind, Type] = {
    Kind.INTEGER: "number",
    Kind.DECIMAL: "number",
    Kind.DATE: "date",
    Kind.DATETIME: "moment",
    Kind.TEXT: "text",
    Kind.TIME: "text",
    Kind.SELECT_ONE: "text",
    Kind.SELECT_MULTIPLE: "text",
}
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d+)?|\.\d+) | (?P<text>'[^']*'|"[^"]*"|‘[^’]*’|“[^”]*”) | \$\{\s*(?P<variable>[^}\s]+)\s*\} |
    (?P<name>[A-Za-z_][\w-]*(?::[\w-]+)?)(?=\s*\() | (?P<word>and|or|div|mod)\b | (?P<sign><=|>=|!=|[-+*=<>(),]) | (?P<self>\.)
)""",
    re.VERBOSE,
)


class CannotEvaluate(Exception):
    """The expression uses something that has no meaning outside the survey tool, or that is not known here."""


@dataclass(frozen=True)
class _Sql:
    text: str
    type: Type
    params: tuple[object, ...] = ()
    literal: str | None = None  # the text, of a text written out


def condition(expression: str, kinds: Mapping[str, Kind], *, self: str | None = None) -> tuple[str, tuple[object, ...]]:
    """The SQL of a condition, never null, with its parameters. `kinds` are the variables it may name; `self` is what `.` is."""
    parser = _Parser(_tokens(expression), kinds, self)
    tree = parser.either()
    if parser.tokens:
        raise CannotEvaluate(parser.tokens[0][1])
    made = _truth(tree)
    return made.text, made.params


def number(expression: str, kinds: Mapping[str, Kind]) -> tuple[str, tuple[object, ...]]:
    """The SQL of a calculated number, null where it cannot be calculated, with its parameters."""
    parser = _Parser(_tokens(expression), kinds, None)
    tree = parser.either()
    if parser.tokens:
        raise CannotEvaluate(parser.tokens[0][1])
    made = _number(tree)
    return made.text, made.params


def _tokens(expression: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    expression = expression.strip()
    while position < len(expression):
        match = _TOKEN.match(expression, position)
        if not match or match.end() == position:
            raise CannotEvaluate(expression[position:].strip()[:30])
        kind = match.lastgroup
        assert kind is not None
        tokens.append((kind, match[kind]))
        position = match.end()
        while position < len(expression) and expression[position].isspace():
            position += 1
    return tokens


class _Parser:
    """Recursive descent over the tokens, weakest operator first."""

    def __init__(self, tokens: list[tuple[str, str]], kinds: Mapping[str, Kind], self_: str | None):
        self.tokens = tokens
        self.kinds = kinds
        self.self_ = self_

    def _next_is(self, *signs: str) -> str | None:
        if self.tokens and self.tokens[0][0] in {"sign", "word"} and self.tokens[0][1] in signs:
            return self.tokens.pop(0)[1]
        return None

    def _expect(self, sign: str) -> None:
        if not self._next_is(sign):
            raise CannotEvaluate(self.tokens[0][1] if self.tokens else sign)

    def either(self) -> _Sql:
        left = self.both()
        while self._next_is("or"):
            left = _join("({} OR {})", "truth", _truth(left), _truth(self.both()))
        return left

    def both(self) -> _Sql:
        left = self.comparison()
        while self._next_is("and"):
            left = _join("({} AND {})", "truth", _truth(left), _truth(self.comparison()))
        return left

    def comparison(self) -> _Sql:
        left = self.sum()
        while sign := self._next_is("=", "!=", "<", "<=", ">", ">="):
            left = _compare(sign, left, self.sum())
        return left

    def sum(self) -> _Sql:
        left = self.product()
        while sign := self._next_is("+", "-"):
            left = _join(f"({{}} {sign} {{}})", "number", _number(left), _number(self.product()))
        return left

    def product(self) -> _Sql:
        left = self.single()
        while sign := self._next_is("*", "div", "mod"):
            template = {"*": "({} * {})", "div": "({} / nullif({}, 0))", "mod": "({} % nullif({}, 0))"}[sign]
            left = _join(template, "number", _number(left), _number(self.single()))
        return left

    def single(self) -> _Sql:
        if self._next_is("-"):
            return _join("(-{})", "number", _number(self.single()))
        if self._next_is("("):
            inner = self.either()
            self._expect(")")
            return inner
        if not self.tokens:
            raise CannotEvaluate("…")
        kind, text = self.tokens.pop(0)
        if kind == "number":
            return _Sql("CAST(? AS DOUBLE)", "number", (float(text),), literal=text)
        if kind == "text":
            return _Sql("CAST(? AS VARCHAR)", "text", (text[1:-1],), literal=text[1:-1])
        if kind == "self":
            if self.self_ is None:
                raise CannotEvaluate(".")
            return self._variable(self.self_)
        if kind == "variable":
            return self._variable(text)
        if kind == "name":
            return self._function(text)
        raise CannotEvaluate(text)

    def _variable(self, name: str) -> _Sql:
        if name not in self.kinds or self.kinds[name] not in _TYPES:
            raise CannotEvaluate("${" + name + "}")
        return _Sql(quoted(name), _TYPES[self.kinds[name]])

    def _function(self, name: str) -> _Sql:
        self._expect("(")
        arguments = []
        while not self._next_is(")"):
            arguments.append(self.either())
            if not self._next_is(","):
                self._expect(")")
                break
        make = _FUNCTIONS.get(name)
        if make is None:
            raise CannotEvaluate(name + "()")
        try:
            return make(*arguments)
        except TypeError as error:
            raise CannotEvaluate(name + "()") from error


def _join(template: str, type_: Type, *parts: _Sql) -> _Sql:
    return _Sql(template.format(*(part.text for part in parts)), type_, tuple(param for part in parts for param in part.params))


def _number(part: _Sql) -> _Sql:
    if part.type == "number":
        return part
    if part.type == "truth":
        return _join("CAST({} AS DOUBLE)", "number", part)
    if part.type in {"date", "moment"}:
        return _join("(epoch({}) / 86400)", "number", part)
    return _join("TRY_CAST({} AS DOUBLE)", "number", part)


def _text(part: _Sql) -> _Sql:
    if part.type == "text":
        return _join("coalesce({}, '')", "text", part)
    if part.type == "number":
        return _join("coalesce(regexp_replace(CAST({} AS VARCHAR), '\\.0$', ''), '')", "text", part)
    return _join("coalesce(CAST({} AS VARCHAR), '')", "text", part)


def _truth(part: _Sql) -> _Sql:
    if part.type == "truth":
        return part
    if part.type == "number":
        return _join("coalesce({} != 0, false)", "truth", part)
    return _join("({} != '')", "truth", _text(part))


def _compare(sign: str, left: _Sql, right: _Sql) -> _Sql:
    for one, other in ((left, right), (right, left)):
        if other.literal == "" and other.type == "text" and sign in {"=", "!="}:
            return _join("({} = '')" if sign == "=" else "({} != '')", "truth", _text(one))
    types = {left.type, right.type}
    if types & {"date", "moment"}:
        left, right = (_join("TRY_CAST({} AS TIMESTAMP)", "moment", part) for part in (left, right))
        return _join(f"coalesce({{}} {sign} {{}}, false)", "truth", left, right)
    if types == {"text"} and sign in {"=", "!="}:
        return _join(f"({{}} {sign} {{}})", "truth", _text(left), _text(right))
    if types == {"truth"}:
        return _join(f"({{}} {sign} {{}})", "truth", left, right)
    is_unlike = "true" if sign == "!=" else "false"
    return _join(f"coalesce({{}} {sign} {{}}, {is_unlike})", "truth", _number(left), _number(right))


def _if(test: _Sql, then: _Sql, otherwise: _Sql) -> _Sql:
    if then.type != otherwise.type:
        then, otherwise = _text(then), _text(otherwise)
    return _join("(CASE WHEN {} THEN {} ELSE {} END)", then.type, _truth(test), then, otherwise)


def _first(*parts: _Sql) -> _Sql:
    same = parts if len({part.type for part in parts}) == 1 else tuple(_text(part) for part in parts)
    return _join("coalesce(" + ", ".join("{}" for _ in same) + ")", same[0].type, *same)


def _regex(text: _Sql, pattern: _Sql) -> _Sql:
    if pattern.literal is None:
        raise CannotEvaluate("regex()")
    try:
        re.compile(pattern.literal)
    except re.error as error:
        raise CannotEvaluate(pattern.literal) from error
    if re.search(r"\(\?[=!<]|\\[1-9]", pattern.literal):  # the engine has no looking around or back
        raise CannotEvaluate(pattern.literal)
    return _join("regexp_full_match({}, {})", "truth", _text(text), pattern)


def _several(name: str) -> Callable[..., _Sql]:
    return lambda first, *rest: _join(
        f"{name}(" + ", ".join("{}" for _ in (first, *rest)) + ")", "number", *map(_number, (first, *rest))
    )


def _round(value: _Sql, digits: _Sql | None = None) -> _Sql:
    if digits is None:
        return _join("round({})", "number", _number(value))
    if digits.literal is None or not digits.literal.isdigit():
        raise CannotEvaluate("round()")
    return _join(f"round({{}}, {int(digits.literal)})", "number", _number(value))


_FUNCTIONS: dict[str, Callable[..., _Sql]] = {
    "not": lambda x: _join("(NOT {})", "truth", _truth(x)),
    "true": lambda: _Sql("true", "truth"),
    "false": lambda: _Sql("false", "truth"),
    "boolean": lambda x: _truth(x),
    "selected": lambda x, name: _join("list_contains(string_split({}, ' '), {})", "truth", _text(x), _text(name)),
    "count-selected": lambda x: _join("len(list_filter(string_split({}, ' '), lambda part: part != ''))", "number", _text(x)),
    "string-length": lambda x: _join("length({})", "number", _text(x)),
    "regex": _regex,
    "contains": lambda x, part: _join("contains({}, {})", "truth", _text(x), _text(part)),
    "starts-with": lambda x, part: _join("starts_with({}, {})", "truth", _text(x), _text(part)),
    "ends-with": lambda x, part: _join("ends_with({}, {})", "truth", _text(x), _text(part)),
    "concat": lambda *parts: _join("concat(" + ", ".join("{}" for _ in parts) + ")", "text", *map(_text, parts)),
    "normalize-space": lambda x: _join("trim({})", "text", _text(x)),
    "number": lambda x: _number(x),
    "string": lambda x: _text(x),
    "int": lambda x: _join("trunc({})", "number", _number(x)),
    "abs": lambda x: _join("abs({})", "number", _number(x)),
    "round": _round,
    "min": _several("least"),
    "max": _several("greatest"),
    "if": _if,
    "coalesce": _first,
    "once": lambda x: x,
    "date": lambda x: _join("TRY_CAST({} AS DATE)", "date", x),
    "today": lambda: _Sql("current_date", "date"),
    "now": lambda: _Sql("CAST(current_timestamp AS TIMESTAMP)", "moment"),
}
