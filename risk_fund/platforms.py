"""Guarantee platforms (担保平台): companies that guarantee what organisations borrow.

A company has a capital and a multiple, each row of them resting on a document, the last one in
force. What it may still guarantee is (capital − called and not recovered) × multiple − in force;
a guarantee takes of it by one conditional UPDATE, so that no two together pass it. It is given for
a contract whose money an organisation uses and repays, and for no other: a household is never
asked for a guarantee (免担保). Called, the company pays the lender by voucher and stands in for
that part of the debt; what is recovered goes back to it by voucher. Neither cuts what is owed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Update, case, or_, select, update
from sqlalchemy.orm import Session

import ledger
import organisations
from kernel.actor import Actor
from kernel.database import sum_of
from kernel.money import format_yuan
from loans.balances import past_due
from loans.models import Loan, Position
from loans.refusals import AmountNotPositive, LoanUnknown
from office import rights
from office.payments import VoucherSlip, book_vouchers
from organisations import Kind, Organisation
from policy import ContractTerms, thaw
from risk_fund.accounts import lender_account
from risk_fund.models import Guarantee, GuaranteeEvent, GuaranteePlatform, PlatformUse
from risk_fund.refusals import (
    AboveGuarantee,
    CallAboveDebt,
    GuaranteeAboveHeadroom,
    GuaranteeAboveLoan,
    GuaranteeForHousehold,
    GuaranteeGivenBefore,
    GuaranteeLetterMissing,
    GuaranteeUnknown,
    NotGuaranteeCompany,
    PlatformDocumentMissing,
    PlatformNotSet,
    PlatformValueOutOfRange,
    RecoveryAboveCall,
)

SOURCE = "guarantee_events"


@dataclass(frozen=True, slots=True)
class Given:
    """A guarantee to be given."""

    number: str
    credit_code: str
    amount_fen: int
    letter_no: str


@dataclass(frozen=True, slots=True)
class Money:
    """Money that moves on a guarantee, against the lender's voucher."""

    letter_no: str
    amount_fen: int
    channel: str
    voucher_no: str
    reason: str


def set_platform(
    session: Session,
    *,
    credit_code: str,
    capital_fen: int,
    multiple: int,
    clause: str,
    on: date,
    by: Actor,
) -> int:
    """Register a platform's capital and multiple, or new ones from today; the company's id."""
    company = organisations.by_credit_code(session, credit_code)
    rights.allow(by, "risk_fund.platform", region=company.region_code)
    ledger.require_bookable(session, on)
    _require_company(company, on)
    if capital_fen < 0 or not 1 <= multiple <= 100:
        raise PlatformValueOutOfRange(field="capital")
    if not clause.strip():
        raise PlatformDocumentMissing(field="clause")
    session.add(
        GuaranteePlatform(
            organisation_id=company.id,
            capital_fen=capital_fen,
            multiple=multiple,
            from_on=on,
            clause=clause.strip(),
        )
    )
    use = session.get(PlatformUse, company.id, with_for_update=True)
    if use is None:
        use = PlatformUse(organisation_id=company.id, in_force_fen=0, called_fen=0)
        session.add(use)
    use.capital_fen, use.multiple = capital_fen, multiple
    session.flush()
    return company.id


def give(session: Session, *, given: Given, on: date, by: Actor) -> int:
    """Enter a letter of guarantee for a contract; the guarantee's number."""
    loan = _loan(session, given.number)
    rights.allow(by, "risk_fund.guarantee", region=loan.village_code, institution_id=loan.lender_id)
    ledger.require_bookable(session, on)
    _require_positive(given.amount_fen)
    if not given.letter_no.strip():
        raise GuaranteeLetterMissing(field="letter_no")
    if loan.organisation_id is None:
        terms = thaw(ContractTerms, json.loads(loan.terms))
        raise GuaranteeForHousehold(
            field="number", clause=terms.guarantee_forbidden.cite, number=loan.number
        )
    company = organisations.by_credit_code(session, given.credit_code)
    _require_company(company, on)
    _hold(session, loan.id)
    _require_new(session, loan, company, given.letter_no)
    _require_within_loan(session, loan, given.amount_fen)
    _take(session, company, given.amount_fen)
    guarantee = Guarantee(
        organisation_id=company.id,
        loan_id=loan.id,
        amount_fen=given.amount_fen,
        given_on=on,
        letter_no=given.letter_no.strip(),
    )
    session.add(guarantee)
    session.flush()
    return guarantee.id


