"""Tables of the indicators: sparse snapshots, written at the close of a day and never changed.

``household_days`` holds what counts of a household at the close of a day, written only when it
differs from the household's last row; ``village_days`` holds the counters of a village, written
only when one of them moved. The figures of a day are those of the last row on or before it, so a
quiet day writes nothing. Loan figures stay with the village of the signing day, household figures
move with the household. A loan of an organisation is counted where the organisation is at home,
which may be a township or the whole county. ``subsidy_days`` does the same for what the treasury
owes, was asked for and has paid, ``fund_days`` for each special account of the compensation fund,
``people_models`` for how households stand, are linked and paid.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded
from kernel.digests import added


class HouseholdDay(Recorded, Base):
    """What counts of a household at the close of a day."""

    __tablename__ = "household_days"
    __table_args__ = (
        CheckConstraint("registered OR (persons = 0 AND NOT rated)", name="removed_counts_nowhere"),
        CheckConstraint("rated OR NOT credited", name="credited_is_rated"),
        CheckConstraint("credited = (line_fen > 0)", name="credited_has_line"),
        Index("ix_household_days_on_day", "on_day"),
        Index("ix_household_days_village_code", "village_code"),
    )

    #: household
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), primary_key=True)
    #: closed day
    on_day: Mapped[date] = mapped_column(primary_key=True)
    #: village it belongs to at that close
    village_code: Mapped[str]
    #: ever registered and not removed; lifted-out households stay
    registered: Mapped[bool]
    #: its people; 0 once removed
    persons: Mapped[int]
    #: a confirmed rating is in force, whatever the score
    rated: Mapped[bool]
    #: its line in force is above zero
    credited: Mapped[bool]
    #: that line, fen
    line_fen: Mapped[int]
    #: has ever drawn a loan that was not reversed
    borrowing: Mapped[bool]
    #: owes principal
    with_balance: Mapped[bool]
    #: has a share of a loan that an organisation drew for a list of households (统贷统还)
    in_pooled: Mapped[bool] = mapped_column(default=False, info=added(before=False))


class VillageDay(Recorded, Base):
    """Counters of a village at the close of a day."""

    __tablename__ = "village_days"
    __table_args__ = (
        CheckConstraint(
            "households_rated BETWEEN households_credited AND households_registered",
            name="rated_within_registered",
        ),
        CheckConstraint(
            "households_borrowing BETWEEN 0 AND households_registered",
            name="borrowing_within_registered",
        ),
        CheckConstraint(
            "households_in_pooled BETWEEN 0 AND households_registered",
            name="in_pooled_within_registered",
        ),
        CheckConstraint(
            "overdue_principal_fen <= overdue_balance_fen AND overdue_balance_fen"
            " <= outstanding_fen AND outstanding_fen <= disbursed_fen",
            name="balances_in_order",
        ),
        CheckConstraint(
            "loans_entrusted_count BETWEEN 0 AND loans_count"
            " AND disbursed_entrusted_fen <= disbursed_fen"
            " AND outstanding_entrusted_fen <= outstanding_fen",
            name="entrusted_within_loans",
        ),
        CheckConstraint(
            "outstanding_pooled_fen BETWEEN 0 AND disbursed_pooled_fen", name="pooled_in_order"
        ),
        CheckConstraint(
            "mutual_outstanding_fen BETWEEN 0 AND mutual_disbursed_fen", name="mutual_in_order"
        ),
        Index("ix_village_days_on_day", "on_day"),
    )

    #: village
    village_code: Mapped[str] = mapped_column(primary_key=True)
    #: closed day
    on_day: Mapped[date] = mapped_column(primary_key=True)
    #: households ever registered and not removed
    households_registered: Mapped[int]
    #: their people
    persons_registered: Mapped[int]
    #: of those households: with a confirmed rating in force
    households_rated: Mapped[int]
    #: of those households: with a line above zero in force
    households_credited: Mapped[int]
    #: of those households: that ever drew a loan
    households_borrowing: Mapped[int]
    #: of those households: that owe principal
    households_with_balance: Mapped[int]
    #: sum of their lines in force, fen
    line_fen: Mapped[int]
    #: contracts with a disbursement that was not reversed
    loans_count: Mapped[int]
    #: what was paid out on them and not reversed, fen
    disbursed_fen: Mapped[int]
    #: principal outstanding, fen
    outstanding_fen: Mapped[int]
    #: households' principal past due, fen
    overdue_principal_fen: Mapped[int]
    #: households' interest and penalty past due, fen
    overdue_interest_fen: Mapped[int]
    #: whole outstanding principal of loans with either past due, fen
    overdue_balance_fen: Mapped[int]
    #: whole outstanding principal of loans graded 3 to 5, fen
    bad_balance_fen: Mapped[int]
    #: of the contracts: those whose money an organisation uses and repays (分贷统还)
    loans_entrusted_count: Mapped[int] = mapped_column(default=0, info=added(before=0))
    #: paid out on them and not reversed, fen
    disbursed_entrusted_fen: Mapped[int] = mapped_column(default=0, info=added(before=0))
    #: their principal outstanding, fen
    outstanding_entrusted_fen: Mapped[int] = mapped_column(default=0, info=added(before=0))
    #: organisations' contracts for lists of households (统贷统还); in none of the counters above
    loans_pooled_count: Mapped[int] = mapped_column(default=0, info=added(before=0))
    #: paid out on them and not reversed, fen
    disbursed_pooled_fen: Mapped[int] = mapped_column(default=0, info=added(before=0))
    #: their principal outstanding, fen
    outstanding_pooled_fen: Mapped[int] = mapped_column(default=0, info=added(before=0))
    #: registered households with a share of one that was drawn
    households_in_pooled: Mapped[int] = mapped_column(default=0, info=added(before=0))
    #: contracts of village funds (互助式); in none of the counters above
    mutual_loans_count: Mapped[int] = mapped_column(default=0, info=added(before=0))
    #: paid out on them and not reversed, fen
    mutual_disbursed_fen: Mapped[int] = mapped_column(default=0, info=added(before=0))
    #: their principal outstanding, fen
    mutual_outstanding_fen: Mapped[int] = mapped_column(default=0, info=added(before=0))


class SubsidyDay(Recorded, Base):
    """What a village's loans came to in interest subsidies at the close of a day."""

    __tablename__ = "subsidy_days"
    __table_args__ = (
        CheckConstraint(
            "claimed_fen <= accrued_fen AND paid_fen <= claimed_fen", name="accrued_claimed_paid"
        ),
        CheckConstraint("to_recover_fen >= 0", name="to_recover_not_negative"),
        Index("ix_subsidy_days_on_day", "on_day"),
    )

    #: village of the loans, as in ``village_days``
    village_code: Mapped[str] = mapped_column(primary_key=True)
    #: closed day
    on_day: Mapped[date] = mapped_column(primary_key=True)
    #: entitlements of what was settled, before what is to be recovered, fen
    accrued_fen: Mapped[int]
    #: of them in claims that were submitted, fen
    claimed_fen: Mapped[int]
    #: of them paid, fen
    paid_fen: Mapped[int]
    #: taken back of what was claimed, and neither claimed less nor paid back yet, fen
    to_recover_fen: Mapped[int]


