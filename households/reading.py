"""Reading a file's rows: each becomes a person, a household where it is the head's, and findings.

Nothing here knows the database. A ``RowReader`` is made once for a file; it seals secrets as it
reads them, so that nothing behind it ever sees a digit in clear. A row with a finding still yields
what could be read of it, so that later rules judge the whole household.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from households.form import BY_KEY, HOUSEHOLD_COLUMNS, PERSON_COLUMNS, Column
from households.names import pinyin_of
from households.refusals import (
    BirthDateContradictsNumber,
    BornAfterTheDay,
    HouseholdColumnOnMember,
    IncomeDoesNotAddUp,
    RegisteredAfterTheDay,
    SexContradictsNumber,
    StatusDatesOutOfOrder,
    ValueMissing,
)
from households.villages import VillageFinder
from kernel.identity import (
    mask_account,
    mask_identity,
    mask_mobile,
    parse_bank_account,
    parse_identity,
    parse_mobile,
)
from kernel.money import format_yuan
from kernel.refusals import Refusal
from kernel.vault import Keyring

Values = dict[str, object]
_ParseSecret = Callable[[str], str]

HEAD: Final = "户主"
_HEAD_WORDS: Final = frozenset({"户主", "本人", "本人或户主", "户主本人"})
#: read by hand below, not by their parser alone
_BY_HAND: Final = frozenset({"identity_number", "birth_date", "sex", "phone", "bank_account"})
_MASKS: Final = {
    "identity_number": mask_identity,
    "phone": mask_mobile,
    "bank_account": mask_account,
}
_PARTS: Final = (
    "wage_income_fen",
    "business_income_fen",
    "transfer_income_fen",
    "property_income_fen",
)
#: ledgers are kept in whole yuan: totals may be off by so much
_SLACK_FEN: Final = 100


@dataclass(slots=True)
class ReadRow:
    """What one row of the file gave."""

    line: int
    number: str
    household: Values | None = None
    person: Values | None = None
    findings: list[Values] = field(default_factory=list)


class RowReader:
    """Reads the rows of one file, in order."""

    def __init__(
        self, places: Mapping[str, int], villages: VillageFinder, keyring: Keyring, on: date
    ) -> None:
        self._places = dict(places)
        self._villages = villages
        self._keyring = keyring
        self._on = on
        self._previous = ""
        self._person = _placed(PERSON_COLUMNS, places)
        self._household = _placed(HOUSEHOLD_COLUMNS, places)

    def read(self, line: int, cells: Sequence[str]) -> ReadRow:
        """One row; its faults are findings, never exceptions."""
        row = ReadRow(line, "")
        numbered = self._read_number(row, cells)
        person = self._read_person(row, cells)
        village_code, asked = self._read_village(row, cells, is_head=person.get("is_head") is True)
        if person.get("is_head") is True:
            row.household = self._read_household(row, cells)
            row.household["village_code"] = village_code
            row.household["asked_township"], row.household["asked_village"] = asked or (None, None)
        else:
            self._refuse_household_columns(row, cells)
        if "identity_index" in person and "name" in person and "relation" in person:
            person["own_village_code"] = village_code
            row.person = person
        if not numbered:
            # Judged with the household above it would look like a second head there.
            row.person = row.household = None
        return row

    def _cell(self, cells: Sequence[str], key: str) -> str:
        place = self._places.get(key)
        return cells[place] if place is not None else ""

    def _read_number(self, row: ReadRow, cells: Sequence[str]) -> bool:
        column = BY_KEY["number"]
        text = self._cell(cells, "number")
        # A row without a right number most likely belongs to the household above: refuse that one.
        row.number = self._previous
        try:
            if not text:
                raise ValueMissing(title=column.title)
            row.number = str(column.parse(text, column.title))
            self._previous = row.number
        except Refusal as refusal:
            self._find(row, column, text, refusal)
            return False
        return True

    def _read_person(self, row: ReadRow, cells: Sequence[str]) -> Values:
        values: Values = {"line": row.line, "number": row.number}
        for place, column in self._person:
            text = cells[place]
            if column.key in _BY_HAND:
                continue
            value = self._parse(row, column, text)
            if value is not None or not column.needed:
                values[column.key] = value
        if "relation" in values:
            values["is_head"] = values["relation"] in _HEAD_WORDS
            if values["is_head"]:
                values["relation"] = HEAD
        if "name" in values:
            values["pinyin"], values["initials"] = pinyin_of(str(values["name"]))
        self._read_identity(row, cells, values)
        return values

    def _parse(self, row: ReadRow, column: Column, text: str) -> object:
        if not text:
            if column.needed:
                self._find(row, column, "", ValueMissing(title=column.title))
            return None
        try:
            return column.parse(text, column.title)
        except Refusal as refusal:
            self._find(row, column, text, refusal)
            return None

    def _read_identity(self, row: ReadRow, cells: Sequence[str], values: Values) -> None:
        text = self._cell(cells, "identity_number")
        column = BY_KEY["identity_number"]
        sex = self._parse(row, BY_KEY["sex"], self._cell(cells, "sex"))
        told = self._parse(row, BY_KEY["birth_date"], self._cell(cells, "birth_date"))
        try:
            if not text:
                raise ValueMissing(title=column.title)
            identity = parse_identity(text)
            if identity.born_on > self._on:
                raise BornAfterTheDay
        except Refusal as refusal:
            self._find(row, column, text, refusal)
            return
        if sex is not None and sex != identity.sex:
            self._find(row, BY_KEY["sex"], self._cell(cells, "sex"), SexContradictsNumber())
        if told is not None and told != identity.born_on:
            self._find(row, BY_KEY["birth_date"], str(told), BirthDateContradictsNumber())
        index = self._keyring.blind_index(identity.number, kind="identity")
        values["sex"], values["born_on"] = identity.sex, identity.born_on
        values["identity_index"] = index
        values["identity_sealed"] = self._keyring.seal(identity.number, place=identity_place(index))

    def _read_village(
        self, row: ReadRow, cells: Sequence[str], *, is_head: bool
    ) -> tuple[str | None, tuple[str, str] | None]:
        code, township, village = (
            self._cell(cells, key) for key in ("village_code", "township", "village")
        )
        if not is_head and not code and not village:
            return None, None
        try:
            return self._villages.find(code, township, village)
        except Refusal as refusal:
            column = BY_KEY["village_code" if code else "village"]
            self._find(row, column, code or f"{township}{village}", refusal)
            return None, None

    def _read_household(self, row: ReadRow, cells: Sequence[str]) -> Values:
        values: Values = {"line": row.line, "number": row.number}
        values["group_name"] = self._parse(
            row, BY_KEY["group_name"], self._cell(cells, "group_name")
        )
        for place, column in self._household:
            if column.key not in _BY_HAND:
                values[column.key] = self._parse(row, column, cells[place])
        self._read_secret(row, cells, values, "phone", parse_mobile)
        self._read_secret(row, cells, values, "bank_account", parse_bank_account)
        self._check_days(row, values)
        self._check_incomes(row, values)
        return values

    def _read_secret(
        self, row: ReadRow, cells: Sequence[str], values: Values, key: str, parse: _ParseSecret
    ) -> None:
        values[f"{key}_sealed"] = values[f"{key}_index"] = None
        text = self._cell(cells, key)
        if not text:
            return
        try:
            number = parse(text)
        except Refusal as refusal:
            self._find(row, BY_KEY[key], text, refusal)
            return
        values[f"{key}_sealed"] = self._keyring.seal(number, place=secret_place(key, row.number))
        values[f"{key}_index"] = self._keyring.blind_index(number, kind=key)

    def _check_days(self, row: ReadRow, values: Values) -> None:
        days: dict[str, date] = {}
        for key in ("registered_on", "lifted_on", "monitored_on"):
            day = values.get(key)
            if isinstance(day, date):
                days[key] = day
                if day > self._on:
                    rule = RegisteredAfterTheDay(title=BY_KEY[key].title, on=self._on)
                    self._find(row, BY_KEY[key], str(day), rule)
        lifted, registered = days.get("lifted_on"), days.get("registered_on")
        if lifted is not None and registered is not None and lifted < registered:
            self._find(row, BY_KEY["lifted_on"], str(lifted), StatusDatesOutOfOrder())

    def _check_incomes(self, row: ReadRow, values: Values) -> None:
        parts = [values.get(key) for key in _PARTS]
        total, cost, net = (
            values.get(key) for key in ("total_income_fen", "production_cost_fen", "net_income_fen")
        )
        amounts = [part for part in parts if isinstance(part, int)]
        if (
            isinstance(total, int)
            and len(amounts) == len(parts)
            and abs(sum(amounts) - total) > _SLACK_FEN
        ):
            refusal = IncomeDoesNotAddUp(what="四项收入之和不等于家庭总收入")
            self._find(row, BY_KEY["total_income_fen"], format_yuan(total), refusal)
        if not (isinstance(total, int) and isinstance(cost, int) and isinstance(net, int)):
            return
        if abs(total - cost - net) > _SLACK_FEN:
            refusal = IncomeDoesNotAddUp(what="总收入减支出不等于纯收入")
            self._find(row, BY_KEY["net_income_fen"], format_yuan(net), refusal)

    def _refuse_household_columns(self, row: ReadRow, cells: Sequence[str]) -> None:
        for place, column in self._household:
            if cells[place]:
                refusal = HouseholdColumnOnMember(title=column.title)
                self._find(row, column, cells[place], refusal)

    def _find(self, row: ReadRow, column: Column, text: str, refusal: Refusal) -> None:
        mask = _MASKS.get(column.key)
        row.findings.append(
            {
                "line": row.line,
                "number": row.number,
                "field": column.title,
                "rule": refusal.code,
                "value": (mask(text) if mask else text)[:60],
                "message": refusal.message("zh"),
            }
        )


def identity_place(index: bytes) -> str:
    """Where an identity number is sealed: bound to the blind index that stands beside it."""
    return f"people.identity_number:{index.hex()}"


def secret_place(key: str, number: str) -> str:
    """Where a household's phone or bank account is sealed."""
    return f"households.{key}:{number}"


def _placed(columns: Sequence[Column], places: Mapping[str, int]) -> tuple[tuple[int, Column], ...]:
    return tuple((places[c.key], c) for c in columns if c.key in places)