def release(
    session: Session, *, letter_no: str, amount_fen: int, reason: str, on: date, by: Actor
) -> None:
    """Let a guarantee go (解除), in whole or in part: it stands for nothing any more."""
    guarantee, _loan_of = _found(session, letter_no, "risk_fund.call_guarantee", on, by)
    _require_in_force(session, guarantee, amount_fen)
    session.execute(_moved(guarantee.organisation_id, in_force_fen=-amount_fen))
    _note(session, guarantee, "released", amount_fen, reason, on, None)


def call(session: Session, *, money: Money, on: date, by: Actor) -> int:
    """The company pays the lender what is past due (担保代偿); the event's number."""
    guarantee, loan = _found(session, money.letter_no, "risk_fund.call_guarantee", on, by)
    _require_in_force(session, guarantee, money.amount_fen)
    owed = uncompensated(session, loan.id, on)
    if money.amount_fen > owed:
        raise CallAboveDebt(
            field="amount",
            number=loan.number,
            owed=format_yuan(owed),
            amount=format_yuan(money.amount_fen),
        )
    fen = money.amount_fen
    session.execute(_moved(guarantee.organisation_id, in_force_fen=-fen, called_fen=fen))
    return _pay(session, guarantee, loan, money, "called", on)


def recover(session: Session, *, money: Money, on: date, by: Actor) -> int:
    """The lender gives back what it got in (返还追偿款); the event's number."""
    guarantee, loan = _found(session, money.letter_no, "risk_fund.return", on, by)
    _require_positive(money.amount_fen)
    left = _sum(session, guarantee, called=1, recovered=-1)
    if money.amount_fen > left:
        raise RecoveryAboveCall(
            field="amount",
            letter=guarantee.letter_no,
            left=format_yuan(left),
            amount=format_yuan(money.amount_fen),
        )
    session.execute(_moved(guarantee.organisation_id, called_fen=-money.amount_fen))
    return _pay(session, guarantee, loan, money, "recovered", on)


def uncompensated(session: Session, loan_id: int, on: date) -> int:
    """What is past due of a loan and nobody has compensated the lender for, fen."""
    due = session.scalar(select(past_due(Loan.id, on)).where(Loan.id == loan_id)) or 0
    # Credits stand below zero.
    return max(0, due + ledger.balance(session, kind="compensated", subject_id=loan_id))


# --- parts ----------------------------------------------------------------------------------------


def _require_positive(amount_fen: int) -> None:
    if amount_fen <= 0:
        raise AmountNotPositive(field="amount")


def _require_company(company: Organisation, on: date) -> None:
    closed = company.closed_on is not None and company.closed_on <= on
    if company.kind != Kind.GUARANTEE_COMPANY or closed or on < company.opened_on:
        raise NotGuaranteeCompany(field="credit_code", name=company.name)


def _loan(session: Session, number: str) -> Loan:
    loan = session.scalar(select(Loan).where(Loan.number == number))
    if loan is None:
        raise LoanUnknown(field="number", number=number)
    return loan


def _hold(session: Session, loan_id: int) -> None:
    """Two clerks do not guarantee or call the same contract at once."""
    session.execute(select(Position.loan_id).where(Position.loan_id == loan_id).with_for_update())


def _require_new(session: Session, loan: Loan, company: Organisation, letter_no: str) -> None:
    mine = (Guarantee.loan_id == loan.id) & (Guarantee.organisation_id == company.id)
    known = session.scalar(
        select(Guarantee.id).where(or_(Guarantee.letter_no == letter_no.strip(), mine)).limit(1)
    )
    if known is not None:
        raise GuaranteeGivenBefore(
            field="letter_no", name=company.name, number=loan.number, letter=letter_no.strip()
        )


def _require_within_loan(session: Session, loan: Loan, amount_fen: int) -> None:
    given = session.scalar(select(sum_of(Guarantee.amount_fen)).where(Guarantee.loan_id == loan.id))
    total = (given or 0) + amount_fen
    if total > loan.amount_fen:
        raise GuaranteeAboveLoan(
            field="amount",
            number=loan.number,
            total=format_yuan(total),
            amount=format_yuan(loan.amount_fen),
        )


