"""The rows of a claim: chosen and frozen by statements that mind no number of rows.

``Choice`` says which entitlements a claim of a lender, a route and a period may hold: settled by
its end and booked by a closed day, in no other claim and no clawback, not left out for a reason
that still holds. Where whoever repays has paid first and is refunded, its interest has come in
(温县：按银行实际收到的利息贴息), and payees whose rows are below nothing wait. The
digest is taken over every column of the rows but the claim's number, first from the choice and
then from what was written; every later step takes it again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Select,
    and_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from households import Person
from kernel.database import sum_of
from kernel.digests import canonical_cells, digest_lines
from kernel.seals import table_of
from loans import record
from loans.models import Allocation, Due, Loan, LoanShare, OpenDue, Repayment, Segment
from loans.routes import LENDER
from organisations import Organisation
from subsidies.models import ClaimLeftOut, ClaimRow, Entitlement
from subsidies.offsetting import unclaimed

#: what is frozen of a row, in the order of the table
COLUMNS: Final = tuple(
    column.name
    for column in table_of(ClaimRow).columns
    if column.name not in {"claim_id", "trail_id"}
)
#: what of it is the entitlement's own
_OF_ENTITLEMENT: Final = tuple(name for name in COLUMNS if hasattr(Entitlement, name))


@dataclass(frozen=True, slots=True)
class Choice:
    """What a claim may hold."""

    lender_id: int
    route: str
    #: settled up to this day
    period_to: date
    #: booked by this closed day
    booked_by: date
    #: loans left out by the one who drafts
    leaving_out: Collection[int] = ()
    #: loans whose rows are taken in though they were left out before
    taking_again: Collection[int] = ()

    def settled(self) -> ColumnElement[bool]:
        """Of an entitlement: it is the lender's, settled in time, and in no claim."""
        return and_(
            Entitlement.lender_id == self.lender_id,
            Entitlement.route == self.route,
            Entitlement.to_on <= self.period_to,
            Entitlement.booked_on <= self.booked_by,
            unclaimed(),
        )

    def open(self) -> ColumnElement[bool]:
        """Of an entitlement: it is there to be claimed, whoever wants it left out today."""
        return and_(
            self.settled(),
            or_(~left_out(), Entitlement.loan_id.in_(sorted(self.taking_again))),
            or_(Entitlement.route == LENDER, collected()),
        )

    def taken(self) -> ColumnElement[bool]:
        """Of an entitlement: the claim holds it."""
        mine = and_(self.open(), Entitlement.loan_id.not_in(sorted(self.leaving_out)))
        if self.route == LENDER:
            return mine
        # As a set that is found once: a question asked of every row would be asked of all of them.
        payee = (Entitlement.payee_kind, Entitlement.payee_id)
        below = (
            select(*payee).where(mine).group_by(*payee).having(sum_of(Entitlement.amount_fen) < 0)
        )
        return and_(mine, tuple_(*payee).not_in(below))


def collected() -> ColumnElement[bool]:
    """Of an entitlement: all the interest up to its end was paid by whoever repays."""
    return ~owing(Entitlement.loan_id, Entitlement.to_on)


def owing(
    loan_id: ColumnElement[int] | InstrumentedAttribute[int],
    to_on: ColumnElement[date] | InstrumentedAttribute[date],
) -> ColumnElement[bool]:
    """Interest of a loan that fell due up to a day is unpaid, or was written off unpaid (核销)."""
    unpaid = exists().where(
        OpenDue.loan_id == loan_id,
        OpenDue.kind == "interest",
        Due.id == OpenDue.due_id,
        Due.due_on <= to_on,
    )
    lost = (
        select(sum_of(Allocation.amount_fen))
        .join(Repayment, Repayment.id == Allocation.repayment_id)
        .join(Due, Due.id == Allocation.due_id)
        .where(
            Repayment.loan_id == loan_id,
            Repayment.kind == "write_off",
            Due.kind == "interest",
            Due.due_on <= to_on,
        )
        .scalar_subquery()
    )
    return or_(unpaid, lost > 0)


def left_out() -> ColumnElement[bool]:
    """Of an unclaimed entitlement: a claim left it out, and the loan was not corrected since.

    A claim that took it again and came to nothing says no more than one that never was: the reason
    holds until a claim that stands holds it.
    """
    out, revision, other = aliased(ClaimLeftOut), aliased(Entitlement), aliased(ClaimLeftOut)
    corrected = exists().where(
        revision.loan_id == Entitlement.loan_id,
        revision.to_on == Entitlement.to_on,
        revision.revision > Entitlement.revision,
        ~exists().where(other.entitlement_id == revision.id),
    )
    return exists().where(out.entitlement_id == Entitlement.id, ~corrected)


