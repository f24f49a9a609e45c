"""What a user can mend."""
from __future__ import annotations


class UserError(Exception):
    """Something the user can mend, said in both languages by the message catalogues.

    `code` is the catalogue key, `params` fill its placeholders: where it is, what was found, what to do.
    Anything else that goes wrong is our fault, and crashes.
    """

    def __init__(self, code: str, **params: object):
        super().__init__(f"{code}: {params}" if params else code)
        self.code = code
        self.params = params
