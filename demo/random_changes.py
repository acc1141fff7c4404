"""What dice change about a loan of a random county: an officer's sheet and a director's word.

A change that the rules of the day do not allow is refused at the first desk; one that has lost its
ground between the two is left out by the second.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

import loans
from demo.random_acts import DAY, Desk
from kernel.actor import Actor
from kernel.dates import add_months
from loans.changes.sheets import commands_of
from loans.record import Loaded

#: methods that a running loan is changed to, with the months between
_PLANS = (("interest-only", 3), ("interest-only", 6), ("bullet", 0), ("equal-principal", 3),
          ("equal-installment", 1))  # fmt: skip
#: at least so late a loan is written off; the rule has its own word
_HOPELESS = timedelta(days=200)


def extend(desk: Desk, one: Loaded) -> None:
    """More time, asked for in the last months (展期)."""
    until = add_months(one.position.matures_on, desk.dice.choice([1, 3, 6]))
    _change(desk, one, "extension", matures_on=until)


def defer(desk: Desk, one: Loaded) -> None:
    """More time because of the epidemic (延期), for loans past due too: as of before they were."""
    matures_on = one.position.matures_on
    late = desk.on >= matures_on
    _change(
        desk,
        one,
        "deferral",
        value_date=matures_on - DAY if late else None,
        matures_on=add_months(matures_on, desk.dice.choice([2, 6])),
    )


def change_plan(desk: Desk, one: Loaded) -> None:
    """Another way of repaying (还款方式变更)."""
    method, every_months = desk.dice.choice(_PLANS)
    _change(desk, one, "plan", method=method, every_months=every_months)


def misuse(desk: Desk, one: Loaded) -> None:
    """The money went elsewhere (挪用认定), found some days ago."""
    found_on = max(one.position.drawn_on, desk.some_day())
    _change(desk, one, "misuse", value_date=found_on, evidence="贷后检查发现资金用于购房")


def stop_subsidy(desk: Desk, one: Loaded) -> None:
    """The treasury bears no more interest (停止贴息), since some days ago or from the beginning."""
    why = desk.dice.choice(["falsified", "lent_on", "off_purpose", "status", "other"])
    first = one.position.drawn_on
    since = first if why == "falsified" else max(first, desk.some_day())
    _change(desk, one, "unsubsidised", value_date=since, why=why)


def write_off(desk: Desk, one: Loaded) -> None:
    """Nothing more is expected (核销)."""
    if _late(one, desk.on) > _HOPELESS:
        _change(desk, one, "write_off")


def grade(desk: Desk, one: Loaded) -> None:
    """The director looks darker at it than the days do (分类调整), or no longer."""
    _change(desk, one, "grade", grade=desk.dice.choice([1, 2, 3, 4]))


def refund(desk: Desk, one: Loaded) -> None:
    """Credit goes back (退还溢缴款)."""
    if not one.course.credit_fen:
        return
    wanted = loans.Refund(
        one.loan.number,
        max(one.course.credit_fen // desk.dice.choice([1, 2]), 1),
        "batch",
        desk.voucher("TK"),
        desk.some_day(),
    )

    def work(session: Session, by: Actor) -> None:
        loans.refund(session, wanted=wanted, calendar=desk.house.calendar, on=desk.on, by=by)

    desk.write("loans.repay", desk.lender.officer, work)


def visit(desk: Desk, one: Loaded) -> None:
    """Somebody calls on the household: a check, or a word about what is due."""
    number = one.loan.number
    met = loans.ContactMade("visit", desk.on, "户主", "上门了解生产经营情况")
    check = loans.CheckMade(desk.on, "matches", "资金用于养殖，与合同一致")

    def look_after(session: Session, by: Actor) -> None:
        loans.make_check(
            session,
            check,
            number=number,
            every_months=6,
            keyring=desk.house.keyring,
            on=desk.on,
            by=by,
        )

    def collect(session: Session, by: Actor) -> None:
        loans.make_contact(
            session, met, number=number, keyring=desk.house.keyring, on=desk.on, by=by
        )

    if one.course.dues:
        desk.write("loans.contact", desk.lender.officer, collect)
    else:
        desk.write("loans.post_check", desk.lender.officer, look_after)


def _late(one: Loaded, on: date) -> timedelta:
    oldest = min((due.payable_on for due in one.course.dues), default=on)
    return on - oldest


def _change(desk: Desk, one: Loaded, kind: str, **asked: object) -> None:
    """From the officer's sheet to the director's decision."""
    house = desk.house
    row = loans.ChangeAsked(
        number=one.loan.number,
        reason="入户核实，情况属实",
        exception_reason="确有困难，已入户核实",
        **asked,  # type: ignore[arg-type]
    )
    sheets: list[int] = []

    def propose(session: Session, by: Actor) -> None:
        sheets.append(
            loans.propose_changes(
                session,
                kind=kind,
                rows=[row],
                rulebook=house.rulebook,
                calendar=house.calendar,
                keyring=house.keyring,
                on=desk.on,
                by=by,
            )
        )

    def decide(session: Session, by: Actor) -> None:
        loans.decide_changes(
            session,
            sheet_id=sheets[0],
            approved=True,
            rulebook=house.rulebook,
            calendar=house.calendar,
            on=desk.on,
            by=by,
        )

    first, second = commands_of(kind)
    desk.write(first, desk.lender.officer, propose)
    desk.write(second, desk.lender.director, decide)
