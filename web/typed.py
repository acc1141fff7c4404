"""What people type into a form, made plain before the strict reading of the API judges it.

Pages show 50,000.00; who copies that, or types it with a Chinese keyboard's full-width figures,
means the same amount. Separators that do not set thousands apart are no amount and stay as they
are, so that the rule refuses them.
"""

from __future__ import annotations

import re
from typing import Final

from kernel.money import MONEY_MAX_FEN, parse_yuan

_WIDE: Final = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
_THOUSANDS: Final = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?", re.ASCII)


def plain_amount(text: str) -> str:
    """An amount as typed, in the one form of ours: "５０，０００.00" is 50000.00."""
    plain = text.strip().translate(_WIDE)
    if _THOUSANDS.fullmatch(plain):
        return plain.replace(",", "")
    return plain if plain.isascii() else text


def typed_yuan(text: str, *, field: str, maximum: int = MONEY_MAX_FEN) -> int:
    """Fen of an amount that somebody typed into a form."""
    return parse_yuan(plain_amount(text), field=field, maximum=maximum)