def kept_out(choice: Choice) -> Select[int, str]:
    """Entitlements that the choice would hold but for an earlier claim's reason, the last given."""
    later = aliased(ClaimLeftOut)
    return (
        select(Entitlement.id, ClaimLeftOut.reason)
        .join(ClaimLeftOut, ClaimLeftOut.entitlement_id == Entitlement.id)
        .where(
            choice.settled(),
            left_out(),
            Entitlement.loan_id.not_in(sorted(choice.taking_again)),
            ~exists().where(
                later.entitlement_id == Entitlement.id, later.claim_id > ClaimLeftOut.claim_id
            ),
        )
    )


@dataclass(frozen=True, slots=True)
class Totals:
    """What the rows come to."""

    rows: int
    households: int
    total_fen: int
    digest: str


def totals_of(session: Session, choice: Choice) -> Totals:
    """The figures and the digest of what a claim would hold.

    In one statement, which sees one state of the books: what others commit meanwhile is in all of
    them or in none.
    """
    rows = _frozen(choice).cte("rows_to_claim")
    counted = select(
        func.count(),
        _households(rows).scalar_subquery(),
        sum_of(rows.c.amount_fen),
        _digest(rows).scalar_subquery(),
    )
    count, households, total_fen, digest = session.execute(counted).one()
    return Totals(count, households, total_fen, digest if count else "")


def write_rows(session: Session, choice: Choice, claim_id: int) -> None:
    """Freeze the rows of a claim."""
    rows = _frozen(choice).subquery()
    session.execute(
        insert(ClaimRow).from_select(
            ["claim_id", *COLUMNS],
            select(literal(claim_id), *(rows.c[name] for name in COLUMNS)),
        )
    )


def digest_of(session: Session, claim_id: int) -> str | None:
    """The digest of a claim's rows as they stand."""
    rows = select(ClaimRow).where(ClaimRow.claim_id == claim_id).subquery()
    return session.scalar(_digest(rows))


def _digest(rows: FromClause) -> Select[str]:
    lines = (
        select(canonical_cells([rows.c[name] for name in COLUMNS]).label("line"), rows.c.nr)
        .order_by(rows.c.nr)
        .subquery()
    )
    return select(digest_lines(lines.c.line, lines.c.nr))


def _frozen(choice: Choice) -> Select[*tuple[object, ...]]:
    """The rows as the table holds them, without the claim's number."""
    order = (Entitlement.village_code, Loan.number, Entitlement.to_on, Entitlement.revision)
    cells: dict[str, Any] = {name: getattr(Entitlement, name) for name in _OF_ENTITLEMENT}
    cells |= {
        "nr": func.row_number().over(order_by=[*order, Entitlement.id]),
        "entitlement_id": Entitlement.id,
        "borrower": func.coalesce(Person.name, Organisation.name),
        "principal_fen": func.coalesce(_principal(), 0),
        "annual_rate_ppm": Loan.annual_rate_ppm,
    }
    return (
        select(*(cells[name].label(name) for name in COLUMNS))
        .select_from(Entitlement)
        .join(Loan, Loan.id == Entitlement.loan_id)
        .outerjoin(Person, Person.id == Loan.borrower_id)
        .outerjoin(Organisation, Organisation.id == Loan.organisation_id)
        .where(choice.taken())
    )


def _principal() -> ColumnElement[int]:
    """Of an entitlement: the balance of the last days that its interest arose on."""
    return (
        select(Segment.principal_fen)
        .where(
            Segment.loan_id == Entitlement.loan_id,
            Segment.state == "regular",
            Segment.from_on >= Entitlement.from_on,
            Segment.to_on <= Entitlement.to_on,
            record.in_force(),
        )
        .order_by(Segment.to_on.desc())
        .limit(1)
        .correlate(Entitlement)
        .scalar_subquery()
    )


def _households(rows: CTE) -> Select[int]:
    """How many households are behind the rows; of an organisation's loan those on its list."""
    own = select(Loan.household_id.label("id")).join(rows, rows.c.loan_id == Loan.id)
    listed = (
        select(LoanShare.household_id)
        .join(Loan, Loan.application_id == LoanShare.application_id)
        .join(rows, rows.c.loan_id == Loan.id)
        .where(Loan.household_id.is_(None))
    )
    both = union(own.where(Loan.household_id.is_not(None)), listed).subquery()
    return select(func.count()).select_from(both)