class FundDay(Recorded, Base):
    """A special account of the compensation fund at the close of a day."""

    __tablename__ = "fund_days"
    __table_args__ = (
        CheckConstraint("pledged_fen BETWEEN 0 AND balance_fen", name="pledged_within_balance"),
        CheckConstraint("covered_fen >= 0 AND disbursed_fen >= 0", name="lending_not_negative"),
        Index("ix_fund_days_on_day", "on_day"),
    )

    #: special account
    account_id: Mapped[int] = mapped_column(ForeignKey("fund_accounts.id"), primary_key=True)
    #: closed day
    on_day: Mapped[date] = mapped_column(primary_key=True)
    #: in the account, fen
    balance_fen: Mapped[int]
    #: of that pledged to claims, fen
    pledged_fen: Mapped[int]
    #: contributions ever less withdrawals, fen
    contributed_fen: Mapped[int]
    #: ever disbursed by its lender on contracts under cover, fen
    disbursed_fen: Mapped[int]
    #: covered principal of that lender's loans outstanding, fen
    covered_fen: Mapped[int]
    #: how many times the fund may be lent, by the policy of the day
    multiple: Mapped[int]


#: what a household's row says beside its key
STATE = (
    "village_code",
    "registered",
    "persons",
    "rated",
    "credited",
    "line_fen",
    "borrowing",
    "with_balance",
    "in_pooled",
)
#: counters taken from households
HOUSEHOLD_COUNTERS = (
    "households_registered",
    "persons_registered",
    "households_rated",
    "households_credited",
    "households_borrowing",
    "households_with_balance",
    "line_fen",
    "households_in_pooled",
)
#: counters taken from loans
LOAN_COUNTERS = (
    "loans_count",
    "disbursed_fen",
    "outstanding_fen",
    "overdue_principal_fen",
    "overdue_interest_fen",
    "overdue_balance_fen",
    "bad_balance_fen",
    "loans_entrusted_count",
    "disbursed_entrusted_fen",
    "outstanding_entrusted_fen",
    "loans_pooled_count",
    "disbursed_pooled_fen",
    "outstanding_pooled_fen",
    "mutual_loans_count",
    "mutual_disbursed_fen",
    "mutual_outstanding_fen",
)
COUNTERS = (*HOUSEHOLD_COUNTERS, *LOAN_COUNTERS)
#: counters of ``subsidy_days``
SUBSIDY_COUNTERS = ("accrued_fen", "claimed_fen", "paid_fen", "to_recover_fen")
#: what ``fund_days`` says of an account beside its key
FUND_STATE = (
    "balance_fen",
    "pledged_fen",
    "contributed_fen",
    "disbursed_fen",
    "covered_fen",
    "multiple",
)
