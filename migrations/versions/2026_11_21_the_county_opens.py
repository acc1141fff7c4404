"""The county opens: every table of the first release, and the triggers of the record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import CreateSequence, DropSequence

from kernel.append_only import protect
from kernel.database import BigInt, UtcDateTime

revision = "2026_11_21_the_county_opens"
down_revision = None

#: rows of these are written once
APPEND_ONLY = (
    "accounts",
    "allocations",
    "application_sheets",
    "applications",
    "attachments",
    "closings",
    "decisions",
    "disbursements",
    "dues",
    "entries",
    "grade_changes",
    "household_days",
    "household_slips",
    "household_statuses",
    "loan_bearers",
    "loan_days",
    "loans",
    "organisation_changes",
    "outbox_deliveries",
    "outbox_messages",
    "plan_rows",
    "postings",
    "proposals",
    "rating_schemes",
    "rating_sheets",
    "ratings",
    "register_changes",
    "repayments",
    "reversals",
    "segments",
    "settlements",
    "slip_answers",
    "village_answers",
    "village_days",
    "vouchers",
    "trail",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(CreateSequence(sa.Sequence("trail_ids")))
    op.create_table(
        "accounts",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint(
            "owner_kind", "owner_id", "kind", name=op.f("uq_accounts_owner_kind_owner_id_kind")
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_accounts_trail_id"), "accounts", ["trail_id"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", BigInt, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_attachments_sha256_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("sha256", name=op.f("uq_attachments_sha256")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_attachments_trail_id"), "attachments", ["trail_id"], unique=False)
    op.create_table(
        "business_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'closing', 'closed')", name=op.f("ck_business_days_state_known")
        ),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_business_days")),
        sqlite_strict=True,
    )
    op.create_index("ix_business_days_state", "business_days", ["state"], unique=False)
    op.create_table(
        "closings",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("trail_position", BigInt, nullable=False),
        sa.Column("trail_root", sa.Text(), nullable=False),
        sa.Column("rulebook_digest", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("length(rulebook_digest) = 64", name=op.f("ck_closings_digest_sha256")),
        sa.CheckConstraint("length(trail_root) = 64", name=op.f("ck_closings_root_sha256")),
        sa.CheckConstraint("trail_position >= 0", name=op.f("ck_closings_position_not_negative")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closings")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_closings_trail_id"), "closings", ["trail_id"], unique=False)
    op.create_table(
        "entries",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", BigInt, nullable=False),
        sa.Column("booking_date", sa.Date(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("reverses_id", BigInt, nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "value_date <= booking_date", name=op.f("ck_entries_value_date_not_after_booking")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["entries.id"], name=op.f("fk_entries_reverses_id_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_entries_reverses_id")),
        sa.UniqueConstraint(
            "source_kind", "source_id", name=op.f("uq_entries_source_kind_source_id")
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_entries_booking_date", "entries", ["booking_date"], unique=False)
    op.create_index(op.f("ix_entries_trail_id"), "entries", ["trail_id"], unique=False)
    op.create_table(
        "households",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("standard", sa.Text(), nullable=True),
        sa.Column("family_planning", sa.Boolean(), nullable=True),
        sa.Column("attribute", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("bank_name", sa.Text(), nullable=True),
        sa.Column("bank_account_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("bank_account_index", sa.LargeBinary(), nullable=True),
        sa.Column("income_year", BigInt, nullable=True),
        sa.Column("wage_income_fen", BigInt, nullable=True),
        sa.Column("business_income_fen", BigInt, nullable=True),
        sa.Column("transfer_income_fen", BigInt, nullable=True),
        sa.Column("property_income_fen", BigInt, nullable=True),
        sa.Column("total_income_fen", BigInt, nullable=True),
        sa.Column("production_cost_fen", BigInt, nullable=True),
        sa.Column("net_income_fen", BigInt, nullable=True),
        sa.Column("income_per_person_fen", BigInt, nullable=True),
        sa.Column("house_area_m2", BigInt, nullable=True),
        sa.Column("house_structure", sa.Text(), nullable=True),
        sa.Column("house_dangerous", sa.Boolean(), nullable=True),
        sa.Column("relocated", sa.Boolean(), nullable=True),
        sa.Column("mutual_fund_member", sa.Boolean(), nullable=True),
        sa.Column("mutual_fund_fen", BigInt, nullable=True),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("organisation_form", sa.Text(), nullable=True),
        sa.Column("industry_income_fen", BigInt, nullable=True),
        sa.Column("enterprise_income_fen", BigInt, nullable=True),
        sa.Column("electricity", sa.Boolean(), nullable=True),
        sa.Column("fuel", sa.Text(), nullable=True),
        sa.Column("safe_water", sa.Boolean(), nullable=True),
        sa.Column("helper_name", sa.Text(), nullable=True),
        sa.Column("helper_unit", sa.Text(), nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "attribute IN ('general', 'low_income', 'five_guarantees')",
            name=op.f("ck_households_attribute_known"),
        ),
        sa.CheckConstraint(
            "income_per_person_fen >= 0", name=op.f("ck_households_income_per_person_not_negative")
        ),
        sa.CheckConstraint(
            "length(number) BETWEEN 1 AND 32", name=op.f("ck_households_number_length")
        ),
        sa.CheckConstraint(
            "length(village_code) = 12", name=op.f("ck_households_village_code_length")
        ),
        sa.CheckConstraint(
            "total_income_fen >= 0", name=op.f("ck_households_total_income_not_negative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_households")),
        sa.UniqueConstraint("number", name=op.f("uq_households_number")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_households_village_code"), "households", ["village_code"], unique=False
    )
    op.create_table(
        "import_batches",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("staged_on", sa.Date(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "state IN ('staging', 'staged', 'applied')", name=op.f("ck_import_batches_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
        sqlite_strict=True,
    )
    op.create_table(
        "job_runs",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=False),
        sa.Column("fence", BigInt, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("state IN ('running', 'done')", name=op.f("ck_job_runs_state_known")),
        sa.CheckConstraint("fence > 0", name=op.f("ck_job_runs_fence_positive")),
        sa.PrimaryKeyConstraint("job", "business_date", name=op.f("pk_job_runs")),
        sqlite_strict=True,
    )
    op.create_table(
        "lending_limits",
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("limit_fen", BigInt, nullable=False),
        sa.Column("used_fen", BigInt, nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "scope_kind IN ('institution', 'region')", name=op.f("ck_lending_limits_scope_known")
        ),
        sa.CheckConstraint("limit_fen >= 0", name=op.f("ck_lending_limits_limit_not_negative")),
        sa.CheckConstraint("used_fen >= 0", name=op.f("ck_lending_limits_used_not_negative")),
        sa.PrimaryKeyConstraint("scope_kind", "scope", name=op.f("pk_lending_limits")),
        sqlite_strict=True,
    )
    op.create_table(
        "organisations",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("parent_id", BigInt, nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "kind IN ('lender', 'enterprise', 'co_operative', 'guarantee_company', 'village_fund', 'office')",
            name=op.f("ck_organisations_kind_known"),
        ),
        sa.CheckConstraint(
            "closed_on IS NULL OR closed_on >= opened_on",
            name=op.f("ck_organisations_closes_after_opening"),
        ),
        sa.CheckConstraint(
            "length(credit_code) = 18", name=op.f("ck_organisations_credit_code_length")
        ),
        sa.CheckConstraint(
            "length(name) BETWEEN 2 AND 100", name=op.f("ck_organisations_name_length")
        ),
        sa.CheckConstraint(
            "length(region_code) = 12", name=op.f("ck_organisations_region_code_length")
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_organisations_not_its_own_parent")),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["organisations.id"],
            name=op.f("fk_organisations_parent_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_organisations_credit_code")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_organisations_parent_id"), "organisations", ["parent_id"], unique=False
    )
    op.create_index(
        op.f("ix_organisations_region_code"), "organisations", ["region_code"], unique=False
    )
    op.create_table(
        "outbox_messages",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_messages")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_outbox_messages_trail_id"), "outbox_messages", ["trail_id"], unique=False
    )
    op.create_table(
        "proposals",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", BigInt, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("proposed_by", BigInt, nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("institution_id", BigInt, nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_proposals_digest_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_proposals_subject", "proposals", ["subject_kind", "subject_id"], unique=False
    )
    op.create_index(op.f("ix_proposals_trail_id"), "proposals", ["trail_id"], unique=False)
    op.create_table(
        "rating_schemes",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("version", BigInt, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_rating_schemes_digest_sha256")),
        sa.CheckConstraint("version > 0", name=op.f("ck_rating_schemes_version_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_schemes")),
        sa.UniqueConstraint("digest", name=op.f("uq_rating_schemes_digest")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_rating_schemes_trail_id"), "rating_schemes", ["trail_id"], unique=False
    )
    op.create_table(
        "request_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("length(key) BETWEEN 8 AND 64", name=op.f("ck_request_keys_key_length")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_request_keys")),
        sqlite_strict=True,
    )
    op.create_table(
        "set_of_books",
        sa.Column("id", BigInt, autoincrement=False, nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("demo", sa.Text(), nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("mode IN ('live', 'held')", name=op.f("ck_set_of_books_mode_known")),
        sa.CheckConstraint("id = 1", name=op.f("ck_set_of_books_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_of_books")),
        sqlite_strict=True,
    )
    op.create_table(
        "slip_tries",
        sa.Column("budget", sa.Text(), nullable=False),
        sa.Column("stretch", BigInt, nullable=False),
        sa.Column("tries", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_slip_tries_tries_not_negative")),
        sa.PrimaryKeyConstraint("budget", "stretch", name=op.f("pk_slip_tries")),
        sqlite_strict=True,
    )
    op.create_table(
        "staff",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("identity_index", sa.LargeBinary(), nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("identity_index", name=op.f("uq_staff_identity_index")),
        sqlite_strict=True,
    )
    op.create_table(
        "trail",
        sa.Column("id", BigInt, autoincrement=False, nullable=False),
        sa.Column("position", BigInt, nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("person_id", BigInt, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("previous_mac", sa.Text(), nullable=False),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail")),
        sa.UniqueConstraint("position", name=op.f("uq_trail_position")),
        sqlite_strict=True,
    )
    op.create_table(
        "trail_head",
        sa.Column("id", BigInt, autoincrement=False, nullable=False),
        sa.Column("position", BigInt, nullable=False),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_head")),
        sqlite_strict=True,
    )
    op.create_table(
        "village_answers",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("township", sa.Text(), nullable=False),
        sa.Column("village", sa.Text(), nullable=False),
        sa.Column("successor_code", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village_answers")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_village_answers_name", "village_answers", ["township", "village"], unique=False
    )
    op.create_index(
        op.f("ix_village_answers_trail_id"), "village_answers", ["trail_id"], unique=False
    )
    op.create_table(
        "village_days",
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("households_registered", BigInt, nullable=False),
        sa.Column("persons_registered", BigInt, nullable=False),
        sa.Column("households_rated", BigInt, nullable=False),
        sa.Column("households_credited", BigInt, nullable=False),
        sa.Column("households_borrowing", BigInt, nullable=False),
        sa.Column("households_with_balance", BigInt, nullable=False),
        sa.Column("line_fen", BigInt, nullable=False),
        sa.Column("loans_count", BigInt, nullable=False),
        sa.Column("disbursed_fen", BigInt, nullable=False),
        sa.Column("outstanding_fen", BigInt, nullable=False),
        sa.Column("overdue_principal_fen", BigInt, nullable=False),
        sa.Column("overdue_interest_fen", BigInt, nullable=False),
        sa.Column("overdue_balance_fen", BigInt, nullable=False),
        sa.Column("bad_balance_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "households_borrowing BETWEEN 0 AND households_registered",
            name=op.f("ck_village_days_borrowing_within_registered"),
        ),
        sa.CheckConstraint(
            "households_rated BETWEEN households_credited AND households_registered",
            name=op.f("ck_village_days_rated_within_registered"),
        ),
        sa.CheckConstraint(
            "overdue_principal_fen <= overdue_balance_fen AND overdue_balance_fen <= outstanding_fen AND outstanding_fen <= disbursed_fen",
            name=op.f("ck_village_days_balances_in_order"),
        ),
        sa.PrimaryKeyConstraint("village_code", "on_day", name=op.f("pk_village_days")),
        sqlite_strict=True,
    )
    op.create_index("ix_village_days_on_day", "village_days", ["on_day"], unique=False)
    op.create_index(op.f("ix_village_days_trail_id"), "village_days", ["trail_id"], unique=False)
    op.create_table(
        "application_sheets",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("lender_id", BigInt, nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("applications", BigInt, nullable=False),
        sa.Column("total_fen", BigInt, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("applications > 0", name=op.f("ck_application_sheets_not_empty")),
        sa.ForeignKeyConstraint(
            ["lender_id"],
            ["organisations.id"],
            name=op.f("fk_application_sheets_lender_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_sheets")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_application_sheets_trail_id"), "application_sheets", ["trail_id"], unique=False
    )
    op.create_table(
        "decisions",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("proposal_id", BigInt, nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_by", BigInt, nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "decision IN ('approved', 'rejected')", name=op.f("ck_decisions_decision_known")
        ),
        sa.CheckConstraint("decided_by > 0", name=op.f("ck_decisions_a_person_decides")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_decisions_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_decisions_proposal_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_decisions_trail_id"), "decisions", ["trail_id"], unique=False)
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
    op.create_table(
        "household_days",
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("registered", sa.Boolean(), nullable=False),
        sa.Column("persons", BigInt, nullable=False),
        sa.Column("rated", sa.Boolean(), nullable=False),
        sa.Column("credited", sa.Boolean(), nullable=False),
        sa.Column("line_fen", BigInt, nullable=False),
        sa.Column("borrowing", sa.Boolean(), nullable=False),
        sa.Column("with_balance", sa.Boolean(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "credited = (line_fen > 0)", name=op.f("ck_household_days_credited_has_line")
        ),
        sa.CheckConstraint(
            "rated OR NOT credited", name=op.f("ck_household_days_credited_is_rated")
        ),
        sa.CheckConstraint(
            "registered OR (persons = 0 AND NOT rated)",
            name=op.f("ck_household_days_removed_counts_nowhere"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_household_days_household_id_households"),
        ),
        sa.PrimaryKeyConstraint("household_id", "on_day", name=op.f("pk_household_days")),
        sqlite_strict=True,
    )
    op.create_index("ix_household_days_on_day", "household_days", ["on_day"], unique=False)
    op.create_index(
        op.f("ix_household_days_trail_id"), "household_days", ["trail_id"], unique=False
    )
    op.create_index(
        "ix_household_days_village_code", "household_days", ["village_code"], unique=False
    )
    op.create_table(
        "household_slips",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_household_slips_household_id_households"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_slips")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_household_slips_code_digest")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_household_slips_household_id"), "household_slips", ["household_id"], unique=False
    )
    op.create_index(
        op.f("ix_household_slips_trail_id"), "household_slips", ["trail_id"], unique=False
    )
    op.create_table(
        "household_statuses",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "status IN ('registered', 'lifted', 'fallen_back', 'monitored', 'needs_help', 'removed')",
            name=op.f("ck_household_statuses_status_known"),
        ),
        sa.CheckConstraint(
            "from_on <= booked_on", name=op.f("ck_household_statuses_not_ahead_of_the_books")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_household_statuses_household_id_households"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_statuses")),
        sa.UniqueConstraint(
            "household_id",
            "status",
            "from_on",
            name=op.f("uq_household_statuses_household_id_status_from_on"),
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_household_statuses_booked_on", "household_statuses", ["booked_on"], unique=False
    )
    op.create_index(
        op.f("ix_household_statuses_trail_id"), "household_statuses", ["trail_id"], unique=False
    )
    op.create_table(
        "import_findings",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("batch_id", BigInt, nullable=False),
        sa.Column("line", BigInt, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batches.id"],
            name=op.f("fk_import_findings_batch_id_import_batches"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_findings")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_import_findings_number", "import_findings", ["batch_id", "number"], unique=False
    )
    op.create_table(
        "organisation_changes",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("organisation_id", BigInt, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "what IN ('new', 'changed')", name=op.f("ck_organisation_changes_what_known")
        ),
        sa.CheckConstraint("length(seal) = 64", name=op.f("ck_organisation_changes_seal_sha256")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_changes_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_changes")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_organisation_changes_organisation_id"),
        "organisation_changes",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_organisation_changes_trail_id"), "organisation_changes", ["trail_id"], unique=False
    )
    op.create_table(
        "outbox_deliveries",
        sa.Column("message_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["outbox_messages.id"],
            name=op.f("fk_outbox_deliveries_message_id_outbox_messages"),
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_outbox_deliveries")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_outbox_deliveries_trail_id"), "outbox_deliveries", ["trail_id"], unique=False
    )
    op.create_table(
        "people",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("left_reason", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("identity_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("identity_index", sa.LargeBinary(), nullable=False),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("nation", sa.Text(), nullable=True),
        sa.Column("schooling", sa.Text(), nullable=True),
        sa.Column("at_school", sa.Text(), nullable=True),
        sa.Column("health", sa.Text(), nullable=True),
        sa.Column("labour", sa.Text(), nullable=True),
        sa.Column("migrant", sa.Text(), nullable=True),
        sa.Column("migrant_months", BigInt, nullable=True),
        sa.Column("low_income_guarantee", sa.Boolean(), nullable=True),
        sa.Column("medical_insurance", sa.Boolean(), nullable=True),
        sa.Column("pension", sa.Boolean(), nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "health IN ('healthy', 'chronic', 'serious', 'disabled')",
            name=op.f("ck_people_health_known"),
        ),
        sa.CheckConstraint(
            "labour IN ('ordinary', 'skilled', 'lost', 'none')", name=op.f("ck_people_labour_known")
        ),
        sa.CheckConstraint("sex IN ('male', 'female')", name=op.f("ck_people_sex_known")),
        sa.CheckConstraint(
            "left_on IS NULL OR left_on >= joined_on", name=op.f("ck_people_leaves_after_joining")
        ),
        sa.CheckConstraint(
            "migrant_months BETWEEN 0 AND 12", name=op.f("ck_people_migrant_months_of_a_year")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_people_household_id_households")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_people_household_id"), "people", ["household_id"], unique=False)
    op.create_index("ix_people_identity_index", "people", ["identity_index"], unique=False)
    op.create_index(
        "uq_people_identity_index_present",
        "people",
        ["identity_index"],
        unique=True,
        sqlite_where=sa.text("left_on IS NULL"),
        postgresql_where=sa.text("left_on IS NULL"),
    )
    op.create_table(
        "postings",
        sa.Column("entry_id", BigInt, nullable=False),
        sa.Column("account_id", BigInt, nullable=False),
        sa.Column("subject_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_postings_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_postings_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_postings_entry_id_entries")
        ),
        sa.PrimaryKeyConstraint("entry_id", "account_id", "subject_id", name=op.f("pk_postings")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_postings_account_id_subject_id", "postings", ["account_id", "subject_id"], unique=False
    )
    op.create_index(op.f("ix_postings_trail_id"), "postings", ["trail_id"], unique=False)
    op.create_table(
        "rating_sheets",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("scheme_id", BigInt, nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("households_count", BigInt, nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("proposed_by", BigInt, nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("households_count > 0", name=op.f("ck_rating_sheets_not_empty")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_rating_sheets_digest_sha256")),
        sa.CheckConstraint(
            "length(village_code) = 12", name=op.f("ck_rating_sheets_village_code_length")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"],
            ["rating_schemes.id"],
            name=op.f("fk_rating_sheets_scheme_id_rating_schemes"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_sheets")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_rating_sheets_trail_id"), "rating_sheets", ["trail_id"], unique=False)
    op.create_index(
        "ix_rating_sheets_village_code", "rating_sheets", ["village_code"], unique=False
    )
    op.create_table(
        "staged_households",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("batch_id", BigInt, nullable=False),
        sa.Column("line", BigInt, nullable=False),
        sa.Column("village_code", sa.Text(), nullable=True),
        sa.Column("asked_township", sa.Text(), nullable=True),
        sa.Column("asked_village", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("monitored_on", sa.Date(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("standard", sa.Text(), nullable=True),
        sa.Column("family_planning", sa.Boolean(), nullable=True),
        sa.Column("attribute", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("bank_name", sa.Text(), nullable=True),
        sa.Column("bank_account_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("bank_account_index", sa.LargeBinary(), nullable=True),
        sa.Column("income_year", BigInt, nullable=True),
        sa.Column("wage_income_fen", BigInt, nullable=True),
        sa.Column("business_income_fen", BigInt, nullable=True),
        sa.Column("transfer_income_fen", BigInt, nullable=True),
        sa.Column("property_income_fen", BigInt, nullable=True),
        sa.Column("total_income_fen", BigInt, nullable=True),
        sa.Column("production_cost_fen", BigInt, nullable=True),
        sa.Column("net_income_fen", BigInt, nullable=True),
        sa.Column("income_per_person_fen", BigInt, nullable=True),
        sa.Column("house_area_m2", BigInt, nullable=True),
        sa.Column("house_structure", sa.Text(), nullable=True),
        sa.Column("house_dangerous", sa.Boolean(), nullable=True),
        sa.Column("relocated", sa.Boolean(), nullable=True),
        sa.Column("mutual_fund_member", sa.Boolean(), nullable=True),
        sa.Column("mutual_fund_fen", BigInt, nullable=True),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("organisation_form", sa.Text(), nullable=True),
        sa.Column("industry_income_fen", BigInt, nullable=True),
        sa.Column("enterprise_income_fen", BigInt, nullable=True),
        sa.Column("electricity", sa.Boolean(), nullable=True),
        sa.Column("fuel", sa.Text(), nullable=True),
        sa.Column("safe_water", sa.Boolean(), nullable=True),
        sa.Column("helper_name", sa.Text(), nullable=True),
        sa.Column("helper_unit", sa.Text(), nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batches.id"],
            name=op.f("fk_staged_households_batch_id_import_batches"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_households")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_staged_households_number", "staged_households", ["batch_id", "number"], unique=False
    )
    op.create_table(
        "staged_people",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("batch_id", BigInt, nullable=False),
        sa.Column("line", BigInt, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("own_village_code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("identity_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("identity_index", sa.LargeBinary(), nullable=False),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("nation", sa.Text(), nullable=True),
        sa.Column("schooling", sa.Text(), nullable=True),
        sa.Column("at_school", sa.Text(), nullable=True),
        sa.Column("health", sa.Text(), nullable=True),
        sa.Column("labour", sa.Text(), nullable=True),
        sa.Column("migrant", sa.Text(), nullable=True),
        sa.Column("migrant_months", BigInt, nullable=True),
        sa.Column("low_income_guarantee", sa.Boolean(), nullable=True),
        sa.Column("medical_insurance", sa.Boolean(), nullable=True),
        sa.Column("pension", sa.Boolean(), nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batches.id"],
            name=op.f("fk_staged_people_batch_id_import_batches"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_people")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_staged_people_identity_index",
        "staged_people",
        ["batch_id", "identity_index"],
        unique=False,
    )
    op.create_index(
        "ix_staged_people_number", "staged_people", ["batch_id", "number"], unique=False
    )
    op.create_table(
        "user_accounts",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("person_id", BigInt, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("region_scope", sa.Text(), nullable=False),
        sa.Column("institution_id", BigInt, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failures", BigInt, nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_user_accounts_failures_not_negative")),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["organisations.id"],
            name=op.f("fk_user_accounts_institution_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["staff.id"], name=op.f("fk_user_accounts_person_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_user_accounts_login")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_user_accounts_person_id"), "user_accounts", ["person_id"], unique=False
    )
    op.create_table(
        "vouchers",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("institution_id", BigInt, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("voucher_no", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_vouchers_direction_known")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_vouchers_amount_positive")),
        sa.CheckConstraint(
            "length(voucher_no) BETWEEN 1 AND 64", name=op.f("ck_vouchers_voucher_no_length")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["organisations.id"],
            name=op.f("fk_vouchers_institution_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouchers")),
        sa.UniqueConstraint(
            "institution_id",
            "channel",
            "voucher_no",
            name=op.f("uq_vouchers_institution_id_channel_voucher_no"),
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_vouchers_trail_id"), "vouchers", ["trail_id"], unique=False)
    op.create_table(
        "applications",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("sheet_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("borrower_id", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("term_months", BigInt, nullable=False),
        sa.Column("annual_rate_ppm", BigInt, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("every_months", BigInt, nullable=False),
        sa.Column("exception_reason", sa.Text(), nullable=False),
        sa.Column("exceptions", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_applications_amount_positive")),
        sa.CheckConstraint(
            "annual_rate_ppm BETWEEN 0 AND 1000000", name=op.f("ck_applications_rate_range")
        ),
        sa.CheckConstraint("term_months > 0", name=op.f("ck_applications_term_positive")),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["people.id"], name=op.f("fk_applications_borrower_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_applications_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["application_sheets.id"],
            name=op.f("fk_applications_sheet_id_application_sheets"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_applications_household_id"), "applications", ["household_id"], unique=False
    )
    op.create_index(op.f("ix_applications_sheet_id"), "applications", ["sheet_id"], unique=False)
    op.create_index(op.f("ix_applications_trail_id"), "applications", ["trail_id"], unique=False)
    op.create_table(
        "login_sessions",
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("account_id", BigInt, nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["user_accounts.id"],
            name=op.f("fk_login_sessions_account_id_user_accounts"),
        ),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_login_sessions")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_login_sessions_account_id"), "login_sessions", ["account_id"], unique=False
    )
    op.create_table(
        "ratings",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("sheet_id", BigInt, nullable=False),
        sa.Column("scheme_id", BigInt, nullable=False),
        sa.Column("proposal_id", BigInt, nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("score_x10", BigInt, nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("line_fen", BigInt, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("proposed_by", BigInt, nullable=False),
        sa.Column("confirmed_by", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("confirmed_by <> proposed_by", name=op.f("ck_ratings_two_persons")),
        sa.CheckConstraint("confirmed_by > 0", name=op.f("ck_ratings_a_person_confirms")),
        sa.CheckConstraint("line_fen >= 0", name=op.f("ck_ratings_line_not_negative")),
        sa.CheckConstraint("score_x10 BETWEEN 0 AND 1000", name=op.f("ck_ratings_score_in_range")),
        sa.CheckConstraint(
            "valid_from < valid_to", name=op.f("ck_ratings_valid_for_a_day_at_least")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_ratings_household_id_households")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_ratings_proposal_id_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["rating_schemes.id"], name=op.f("fk_ratings_scheme_id_rating_schemes")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["rating_sheets.id"], name=op.f("fk_ratings_sheet_id_rating_sheets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint(
            "sheet_id", "household_id", name=op.f("uq_ratings_sheet_id_household_id")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_ratings_household_id_valid_from",
        "ratings",
        ["household_id", "valid_from"],
        unique=False,
    )
    op.create_index(op.f("ix_ratings_trail_id"), "ratings", ["trail_id"], unique=False)
    op.create_index("ix_ratings_valid_from", "ratings", ["valid_from"], unique=False)
    op.create_index("ix_ratings_valid_to", "ratings", ["valid_to"], unique=False)
    op.create_table(
        "register_changes",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("person_id", BigInt, nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "what IN ('new', 'changed', 'left')", name=op.f("ck_register_changes_what_known")
        ),
        sa.CheckConstraint("length(seal) = 64", name=op.f("ck_register_changes_seal_sha256")),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_register_changes_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_register_changes_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_changes")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_register_changes_booked_on", "register_changes", ["booked_on"], unique=False
    )
    op.create_index(
        op.f("ix_register_changes_household_id"), "register_changes", ["household_id"], unique=False
    )
    op.create_index(
        op.f("ix_register_changes_person_id"), "register_changes", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_register_changes_trail_id"), "register_changes", ["trail_id"], unique=False
    )
    op.create_table(
        "slip_answers",
        sa.Column("answer_digest", sa.LargeBinary(), nullable=False),
        sa.Column("slip_id", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["slip_id"],
            ["household_slips.id"],
            name=op.f("fk_slip_answers_slip_id_household_slips"),
        ),
        sa.PrimaryKeyConstraint("answer_digest", name=op.f("pk_slip_answers")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_slip_answers_trail_id"), "slip_answers", ["trail_id"], unique=False)
    op.create_table(
        "credit_lines",
        sa.Column("household_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("rating_id", BigInt, nullable=False),
        sa.Column("limit_fen", BigInt, nullable=False),
        sa.Column("used_fen", BigInt, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("limit_fen >= 0", name=op.f("ck_credit_lines_limit_not_negative")),
        sa.CheckConstraint("used_fen >= 0", name=op.f("ck_credit_lines_used_not_negative")),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_credit_lines_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["rating_id"], ["ratings.id"], name=op.f("fk_credit_lines_rating_id_ratings")
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_credit_lines")),
        sqlite_strict=True,
    )
    op.create_table(
        "loans",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("application_id", BigInt, nullable=False),
        sa.Column("lender_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("borrower_id", BigInt, nullable=False),
        sa.Column("payer_kind", sa.Text(), nullable=False),
        sa.Column("payer_id", BigInt, nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("household_kind", sa.Text(), nullable=False),
        sa.Column("borrower_age_years", BigInt, nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("matures_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("term_months", BigInt, nullable=False),
        sa.Column("annual_rate_ppm", BigInt, nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("every_months", BigInt, nullable=False),
        sa.Column("settle_on_day", BigInt, nullable=False),
        sa.Column("day_count", sa.Text(), nullable=False),
        sa.Column("day_base", BigInt, nullable=False),
        sa.Column("overdue_surcharge_bp", BigInt, nullable=False),
        sa.Column("allocation_order", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("uses_line", sa.Boolean(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("rulebook_digest", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "payer_kind IN ('households', 'organisations')", name=op.f("ck_loans_payer_known")
        ),
        sa.CheckConstraint(
            "amount_fen BETWEEN 1 AND 10000000000", name=op.f("ck_loans_amount_range")
        ),
        sa.CheckConstraint(
            "annual_rate_ppm BETWEEN 0 AND 1000000", name=op.f("ck_loans_rate_range")
        ),
        sa.CheckConstraint("day_base IN (360, 365)", name=op.f("ck_loans_day_base_known")),
        sa.CheckConstraint("matures_on > signed_on", name=op.f("ck_loans_matures_after_signing")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_loans_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["people.id"], name=op.f("fk_loans_borrower_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_loans_household_id_households")
        ),
        sa.ForeignKeyConstraint(
            ["lender_id"], ["organisations.id"], name=op.f("fk_loans_lender_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loans")),
        sa.UniqueConstraint("application_id", name=op.f("uq_loans_application_id")),
        sa.UniqueConstraint("number", name=op.f("uq_loans_number")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_loans_household_id"), "loans", ["household_id"], unique=False)
    op.create_index(op.f("ix_loans_lender_id"), "loans", ["lender_id"], unique=False)
    op.create_index(op.f("ix_loans_trail_id"), "loans", ["trail_id"], unique=False)
    op.create_index(op.f("ix_loans_village_code"), "loans", ["village_code"], unique=False)
    op.create_table(
        "disbursements",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("slip_number", sa.Text(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("booking_date", sa.Date(), nullable=False),
        sa.Column("voucher_id", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_disbursements_amount_positive")),
        sa.CheckConstraint(
            "value_date <= booking_date", name=op.f("ck_disbursements_value_date_not_after_booking")
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_disbursements_loan_id_loans")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_disbursements_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disbursements")),
        sa.UniqueConstraint("loan_id", "nr", name=op.f("uq_disbursements_loan_id_nr")),
        sa.UniqueConstraint("slip_number", name=op.f("uq_disbursements_slip_number")),
        sa.UniqueConstraint("voucher_id", name=op.f("uq_disbursements_voucher_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_disbursements_booking_date", "disbursements", ["booking_date"], unique=False
    )
    op.create_index(op.f("ix_disbursements_trail_id"), "disbursements", ["trail_id"], unique=False)
    op.create_table(
        "grade_changes",
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("grade", BigInt, nullable=False),
        sa.Column("overdue_days", BigInt, nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("grade BETWEEN 1 AND 5", name=op.f("ck_grade_changes_grade_range")),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_grade_changes_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("loan_id", "on_day", name=op.f("pk_grade_changes")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_grade_changes_trail_id"), "grade_changes", ["trail_id"], unique=False)
    op.create_table(
        "loan_bearers",
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("share_bp", BigInt, nullable=False),
        sa.Column("cap_fen", BigInt, nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "share_bp BETWEEN 1 AND 10000", name=op.f("ck_loan_bearers_share_range")
        ),
        sa.CheckConstraint("to_on > from_on", name=op.f("ck_loan_bearers_days_in_order")),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_loan_bearers_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("loan_id", "from_on", name=op.f("pk_loan_bearers")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_loan_bearers_trail_id"), "loan_bearers", ["trail_id"], unique=False)
    op.create_table(
        "loan_days",
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("drawn_fen", BigInt, nullable=False),
        sa.Column("outstanding_fen", BigInt, nullable=False),
        sa.Column("overdue_principal_fen", BigInt, nullable=False),
        sa.Column("overdue_interest_fen", BigInt, nullable=False),
        sa.Column("grade", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name=op.f("fk_loan_days_loan_id_loans")),
        sa.PrimaryKeyConstraint("loan_id", "on_day", name=op.f("pk_loan_days")),
        sqlite_strict=True,
    )
    op.create_index("ix_loan_days_on_day", "loan_days", ["on_day"], unique=False)
    op.create_index(op.f("ix_loan_days_trail_id"), "loan_days", ["trail_id"], unique=False)
    op.create_table(
        "open_segments",
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("principal_fen", BigInt, nullable=False),
        sa.Column("rate_ppm", BigInt, nullable=False),
        sa.Column("share_bp", BigInt, nullable=False),
        sa.Column("cap_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "state IN ('regular', 'overdue')", name=op.f("ck_open_segments_state_known")
        ),
        sa.CheckConstraint("principal_fen > 0", name=op.f("ck_open_segments_principal_positive")),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_open_segments_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("loan_id", "state", name=op.f("pk_open_segments")),
        sqlite_strict=True,
    )
    op.create_table(
        "plan_rows",
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("version", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("principal_fen", BigInt, nullable=False),
        sa.Column("interest_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name=op.f("fk_plan_rows_loan_id_loans")),
        sa.PrimaryKeyConstraint("loan_id", "version", "nr", name=op.f("pk_plan_rows")),
        sqlite_strict=True,
    )
    op.create_index("ix_plan_rows_due_on", "plan_rows", ["due_on"], unique=False)
    op.create_index(op.f("ix_plan_rows_trail_id"), "plan_rows", ["trail_id"], unique=False)
    op.create_table(
        "positions",
        sa.Column("loan_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("drawn_fen", BigInt, nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("interest_settled_to", sa.Date(), nullable=False),
        sa.Column("penalty_settled_to", sa.Date(), nullable=False),
        sa.Column("plan_version", BigInt, nullable=False),
        sa.Column("settle_event_on", sa.Date(), nullable=False),
        sa.Column("plan_event_on", sa.Date(), nullable=False),
        sa.Column("share_event_on", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("next_event_on", sa.Date(), nullable=False),
        sa.Column("grade", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "state IN ('signed', 'active', 'settled')", name=op.f("ck_positions_state_known")
        ),
        sa.CheckConstraint("drawn_fen >= 0", name=op.f("ck_positions_drawn_not_negative")),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name=op.f("fk_positions_loan_id_loans")),
        sa.PrimaryKeyConstraint("loan_id", name=op.f("pk_positions")),
        sqlite_strict=True,
    )
    op.create_index("ix_positions_next_event_on", "positions", ["next_event_on"], unique=False)
    op.create_table(
        "repayments",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("to_credit_fen", BigInt, nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("booking_date", sa.Date(), nullable=False),
        sa.Column("voucher_id", BigInt, nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(kind = 'payment') = (voucher_id IS NOT NULL)",
            name=op.f("ck_repayments_payment_has_voucher"),
        ),
        sa.CheckConstraint("kind IN ('payment', 'credit')", name=op.f("ck_repayments_kind_known")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_repayments_amount_positive")),
        sa.CheckConstraint(
            "to_credit_fen BETWEEN 0 AND amount_fen",
            name=op.f("ck_repayments_credit_within_amount"),
        ),
        sa.CheckConstraint(
            "value_date <= booking_date", name=op.f("ck_repayments_value_date_not_after_booking")
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_repayments_loan_id_loans")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_repayments_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repayments")),
        sa.UniqueConstraint("voucher_id", name=op.f("uq_repayments_voucher_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_repayments_booking_date", "repayments", ["booking_date"], unique=False)
    op.create_index("ix_repayments_loan_id", "repayments", ["loan_id"], unique=False)
    op.create_index(op.f("ix_repayments_trail_id"), "repayments", ["trail_id"], unique=False)
    op.create_table(
        "segments",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("principal_fen", BigInt, nullable=False),
        sa.Column("rate_ppm", BigInt, nullable=False),
        sa.Column("share_bp", BigInt, nullable=False),
        sa.Column("cap_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "state IN ('regular', 'overdue', 'void')", name=op.f("ck_segments_state_known")
        ),
        sa.CheckConstraint("principal_fen > 0", name=op.f("ck_segments_principal_positive")),
        sa.CheckConstraint("to_on > from_on", name=op.f("ck_segments_days_in_order")),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name=op.f("fk_segments_loan_id_loans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sqlite_strict=True,
    )
    op.create_index("ix_segments_loan_id_from_on", "segments", ["loan_id", "from_on"], unique=False)
    op.create_index(op.f("ix_segments_trail_id"), "segments", ["trail_id"], unique=False)
    op.create_table(
        "settlements",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("revision", BigInt, nullable=False),
        sa.Column("product", BigInt, nullable=False),
        sa.Column("plan_nr", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("treasury_fen", BigInt, nullable=False),
        sa.Column("household_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "kind IN ('interest', 'penalty')", name=op.f("ck_settlements_kind_known")
        ),
        sa.CheckConstraint(
            "amount_fen = treasury_fen + household_fen", name=op.f("ck_settlements_parts_add_up")
        ),
        sa.CheckConstraint("to_on > from_on", name=op.f("ck_settlements_days_in_order")),
        sa.CheckConstraint(
            "treasury_fen >= 0 AND household_fen >= 0",
            name=op.f("ck_settlements_parts_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_settlements_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
        sa.UniqueConstraint(
            "loan_id",
            "kind",
            "to_on",
            "revision",
            name=op.f("uq_settlements_loan_id_kind_to_on_revision"),
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_settlements_trail_id"), "settlements", ["trail_id"], unique=False)
    op.create_table(
        "dues",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("bearer", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("settlement_id", BigInt, nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "bearer IN ('household', 'treasury')", name=op.f("ck_dues_bearer_known")
        ),
        sa.CheckConstraint(
            "kind IN ('principal', 'interest', 'penalty')", name=op.f("ck_dues_kind_known")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_dues_amount_positive")),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name=op.f("fk_dues_loan_id_loans")),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlements.id"], name=op.f("fk_dues_settlement_id_settlements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues")),
        sqlite_strict=True,
    )
    op.create_index("ix_dues_loan_id", "dues", ["loan_id"], unique=False)
    op.create_index(op.f("ix_dues_trail_id"), "dues", ["trail_id"], unique=False)
    op.create_table(
        "reversals",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("disbursement_id", BigInt, nullable=False),
        sa.Column("booking_date", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["disbursement_id"],
            ["disbursements.id"],
            name=op.f("fk_reversals_disbursement_id_disbursements"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reversals")),
        sa.UniqueConstraint("disbursement_id", name=op.f("uq_reversals_disbursement_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_reversals_trail_id"), "reversals", ["trail_id"], unique=False)
    op.create_table(
        "allocations",
        sa.Column("repayment_id", BigInt, nullable=False),
        sa.Column("due_id", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_allocations_amount_positive")),
        sa.ForeignKeyConstraint(["due_id"], ["dues.id"], name=op.f("fk_allocations_due_id_dues")),
        sa.ForeignKeyConstraint(
            ["repayment_id"], ["repayments.id"], name=op.f("fk_allocations_repayment_id_repayments")
        ),
        sa.PrimaryKeyConstraint("repayment_id", "due_id", name=op.f("pk_allocations")),
        sqlite_strict=True,
    )
    op.create_index("ix_allocations_due_id", "allocations", ["due_id"], unique=False)
    op.create_index(op.f("ix_allocations_trail_id"), "allocations", ["trail_id"], unique=False)
    op.create_table(
        "open_dues",
        sa.Column("due_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("bearer", sa.Text(), nullable=False),
        sa.Column("payable_on", sa.Date(), nullable=False),
        sa.Column("left_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("left_fen > 0", name=op.f("ck_open_dues_left_positive")),
        sa.ForeignKeyConstraint(["due_id"], ["dues.id"], name=op.f("fk_open_dues_due_id_dues")),
        sa.PrimaryKeyConstraint("due_id", name=op.f("pk_open_dues")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_open_dues_bearer_payable_on", "open_dues", ["bearer", "payable_on"], unique=False
    )
    op.create_index(
        "ix_open_dues_loan_id_bearer_payable_on",
        "open_dues",
        ["loan_id", "bearer", "payable_on"],
        unique=False,
    )

    protect(op.get_bind(), APPEND_ONLY)


def downgrade() -> None:
    op.drop_table("open_dues")
    op.drop_table("allocations")
    op.drop_table("reversals")
    op.drop_table("dues")
    op.drop_table("settlements")
    op.drop_table("segments")
    op.drop_table("repayments")
    op.drop_table("positions")
    op.drop_table("plan_rows")
    op.drop_table("open_segments")
    op.drop_table("loan_days")
    op.drop_table("loan_bearers")
    op.drop_table("grade_changes")
    op.drop_table("disbursements")
    op.drop_table("loans")
    op.drop_table("credit_lines")
    op.drop_table("slip_answers")
    op.drop_table("register_changes")
    op.drop_table("ratings")
    op.drop_table("login_sessions")
    op.drop_table("applications")
    op.drop_table("vouchers")
    op.drop_table("user_accounts")
    op.drop_table("staged_people")
    op.drop_table("staged_households")
    op.drop_table("rating_sheets")
    op.drop_table("postings")
    op.drop_table("people")
    op.drop_table("outbox_deliveries")
    op.drop_table("organisation_changes")
    op.drop_table("import_findings")
    op.drop_table("household_statuses")
    op.drop_table("household_slips")
    op.drop_table("household_days")
    op.drop_table("household_credits")
    op.drop_table("decisions")
    op.drop_table("application_sheets")
    op.drop_table("village_days")
    op.drop_table("village_answers")
    op.drop_table("trail_head")
    op.drop_table("trail")
    op.drop_table("staff")
    op.drop_table("slip_tries")
    op.drop_table("set_of_books")
    op.drop_table("request_keys")
    op.drop_table("rating_schemes")
    op.drop_table("proposals")
    op.drop_table("outbox_messages")
    op.drop_table("organisations")
    op.drop_table("lending_limits")
    op.drop_table("job_runs")
    op.drop_table("import_batches")
    op.drop_table("households")
    op.drop_table("entries")
    op.drop_table("closings")
    op.drop_table("business_days")
    op.drop_table("attachments")
    op.drop_table("accounts")

    if op.get_bind().dialect.name == "postgresql":
        op.execute(DropSequence(sa.Sequence("trail_ids")))
        op.execute("DROP FUNCTION fupin_refuse()")
