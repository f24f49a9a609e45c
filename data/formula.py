"""An indicator's formula in words and in symbols, with the labels of its variables and choices."""
from __future__ import annotations

from dataclasses import dataclass

from data.instruments.model import Form, in_language
from data.messages import Language, say
from metrics.conditions import And, Arithmetic, Comparison, Condition, Expression, In, Number, Variable
from metrics.indicator import BelowMedian, Gini, Index, Indicator, Mean, Quantile, Ratio, Share, Shortfall, Total


@dataclass(frozen=True, kw_only=True)
class Formula:
    """`words` is a sentence or two; `symbols` has w the weight, y and x what `words` says."""

    words: str
    symbols: str


_SYMBOLS = {
    Mean: "R = Σ w·y / Σ w", Share: "P = Σ w·[y] / Σ w", Ratio: "R = Σ w·y / Σ w·x", Total: "T = Σ w·y",
    Shortfall: "F = Σ w·((z − y)/z)^α·[y < z] / Σ w", Index: "R = Σ w·y / Σ w", Quantile: "min q : Σ w·[y ≤ q] ≥ p·Σ w",
    Gini: "G = 2·Σ w·y·r / (Σ w · Σ w·y) − 1", BelowMedian: "P = Σ w·[y < c·m] / Σ w",
}


def formula(indicator: Indicator, form: Form, language: Language) -> Formula:
    """How the indicator is computed, for a reader who knows the questionnaire."""
    words = _Words(form, language)
    match indicator.measure:
        case Mean(of):
            sentence = words.say("mean", y=words.expression(of))
        case Total(of):
            sentence = words.say("total", y=words.expression(of))
        case Share(condition):
            sentence = words.say("share", y=words.condition(condition))
        case Ratio(above, below):
            sentence = words.say("ratio", y=words.expression(above), x=words.expression(below))
        case Shortfall(of, line, power):
            sentence = words.say(f"shortfall_{power}", y=words.expression(of), z=words.expression(line))
        case Index(items):
            sentence = words.say("index", items="; ".join(
                words.say("reversed", item=words.variable(item.variable)) if item.reversed else words.variable(item.variable)
                for item in items))
        case Quantile(of, probability):
            key = "median" if probability == 0.5 else "quantile"
            sentence = words.say(key, y=words.expression(of), p=words.number(probability * 100))
        case Gini(of):
            sentence = words.say("gini", y=words.expression(of))
        case BelowMedian(of, fraction):
            sentence = words.say("below_median", y=words.expression(of), c=words.number(fraction))
    if indicator.where:
        sentence += " " + words.say("where", condition=words.condition(indicator.where))
    if indicator.multiplier:
        sentence += " " + words.say("multiplier", variable=words.variable(indicator.multiplier))
    return Formula(words=sentence, symbols=_SYMBOLS[type(indicator.measure)])


class _Words:
    """Trees in a language."""

    def __init__(self, form: Form, language: Language):
        self._variables = {variable.name: variable for variable in form.variables}
        self._language: Language = language

    def say(self, key: str, **params: str) -> str:
        return say(f"estimate.formula.{key}", self._language, **params)

    def number(self, value: float) -> str:
        text = f"{value:g}"
        return text.replace(".", ",") if self._language == "id" else text

    def variable(self, name: str) -> str:
        if name not in self._variables:
            return self.say(f"parameter.{name}")
        return "“" + in_language(self._variables[name].labels, self._language, name) + "”"

    def expression(self, tree: Expression) -> str:
        match tree:
            case Variable(name):
                return self.variable(name)
            case Number(value):
                return self.number(value)
            case Arithmetic(operator, left, right):
                sides = [f"({self.expression(side)})" if isinstance(side, Arithmetic) else self.expression(side)
                         for side in (left, right)]
                return f" {_SIGNS[operator]} ".join(sides)
        raise TypeError(tree)

    def condition(self, tree: Condition) -> str:
        match tree:
            case And(parts):
                return self.say("and").join(self.condition(part) for part in parts)
            case In(of, values):
                return self.say("in", variable=self.variable(of.name), values=", ".join(self._value(of, each) for each in values))
            case Comparison(operator, Variable() as of, str() as choice):
                return f"{self.variable(of.name)} {_SIGNS[operator]} {self._value(of, choice)}"
            case Comparison(operator, left, right):
                assert not isinstance(right, str), "only a variable is compared with a text"
                return f"{self.expression(left)} {_SIGNS[operator]} {self.expression(right)}"
        raise TypeError(tree)

    def _value(self, of: Variable, value: str | float) -> str:
        if isinstance(value, float | int):
            return self.number(value)
        for choice in self._variables[of.name].choices:
            if choice.name == value:
                return "“" + in_language(choice.labels, self._language, value) + "”"
        return "“" + value + "”"


_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷", "=": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
