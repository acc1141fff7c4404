"""Agreements (利益联结协议): parties, terms by year, and the linked households with their stakes.

An agreement is written whole as one person proposes it, with its first *list* of households; a
later list joins more of them. A list counts once a second person has approved it, and the
agreement is in force once its first list is. Households leave by a row of their own. What a loan
carries as a stake is running state: a loan (of a list: a household's share of it) stands in one
agreement at a time.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class Agreement(Recorded, Base):
    """What an enterprise, the poverty office, households and others agree on."""

    __tablename__ = "agreements"
    __table_args__ = (
        CheckConstraint(
            "form IN ('entrusted', 'equity', 'direct', 'employment', 'land')", name="form_known"
        ),
        CheckConstraint("parties IN (4, 5)", name="four_or_five_parties"),
        CheckConstraint("signed_on <= from_on", name="signed_before_start"),
        CheckConstraint("to_on > from_on", name="days_in_order"),
        CheckConstraint(
            "principal_repaid_by IN ('enterprise', 'household', 'government')",
            name="repayer_known",
        ),
        CheckConstraint("rhythm_months IN (3, 6, 12)", name="rhythm_known"),
        CheckConstraint("service_fee_bp BETWEEN 0 AND 10000", name="fee_range"),
        CheckConstraint("(exceptions = '') = (exception_reason = '')", name="exception_has_reason"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
    )

    #: number; its rounds of dividends name it
    id: Mapped[int] = mapped_column(primary_key=True)
    #: number on paper (协议编号); one that was rejected may be handed in again under it
    number: Mapped[str] = mapped_column(index=True)
    #: the enterprise or co-operative
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    #: its recognition on the signing day
    recognition_id: Mapped[int] = mapped_column(ForeignKey("recognitions.id"))
    #: county
    region_code: Mapped[str]
    #: entrusted 委托帮扶, equity 股份帮扶, direct 直接帮扶, employment 就业帮扶, land 土地流转
    form: Mapped[str]
    #: four, or five with the township or village (四方、五方协议)
    parties: Mapped[int]
    #: signing day
    signed_on: Mapped[date]
    #: first day; periods of dividends and years of the terms are counted from it
    from_on: Mapped[date]
    #: day after the last; a whole number of periods after the first
    to_on: Mapped[date]
    #: who repays the principal of the loans: enterprise, household or government
    principal_repaid_by: Mapped[str]
    #: a period of dividends, months: 3, 6 or 12
    rhythm_months: Mapped[int]
    #: dividends fall due at the start of a period (预付), else at its end
    in_advance: Mapped[bool]
    #: part of the declared profit that the enterprise keeps as its fee, basis points
    service_fee_bp: Mapped[int]
    #: document behind it; empty where none
    document_no: Mapped[str]
    #: rules in principle that it was passed over, comma between
    exceptions: Mapped[str]
    #: and why
    exception_reason: Mapped[str]
    #: business day
    proposed_on: Mapped[date]
    #: SHA-256 of the agreement without its lists, canonical
    digest: Mapped[str]


class AgreementParty(Recorded, Base):
    """Who signs (签约方); households sign as one party, by their list."""

    __tablename__ = "agreement_parties"
    __table_args__ = (
        CheckConstraint(
            "role IN ('poverty_office', 'lender', 'enterprise', 'household', 'township',"
            " 'village')",
            name="role_known",
        ),
    )

    #: agreement
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    #: poverty_office, lender, enterprise, household, township or village
    role: Mapped[str] = mapped_column(primary_key=True)
    #: which organisation; NULL for households and for whoever is not in the register
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    #: name as signed
    name: Mapped[str]


class AgreementTerm(Recorded, Base):
    """What is paid in some years of the agreement (收益条款)."""

    __tablename__ = "agreement_terms"
    __table_args__ = (
        CheckConstraint(
            "basis IN ('rate_on_stake', 'per_household', 'per_person')", name="basis_known"
        ),
        CheckConstraint("year_from >= 1 AND year_to >= year_from", name="years_in_order"),
        CheckConstraint("(basis = 'rate_on_stake') OR rate_ppm = 0", name="rate_by_basis"),
        CheckConstraint("(basis <> 'rate_on_stake') OR amount_fen = 0", name="amount_by_basis"),
        CheckConstraint("rate_ppm BETWEEN 0 AND 1000000", name="rate_range"),
        CheckConstraint("amount_fen BETWEEN 0 AND 100000000", name="amount_range"),
        CheckConstraint("cash_bp BETWEEN 0 AND 10000", name="cash_range"),
        CheckConstraint("profit_share_bp BETWEEN 0 AND 10000", name="profit_share_range"),
        CheckConstraint(
            "rate_ppm > 0 OR amount_fen > 0 OR profit_share_bp > 0", name="pays_something"
        ),
    )

    #: agreement
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    #: place, from 1
    nr: Mapped[int] = mapped_column(primary_key=True)
    #: first year of the agreement it holds in, from 1
    year_from: Mapped[int]
    #: last year it holds in
    year_to: Mapped[int]
    #: rate_on_stake, per_household or per_person
    basis: Mapped[str]
    #: rate a year on the stake; 0 for another basis
    rate_ppm: Mapped[int]
    #: sum a year per household or person, fen, at most 100万元; 0 for a rate
    amount_fen: Mapped[int]
    #: part paid out, basis points; the rest is added to the stakes (转增股金)
    cash_bp: Mapped[int]
    #: on top of the sums above: the households' part of the declared profit, less the fee, that
    #: is above all of them, basis points; 0 for none
    profit_share_bp: Mapped[int]


class AgreementList(Recorded, Base):
    """A list of households (户名单) that joins an agreement: one file, one hash, one decision."""

    __tablename__ = "agreement_lists"
    __table_args__ = (
        UniqueConstraint("agreement_id", "nr"),
        CheckConstraint("nr >= 1", name="nr_from_one"),
        CheckConstraint("households > 0", name="not_empty"),
        CheckConstraint("stakes >= households", name="stakes_of_households"),
        CheckConstraint("stake_fen >= 0", name="stake_not_negative"),
        CheckConstraint("length(digest) = 64", name="digest_sha256"),
    )

    #: number; the subject of its proposal
    id: Mapped[int] = mapped_column(primary_key=True)
    #: agreement
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"))
    #: 1 is the list it was signed with
    nr: Mapped[int]
    #: day from which its households are linked
    from_on: Mapped[date]
    #: how many households
    households: Mapped[int]
    #: their members when they were linked
    persons: Mapped[int]
    #: rows; a household with stakes of two sources has two
    stakes: Mapped[int]
    #: all stakes, fen
    stake_fen: Mapped[int]
    #: name of the file; empty where the rows were typed in
    file_name: Mapped[str]
    #: SHA-256 of the file; empty where the rows were typed in
    file_sha256: Mapped[str]
    #: business day
    proposed_on: Mapped[date]
    #: SHA-256 of the agreement's digest and the rows: what the second person decides on
    digest: Mapped[str]


class AgreementApproval(Recorded, Base):
    """A second person's yes to a list; the first list's puts the agreement in force."""

    __tablename__ = "agreement_approvals"

    #: list
    list_id: Mapped[int] = mapped_column(
        ForeignKey("agreement_lists.id"), primary_key=True, autoincrement=False
    )
    #: agreement
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    #: business day
    approved_on: Mapped[date]


class AgreementHousehold(Recorded, Base):
    """A linked household's stake (入股份额) and where it comes from."""

    __tablename__ = "agreement_households"
    __table_args__ = (
        UniqueConstraint("list_id", "nr"),
        CheckConstraint("stake_fen BETWEEN 0 AND 10000000000", name="stake_range"),
        CheckConstraint(
            "source IN ('loan', 'fiscal', 'land', 'labour', 'own')", name="source_known"
        ),
        CheckConstraint("(source = 'loan') = (loan_id IS NOT NULL)", name="loan_by_source"),
        CheckConstraint("source <> 'loan' OR stake_fen > 0", name="loan_stake_positive"),
        CheckConstraint("land_mu_hundredths BETWEEN 0 AND 10000000", name="land_range"),
        CheckConstraint("persons BETWEEN 0 AND 99", name="persons_range"),
        Index("ix_agreement_households_agreement_id_household_id", "agreement_id", "household_id"),
    )

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: agreement
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"))
    #: the list it stands on
    list_id: Mapped[int] = mapped_column(ForeignKey("agreement_lists.id"))
    #: place on the list, from 1
    nr: Mapped[int]
    #: household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    #: what it puts in, fen, at most 1亿元; 0 where it is linked by work or land alone
    stake_fen: Mapped[int]
    #: loan, fiscal (财政量化), land, labour or own (自有资金)
    source: Mapped[str]
    #: the loan, or the organisation's loan of which the household has a share
    loan_id: Mapped[int | None] = mapped_column(ForeignKey("loans.id"), index=True)
    #: land, hundredths of a mu; 0 for none
    land_mu_hundredths: Mapped[int]
    #: members of the household when it was linked
    persons: Mapped[int]
    #: day from which it is linked
    from_on: Mapped[date]


