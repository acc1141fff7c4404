"""大写金额: an amount of fen in the capitals that papers carry beside the figures.

By the rules for filling in bills and vouchers (支付结算办法附一，正确填写票据和结算凭证的基本规定):
整 stands after 元 and after 角, never after 分; one or more zeros between digits are one 零; a
zero before a single 分 is said. Where the rules leave a choice, the form they print first is taken:

* the last digit of the yuan is 0 and 角 follows: 零 is said, 1680.32 is 壹仟陆佰捌拾元零叁角贰分;
* the digit of 万 is 0 and 仟 follows: no 零, 107000.53 is 壹拾万柒仟元零伍角叁分.

Below one yuan nothing is said of yuan: 0.05 is 伍分. Nothing at all is 零元整.
"""

from __future__ import annotations

from typing import Final

#: the largest amount that is written out: 壹万亿元整
CAPITALS_MAX_FEN: Final = 10**14

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
#: the units inside four digits, the largest first
_UNITS: Final = ((1000, "仟"), (100, "佰"), (10, "拾"), (1, ""))
#: what groups of digits are called, the largest first
_GROUPS: Final = ((10**8, "亿"), (10**4, "万"))


def capital_amount(fen: int) -> str:
    """140 950 fen, which is 1409.50 yuan, is 壹仟肆佰零玖元伍角整."""
    if not 0 <= fen <= CAPITALS_MAX_FEN:
        raise ValueError(f"no capitals for {fen} fen")
    if fen == 0:
        return "零元整"
    yuan, rest = divmod(fen, 100)
    head = f"{_whole(yuan)}元" if yuan else ""
    return head + _parts(yuan, *divmod(rest, 10))


def _parts(yuan: int, jiao: int, hundredths: int) -> str:
    """What follows 元."""
    if not jiao and not hundredths:
        return "整"
    gap = yuan and (yuan % 10 == 0 or not jiao)
    tenths = f"{_DIGITS[jiao]}角" if jiao else ""
    return f"{'零' if gap else ''}{tenths}{f'{_DIGITS[hundredths]}分' if hundredths else '整'}"


def _whole(number: int) -> str:
    """A whole number above zero."""
    for size, name in _GROUPS:
        if number >= size:
            high, low = divmod(number, size)
            return f"{_whole(high)}{name}{_after(low, size)}"
    return _four(number)


def _after(low: int, size: int) -> str:
    """The digits below 亿 or 万: 零 before them where their first place is empty."""
    if not low:
        return ""
    return f"{'零' if low < size // 10 else ''}{_whole(low)}"


def _four(number: int) -> str:
    """1 to 9999."""
    said, gap = "", False
    for unit, name in _UNITS:
        digit = number // unit % 10
        if digit:
            said += f"{'零' if gap and said else ''}{_DIGITS[digit]}{name}"
        gap = not digit
    return said
