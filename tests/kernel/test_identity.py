"""GB 11643 and GB 32100 on published numbers, and what their check digits catch."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from kernel import identity
from kernel.identity import (
    BankAccountInvalid,
    CreditCodeInvalid,
    IdentityNumberBirthDate,
    IdentityNumberCheckDigit,
    IdentityNumberForm,
    IdentityNumberMangled,
    IdentityNumberOldForm,
    MobileNumberInvalid,
    parse_bank_account,
    parse_credit_code,
    parse_identity,
    parse_mobile,
)
from kernel.refusals import Refusal

#: the example number printed in GB 11643-1999
PRINTED = "11010519491231002X"

births = st.dates(date(1900, 1, 1), date(2026, 12, 31))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    born = draw(births)
    first17 = f"431099{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first17 + identity.check_character(first17)


def test_the_standards_own_example() -> None:
    # 1·7+1·9+0+1·5+0+5·4+1·2+9·1+4·6+9·3+1·7+2·9+3·10+1·5+0+0+2·2 = 167; 167 mod 11 = 2 -> X
    read = parse_identity(PRINTED)
    assert (read.number, read.born_on, read.sex) == (PRINTED, date(1949, 12, 31), "female")


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "'11010519491231002X",
        "110105-19491231-002X",
    ],
)
def test_small_letters_blanks_and_hyphens_are_cleaned(typed: str) -> None:
    assert parse_identity(typed).number == PRINTED


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("110105194912310021", IdentityNumberCheckDigit),
        ("11010519491331002X", IdentityNumberBirthDate),
        ("11010519490229002X", IdentityNumberBirthDate),
        ("440524188001010014", IdentityNumberBirthDate),  # born 1880, check digit right
        ("110105491231002", IdentityNumberOldForm),
        ("5.134251985030712e+17", IdentityNumberMangled),
        ("5.13425E+17", IdentityNumberMangled),
        ("513425198503071000", IdentityNumberMangled),  # Excel's fifteen digits and zeros
        ("431099198503071234.0", IdentityNumberMangled),
        ("", IdentityNumberForm),
        ("1101051949123100", IdentityNumberForm),
        ("1101051949123100２X", IdentityNumberForm),
        ("01010519491231002X", IdentityNumberForm),
        ("110105194912310AB", IdentityNumberForm),
    ],
)
def test_each_fault_is_refused_by_its_own_rule(typed: str, rule: type[Refusal]) -> None:
    with pytest.raises(rule) as caught:
        parse_identity(typed, field="identity_number")
    assert caught.value.field == "identity_number"
    # a refusal lands in logs and reports: no digits of the number in it
    assert typed[:6] not in caught.value.message("zh") or not typed


def test_a_place_that_does_not_exist_is_no_fault() -> None:
    # 431099 was never given to anyone; a county born in 1997 on a card of 1988 is real life.
    first17 = "43109919880101001"
    assert parse_identity(first17 + identity.check_character(first17)).county == "431099"


@given(numbers(), st.data())
def test_every_single_wrong_character_is_found(number: str, data: st.DataObject) -> None:
    """All 17 × 9 digits and 10 check characters: no weight is a multiple of eleven."""
    place = data.draw(st.integers(0, 17))
    pool = "0123456789X" if place == 17 else "0123456789"
    wrong = data.draw(st.sampled_from([c for c in pool if c != number[place]]))
    with pytest.raises(Refusal):
        parse_identity(number[:place] + wrong + number[place + 1 :])


@given(numbers(), st.integers(0, 16))
def test_every_swap_of_unlike_neighbours_is_found(number: str, place: int) -> None:
    a, b = number[place], number[place + 1]
    swapped = number[:place] + b + a + number[place + 2 :]
    if a == b:
        assert parse_identity(swapped).number == number
    else:
        with pytest.raises(Refusal):
            parse_identity(swapped)


@given(numbers())
def test_the_other_implementation_agrees(number: str) -> None:
    assert ric.calc_check_digit(number) == number[17]
    assert parse_identity(number).born_on == date(
        int(number[6:10]), int(number[10:12]), int(number[12:14])
    )
    assert parse_identity(number).sex == ("male" if number[16] in "13579" else "female")


def test_the_weights_are_what_makes_it_catch_them() -> None:
    weights = (*identity._WEIGHTS, 1)
    assert all(weight % 11 for weight in weights)
    assert all((a - b) % 11 for a, b in pairwise(weights))
    assert list(weights) == [pow(2, 17 - place, 11) for place in range(18)]


def test_a_weaker_check_would_let_a_slip_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: equal weights no longer see a swap."""
    monkeypatch.setattr(identity, "_WEIGHTS", (1,) * 17)
    first17 = "43109919850307123"
    number = first17 + identity.check_character(first17)
    swapped = number[:14] + number[15] + number[14] + number[16:]
    assert parse_identity(swapped).number == swapped


def test_masks_show_no_more_than_they_should() -> None:
    assert identity.mask_identity("431099198503071212") == "4***************12"
    assert identity.mask_account("6222020200012345678") == "***************5678"
    assert identity.mask_mobile("13812345634") == "138******34"
    assert identity.mask_name("欧阳小山") == "欧***"
    assert identity.mask_identity("12") == "**"


@pytest.mark.parametrize("code", ["91350100M000100Y43", " 91350100m000100y43 "])
def test_the_credit_code_standards_example(code: str) -> None:
    assert parse_credit_code(code) == "91350100M000100Y43"


@pytest.mark.parametrize(
    "code",
    ["91350100M000100Y44", "91350100M000100Y4", "9135O100M000100Y43", "", "913501００M000100Y43"],
)
def test_wrong_credit_codes_are_refused(code: str) -> None:
    with pytest.raises(CreditCodeInvalid):
        parse_credit_code(code)


@given(st.text(alphabet=identity._CREDIT_ALPHABET, min_size=17, max_size=17), st.data())
def test_credit_codes_agree_with_the_other_implementation_and_catch_single_slips(
    first17: str, data: st.DataObject
) -> None:
    code = first17 + identity.credit_check_character(first17)
    assert uscc.calc_check_digit(first17) == code[17]
    place = data.draw(st.integers(0, 17))
    wrong = data.draw(st.sampled_from([c for c in identity._CREDIT_ALPHABET if c != code[place]]))
    with pytest.raises(CreditCodeInvalid):
        parse_credit_code(code[:place] + wrong + code[place + 1 :])


def test_bank_accounts_and_mobiles() -> None:
    # 622202020001234567 from the right, every other one doubled and its digits added:
    # 5+6+1+4+6+2+2+0+0+0+4+0+4+0+4+2+4+6 = 50, so the check digit is 0
    assert parse_bank_account("6222 0202 0001 2345 670") == "6222020200012345670"
    assert parse_bank_account("810012345678") == "810012345678"
    assert parse_mobile("+86 138 1234 5678") == "13812345678"
    for wrong in ("6222020200012345671", "12345", "62220202000123456789012", "6.2e18"):
        with pytest.raises(BankAccountInvalid):
            parse_bank_account(wrong)
    for wrong in ("12812345678", "1381234567", "07351234567", ""):
        with pytest.raises(MobileNumberInvalid):
            parse_mobile(wrong)
