"""What was agreed: applications, contracts with their frozen terms, bearers and plans."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded
from kernel.digests import added


def _parties_by_mode() -> tuple[CheckConstraint, ...]:
    """Who borrows, signs and uses the money; a household borrows in every mode but one."""
    return (
        CheckConstraint("mode IN ('credit', 'entrusted', 'pooled', 'mutual')", name="mode_known"),
        CheckConstraint("(household_id IS NULL) = (mode = 'pooled')", name="household_by_mode"),
        CheckConstraint("(borrower_id IS NULL) = (household_id IS NULL)", name="borrower_by_mode"),
        CheckConstraint(
            "(organisation_id IS NULL) = (mode NOT IN ('entrusted', 'pooled'))",
            name="organisation_by_mode",
        ),
    )


class ApplicationSheet(Recorded, Base):
    """One or more applications handed in together: one file, one hash, one decision."""

    __tablename__ = "application_sheets"
    __table_args__ = (CheckConstraint("applications > 0", name="not_empty"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: lender asked
    lender_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    #: smallest region that holds every household on it
    region_code: Mapped[str]
    #: business day
    applied_on: Mapped[date]
    #: how many applications
    applications: Mapped[int]
    #: their sum, fen
    total_fen: Mapped[int]
    #: SHA-256 of the applications, canonical: what the director decides on
    digest: Mapped[str]


class SheetDrop(Recorded, Base):
    """An approved sheet whose contracts are never signed (撤销): it binds nobody any more."""

    __tablename__ = "application_sheets_dropped"

    #: sheet
    sheet_id: Mapped[int] = mapped_column(
        ForeignKey("application_sheets.id"), primary_key=True, autoincrement=False
    )
    #: business day
    dropped_on: Mapped[date]
    #: why
    reason: Mapped[str]


class Application(Recorded, Base):
    """A household asks for a loan."""

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("term_months > 0", name="term_positive"),
        CheckConstraint("annual_rate_ppm BETWEEN 0 AND 1000000", name="rate_range"),
        CheckConstraint("exposure_fen >= 0", name="exposure_not_negative"),
        *_parties_by_mode(),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the sheet it was handed in on
    sheet_id: Mapped[int] = mapped_column(ForeignKey("application_sheets.id"), index=True)
    #: credit (信用式), entrusted (分贷统还), pooled (统贷统还) or mutual (互助式)
    mode: Mapped[str] = mapped_column(default="credit", info=added(before="credit"))
    #: the household; NULL where an organisation borrows
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"), index=True)
    #: the member who signs; need not be the head; NULL where an organisation borrows
    borrower_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    #: who uses the money and repays it; NULL where the household does both itself
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id"), info=added(before=None)
    )
    #: the household's principal out and agreed at all lenders when it asked, fen; above 0: a top-up
    exposure_fen: Mapped[int] = mapped_column(default=0, info=added(before=0))
    #: how much, fen
    amount_fen: Mapped[int]
    #: for how long
    term_months: Mapped[int]
    #: at which rate
    annual_rate_ppm: Mapped[int]
    #: purpose in the household's words
    purpose: Mapped[str]
    #: ``production``, or one of the uses that the policy names
    use: Mapped[str]
    #: method of repayment, as the calculator names it
    method: Mapped[str]
    #: months between settlements or instalments; 0 for one payment at the end
    every_months: Mapped[int]
    #: why a rule that holds in principle may be passed; empty where none is
    exception_reason: Mapped[str]
    #: the rules passed, comma between
    exceptions: Mapped[str]
    #: draw, repay and draw again within amount and term (随用随贷)
    revolving: Mapped[bool] = mapped_column(default=False, info=added(before=False))
    #: number of the contract that this one is to renew (无还本续贷); empty where none
    renews: Mapped[str] = mapped_column(default="", info=added(before=""))


class LoanShare(Recorded, Base):
    """A household's share of what an organisation borrows for a list of households (统贷统还)."""

    __tablename__ = "loan_shares"
    __table_args__ = (CheckConstraint("share_fen > 0", name="share_positive"),)

    #: the organisation's application; its contract names the same one
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    #: the household, once on a list
    household_id: Mapped[int] = mapped_column(
        ForeignKey("households.id"), primary_key=True, index=True
    )
    #: its share of the amount, fen; all shares add up to it
    share_fen: Mapped[int]


