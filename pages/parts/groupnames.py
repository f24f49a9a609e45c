"""What groups of a form's rows are called: variables and their choices, villages, bands of a number."""
from __future__ import annotations

from data.grouping import VILLAGE
from data.instruments.model import Form, in_language
from pages.parts import reads
from pages.parts.session import language
from pages.parts.words import say


def names_of(form: Form, name: str) -> str:
    """What rows are grouped by, as readers know it."""
    if name == VILLAGE:
        return say("known.village")
    return next((in_language(each.labels, language(), name) for each in form.variables if each.name == name), name)


def word_of(form: Form, name: str, word: str) -> str:
    """One word of a category: a village's or a choice's name, a band as it is."""
    if name == VILLAGE:
        return reads.area_names((word,)).get(word, word)
    choices = {choice.name: choice.labels for each in form.variables if each.name == name for choice in each.choices}
    return in_language(choices[word], language(), word) if word in choices else word


def category_of(form: Form, grouped_by: str, category: str) -> str:
    pairs = zip(grouped_by.split(), category.split(), strict=False)
    return " · ".join(word_of(form, name, word) for name, word in pairs)
