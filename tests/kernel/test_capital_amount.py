"""大写金额, against the rule's own examples and read back by an independent reader."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kernel import capital_amount as module
from kernel.capital_amount import CAPITALS_MAX_FEN, capital_amount
from tests.planted import Plant

#: yuan as printed -> capitals; the first eight are the rule's own examples
EXAMPLES = {
    "1409.50": "壹仟肆佰零玖元伍角整",
    "6007.14": "陆仟零柒元壹角肆分",
    # both 壹仟陆佰捌拾元零叁角贰分 and 壹仟陆佰捌拾元叁角贰分 are allowed; the first is taken
    "1680.32": "壹仟陆佰捌拾元零叁角贰分",
    # both this and 壹拾万零柒仟元伍角叁分 are allowed; the first is taken
    "107000.53": "壹拾万柒仟元零伍角叁分",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "325.04": "叁佰贰拾伍元零肆分",
    "20.00": "贰拾元整",
    "5000.00": "伍仟元整",
    "0.00": "零元整",
    "0.05": "伍分",
    "0.50": "伍角整",
    "0.55": "伍角伍分",
    "1.00": "壹元整",
    "1.05": "壹元零伍分",
    "10.00": "壹拾元整",
    "10.50": "壹拾元零伍角整",
    "15.00": "壹拾伍元整",
    "110.01": "壹佰壹拾元零壹分",
    "1001.00": "壹仟零壹元整",
    "1010.00": "壹仟零壹拾元整",
    "10001.00": "壹万零壹元整",
    "50000.00": "伍万元整",
    "100100.00": "壹拾万零壹佰元整",
    "10050000.00": "壹仟零伍万元整",
    "100000000.00": "壹亿元整",
    "100000001.00": "壹亿零壹元整",
    "100010000.00": "壹亿零壹万元整",
    "110000000.00": "壹亿壹仟万元整",
    "101000000.00": "壹亿零壹佰万元整",
    "1000000000000.00": "壹万亿元整",
    "999999999999.99": (
        "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("yuan", "capitals"), EXAMPLES.items())
def test_examples(yuan: str, capitals: str) -> None:
    assert capital_amount(int(yuan.replace(".", ""))) == capitals


@pytest.mark.parametrize("fen", [-1, CAPITALS_MAX_FEN + 1])
def test_what_has_no_capitals_is_refused(fen: int) -> None:
    with pytest.raises(ValueError, match="no capitals"):
        capital_amount(fen)


# --- read back ------------------------------------------------------------------------------------

DIGITS = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read(capitals: str) -> int:
    """Fen of capitals, as somebody at a counter reads them: character by character."""
    shape = re.fullmatch(r"(?:(.+)元)?(?:零?(.)角)?(?:零?(.)分)?整?", capitals)
    assert shape is not None, capitals
    yuan, jiao, hundredths = shape.groups()
    return 100 * whole(yuan or "零") + 10 * DIGITS[jiao or "零"] + DIGITS[hundredths or "零"]


def whole(said: str) -> int:
    """A whole number, by the places its units name."""
    total = section = digit = 0
    for character in said:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in UNITS:
            section, digit = section + digit * UNITS[character], 0
        elif character == "万":
            section, digit = (section + digit) * 10_000, 0
        else:
            assert character == "亿", said
            total, section, digit = (total + section + digit) * 100_000_000, 0, 0
    return total + section + digit


@given(st.integers(0, CAPITALS_MAX_FEN) | st.integers(0, 10_000_000))
@example(CAPITALS_MAX_FEN)
def test_reading_the_capitals_gives_the_amount(fen: int) -> None:
    capitals = capital_amount(fen)
    assert read(capitals) == fen
    assert "零零" not in capitals
    assert capitals.endswith("分") != capitals.endswith("整")
    assert not capitals.startswith("零") or fen == 0


PLANTED = [
    Plant(
        test_examples,
        "kernel.capital_amount._parts",
        lambda yuan, jiao, hundredths: "整" if jiao == hundredths == 0 else f"零{jiao}角",
        {"yuan": "1409.50", "capitals": "壹仟肆佰零玖元伍角整"},
    ),
    Plant(
        test_examples,
        "kernel.capital_amount._after",
        lambda low, _size: f"零{module._whole(low)}" if low else "",
        {"yuan": "107000.53", "capitals": "壹拾万柒仟元零伍角叁分"},
    ),
    Plant(
        test_reading_the_capitals_gives_the_amount,
        "kernel.capital_amount._UNITS",
        ((1000, "佰"), (100, "仟"), (10, "拾"), (1, "")),
    ),
    Plant(
        test_what_has_no_capitals_is_refused,
        "kernel.capital_amount.CAPITALS_MAX_FEN",
        10**20,
        {"fen": CAPITALS_MAX_FEN + 1},
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
