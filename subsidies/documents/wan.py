"""万元, exact to the fen: a fen is a millionth of 万元, so six decimals say everything."""

from __future__ import annotations

from typing import Final

#: fen of one 万元
WAN_FEN: Final = 1_000_000


def wan(fen: int) -> str:
    """411 099 129 fen, which is 4 110 991.29 yuan, is "411.099129"."""
    whole, rest = divmod(abs(fen), WAN_FEN)
    return f"{'-' if fen < 0 else ''}{whole}.{rest:06d}"
