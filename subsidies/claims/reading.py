"""The reads of claims: lists, one claim with all that happened to it, its rows.

Who sees what: staff of a lender its own claims, offices those of lenders at home in their region;
rows are those of villages in the actor's scope. Nothing here shows an account's number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Subquery, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from kernel.actor import Actor
from kernel.refusals import NotFound
from kernel.regions import in_scope
from loans.models import Loan
from office import rights
from organisations import Organisation
from subsidies import lifecycle
from subsidies.claims import history
from subsidies.claims.history import StepTold
from subsidies.claims.steps import makers, steps_of
from subsidies.models import (
    BankReturn,
    BankReturnRow,
    Claim,
    ClaimDifference,
    ClaimLeftOut,
    ClaimPosition,
    ClaimRow,
    ClaimStep,
    Entitlement,
    Notice,
    Objection,
    ObjectionAnswer,
    PaymentFile,
    PaymentRow,
    Receipt,
)

READ = "subsidies.read"


@dataclass(frozen=True, slots=True)
class ListedClaim:
    """A claim in a list."""

    id: int
    lender_id: int
    lender: str
    route: str
    period_from: date
    period_to: date
    version: int
    rows: int
    households: int
    total_fen: int
    state: str
    #: day of the last step
    since: date
    #: when the next step is due; None: no policy says
    deadline_on: date | None
    #: the bank has paid something of it
    anything_paid: bool

    @property
    def title(self) -> str:
        """What its state is called."""
        return history.title_of(self.state, paid=self.anything_paid)


@dataclass(frozen=True, slots=True)
class LeftOutTold:
    """A loan that this version does not claim."""

    number: str
    to_on: date
    amount_fen: int
    reason: str


@dataclass(frozen=True, slots=True)
class ObjectionTold:
    """An objection, with its answer if there is one."""

    objection: Objection
    answer: ObjectionAnswer | None


@dataclass(frozen=True, slots=True)
class FileTold:
    """A payment file and what became of it."""

    file: PaymentFile
    answer: BankReturn | None


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """Everything about a claim but its rows."""

    listed: ListedClaim
    digest: str
    previous_id: int | None
    next_id: int | None
    steps: list[StepTold]
    differences: Sequence[ClaimDifference]
    left_out: list[LeftOutTold]
    notice: Notice | None
    objections: list[ObjectionTold]
    files: list[FileTold]
    receipt: Receipt | None
    #: names of the steps that the asker may take now
    moves: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RowTold:
    """A row of a claim with its contract, what the recomputation said and what the bank did."""

    row: ClaimRow
    number: str
    #: as recomputed, fen; None: borne out
    recomputed_fen: int | None
    #: paid, returned with its reason, or empty
    result: str
    reason: str


# --- lists ----------------------------------------------------------------------------------------


def listed(
    session: Session,
    *,
    by: Actor,
    states: Sequence[str] = (),
    lender_id: int | None = None,
    route: str | None = None,
    period_to: date | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> list[ListedClaim]:
    """Claims, the latest first; ``before_id`` goes on where a page ended."""
    rights.allow(by, READ)
    wanted: list[ColumnElement[bool]] = [seen(by)]
    if states:
        wanted.append(ClaimPosition.state.in_(states))
    for column, value in (
        (Claim.lender_id, lender_id), (Claim.route, route), (Claim.period_to, period_to)
    ):  # fmt: skip
        if value is not None:
            wanted.append(column == value)
    if before_id is not None:
        wanted.append(Claim.id < before_id)
    return _listed(session, and_(*wanted), limit)


def seen(by: Actor) -> ColumnElement[bool]:
    """Of a claim beside its lender: the actor may look at it."""
    here = in_scope(Organisation.region_code, by.region_scope)
    if by.institution_ids is None:
        return here
    return and_(here, Claim.lender_id.in_(sorted(by.institution_ids)))


def _listed(session: Session, which: ColumnElement[bool], limit: int) -> list[ListedClaim]:
    later = aliased(ClaimStep)
    last = ~exists().where(later.claim_id == ClaimStep.claim_id, later.nr > ClaimStep.nr)
    rows = session.execute(
        select(
            Claim,
            Organisation.name,
            ClaimPosition.state,
            ClaimStep.on_day,
            ClaimStep.deadline_on,
            exists().where(
                PaymentFile.claim_id == Claim.id,
                BankReturn.file_id == PaymentFile.id,
                BankReturn.paid_fen > 0,
            ),
        )
        .join(Organisation, Organisation.id == Claim.lender_id)
        .join(ClaimPosition, ClaimPosition.claim_id == Claim.id)
        .join(ClaimStep, and_(ClaimStep.claim_id == Claim.id, last))
        .where(which)
        .order_by(Claim.id.desc())
        .limit(limit)
    )
    return [
        ListedClaim(
            claim.id, claim.lender_id, lender, claim.route, claim.period_from, claim.period_to,
            claim.version, claim.rows, claim.households, claim.total_fen, state, since, deadline_on,
            paid,
        )
        for claim, lender, state, since, deadline_on, paid in rows
    ]  # fmt: skip


# --- one claim ------------------------------------------------------------------------------------


def page(session: Session, claim_id: int, *, by: Actor) -> ClaimPage:
    """A claim and what happened to it; one outside the asker's scope is not found."""
    rights.allow(by, READ)
    found = _listed(session, and_(seen(by), Claim.id == claim_id), 1)
    if not found:
        raise NotFound(field="claim_id", what="贴息申报")
    claim = session.get_one(Claim, claim_id)
    files = _files(session, claim_id)
    return ClaimPage(
        listed=found[0],
        digest=claim.digest,
        previous_id=claim.previous_id,
        next_id=session.scalar(select(Claim.id).where(Claim.previous_id == claim_id)),
        steps=history.told(session, claim_id, [one.answer.paid_fen for one in files if one.answer]),
        differences=session.scalars(
            select(ClaimDifference)
            .where(ClaimDifference.claim_id == claim_id)
            .order_by(ClaimDifference.nr, ClaimDifference.loan_id, ClaimDifference.to_on)
        ).all(),
        left_out=_left_out(session, claim_id),
        notice=session.get(Notice, claim_id),
        objections=_objections(session, claim_id),
        files=files,
        receipt=session.get(Receipt, claim_id),
        moves=moves_of(session, claim_id, found[0].state, by),
    )


