"""Village funds as the loans see them: who lends what to which group, held while it is decided.

What a fund is, who its members are and how they vote is above; it writes here what a loan must
know. Two sheets for one group, or a loan and a member that leaves, meet in the group's row; two
payments out of one fund meet in the fund's row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Select, and_, exists, func, insert, or_, select
from sqlalchemy.orm import Session

import ledger
from households.models import Household
from kernel.money import format_yuan
from loans.models import (
    Application,
    ApplicationSheet,
    JointAgreement,
    JointGroup,
    JointMember,
    JointSigner,
    Loan,
    MutualLender,
    Position,
    SheetDrop,
)
from loans.mutual_rules import FundFacts
from loans.record import lots
from loans.refusals import FundMoneyShort
from office import approvals
from office.models import Decision, Proposal

MODE = "mutual"
SHEETS = "application_sheets"


# --- asked ----------------------------------------------------------------------------------------


def hold_groups(session: Session, lender_id: int, numbers: Sequence[str]) -> None:
    """Let nobody else lend to the groups of these households, or leave them, until the end."""
    groups: set[int] = set()
    for some in lots(numbers):
        groups.update(
            session.scalars(
                select(JointMember.group_id)
                .join(JointGroup, JointGroup.id == JointMember.group_id)
                .join(Household, Household.id == JointMember.household_id)
                .where(
                    Household.number.in_(some),
                    JointGroup.lender_id == lender_id,
                )
            )
        )
    hold(session, groups)


def hold(session: Session, group_ids: Iterable[int]) -> None:
    """The rows of these groups, in the order of their numbers."""
    for ids in lots(group_ids):
        session.execute(
            select(JointGroup.id)
            .where(JointGroup.id.in_(ids))
            .order_by(JointGroup.id)
            .with_for_update()
        ).all()


def facts_of(
    session: Session,
    lender_id: int,
    household_ids: Sequence[int],
    *,
    on: date,
    sheet_id: int | None = None,
) -> dict[int, FundFacts]:
    """What is known of each household and this fund; ``sheet_id``: not counting this sheet."""
    lender = session.get(MutualLender, lender_id, populate_existing=True)
    if lender is None:
        return dict.fromkeys(household_ids, FundFacts(False, "", 0, ""))
    groups = _groups_of(session, lender_id, household_ids)
    open_numbers = open_of(session, {row[0] for row in groups.values()}, on=on, without=sheet_id)
    earlier = _earlier(session, lender_id, household_ids)
    found = {}
    for household_id in household_ids:
        group_id, members = groups.get(household_id, (None, 0))
        found[household_id] = FundFacts(
            lends=lender.lends,
            village_code=lender.village_code,
            fee_rate_ppm=lender.fee_rate_ppm,
            fee_clause=lender.fee_clause,
            group_id=group_id,
            members=members,
            open_number="" if group_id is None else open_numbers.get(group_id, ""),
            earlier=earlier.get(household_id, 0),
        )
    return found


def _groups_of(
    session: Session, lender_id: int, household_ids: Sequence[int]
) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for ids in lots(household_ids):
        rows = session.execute(
            select(JointMember.household_id, JointGroup.id, JointGroup.members)
            .join(JointGroup, JointGroup.id == JointMember.group_id)
            .where(JointMember.household_id.in_(ids), JointGroup.lender_id == lender_id)
        )
        found.update({row[0]: (row[1], row[2]) for row in rows})
    return found


def _earlier(session: Session, lender_id: int, household_ids: Sequence[int]) -> dict[int, int]:
    """Loans of the fund that a household drew."""
    found: dict[int, int] = {}
    for ids in lots(household_ids):
        rows = session.execute(
            select(Loan.household_id, func.count())
            .join(Position, Position.loan_id == Loan.id)
            .where(Loan.lender_id == lender_id, Loan.household_id.in_(ids), Position.drawn_fen > 0)
            .group_by(Loan.household_id)
        )
        found.update({row[0]: row[1] for row in rows if row[0] is not None})
    return found


def open_of(
    session: Session, group_ids: Iterable[int], *, on: date, without: int | None = None
) -> dict[int, str]:
    """Group -> the first contract or application of it that is not paid off."""
    found: dict[int, str] = {}
    for ids in lots(group_ids):
        for group_id, number, loan_number in session.execute(_open(ids, on, without)):
            found.setdefault(group_id, loan_number or number)
    return found


def _open(group_ids: Sequence[int], on: date, without: int | None) -> Select[int, str, str]:
    """An application waits or was approved, and not dropped; a contract may be drawn or is not
    paid off. What was written off was not paid.
    """
    waits = and_(
        Loan.id.is_(None),
        or_(Decision.decision.is_(None), Decision.decision == "approved"),
        ~exists().where(SheetDrop.sheet_id == Application.sheet_id),
    )
    lives = or_(
        Position.state.in_(("active", "written_off")),
        and_(Position.state == "signed", Loan.matures_on > on),
    )
    query = (
        select(JointAgreement.group_id, JointAgreement.number, Loan.number)
        .join(Application, Application.id == JointAgreement.application_id)
        .join(Proposal, approvals.about(SHEETS, Application.sheet_id))
        .outerjoin(Decision, Decision.proposal_id == Proposal.id)
        .outerjoin(Loan, Loan.application_id == Application.id)
        .outerjoin(Position, Position.loan_id == Loan.id)
        .where(JointAgreement.group_id.in_(group_ids), or_(waits, lives))
        .order_by(JointAgreement.application_id)
    )
    return query if without is None else query.where(Application.sheet_id != without)


# --- agreed ---------------------------------------------------------------------------------------


def agree_jointly(session: Session, sheet_id: int, groups: Mapping[int, int], *, on: date) -> None:
    """The joint agreement of every application of a sheet; ``groups``: household -> group.

    All of a group sign, the borrower with them.
    """
    applications = session.execute(
        select(Application.id, Application.household_id)
        .where(Application.sheet_id == sheet_id, Application.household_id.is_not(None))
        .order_by(Application.id)
    ).all()
    signers: dict[int, list[int]] = {}
    for ids in lots(sorted(set(groups.values()))):
        rows = session.execute(
            select(JointMember.group_id, JointMember.household_id)
            .where(JointMember.group_id.in_(ids))
            .order_by(JointMember.household_id)
        )
        for of_group, household_id in rows:
            signers.setdefault(of_group, []).append(household_id)
    agreements, signed = [], []
    for application_id, borrower in applications:
        group_id = groups[borrower or 0]
        agreements.append(
            {
                "application_id": application_id,
                "group_id": group_id,
                "number": f"LB{on.year}{application_id:07d}",
                "signed_on": on,
                "digest": digest_of(application_id, group_id, signers[group_id]),
            }
        )
        signed += [
            {"application_id": application_id, "household_id": one} for one in signers[group_id]
        ]
    session.execute(insert(JointAgreement), agreements)
    session.execute(insert(JointSigner), signed)


def digest_of(application_id: int, group_id: int, signers: Sequence[int]) -> str:
    """What the group puts its names under."""
    return approvals.digest_of([application_id, group_id, sorted(signers)])


def groups_of(session: Session, sheet_id: int) -> list[int]:
    """The groups that stand up for the loans of a sheet."""
    rows = session.scalars(
        select(JointAgreement.group_id)
        .join(Application, Application.id == JointAgreement.application_id)
        .where(Application.sheet_id == sheet_id)
    )
    return sorted(set(rows))


def signers_of(session: Session, sheet: ApplicationSheet) -> set[int]:
    """Every household that stands up for a loan of a sheet."""
    return set(
        session.scalars(
            select(JointSigner.household_id)
            .join(Application, Application.id == JointSigner.application_id)
            .where(Application.sheet_id == sheet.id)
        )
    )


# --- paid out -------------------------------------------------------------------------------------


def money_of(session: Session, lender_id: int) -> int:
    """What a fund holds, fen: all that came in less all that went out."""
    return ledger.balance(session, kind="funds", owner_id=lender_id)


def hold_fund(session: Session, lender_id: int) -> None:
    """The fund's row, until the end: what is counted of it now is not added to meanwhile."""
    session.execute(
        select(MutualLender.lender_id).where(MutualLender.lender_id == lender_id).with_for_update()
    ).all()


def take_money(session: Session, lender_id: int, fen: int) -> None:
    """Let ``fen`` go out of a fund, one payment after the other; refused where it is not there.

    The row is held, so that the second of two payments counts the first; what comes in needs none.
    """
    hold_fund(session, lender_id)
    held_fen = money_of(session, lender_id)
    if held_fen < fen:
        raise FundMoneyShort(field="amount", held=format_yuan(held_fen), wanted=format_yuan(fen))


def pay_out(session: Session, draws: Iterable[tuple[Loan, int]]) -> None:
    """Each fund has what is drawn on its loans; other lenders are not asked."""
    wanted: dict[int, int] = {}
    for loan, fen in draws:
        if loan.mode == MODE:
            wanted[loan.lender_id] = wanted.get(loan.lender_id, 0) + fen
    for lender_id, fen in sorted(wanted.items()):
        take_money(session, lender_id, fen)
