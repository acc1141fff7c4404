"""A fund begins by two people; its fee is what the members voted for."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.money import format_rate
from loans import funds
from mutual_aid import carrying
from mutual_aid.finding import fund_of
from mutual_aid.models import (
    FundClosing,
    FundFeeRate,
    FundOpening,
    FundPlace,
    MemberPosition,
    VillageFund,
)
from mutual_aid.refusals import (
    FeeRateOutOfRange,
    FundPaperMissing,
    NotAVillageFund,
    VillageHasFund,
)
from office import approvals, rights
from organisations import Kind
from organisations.queries import open_on
from policy import MutualRules, Rulebook

SUBJECT = "village_funds"
DECIDES = "mutual_aid.approve_found"


def propose_fund(
    session: Session,
    *,
    organisation_id: int,
    village_code: str,
    registration_no: str,
    constitution: str,
    fee_rate_ppm: int,
    stake_unit_fen: int,
    wording: str = "stake",
    rulebook: Rulebook,
    on: date,
    by: Actor,
) -> int:
    """Put a fund of a village before a second person; its number."""
    ledger.require_bookable(session, on)
    rights.allow(by, "mutual_aid.found", region=village_code)
    organisation = open_on(session, organisation_id, on)
    if organisation.kind != Kind.VILLAGE_FUND:
        raise NotAVillageFund(field="organisation_id", name=organisation.name)
    for field, value, what_zh, what_en in (
        ("registration_no", registration_no, "民政登记证号", "its registration"),
        ("constitution", constitution, "章程", "its constitution"),
    ):
        if not value.strip():
            raise FundPaperMissing(field=field, what_zh=what_zh, what_en=what_en)
    _require_fee(fee_rate_ppm, rulebook.mutual(on=on, region=village_code))
    _require_place(session, village_code, organisation_id)
    fund = VillageFund(
        organisation_id=organisation_id,
        village_code=village_code,
        registration_no=registration_no.strip(),
        constitution=constitution.strip(),
        wording=wording,
        stake_unit_fen=stake_unit_fen,
        fee_rate_ppm=fee_rate_ppm,
        proposed_on=on,
    )
    session.add(fund)
    session.flush()
    approvals.propose(
        session,
        command=DECIDES,
        subject_kind=SUBJECT,
        subject_id=fund.id,
        digest=digest_of(fund),
        summary=f"成立互助资金：{organisation.name}",
        region_code=village_code,
        institution_id=None,
        on=on,
        by=by,
    )
    return fund.id


def digest_of(fund: VillageFund) -> str:
    """What the second person decides on."""
    return approvals.digest_of(
        [
            fund.organisation_id, fund.village_code, fund.registration_no, fund.constitution,
            fund.wording, fund.stake_unit_fen, fund.fee_rate_ppm,
        ]
    )  # fmt: skip


def _require_fee(fee_rate_ppm: int, rules: MutualRules) -> None:
    lowest, highest = rules.fee_rate_min_ppm, rules.fee_rate_max_ppm
    if not lowest.value <= fee_rate_ppm <= highest.value:
        raise FeeRateOutOfRange(
            field="fee_rate",
            clause=(lowest if fee_rate_ppm < lowest.value else highest).cite,
            rate=format_rate(fee_rate_ppm),
            lowest=format_rate(lowest.value),
            highest=format_rate(highest.value),
        )


def _require_place(session: Session, village_code: str, organisation_id: int) -> None:
    """The village has no fund, and the organisation is none yet."""
    taken = session.get(FundPlace, village_code) is not None
    twice = session.scalar(
        select(FundOpening.fund_id).where(FundOpening.organisation_id == organisation_id)
    )
    if taken or twice is not None:
        raise VillageHasFund(field="village_code", village=village_code)


def decide_fund(
    session: Session,
    *,
    fund_id: int,
    approved: bool,
    rulebook: Rulebook,
    on: date,
    by: Actor,
    reason: str = "",
) -> None:
    """Let a fund begin, or not."""
    ledger.require_bookable(session, on)
    fund = fund_of(session, fund_id)
    approvals.decide(
        session,
        proposal_id=approvals.proposal_of(session, SUBJECT, fund_id).id,
        digest=digest_of(fund),
        approved=approved,
        on=on,
        by=by,
        reason=reason,
    )
    if not approved:
        return
    _require_place(session, fund.village_code, fund.organisation_id)
    village = fund.village_code
    try:
        session.add(FundPlace(village_code=village, fund_id=fund_id))
        session.add(
            FundOpening(fund_id=fund_id, organisation_id=fund.organisation_id, opened_on=on)
        )
        session.flush()
    except IntegrityError as error:
        # Another fund of the village was approved a moment ago.
        raise VillageHasFund(field="village_code", village=village) from error
    funds.open_lender(
        session,
        lender_id=fund.organisation_id,
        village_code=fund.village_code,
        fee_rate_ppm=fund.fee_rate_ppm,
        fee_clause=fund.constitution,
    )
    refresh_lending(session, fund, rulebook, on)


def refresh_lending(session: Session, fund: VillageFund, rulebook: Rulebook, on: date) -> None:
    """A fund lends while it is open and its stakes come to what the rules of its place ask for."""
    rule = rulebook.mutual(on=on, region=fund.village_code).stakes_total_min_fen
    total_fen = session.scalar(
        select(
            func.coalesce(func.sum(MemberPosition.stake_fen + MemberPosition.base_fen), 0)
        ).where(MemberPosition.fund_id == fund.id, MemberPosition.left_on.is_(None))
    )
    enough = rule is None or int(total_fen or 0) >= rule.value
    is_open = session.get(FundClosing, fund.id) is None
    funds.set_lending(session, lender_id=fund.organisation_id, lends=enough and is_open)


def set_fee(session: Session, *, vote_id: int, rulebook: Rulebook, on: date, by: Actor) -> None:
    """The usage fee that the members voted for, for loans signed from today on."""
    fund, vote = carrying.carried(session, vote_id, "fee_rate", on=on, by=by)
    _require_fee(vote.figure, rulebook.mutual(on=on, region=fund.village_code))
    carrying.rest(
        session,
        vote,
        FundFeeRate(vote_id=vote_id, fund_id=fund.id, from_on=on, fee_rate_ppm=vote.figure),
    )
    funds.set_fee(
        session,
        lender_id=fund.organisation_id,
        fee_rate_ppm=vote.figure,
        fee_clause=carrying.named(vote),
    )
