"""Members by sheet (社员名册): who joins, who pays the base stake, what each pays in; whole or not.

A village hands its members in on one list: xlsx or csv, a household a row. Each row joins and pays
its stake by its own voucher, as the single verbs do; where one row breaks a rule the whole sheet is
refused with every row that does, and nothing is taken in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from households.models import Household
from kernel.actor import Actor
from kernel.lots import lots
from kernel.refusals import NotFound, Refusal
from loans.cells import amount, number, one_of, words
from loans.files import SheetFile, read_sheet, write_template
from loans.forms import CHANNELS, Column, Form
from mutual_aid.finding import open_fund
from mutual_aid.membership import join
from mutual_aid.refusals import FundPaperMissing, MembersRefused
from mutual_aid.stakes import pay_stake
from policy import Rulebook

#: who pays the base stake
BASES: Final[Mapping[str, str]] = {"household": "农户", "fiscal": "财政"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """A household on the list."""

    household_number: str
    base_by: str = "household"
    #: what it pays in; 0: nothing yet
    stake_fen: int = 0
    channel: str = "counter"
    voucher_no: str = ""


def _joining(values: Mapping[str, Any]) -> Joining:
    return Joining(**values)


MEMBERS: Final = Form(
    "members",
    "社员名册",
    (
        Column("household_number", "户编号", number, aliases=("户号", "编号"), width=18),
        Column(
            "base_by",
            "基准互助金由谁缴纳",
            one_of(BASES, {"农户自缴": "household", "财政代缴": "fiscal"}),
            needed=False,
            blank="household",
            aliases=("缴纳方",),
            choices=tuple(BASES.values()),
        ),
        Column(
            "stake_fen",
            "互助金（元）",
            amount,
            needed=False,
            blank=0,
            aliases=("互助金", "金额"),
            note="元，须为每份金额的整数倍；财政代缴的可不填",
        ),
        Column(
            "channel",
            "渠道",
            one_of(CHANNELS, {}),
            needed=False,
            blank="counter",
            choices=tuple(CHANNELS.values()),
        ),
        Column(
            "voucher_no",
            "凭证号",
            words,
            needed=False,
            blank="",
            aliases=("收据号",),
            note="缴纳互助金的填写，每户一张",
        ),
    ),
    _joining,
    (),
)


def read_members(path: Path, *, name: str = "") -> SheetFile[Joining]:
    """Read and judge a file; ``name`` is what the sender called it."""
    return read_sheet(path, MEMBERS, name=name)


def write_members_template(target: Path | IO[bytes]) -> None:
    """An empty workbook to fill in."""
    write_template(target, MEMBERS)


def join_many(
    session: Session,
    *,
    fund_id: int,
    rows: Sequence[Joining],
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> list[int]:
    """Take a whole list in, each with its stake; the members' numbers, in order."""
    ledger.require_bookable(session, on)
    open_fund(session, fund_id, "mutual_aid.member", by)
    ids = _ids(session, rows)
    members: list[int] = []
    refused: list[tuple[int, Refusal]] = []
    for nr, row in enumerate(rows, start=1):
        try:
            with session.begin_nested():
                members.append(_join(session, fund_id, row, ids, rulebook=rulebook, on=on, by=by))
        except Refusal as refusal:
            refused.append((nr, refusal))
    if refused or not rows:
        raise MembersRefused(refused)
    return members


def _join(
    session: Session,
    fund_id: int,
    row: Joining,
    ids: Mapping[str, int],
    *,
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> int:
    household_id = ids.get(row.household_number)
    if household_id is None:
        raise NotFound(field="household", what=f"农户{row.household_number[:40]}")
    member_id = join(
        session, fund_id=fund_id, household_id=household_id, base_by=row.base_by,
        rulebook=rulebook, on=on, by=by,
    )  # fmt: skip
    if row.stake_fen and not row.voucher_no.strip():
        raise FundPaperMissing(field="voucher_no", what_zh="凭证号", what_en="the voucher")
    if row.stake_fen:
        pay_stake(
            session, fund_id=fund_id, household_id=household_id, amount_fen=row.stake_fen,
            channel=row.channel, voucher_no=row.voucher_no, rulebook=rulebook, on=on, by=by,
        )  # fmt: skip
    return member_id


def _ids(session: Session, rows: Sequence[Joining]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in lots(row.household_number for row in rows):
        pairs = session.execute(
            select(Household.number, Household.id).where(Household.number.in_(some))
        )
        found.update({row[0]: row[1] for row in pairs})
    return found
