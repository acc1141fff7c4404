"""The poverty office's own computation of a claim: from the segments, never from its rows.

For every loan and period end that the claim holds, and for every settlement of the lender and the
route that it should hold, the treasury's part is worked out again from the segments in force by
the pure rules (``subsidies.entitlement.treasury_fen``), less what stands elsewhere: in another
claim, in a clawback, left out for a reason, or waiting because its payee owes more than it is owed.
Nothing is borne of a row whose household was no longer served on the day of settlement, where the
contract asks for that (结息时仍须符合条件), nor of one that was to be paid first and is not.
What the claim says otherwise is a difference, row by row, with its reason. As many statements for
one row as for all.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Subquery, and_, exists, func, or_, select, tuple_, union
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

import policy
from households import queries as register
from households.models import Household
from households.standing import last_status
from kernel.database import sum_of
from loans import record
from loans.models import Loan, Segment, Settlement
from loans.parts import EARNED_ON, Closed
from loans.routes import LENDER
from policy import ContractTerms
from subsidies.claims.freezing import collected, left_out, owing
from subsidies.entitlement import treasury_fen
from subsidies.models import Claim, ClaimRow, Entitlement, EntitlementClaim, RevisionOffset
from subsidies.offsetting import is_offset, unclaimed

#: loan, day after the last
Key = tuple[int, date]


@dataclass(frozen=True, slots=True)
class Differing:
    """A row that the segments do not bear out; ``nr`` 0: it is missing from the claim."""

    nr: int
    loan_id: int
    to_on: date
    claimed_fen: int
    recomputed_fen: int
    #: amount, status or uncollected
    why: str = "amount"


@dataclass
class _Settled:
    """A settlement as it stands: the period of its last revision, its amount."""

    from_on: date = date.min
    product: int = 0
    amount_fen: int = 0
    day_base: int = 360
    pieces: list[Closed] = field(default_factory=list)

    @property
    def treasury_fen(self) -> int:
        """The treasury's part by the segments."""
        if not self.amount_fen:
            return 0
        return treasury_fen(self.amount_fen, self.pieces, self.day_base, fixed=self.product == 0)


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What the recomputation found."""

    #: what the claim should come to, fen
    total_fen: int
    differing: list[Differing]


def recompute(session: Session, claim: Claim) -> Recomputed:
    """Compute a claim again, and compare."""
    keys = _keys(claim)
    settled = _settled(session, keys)
    _read_segments(session, keys, settled)
    elsewhere = _elsewhere(session, claim, keys)
    claimed = _claimed(session, claim)
    refused = dict.fromkeys(_uncollected(session, claim, keys), "uncollected")
    refused |= dict.fromkeys(_not_served(session, keys), "status")
    found = list(_differing(settled, elsewhere, claimed, refused))
    total_fen = claim.total_fen + sum(one.recomputed_fen - one.claimed_fen for one in found)
    return Recomputed(total_fen, found)


def _differing(
    settled: dict[Key, _Settled],
    elsewhere: dict[Key, int],
    claimed: dict[Key, tuple[int, int]],
    refused: dict[Key, str],
) -> Iterator[Differing]:
    for key in sorted(settled.keys() | claimed.keys()):
        one, why = settled.get(key), refused.get(key, "amount")
        wanted_fen = (one.treasury_fen if one else 0) - elsewhere.get(key, 0)
        if why != "amount":
            # Nothing more is borne; what is taken back is taken back all the same.
            wanted_fen = min(wanted_fen, 0)
        nr, claimed_fen = claimed.get(key, (0, 0))
        if wanted_fen != claimed_fen:
            yield Differing(nr, *key, claimed_fen, wanted_fen, why)


def _uncollected(session: Session, claim: Claim, keys: Subquery) -> list[Key]:
    """Keys of which whoever was to pay first still owes."""
    if claim.route == LENDER:
        return []
    rows = session.execute(
        select(keys.c.loan_id, keys.c.to_on).where(owing(keys.c.loan_id, keys.c.to_on))
    )
    return [(row[0], row[1]) for row in rows]


def _not_served(session: Session, keys: Subquery) -> list[Key]:
    """Keys whose household was of no served kind on the day of settlement, where that counts."""
    found: list[Key] = []
    texts = session.scalars(
        select(Loan.terms).where(Loan.id.in_(select(keys.c.loan_id))).distinct()
    ).all()
    for text in texts:
        terms = policy.thaw(ContractTerms, json.loads(text))
        if terms.subsidy_status_at_settlement is None:
            continue
        if not terms.subsidy_status_at_settlement.value:
            continue
        rows = session.execute(
            select(keys.c.loan_id, keys.c.to_on, last_status(keys.c.to_on))
            .select_from(keys)
            .join(Loan, Loan.id == keys.c.loan_id)
            .join(Household, Household.id == Loan.household_id)
            .where(Loan.terms == text)
        )
        served = terms.household_kinds.value
        found += [(row[0], row[1]) for row in rows if register.kind_of(row[2]) not in served]
    return found


def _keys(claim: Claim) -> Subquery:
    """Loan and period end of what the claim holds, and of what it should hold."""
    held = select(ClaimRow.loan_id, ClaimRow.to_on).where(ClaimRow.claim_id == claim.id)
    elsewhere = exists().where(
        Entitlement.settlement_id == Settlement.id,
        EntitlementClaim.entitlement_id == Entitlement.id,
        or_(EntitlementClaim.claim_id.is_(None), EntitlementClaim.claim_id != claim.id),
    )
    due = (
        select(Settlement.loan_id, Settlement.to_on)
        .join(Loan, Loan.id == Settlement.loan_id)
        .where(
            Loan.lender_id == claim.lender_id,
            Loan.subsidy_route == claim.route,
            Settlement.kind == "interest",
            Settlement.to_on <= claim.period_to,
            # What the day of the draft and later ones booked is the next claim's.
            Settlement.booked_on < claim.drafted_on,
            or_(Settlement.treasury_fen != 0, Settlement.to_on > claim.period_from),
            ~elsewhere,
        )
    )
    return union(held, due).subquery()


def _settled(session: Session, keys: Subquery) -> dict[Key, _Settled]:
    rows = session.execute(
        select(
            Settlement.loan_id,
            Settlement.to_on,
            Settlement.from_on,
            Settlement.product,
            Settlement.amount_fen,
            Loan.day_base,
        )
        .join(keys, _of_key(Settlement.loan_id, Settlement.to_on, keys))
        .join(Loan, Loan.id == Settlement.loan_id)
        .where(Settlement.kind == "interest")
        .order_by(Settlement.revision)
    )
    found: dict[Key, _Settled] = defaultdict(_Settled)
    for loan_id, to_on, from_on, product, amount_fen, day_base in rows:
        one = found[loan_id, to_on]
        # The last revision says the days and the product of the whole.
        one.from_on, one.product, one.day_base = from_on, product, day_base
        one.amount_fen += amount_fen
    return dict(found)


def _read_segments(session: Session, keys: Subquery, settled: dict[Key, _Settled]) -> None:
    """Each segment in force goes to the settlement whose days hold it."""
    loans = select(keys.c.loan_id, func.min(keys.c.to_on), func.max(keys.c.to_on))
    spans = loans.group_by(keys.c.loan_id).subquery()
    ends = defaultdict(list)
    for (loan_id, to_on), one in settled.items():
        ends[loan_id].append((to_on, one))
    first = min((one.from_on for one in settled.values()), default=date.max)
    rows = session.execute(
        select(
            Segment.loan_id,
            Segment.state,
            Segment.from_on,
            Segment.to_on,
            Segment.principal_fen,
            Segment.rate_ppm,
            Segment.share_bp,
            Segment.cap_fen,
            Segment.share_rate_ppm,
        )
        .join(spans, spans.c[0] == Segment.loan_id)
        .where(
            Segment.state.in_(EARNED_ON["interest"]),
            Segment.from_on >= first,
            Segment.to_on <= spans.c[2],
            record.in_force(),
        )
    )
    for row in rows:
        loan_id, piece = row[0], Closed(*row[1:])
        for to_on, one in ends[loan_id]:
            if one.from_on <= piece.from_on and piece.to_on <= to_on:
                one.pieces.append(piece)


def _elsewhere(session: Session, claim: Claim, keys: Subquery) -> dict[Key, int]:
    """What of a key's entitlement is not for this claim, with reason."""
    other = exists().where(
        EntitlementClaim.entitlement_id == Entitlement.id,
        or_(EntitlementClaim.claim_id.is_(None), EntitlementClaim.claim_id != claim.id),
    )
    unpaid = and_(Entitlement.route != LENDER, ~collected())
    waits = and_(unclaimed(), or_(left_out(), _payee_waits(claim), unpaid))
    rows = session.execute(
        select(Entitlement.loan_id, Entitlement.to_on, sum_of(Entitlement.amount_fen))
        .join(keys, _of_key(Entitlement.loan_id, Entitlement.to_on, keys))
        .where(or_(other, waits, is_offset()))
        .group_by(Entitlement.loan_id, Entitlement.to_on)
    )
    return {(loan_id, to_on): fen for loan_id, to_on, fen in rows}