class Loan(Recorded, Base):
    """A contract, with everything frozen on its signing day."""

    __tablename__ = "loans"
    __table_args__ = (
        CheckConstraint("amount_fen BETWEEN 1 AND 10000000000", name="amount_range"),
        CheckConstraint("annual_rate_ppm BETWEEN 0 AND 1000000", name="rate_range"),
        CheckConstraint("matures_on > signed_on", name="matures_after_signing"),
        CheckConstraint("cover_cap_fen BETWEEN 0 AND amount_fen", name="cover_within_amount"),
        CheckConstraint("day_base IN (360, 365)", name="day_base_known"),
        CheckConstraint("payer_kind IN ('households', 'organisations')", name="payer_known"),
        CheckConstraint(
            "subsidy_route IN ('lender', 'household', 'enterprise')", name="subsidy_route_known"
        ),
        CheckConstraint(
            "subsidy_route <> 'enterprise' OR organisation_id IS NOT NULL",
            name="enterprise_fronts_its_own",
        ),
        CheckConstraint(
            "(organisation_id IS NULL) = (payer_kind = 'households')", name="payer_by_mode"
        ),
        CheckConstraint(
            "(borrower_id IS NULL) = (borrower_age_years IS NULL)", name="age_of_borrower"
        ),
        *_parties_by_mode(),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: contract number (合同号), printed on every paper
    number: Mapped[str] = mapped_column(unique=True)
    #: the application behind it
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), unique=True)
    #: lender
    lender_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    #: credit (信用式), entrusted (分贷统还), pooled (统贷统还) or mutual (互助式)
    mode: Mapped[str] = mapped_column(default="credit", info=added(before="credit"))
    #: household; NULL where an organisation borrows
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"), index=True)
    #: member who signed; NULL where an organisation borrows
    borrower_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    #: who uses the money and repays it; NULL where the household does both itself
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id"), index=True, info=added(before=None)
    )
    #: table of who repays
    payer_kind: Mapped[str]
    #: its id there
    payer_id: Mapped[int]
    #: village of the household on the signing day; where an organisation borrows, its region
    village_code: Mapped[str] = mapped_column(index=True)
    #: the household's kind on the signing day; of a list, the kind its terms are of
    household_kind: Mapped[str]
    #: the borrower's age on the signing day, whole years; NULL where an organisation borrows
    borrower_age_years: Mapped[int | None]
    #: signing day
    signed_on: Mapped[date]
    #: last day; principal falls due on it
    matures_on: Mapped[date]
    #: agreed amount, fen; at most 1亿元
    amount_fen: Mapped[int]
    #: agreed term
    term_months: Mapped[int]
    #: agreed rate
    annual_rate_ppm: Mapped[int]
    #: method of repayment
    method: Mapped[str]
    #: months between settlements or instalments; 0 for none before the end
    every_months: Mapped[int]
    #: settlement day of the month; 0 where interest follows a plan or the end
    settle_on_day: Mapped[int]
    #: day count convention
    day_count: Mapped[str]
    #: days of a year in the product sums
    day_base: Mapped[int]
    #: surcharge on the rate of overdue principal, basis points
    overdue_surcharge_bp: Mapped[int]
    #: what a payment is used for first, comma between
    allocation_order: Mapped[str]
    #: purpose
    purpose: Mapped[str]
    #: principal of this contract under the cover of risk compensation at most, fen: what the
    #: household's other contracts left on the signing day; NULL: what its frozen terms say alone
    cover_cap_fen: Mapped[int | None] = mapped_column(default=None, info=added(before=None))
    #: draw, repay and draw again within amount and term (随用随贷)
    revolving: Mapped[bool] = mapped_column(default=False, info=added(before=False))
    #: the contract that this one renews (无还本续贷); a contract is renewed once
    renews_id: Mapped[int | None] = mapped_column(
        ForeignKey("loans.id"), unique=True, default=None, info=added(before=None)
    )
    #: who gets the treasury's part: lender; household (先付后补) or enterprise (企业垫付)
    #: after it has paid all the interest itself
    subsidy_route: Mapped[str] = mapped_column(default="lender", info=added(before="lender"))
    #: whether draws go on the household's credit line
    uses_line: Mapped[bool]
    #: id of the base policy document
    policy: Mapped[str]
    #: digest of the rulebook on the signing day
    rulebook_digest: Mapped[str]
    #: every frozen term with its document, clause and default mark, canonical JSON
    terms: Mapped[str]


class LoanBearer(Recorded, Base):
    """Who, besides the household, bears the interest of a stretch of days."""

    __tablename__ = "loan_bearers"
    __table_args__ = (
        CheckConstraint("share_bp BETWEEN 1 AND 10000", name="share_range"),
        CheckConstraint("to_on > from_on", name="days_in_order"),
        CheckConstraint("rate_ppm BETWEEN 0 AND 1000000", name="rate_range"),
    )

    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), primary_key=True)
    #: first day
    from_on: Mapped[date] = mapped_column(primary_key=True)
    #: day after the last; 9999-12-31 where open
    to_on: Mapped[date]
    #: share of the interest, basis points
    share_bp: Mapped[int]
    #: principal on which the share is counted, fen
    cap_fen: Mapped[int]
    #: lender, household or enterprise: who gets the share; one and the same for a contract
    route: Mapped[str]
    #: document and clause
    clause: Mapped[str]
    #: whether it runs on to a later maturity (展期内继续贴息); of the last stretch alone
    runs_on: Mapped[bool] = mapped_column(default=False, info=added(before=False))
    #: yearly rate that is shared, below the contract's (固定贴息率、基准封顶); NULL: the contract's
    rate_ppm: Mapped[int | None] = mapped_column(default=None, info=added(before=None))


class PlanRow(Recorded, Base):
    """An instalment of a plan; a change of plan is a new version."""

    __tablename__ = "plan_rows"
    __table_args__ = (Index("ix_plan_rows_due_on", "due_on"),)

    #: contract
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), primary_key=True)
    #: version, from 1
    version: Mapped[int] = mapped_column(primary_key=True)
    #: instalment, from 1
    nr: Mapped[int] = mapped_column(primary_key=True)
    #: first day of its period
    from_on: Mapped[date]
    #: nominal due date
    due_on: Mapped[date]
    #: principal, fen
    principal_fen: Mapped[int]
    #: interest, fen
    interest_fen: Mapped[int]
