"""Money, rates and shares as whole numbers, and the only places where one is rounded or split.

Inside the house an amount is an ``int`` of fen, a yearly rate an ``int`` of parts per million
(4.35 % = 43 500), a share an ``int`` of basis points (70 % = 7 000). Outside they are strings:
"50000.00", "4.35", "70". A float appears nowhere; a string with more decimals than its kind
allows is refused, never rounded.

Rounding is half up on the magnitude, so that ``round(-x) == -round(x)``: a reversal is always the
exact mirror of what it reverses. A sum is split by the largest remainder, ties to the lower index,
so that the parts always add up to the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, Literal

from kernel.refusals import BadValue

#: the largest single amount, 1 亿元; the CHECKs of the tables use it too
MONEY_MAX_FEN: Final = 10_000_000_000
#: a rate of 100 % a year
RATE_MAX_PPM: Final = 1_000_000
#: a share of 100 %
SHARE_MAX_BP: Final = 10_000

Rounding = Literal["half-up", "half-even"]

#: ASCII digits only, no sign, no superfluous leading zero; the decimals are counted afterwards
_DECIMAL: Final = re.compile(r"(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,8}))?", re.ASCII)
_WIDE: Final = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
_THOUSANDS: Final = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?", re.ASCII)


def round_half_up(numerator: int, denominator: int) -> int:
    """The quotient as a whole number, half up on the magnitude."""
    if denominator <= 0:
        raise ValueError(f"the denominator must be above zero, not {denominator}")
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def round_half_even(numerator: int, denominator: int) -> int:
    """The quotient as a whole number, a half going to the even neighbour."""
    if denominator <= 0:
        raise ValueError(f"the denominator must be above zero, not {denominator}")
    whole, rest = divmod(numerator, denominator)
    if 2 * rest == denominator:
        return whole + whole % 2
    return whole + (2 * rest > denominator)


ROUNDINGS: Final[dict[Rounding, Callable[[int, int], int]]] = {
    "half-up": round_half_up,
    "half-even": round_half_even,
}


def split_by_weights(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` in parts as near to the weights as whole numbers allow, adding up exactly.

    Every part first gets its quotient rounded towards zero; what is left goes, one each, to the
    parts with the largest remainder, ties to the lower index.
    """
    weight_sum = sum(weights)
    if not weights or min(weights) < 0 or weight_sum == 0:
        raise ValueError(f"weights must not be negative and not all zero: {list(weights)}")
    sign = -1 if total < 0 else 1
    divisions = [divmod(abs(total) * weight, weight_sum) for weight in weights]
    parts = [whole for whole, _rest in divisions]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-divisions[index][1], index))
    for index in by_remainder[: abs(total) - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]


def parse_yuan(text: str, *, field: str, maximum: int = MONEY_MAX_FEN) -> int:
    """Fen of a plain decimal string: "50000.00" is 5 000 000. Signs, blanks, exponents refused."""
    fen = _parse(
        text,
        2,
        field,
        "金额须为不带正负号和千分位逗号的十进制数，最多两位小数",
        "a plain amount of yuan",
    )
    if fen > maximum:
        raise _bad(
            text,
            field,
            f"金额不得超过{format_yuan(maximum)}元",
            f"must not exceed {format_yuan(maximum)} yuan",
        )
    return fen


def plain_amount(text: str) -> str:
    """An amount as people write it, in the one form of ours: "５０，０００.00" is 50000.00.

    Pages and bank files show 50,000.00, and a Chinese keyboard has full-width figures. Separators
    that do not set thousands apart are no amount and stay as they are, so that the rule refuses
    them.
    """
    plain = text.strip().translate(_WIDE)
    if _THOUSANDS.fullmatch(plain):
        return plain.replace(",", "")
    return plain if plain.isascii() else text


def typed_yuan(text: str, *, field: str, maximum: int = MONEY_MAX_FEN) -> int:
    """Fen of an amount that somebody typed, into a form or into a sheet."""
    return parse_yuan(plain_amount(text), field=field, maximum=maximum)


def format_yuan(fen: int) -> str:
    """Yuan with two decimals: 5 000 000 is "50000.00"."""
    return _format(fen, 2, 2)


def parse_rate(text: str, *, field: str, zh: str = "年利率", en: str = "a yearly rate") -> int:
    """Parts per million of a yearly rate in percent, 0 to 100: "4.35" is 43 500.

    ``zh`` and ``en`` name what it is where it is another part of a hundred.
    """
    ppm = _parse(text, 4, field, f"{zh}须为0至100的百分数，最多四位小数", f"{en} in percent")
    if ppm > RATE_MAX_PPM:
        raise _bad(text, field, f"{zh}须在0至100之间", f"{en} lies between 0 and 100 percent")
    return ppm


def format_rate(ppm: int) -> str:
    """A yearly rate in percent with at least two decimals: 43 500 is "4.35"."""
    return _format(ppm, 4, 2)


def format_monthly_permille(ppm: int) -> str:
    """The monthly rate in ‰ that papers show beside the yearly one: 43 500 is "3.625".

    A yearly rate of r ppm is r ÷ 12 000 ‰ a month; at most six decimals, half up.
    """
    return _format(round_half_up(ppm * 1_000_000, 12_000), 6, 2)


def parse_share(text: str, *, field: str) -> int:
    """Basis points of a share in percent, 0 to 100: "70" is 7 000."""
    share_bp = _parse(text, 2, field, "比例须为0至100的百分数，最多两位小数", "a share in percent")
    if share_bp > SHARE_MAX_BP:
        raise _bad(text, field, "比例须在0至100之间", "a share lies between 0 and 100 percent")
    return share_bp


def format_share(share_bp: int) -> str:
    """A share in percent, no superfluous decimals: 7 000 is "70"."""
    return _format(share_bp, 2, 0)


def _parse(text: object, decimals: int, field: str, rule_zh: str, rule_en: str) -> int:
    match = _DECIMAL.fullmatch(text) if isinstance(text, str) else None
    if match is None or len(match[2] or "") > decimals:
        raise _bad(text, field, rule_zh, f"{rule_en}, at most {decimals} decimals, ASCII digits")
    return int(match[1] + (match[2] or "").ljust(decimals, "0"))


def _bad(value: object, field: str, rule_zh: str, rule_en: str) -> BadValue:
    shown = value if isinstance(value, str) else repr(value)
    return BadValue(field=field, name=field, value=shown[:40], rule_zh=rule_zh, rule_en=rule_en)


def _format(value: int, decimals: int, decimals_min: int) -> str:
    """``value`` × 10^-decimals, trailing zeros cut down to ``decimals_min`` decimals."""
    whole, rest = divmod(abs(value), 10**decimals)
    digits = f"{rest:0{decimals}d}"
    kept = digits[:decimals_min] + digits[decimals_min:].rstrip("0")
    return f"{'-' if value < 0 else ''}{whole}{'.' if kept else ''}{kept}"