def _take(session: Session, company: Organisation, amount_fen: int) -> None:
    """Take of the headroom, or refuse."""
    ceiling = (PlatformUse.capital_fen - PlatformUse.called_fen) * PlatformUse.multiple
    taken = session.execute(
        _moved(company.id, in_force_fen=amount_fen).where(
            PlatformUse.in_force_fen + amount_fen <= ceiling
        )
    )
    if taken.rowcount == 1:  # type: ignore[attr-defined]
        return
    use = session.get(PlatformUse, company.id, populate_existing=True)
    if use is None:
        raise PlatformNotSet(field="credit_code", name=company.name)
    left = (use.capital_fen - use.called_fen) * use.multiple - use.in_force_fen
    raise GuaranteeAboveHeadroom(
        field="amount",
        name=company.name,
        left=format_yuan(max(0, left)),
        amount=format_yuan(amount_fen),
    )


def _moved(organisation_id: int, *, in_force_fen: int = 0, called_fen: int = 0) -> Update:
    return (
        update(PlatformUse)
        .where(PlatformUse.organisation_id == organisation_id)
        .values(
            in_force_fen=PlatformUse.in_force_fen + in_force_fen,
            called_fen=PlatformUse.called_fen + called_fen,
        )
        .execution_options(synchronize_session=False)
    )


def _found(
    session: Session, letter_no: str, command: str, on: date, by: Actor
) -> tuple[Guarantee, Loan]:
    row = session.execute(
        select(Guarantee, Loan)
        .join(Loan, Loan.id == Guarantee.loan_id)
        .where(Guarantee.letter_no == letter_no.strip())
    ).one_or_none()
    if row is None:
        raise GuaranteeUnknown(field="letter_no", letter=letter_no)
    guarantee, loan = row
    rights.allow(by, command, region=loan.village_code, institution_id=loan.lender_id)
    ledger.require_bookable(session, on)
    _hold(session, loan.id)
    return guarantee, loan


def _sum(session: Session, guarantee: Guarantee, **signs: int) -> int:
    """The events of a guarantee added up, each kind with its sign."""
    signed = case(
        *[(GuaranteeEvent.kind == kind, sign * GuaranteeEvent.amount_fen)
          for kind, sign in signs.items()],
        else_=0,
    )  # fmt: skip
    query = select(sum_of(signed)).where(GuaranteeEvent.guarantee_id == guarantee.id)
    return session.scalar(query) or 0


def _require_in_force(session: Session, guarantee: Guarantee, amount_fen: int) -> None:
    _require_positive(amount_fen)
    left = guarantee.amount_fen + _sum(session, guarantee, called=-1, released=-1)
    if amount_fen > left:
        raise AboveGuarantee(
            field="amount",
            letter=guarantee.letter_no,
            left=format_yuan(left),
            amount=format_yuan(amount_fen),
        )


def _pay(
    session: Session, guarantee: Guarantee, loan: Loan, money: Money, kind: str, on: date
) -> int:
    """Book the voucher, the event and its entry: into the lender's funds, or out of them."""
    came = kind == "called"
    slip = VoucherSlip(
        loan.lender_id,
        money.channel,
        money.voucher_no,
        "in" if came else "out",
        money.amount_fen,
    )
    (voucher_id,) = book_vouchers(session, [slip], on=on)
    event_id = _note(session, guarantee, kind, money.amount_fen, money.reason, on, voucher_id)
    fen = money.amount_fen if came else -money.amount_fen
    ledger.post(
        session,
        source_kind=SOURCE,
        source_id=event_id,
        booking_date=on,
        value_date=on,
        lines=[
            ledger.Line(lender_account(session, loan.lender_id, "funds"), fen),
            ledger.Line(lender_account(session, loan.lender_id, "compensated"), -fen, loan.id),
        ],
    )
    return event_id


def _note(
    session: Session,
    guarantee: Guarantee,
    kind: str,
    amount_fen: int,
    reason: str,
    on: date,
    voucher_id: int | None,
) -> int:
    event = GuaranteeEvent(
        guarantee_id=guarantee.id,
        kind=kind,
        amount_fen=amount_fen,
        on_day=on,
        reason=reason.strip(),
        voucher_id=voucher_id,
    )
    session.add(event)
    session.flush()
    return event.id