def _payee_waits(claim: Claim) -> ColumnElement[bool]:
    """Of an unclaimed entitlement: its payee is paid by itself, and owes some of it back."""
    if claim.route == LENDER:
        return Entitlement.id < 0
    back, held = aliased(Entitlement), aliased(EntitlementClaim)
    owing = select(back.payee_kind, back.payee_id).where(
        back.lender_id == claim.lender_id,
        back.route == claim.route,
        back.amount_fen < 0,
        ~exists().where(held.entitlement_id == back.id),
        ~exists().where(RevisionOffset.entitlement_id == back.id),
    )
    return tuple_(Entitlement.payee_kind, Entitlement.payee_id).in_(owing)


def _claimed(session: Session, claim: Claim) -> dict[Key, tuple[int, int]]:
    rows = session.execute(
        select(ClaimRow.loan_id, ClaimRow.to_on, func.max(ClaimRow.nr), sum_of(ClaimRow.amount_fen))
        .where(ClaimRow.claim_id == claim.id)
        .group_by(ClaimRow.loan_id, ClaimRow.to_on)
    )
    return {(loan_id, to_on): (nr, fen) for loan_id, to_on, nr, fen in rows}


def _of_key(
    loan_id: InstrumentedAttribute[int], to_on: InstrumentedAttribute[date], keys: Subquery
) -> ColumnElement[bool]:
    return and_(loan_id == keys.c.loan_id, to_on == keys.c.to_on)
