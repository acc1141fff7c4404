"""Numbers that name people and legal persons: their form, their check digit, their mask.

* GB 11643 identity numbers: six digits of place, eight of birth date, three of order (odd for men),
  one check character, ISO 7064 MOD 11-2. The check finds every single wrong character and every
  swap of two neighbours: the weights are powers of two, and neither a weight nor the difference of
  two neighbouring ones is a multiple of eleven. A place that is not in a list is no fault here:
  counties change, cards stay.
* GB 32100 unified social credit codes: eighteen characters, ISO 7064-like MOD 31-3.
* Bank cards (Luhn) and mobile numbers: form only.

A number that a spreadsheet turned into a float (5.134251985030712e+17) has lost digits for good and
is refused by a rule of its own. Masks show what a page may show; notices show none of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from stdnum import luhn

from kernel.refusals import Refusal

Sex = Literal["male", "female"]

#: 2^17, 2^16 … 2^1 mod 11, as GB 11643 prints them
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK: Final = "10X98765432"

#: GB 32100 alphabet: no I, O, S, V, Z
_CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUES: Final = {character: value for value, character in enumerate(_CREDIT_ALPHABET)}
#: 3^0 … 3^16 mod 31
_CREDIT_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))

_FLOAT: Final = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+|[0-9]{15,}\.0+", re.ASCII)
_IDENTITY: Final = re.compile(r"[1-9][0-9]{16}[0-9X]", re.ASCII)
_BLANKS: Final = re.compile(r"[\s\u00a0\u200b\ufeff'’`-]+")
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
_CARD: Final = re.compile(r"[1-9][0-9]{11,18}", re.ASCII)

#: no living person was born before
BIRTH_YEAR_MIN: Final = 1900


class IdentityNumberMangled(Refusal):
    """A spreadsheet made a float of the number: its last digits are gone."""

    zh = "身份证号被表格软件改成了数值，末几位已丢失：请把该列设为文本后重新录入"
    en = "a spreadsheet turned the identity number into a float and lost its last digits"


class IdentityNumberOldForm(Refusal):
    """Fifteen digits: the form before 1999, invalid since 2013."""

    zh = "15位旧身份证号已停用，请填18位号码"
    en = "the old identity number of 15 digits is no longer valid; 18 are needed"


class IdentityNumberForm(Refusal):
    """Not eighteen characters of the right kind."""

    zh = "身份证号须为18位：17位数字加1位校验码"
    en = "an identity number has 17 digits and one check character"


class IdentityNumberBirthDate(Refusal):
    """The birth date inside is no date, or lies outside a human life."""

    zh = "身份证号中的出生日期不成立"
    en = "the birth date inside the identity number is not possible"


class IdentityNumberCheckDigit(Refusal):
    """The check digit does not fit."""

    zh = "身份证号校验码不符，请核对号码"
    en = "the check digit of the identity number does not fit"


class CreditCodeInvalid(Refusal):
    """Not a unified social credit code."""

    zh = "统一社会信用代码有误：须为18位且校验码相符"
    en = "not a unified social credit code: 18 characters and a fitting check character"


class BankAccountInvalid(Refusal):
    """Not a bank card or passbook number."""

    zh = "银行账号有误：须为12至19位数字，16位以上的卡号校验码须相符"
    en = "not a bank account: 12 to 19 digits, and a fitting check digit for cards of 16 and more"


class MobileNumberInvalid(Refusal):
    """Not a mobile number."""

    zh = "手机号有误：须为11位、以1开头"
    en = "not a mobile number: eleven digits that begin with 1"


@dataclass(frozen=True, slots=True)
class Identity:
    """A valid identity number and what it says."""

    number: str
    born_on: date
    sex: Sex

    @property
    def county(self) -> str:
        """The county part: where the number was first given, not where the person lives."""
        return self.number[:6]


def parse_identity(text: str, *, field: str = "identity_number") -> Identity:
    """Clean, check and read an identity number; each fault is refused by a rule of its own."""
    number = _clean(text)
    if _IDENTITY.fullmatch(number) is None:
        raise _misshapen(number)(field=field)
    born_on = _birth_date(number, field)
    if check_character(number[:17]) != number[17]:
        # Excel keeps fifteen digits: one that ends in 000 and fails was most likely cut by it.
        rule = IdentityNumberMangled if number.endswith("000") else IdentityNumberCheckDigit
        raise rule(field=field)
    return Identity(number, born_on, "male" if int(number[16]) % 2 else "female")


def check_character(first17: str) -> str:
    """The eighteenth character that belongs to seventeen digits."""
    return _CHECK[sum(int(d) * w for d, w in zip(first17, _WEIGHTS, strict=True)) % 11]


def parse_credit_code(text: str, *, field: str = "credit_code") -> str:
    """The cleaned unified social credit code; a wrong one is refused."""
    code = _clean(text)
    if len(code) != 18 or any(character not in _CREDIT_VALUES for character in code):
        raise CreditCodeInvalid(field=field)
    if credit_check_character(code[:17]) != code[17]:
        raise CreditCodeInvalid(field=field)
    return code


def credit_check_character(first17: str) -> str:
    """The eighteenth character of a unified social credit code."""
    pairs = zip(first17, _CREDIT_WEIGHTS, strict=True)
    return _CREDIT_ALPHABET[-sum(_CREDIT_VALUES[c] * weight for c, weight in pairs) % 31]


def parse_bank_account(text: str, *, field: str = "bank_account") -> str:
    """The cleaned account number. Passbooks of 12 to 15 digits carry no check digit; cards do."""
    number = _clean(text)
    if _CARD.fullmatch(number) is None or (len(number) >= 16 and not luhn.is_valid(number)):
        raise BankAccountInvalid(field=field)
    return number


def parse_mobile(text: str, *, field: str = "phone") -> str:
    """The cleaned mobile number, without +86."""
    number = _clean(text).removeprefix("+86")
    if _MOBILE.fullmatch(number) is None:
        raise MobileNumberInvalid(field=field)
    return number


def mask_identity(number: str) -> str:
    """``4***************12``: the first and the last two characters."""
    return _mask(number, 1, 2)


def mask_account(number: str) -> str:
    """The last four digits of a card or passbook."""
    return _mask(number, 0, 4)


def mask_mobile(number: str) -> str:
    """``138******34``."""
    return _mask(number, 3, 2)


def mask_name(name: str) -> str:
    """A name on a public notice: the family name and stars."""
    return name[:1] + "*" * max(1, len(name) - 1)


def _mask(text: str, first: int, last: int) -> str:
    hidden = len(text) - first - last
    if hidden <= 0:
        return "*" * len(text)
    return text[:first] + "*" * hidden + text[-last:]


def _clean(text: str) -> str:
    """Without blanks, hyphens and Excel's apostrophe; letters in capitals."""
    return _BLANKS.sub("", text).upper()


def _misshapen(number: str) -> type[Refusal]:
    if _FLOAT.fullmatch(number):
        return IdentityNumberMangled
    if len(number) == 15 and number.isascii() and number.isdigit():
        return IdentityNumberOldForm
    return IdentityNumberForm


def _birth_date(number: str, field: str) -> date:
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise IdentityNumberBirthDate(field=field) from None
    if born_on.year < BIRTH_YEAR_MIN:
        raise IdentityNumberBirthDate(field=field)
    return born_on