def moves_of(
    session: Session, claim_id: int, state: str, by: Actor, *, forward: bool = False
) -> list[str]:
    """Steps that lead on from a state and that this actor may take."""
    steps = steps_of(session, claim_id)
    back = {lifecycle.RETURNED, lifecycle.WITHDRAWN}
    return [
        name
        for name, move in lifecycle.MOVES.items()
        if state in move.comes_from
        and rights.may(by, move.command)
        and by.person_id not in makers(steps, move.other_than)
        and not (forward and move.to in back)
    ]


def _left_out(session: Session, claim_id: int) -> list[LeftOutTold]:
    rows = session.execute(
        select(Loan.number, Entitlement.to_on, Entitlement.amount_fen, ClaimLeftOut.reason)
        .join(Entitlement, Entitlement.id == ClaimLeftOut.entitlement_id)
        .join(Loan, Loan.id == Entitlement.loan_id)
        .where(ClaimLeftOut.claim_id == claim_id)
        .order_by(Loan.number, Entitlement.to_on, Entitlement.revision)
    )
    return [LeftOutTold(*row) for row in rows]


def _objections(session: Session, claim_id: int) -> list[ObjectionTold]:
    rows = session.execute(
        select(Objection, ObjectionAnswer)
        .outerjoin(ObjectionAnswer, ObjectionAnswer.objection_id == Objection.id)
        .where(Objection.claim_id == claim_id)
        .order_by(Objection.id)
    )
    return [ObjectionTold(objection, answer) for objection, answer in rows]


def _files(session: Session, claim_id: int) -> list[FileTold]:
    rows = session.execute(
        select(PaymentFile, BankReturn)
        .outerjoin(BankReturn, BankReturn.file_id == PaymentFile.id)
        .where(PaymentFile.claim_id == claim_id)
        .order_by(PaymentFile.nr)
    )
    return [FileTold(file, answer) for file, answer in rows]


def rows_of(
    session: Session,
    claim_id: int,
    *,
    by: Actor,
    text: str = "",
    village: str = "",
    only: str = "",
    after_nr: int = 0,
    limit: int | None = 100,
) -> list[RowTold]:
    """Rows of a claim in the asker's villages; ``limit`` None: all of them, to be exported.

    ``text``: a contract number, or how a borrower's name begins. ``only``: ``differing``,
    ``negative`` or ``bank_returned``.
    """
    rights.allow(by, READ)
    which = _which(claim_id, by, text.strip(), village, only)
    last = _last_payment(claim_id)
    rows = session.execute(
        select(
            ClaimRow,
            Loan.number,
            ClaimDifference.recomputed_fen,
            func.coalesce(last.c.result, ""),
            func.coalesce(last.c.reason, ""),
        )
        .join(Claim, Claim.id == ClaimRow.claim_id)
        .join(Organisation, Organisation.id == Claim.lender_id)
        .join(Loan, Loan.id == ClaimRow.loan_id)
        .outerjoin(
            ClaimDifference,
            and_(ClaimDifference.claim_id == ClaimRow.claim_id, ClaimDifference.nr == ClaimRow.nr),
        )
        .outerjoin(
            last,
            and_(last.c.payee_kind == ClaimRow.payee_kind, last.c.payee_id == ClaimRow.payee_id),
        )
        .where(which, ClaimRow.nr > after_nr, _only(only, last.c.result))
        .order_by(ClaimRow.nr)
        .limit(limit)
    )
    return [RowTold(*row) for row in rows]


def _which(claim_id: int, by: Actor, text: str, village: str, only: str) -> ColumnElement[bool]:
    wanted = [ClaimRow.claim_id == claim_id, in_scope(ClaimRow.village_code, by.region_scope)]
    if by.institution_ids is not None:
        wanted.append(Claim.lender_id.in_(sorted(by.institution_ids)))
    if village:
        wanted.append(in_scope(ClaimRow.village_code, village))
    if text:
        named = ClaimRow.borrower.startswith(text, autoescape=True)
        wanted.append(or_(named, Loan.number == text.upper()))
    if only == "negative":
        wanted.append(ClaimRow.amount_fen < 0)
    return and_(*wanted)


def _only(only: str, result: ColumnElement[str]) -> ColumnElement[bool]:
    if only == "differing":
        return ClaimDifference.nr.is_not(None)
    return result == "returned" if only == "bank_returned" else ClaimRow.nr > 0


def _last_payment(claim_id: int) -> Subquery:
    later = aliased(PaymentRow)
    return (
        select(
            PaymentRow.payee_kind,
            PaymentRow.payee_id,
            BankReturnRow.result,
            BankReturnRow.reason,
        )
        .join(BankReturnRow, BankReturnRow.payment_row_id == PaymentRow.id)
        .where(
            PaymentRow.claim_id == claim_id,
            ~exists().where(
                later.claim_id == PaymentRow.claim_id,
                later.payee_kind == PaymentRow.payee_kind,
                later.payee_id == PaymentRow.payee_id,
                later.attempt > PaymentRow.attempt,
            ),
        )
        .subquery()
    )