class AgreementLeaving(Recorded, Base):
    """A household leaves an agreement with all its stakes (退出)."""

    __tablename__ = "agreement_leavings"
    __table_args__ = (Index("ix_agreement_leavings_household_id", "household_id"),)

    #: agreement
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    #: household; once left, it does not come back to the same agreement
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), primary_key=True)
    #: first day on which it is no longer linked
    from_on: Mapped[date]
    #: business day
    booked_on: Mapped[date]
    #: why
    reason: Mapped[str]


class AgreementPosition(Running, Base):
    """Where an agreement stands, and how many are linked by it now."""

    __tablename__ = "agreement_positions"
    __table_args__ = (
        CheckConstraint(
            "state IN ('proposed', 'rejected', 'in_force', 'ended')", name="state_known"
        ),
        CheckConstraint("(number IS NULL) = (state = 'rejected')", name="number_by_state"),
        CheckConstraint(
            "households >= 0 AND persons >= 0 AND stake_fen >= 0", name="never_negative"
        ),
    )

    #: agreement
    agreement_id: Mapped[int] = mapped_column(
        ForeignKey("agreements.id"), primary_key=True, autoincrement=False
    )
    #: its number while it counts; NULL once rejected
    number: Mapped[str | None] = mapped_column(unique=True)
    #: proposed, rejected, in_force, or ended before its last day
    state: Mapped[str]
    #: households on approved lists that have not left
    households: Mapped[int]
    #: their members when they were linked
    persons: Mapped[int]
    #: their stakes, fen
    stake_fen: Mapped[int]


class LinkedLoan(Running, Base):
    """A loan, or a household's share of one, that is a stake now: in one agreement at a time."""

    __tablename__ = "linked_loans"
    __table_args__ = (
        CheckConstraint("stake_fen > 0", name="stake_positive"),
        Index("ix_linked_loans_agreement_id", "agreement_id"),
    )

    #: loan
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), primary_key=True)
    #: household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), primary_key=True)
    #: agreement
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"))
    #: how much of it, fen
    stake_fen: Mapped[int]


class StagedLinkage(Running, Base):
    """A row of a list while it is judged; gone when the list is written."""

    __tablename__ = "staged_linkages"

    #: the unit of work that judges it
    work_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: place on the list, from 1
    nr: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: number of the household in the register
    household_number: Mapped[str]
    #: contract number of the loan; empty for another source
    loan_number: Mapped[str]
    #: stake, fen
    stake_fen: Mapped[int]
    #: loan, fiscal, land, labour or own
    source: Mapped[str]
    #: land, hundredths of a mu
    land_mu_hundredths: Mapped[int]
