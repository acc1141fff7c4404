"""Loans as they are lived: changes, corrections, modes, arrears, and the file behind the loan.

The schema changes here; ``migrations.lived`` carries the rows.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.append_only import protect
from kernel.database import BigInt
from migrations import lived
from migrations.changing import (
    New,
    add_columns,
    changing,
    require_before,
    require_none,
    rules,
    to_nothing,
    unguarded,
)

revision = "2026_11_22_loans_as_lived"
down_revision = "2026_11_21_the_county_opens"

#: new tables of the record, in the order in which they can be dropped
NEW_TABLES = (
    "loan_changes",
    "grade_overrides",
    "changes_left_out",
    "borrower_changes",
    "ways",
    "printed_papers",
    "post_checks",
    "loan_papers",
    "life_events",
    "corrections",
    "contacts",
    "change_items",
    "loan_shares",
    "change_sheets",
)

_CORRECTION = New("correction", "number", 0)
_MODES = "mode IN ('credit', 'entrusted', 'pooled')"
_HOUSEHOLD_BY_MODE = "(household_id IS NULL) = (mode = 'pooled')"
_BORROWER_BY_MODE = "(borrower_id IS NULL) = (household_id IS NULL)"
_ORGANISATION_BY_MODE = "(organisation_id IS NULL) = (mode NOT IN ('entrusted', 'pooled'))"
_AMOUNT = "amount_fen > 0 OR (correction > 0 AND amount_fen != 0)"

#: columns that tables of the record get
ADDED = {
    "applications": (
        New("mode", "text", "credit"),
        New("organisation_id", "number"),
        New("exposure_fen", "number", 0),
        New("revolving", "truth", False),
        New("renews", "text", ""),
    ),
    "loans": (
        New("mode", "text", "credit"),
        New("organisation_id", "number"),
        New("revolving", "truth", False),
        New("renews_id", "number"),
    ),
    "loan_bearers": (New("runs_on", "truth", False),),
    "segments": (_CORRECTION,),
    "settlements": (),
    "dues": (_CORRECTION,),
    "repayments": (
        New("early", "truth", False),
        New("payer_kind", "text", ""),
        New("payer_id", "number", 0),
        _CORRECTION,
    ),
    "allocations": (New("correction", "number", 0),),
    "reversals": (New("repayment_id", "number"), New("change_id", "number")),
    "household_days": (New("in_pooled", "truth", False),),
    "village_days": (
        New("loans_entrusted_count", "number", 0),
        New("disbursed_entrusted_fen", "number", 0),
        New("outstanding_entrusted_fen", "number", 0),
        New("loans_pooled_count", "number", 0),
        New("disbursed_pooled_fen", "number", 0),
        New("outstanding_pooled_fen", "number", 0),
        New("households_in_pooled", "number", 0),
    ),
}

#: columns of the running state; what they hold is worked out for every loan
POSITION = (
    New("matures_on", "day"),
    New("method", "text"),
    New("every_months", "number"),
    New("settle_on_day", "number"),
    New("last_event_on", "day"),
    New("last_event_rank", "number", 0),
    New("misuse_surcharge_bp", "number"),
    New("compounds", "truth"),
    New("principal_first_after_days", "number"),
    New("misused", "truth", False),
    New("compound_settled_to", "day"),
    New("plan_from_on", "day"),
    New("correction", "number", 0),
)

#: CHECKs: table -> (those before, those after)
RULES = {
    "applications": (
        {},
        {
            "ck_applications_exposure_not_negative": "exposure_fen >= 0",
            "ck_applications_mode_known": _MODES,
            "ck_applications_household_by_mode": _HOUSEHOLD_BY_MODE,
            "ck_applications_borrower_by_mode": _BORROWER_BY_MODE,
            "ck_applications_organisation_by_mode": _ORGANISATION_BY_MODE,
        },
    ),
    "loans": (
        {},
        {
            "ck_loans_payer_by_mode": "(organisation_id IS NULL) = (payer_kind = 'households')",
            "ck_loans_age_of_borrower": "(borrower_id IS NULL) = (borrower_age_years IS NULL)",
            "ck_loans_mode_known": _MODES,
            "ck_loans_household_by_mode": _HOUSEHOLD_BY_MODE,
            "ck_loans_borrower_by_mode": _BORROWER_BY_MODE,
            "ck_loans_organisation_by_mode": _ORGANISATION_BY_MODE,
        },
    ),
    "segments": (
        {"ck_segments_state_known": "state IN ('regular', 'overdue', 'void')"},
        {
            "ck_segments_state_known": "state IN ('regular', 'misused', 'overdue', 'arrears', 'void')",
        },
    ),
    "settlements": (
        {
            "ck_settlements_kind_known": "kind IN ('interest', 'penalty')",
            "ck_settlements_parts_not_negative": "treasury_fen >= 0 AND household_fen >= 0",
        },
        {
            "ck_settlements_kind_known": "kind IN ('interest', 'penalty', 'compound')",
            "ck_settlements_parts_not_negative": "revision > 0 OR (treasury_fen >= 0 AND household_fen >= 0)",
        },
    ),
    "dues": (
        {
            "ck_dues_amount_positive": "amount_fen > 0",
            "ck_dues_kind_known": "kind IN ('principal', 'interest', 'penalty')",
        },
        {
            "ck_dues_amount": _AMOUNT,
            "ck_dues_kind_known": "kind IN ('principal', 'interest', 'penalty', 'compound')",
        },
    ),
    "repayments": (
        {
            "ck_repayments_kind_known": "kind IN ('payment', 'credit')",
            "ck_repayments_payment_has_voucher": "(kind = 'payment') = (voucher_id IS NOT NULL)",
        },
        {
            "ck_repayments_kind_known": "kind IN ('payment', 'credit', 'refund', 'write_off', 'recovery')",
            "ck_repayments_money_has_voucher": "(kind IN ('payment', 'refund', 'recovery')) = (voucher_id IS NOT NULL)",
            "ck_repayments_payment_alone_is_early": "kind = 'payment' OR NOT early",
        },
    ),
    "allocations": (
        {"ck_allocations_amount_positive": "amount_fen > 0"},
        {"ck_allocations_amount": _AMOUNT},
    ),
    "reversals": (
        {},
        {
            "ck_reversals_undoes_one": "(CASE WHEN disbursement_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN repayment_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN change_id IS NULL THEN 0 ELSE 1 END) = 1",
        },
    ),
    "village_days": (
        {},
        {
            "ck_village_days_in_pooled_within_registered": "households_in_pooled BETWEEN 0 AND households_registered",
            "ck_village_days_entrusted_within_loans": "loans_entrusted_count BETWEEN 0 AND loans_count"
            " AND disbursed_entrusted_fen <= disbursed_fen"
            " AND outstanding_entrusted_fen <= outstanding_fen",
            "ck_village_days_pooled_in_order": "outstanding_pooled_fen BETWEEN 0 AND disbursed_pooled_fen",
        },
    ),
    "positions": (
        {"ck_positions_state_known": "state IN ('signed', 'active', 'settled')"},
        {"ck_positions_state_known": "state IN ('signed', 'active', 'settled', 'written_off')"},
    ),
    "open_segments": (
        {"ck_open_segments_state_known": "state IN ('regular', 'overdue')"},
        {
            "ck_open_segments_state_known": "state IN ('regular', 'misused', 'overdue', 'arrears')",
        },
    ),
}

#: columns that may be empty from now on, as a household no longer borrows in every mode
MAY_BE_EMPTY = {
    "applications": ("household_id", "borrower_id"),
    "loans": ("household_id", "borrower_id", "borrower_age_years"),
    "reversals": ("disbursement_id",),
}

#: (column, table it names)
NAMES = {
    "applications": (("organisation_id", "organisations"),),
    "loans": (("organisation_id", "organisations"), ("renews_id", "loans")),
    "reversals": (("repayment_id", "repayments"), ("change_id", "loan_changes")),
}

#: columns whose values stand once
ONCE = {"loans": ("renews_id",), "reversals": ("repayment_id", "change_id")}


def upgrade() -> None:
    bind = op.get_bind()
    lived.require_no_close(bind)
    lived.require_credit_within_loans(bind)
    _create_tables()
    with unguarded(ADDED):
        for table, columns in ADDED.items():
            _grow(table, columns)
    op.create_index(op.f("ix_loans_organisation_id"), "loans", ["organisation_id"])
    lived.give_credit_to_loans(bind)
    op.drop_table("household_credits")
    _grow_running_state()
    protect(bind, NEW_TABLES)


def _grow(table: str, columns: tuple[New, ...]) -> None:
    add_columns(table, columns)
    before, after = RULES.get(table, ({}, {}))
    with changing(table, columns) as batch:
        rules(batch, before, after)
        for name in MAY_BE_EMPTY.get(table, ()):
            batch.alter_column(name, existing_type=BigInt, nullable=True)
        for name, other in NAMES.get(table, ()):
            batch.create_foreign_key(op.f(f"fk_{table}_{name}_{other}"), other, [name], ["id"])
        for name in ONCE.get(table, ()):
            batch.create_unique_constraint(op.f(f"uq_{table}_{name}"), [name])
        if table == "allocations":
            batch.drop_constraint(op.f("pk_allocations"), type_="primary")
            batch.create_primary_key(
                op.f("pk_allocations"), ["repayment_id", "due_id", "correction"]
            )


def _grow_running_state() -> None:
    bind = op.get_bind()
    with changing("open_segments") as batch:
        rules(batch, *RULES["open_segments"])
    add_columns("positions", POSITION)
    lived.fill_positions(bind)
    if (on := lived.open_day(bind)) is not None:
        lived.begin_arrears(bind, on)
    with changing("positions", POSITION) as batch:
        rules(batch, *RULES["positions"])
        for new in POSITION:
            if new.name != "principal_first_after_days":
                batch.alter_column(new.name, existing_type=new.column().type, nullable=False)


def downgrade() -> None:
    if to_nothing():
        _drop_what_is_new()
        return
    bind = op.get_bind()
    lived.require_no_close(bind)
    _require_nothing_new()
    _create_household_credits()
    lived.give_credit_to_households(bind)
    lived.end_arrears(bind)
    with changing("positions") as batch:
        rules(batch, RULES["positions"][1], RULES["positions"][0])
        for new in POSITION:
            batch.drop_column(new.name)
    with changing("open_segments") as batch:
        rules(batch, RULES["open_segments"][1], RULES["open_segments"][0])
    op.drop_index(op.f("ix_loans_organisation_id"), "loans")
    with unguarded(ADDED):
        for table, columns in ADDED.items():
            _shrink(table, columns)
    op.drop_table("loan_credits")
    for table in NEW_TABLES:
        op.drop_table(table)


def _require_nothing_new() -> None:
    """Refuse where going back would lose something: one row of the new kind is enough."""
    for table in NEW_TABLES:
        require_none(table, "*")
    for table, columns in ADDED.items():
        require_before(table, columns)
    kind, state = sa.column("kind", sa.Text), sa.column("state", sa.Text)
    amount, from_on = sa.column("amount_fen", BigInt), sa.column("from_on", sa.Date)
    require_none("repayments", "kind", kind.not_in(("payment", "credit")))
    for table in ("settlements", "dues"):
        require_none(table, "compound", kind == "compound")
    require_none("settlements", "revision", sa.column("revision", BigInt) > 0, amount < 0)
    require_none("segments", "state", state.in_(("misused", "arrears")))
    require_none("open_segments", "state", state == "misused")
    require_none("positions", "state", state == "written_off")
    # Interest on unpaid interest that has run and is not settled would be lost.
    on = lived.open_day(op.get_bind())
    if on is not None:
        require_none("open_segments", "arrears", state == "arrears", from_on < on)


def _shrink(table: str, columns: tuple[New, ...]) -> None:
    before, after = RULES.get(table, ({}, {}))
    with changing(table) as batch:
        rules(batch, after, before)
        for name in MAY_BE_EMPTY.get(table, ()):
            batch.alter_column(name, existing_type=BigInt, nullable=False)
        for name, other in NAMES.get(table, ()):
            batch.drop_constraint(op.f(f"fk_{table}_{name}_{other}"), type_="foreignkey")
        for name in ONCE.get(table, ()):
            batch.drop_constraint(op.f(f"uq_{table}_{name}"), type_="unique")
        if table == "allocations":
            batch.drop_constraint(op.f("pk_allocations"), type_="primary")
            batch.create_primary_key(op.f("pk_allocations"), ["repayment_id", "due_id"])
        for new in columns:
            batch.drop_column(new.name)


def _drop_what_is_new() -> None:
    """On the way to a database without tables: what the revision before does not know of."""
    with changing("reversals") as batch:
        batch.drop_constraint(op.f("fk_reversals_change_id_loan_changes"), type_="foreignkey")
    for table in ("loan_credits", *NEW_TABLES):
        op.drop_table(table)
    _create_household_credits()


def _create_household_credits() -> None:
    op.create_table(
        "household_credits",
        sa.Column("lender_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "amount_fen >= 0", name=op.f("ck_household_credits_amount_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_household_credits_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["lender_id"],
            ["organisations.id"],
            name=op.f("fk_household_credits_lender_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("lender_id", "household_id", name=op.f("pk_household_credits")),
        sqlite_strict=True,
    )


def _create_tables() -> None:
    op.create_table(
        "change_sheets",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lender_id", BigInt, nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("loans", BigInt, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("loans > 0", name=op.f("ck_change_sheets_not_empty")),
        sa.ForeignKeyConstraint(
            ["lender_id"],
            ["organisations.id"],
            name=op.f("fk_change_sheets_lender_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_sheets")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_change_sheets_trail_id"), "change_sheets", ["trail_id"], unique=False)
    op.create_table(
        "loan_shares",
        sa.Column("application_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("share_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("share_fen > 0", name=op.f("ck_loan_shares_share_positive")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_loan_shares_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_loan_shares_household_id_households")
        ),
        sa.PrimaryKeyConstraint("application_id", "household_id", name=op.f("pk_loan_shares")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_loan_shares_household_id"), "loan_shares", ["household_id"], unique=False
    )
    op.create_index(op.f("ix_loan_shares_trail_id"), "loan_shares", ["trail_id"], unique=False)
    op.create_table(
        "change_items",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("sheet_id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("value_date", sa.Date(), nullable=True),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("exceptions", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_change_items_loan_id_loans")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["change_sheets.id"], name=op.f("fk_change_items_sheet_id_change_sheets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_items")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_change_items_loan_id"), "change_items", ["loan_id"], unique=False)
    op.create_index("ix_change_items_sheet_id", "change_items", ["sheet_id"], unique=False)
    op.create_index(op.f("ix_change_items_trail_id"), "change_items", ["trail_id"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("met", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("notice_number", sa.Text(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("promised_fen", BigInt, nullable=False),
        sa.Column("attachment_id", BigInt, nullable=True),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("noted_by", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(kind = 'notice') = (notice_number IS NOT NULL)",
            name=op.f("ck_contacts_notice_number"),
        ),
        sa.CheckConstraint(
            "(kind = 'promise') = (promised_fen > 0)", name=op.f("ck_contacts_promise_amount")
        ),
        sa.CheckConstraint(
            "(kind = 'promise') = (promised_on IS NOT NULL)", name=op.f("ck_contacts_promise_day")
        ),
        sa.CheckConstraint(
            "kind IN ('call', 'visit', 'notice', 'promise')", name=op.f("ck_contacts_kind_known")
        ),
        sa.CheckConstraint("promised_fen >= 0", name=op.f("ck_contacts_promised_not_negative")),
        sa.CheckConstraint(
            "promised_on >= value_date", name=op.f("ck_contacts_promise_looks_ahead")
        ),
        sa.CheckConstraint("value_date <= noted_on", name=op.f("ck_contacts_made_before_noted")),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_contacts_attachment_id_attachments"),
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name=op.f("fk_contacts_loan_id_loans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("notice_number", name=op.f("uq_contacts_notice_number")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_contacts_loan_id_value_date", "contacts", ["loan_id", "value_date"], unique=False
    )
    op.create_index(op.f("ix_contacts_trail_id"), "contacts", ["trail_id"], unique=False)
    op.create_table(
        "corrections",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("booking_date", sa.Date(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("nr > 0", name=op.f("ck_corrections_nr")),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_corrections_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("loan_id", "nr", name=op.f("uq_corrections_loan_id_nr")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_corrections_trail_id"), "corrections", ["trail_id"], unique=False)
    op.create_table(
        "life_events",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("person_id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("attachment_id", BigInt, nullable=True),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("noted_by", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "kind IN ('died', 'moved_away', 'back')", name=op.f("ck_life_events_kind_known")
        ),
        sa.CheckConstraint(
            "value_date <= noted_on", name=op.f("ck_life_events_happened_before_noted")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_life_events_attachment_id_attachments"),
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_life_events_loan_id_loans")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_life_events_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_life_events")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_life_events_loan_id"), "life_events", ["loan_id"], unique=False)
    op.create_index(
        "ix_life_events_person_id_value_date",
        "life_events",
        ["person_id", "value_date"],
        unique=False,
    )
    op.create_index(op.f("ix_life_events_trail_id"), "life_events", ["trail_id"], unique=False)
    op.create_table(
        "loan_credits",
        sa.Column("loan_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_loan_credits_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_loan_credits_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("loan_id", name=op.f("pk_loan_credits")),
        sqlite_strict=True,
    )
    op.create_table(
        "loan_papers",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("application_id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("on_file", sa.Boolean(), nullable=False),
        sa.Column("attachment_id", BigInt, nullable=True),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("noted_by", BigInt, nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "on_file OR attachment_id IS NULL", name=op.f("ck_loan_papers_scan_of_what_is_there")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_loan_papers_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_loan_papers_attachment_id_attachments"),
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_loan_papers_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_papers")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_loan_papers_application_id_paper",
        "loan_papers",
        ["application_id", "paper"],
        unique=False,
    )
    op.create_index(op.f("ix_loan_papers_loan_id"), "loan_papers", ["loan_id"], unique=False)
    op.create_index(op.f("ix_loan_papers_trail_id"), "loan_papers", ["trail_id"], unique=False)
    op.create_table(
        "post_checks",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("use_found", sa.Text(), nullable=False),
        sa.Column("misused_fen", BigInt, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("attachment_id", BigInt, nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("noted_by", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(use_found IN ('misused', 'lent_on')) = (misused_fen > 0)",
            name=op.f("ck_post_checks_amount_of_misuse"),
        ),
        sa.CheckConstraint(
            "use_found IN ('matches', 'misused', 'lent_on', 'idle')",
            name=op.f("ck_post_checks_use_found_known"),
        ),
        sa.CheckConstraint("misused_fen >= 0", name=op.f("ck_post_checks_misused_not_negative")),
        sa.CheckConstraint(
            "next_due_on > value_date", name=op.f("ck_post_checks_next_comes_after")
        ),
        sa.CheckConstraint(
            "value_date <= noted_on", name=op.f("ck_post_checks_checked_before_noted")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_post_checks_attachment_id_attachments"),
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_post_checks_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_checks")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_post_checks_loan_id_value_date", "post_checks", ["loan_id", "value_date"], unique=False
    )
    op.create_index(op.f("ix_post_checks_trail_id"), "post_checks", ["trail_id"], unique=False)
    op.create_table(
        "printed_papers",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("slip_number", sa.Text(), nullable=False),
        sa.Column("printed_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(kind = 'slip') = (slip_number <> '')", name=op.f("ck_printed_papers_slip_has_number")
        ),
        sa.CheckConstraint(
            "kind IN ('contract', 'slip')", name=op.f("ck_printed_papers_kind_known")
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_printed_papers_digest_sha256")),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_printed_papers_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printed_papers")),
        sqlite_strict=True,
    )
    op.create_index("ix_printed_papers_loan_id", "printed_papers", ["loan_id"], unique=False)
    op.create_index(
        op.f("ix_printed_papers_trail_id"), "printed_papers", ["trail_id"], unique=False
    )
    op.create_table(
        "ways",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("matures_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("noted_by", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "way IN ('repay', 'renew', 'extend', 'instalments', 'claim', 'sue', 'successor')",
            name=op.f("ck_ways_way_known"),
        ),
        sa.CheckConstraint("planned_on >= noted_on", name=op.f("ck_ways_planned_ahead")),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name=op.f("fk_ways_loan_id_loans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ways")),
        sqlite_strict=True,
    )
    op.create_index("ix_ways_loan_id_matures_on", "ways", ["loan_id", "matures_on"], unique=False)
    op.create_index(op.f("ix_ways_trail_id"), "ways", ["trail_id"], unique=False)
    op.create_table(
        "borrower_changes",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("item_id", BigInt, nullable=False),
        sa.Column("booking_date", sa.Date(), nullable=False),
        sa.Column("borrower_id", BigInt, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["people.id"], name=op.f("fk_borrower_changes_borrower_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["change_items.id"], name=op.f("fk_borrower_changes_item_id_change_items")
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_borrower_changes_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_borrower_changes")),
        sa.UniqueConstraint("item_id", name=op.f("uq_borrower_changes_item_id")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_borrower_changes_loan_id"), "borrower_changes", ["loan_id"], unique=False
    )
    op.create_index(
        op.f("ix_borrower_changes_trail_id"), "borrower_changes", ["trail_id"], unique=False
    )
    op.create_table(
        "changes_left_out",
        sa.Column("item_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["change_items.id"], name=op.f("fk_changes_left_out_item_id_change_items")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_changes_left_out")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_changes_left_out_trail_id"), "changes_left_out", ["trail_id"], unique=False
    )
    op.create_table(
        "grade_overrides",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("item_id", BigInt, nullable=False),
        sa.Column("booking_date", sa.Date(), nullable=False),
        sa.Column("grade", BigInt, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("grade BETWEEN 1 AND 5", name=op.f("ck_grade_overrides_grade_range")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["change_items.id"], name=op.f("fk_grade_overrides_item_id_change_items")
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_grade_overrides_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_overrides")),
        sa.UniqueConstraint("item_id", name=op.f("uq_grade_overrides_item_id")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_grade_overrides_loan_id"), "grade_overrides", ["loan_id"], unique=False
    )
    op.create_index(
        op.f("ix_grade_overrides_trail_id"), "grade_overrides", ["trail_id"], unique=False
    )
    op.create_table(
        "loan_changes",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("item_id", BigInt, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("booking_date", sa.Date(), nullable=False),
        sa.Column("matures_on", sa.Date(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("every_months", BigInt, nullable=False),
        sa.Column("settle_on_day", BigInt, nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "kind IN ('extension', 'deferral', 'plan', 'misuse')",
            name=op.f("ck_loan_changes_kind_known"),
        ),
        sa.CheckConstraint(
            "value_date <= booking_date", name=op.f("ck_loan_changes_value_date_not_after_booking")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["change_items.id"], name=op.f("fk_loan_changes_item_id_change_items")
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_loan_changes_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_changes")),
        sa.UniqueConstraint("item_id", name=op.f("uq_loan_changes_item_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_loan_changes_loan_id", "loan_changes", ["loan_id"], unique=False)
    op.create_index(op.f("ix_loan_changes_trail_id"), "loan_changes", ["trail_id"], unique=False)
