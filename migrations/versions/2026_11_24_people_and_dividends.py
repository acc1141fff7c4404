"""People and enterprises: identification, families, linkage and dividends, village funds.

The schema changes here. No row moves: what is new of households that stand is written by the next
close (docs/decisions/36).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from kernel.append_only import protect
from kernel.database import BigInt
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
from migrations.lived import require_no_close

revision = "2026_11_24_people_and_dividends"
down_revision = "2026_11_23_two_hands"

#: new tables, in the order in which they can be dropped
NEW_TABLES = (
    "dividend_releases",
    "dividend_releases_asked",
    "pool_refunds",
    "pool_refunds_asked",
    "application_sheets_dropped",
    "subsidy_revision_offsets",
    "dividend_return_rows",
    "loan_conversion_grants",
    "dividend_returns",
    "dividend_payments",
    "dividend_files_discarded",
    "unwinding_approvals",
    "mutual_vote_extensions",
    "mutual_group_leavings",
    "loan_conversions",
    "linked_loans",
    "joint_signers",
    "extension_permits",
    "dividend_steps",
    "dividend_rows",
    "dividend_receipts",
    "dividend_positions",
    "dividend_files",
    "dividend_declarations",
    "agreement_households",
    "agreement_ends",
    "agreement_approvals",
    "unwindings",
    "own_limits",
    "mutual_vote_results",
    "mutual_movements",
    "mutual_group_members",
    "mutual_fee_sharings",
    "mutual_ballots",
    "member_positions",
    "member_leavings",
    "joint_members",
    "joint_agreements",
    "helping_withdrawals",
    "fund_fee_rates",
    "fund_closings",
    "dividend_rounds",
    "dividend_calendar",
    "counter_security_releases",
    "case_objection_answers",
    "agreement_terms",
    "agreement_positions",
    "agreement_parties",
    "agreement_lists",
    "agreement_leavings",
    "survey_answers",
    "recognition_withdrawals",
    "recognition_villages",
    "recognition_grants",
    "project_villages",
    "project_households",
    "mutual_votes",
    "mutual_public_lists",
    "mutual_groups",
    "linkage_chain_ends",
    "joint_groups",
    "household_links",
    "household_helpers",
    "helper_visits",
    "helper_pair_ends",
    "fund_uses",
    "fund_places",
    "fund_openings",
    "fund_members",
    "family_event_people",
    "dividend_fundings",
    "decided_list_rows",
    "counter_securities",
    "case_steps",
    "case_positions",
    "case_objections",
    "agreements",
    "village_funds",
    "standing_days",
    "special_fund_uses",
    "sample_checks",
    "recognitions",
    "need_answers",
    "mutual_lenders",
    "linkage_days",
    "linkage_chains",
    "lead_banks",
    "industry_projects",
    "imported_counters",
    "identification_cases",
    "household_measures",
    "helper_pairs",
    "framework_institutions",
    "family_lines",
    "family_events",
    "dividend_pools",
    "decided_lists",
    "case_sheet_papers",
    "case_notices",
    "village_standings",
    "village_standing_days",
    "staged_linkages",
    "special_funds",
    "rural_populations",
    "review_rounds",
    "need_rounds",
    "imported_snapshots",
    "helping_files",
    "helpers",
    "framework_agreements",
    "case_sheets",
)

#: those of them that hold running state
RUNNING = frozenset(
    (
        "agreement_positions",
        "case_positions",
        "dividend_calendar",
        "dividend_pools",
        "dividend_positions",
        "family_lines",
        "fund_places",
        "household_helpers",
        "joint_groups",
        "joint_members",
        "linked_loans",
        "member_positions",
        "mutual_lenders",
        "special_fund_uses",
        "staged_linkages",
    )
)

#: columns that tables get
ADDED: dict[str, tuple[New, ...]] = {
    "household_statuses": (
        New("monitored_kind", "text"),
        New("case_id", "number"),
        New("list_id", "number"),
    ),
    "village_days": (
        New("mutual_loans_count", "number", 0),
        New("mutual_disbursed_fen", "number", 0),
        New("mutual_outstanding_fen", "number", 0),
    ),
}

#: CHECKs: table -> (those before, those after)
RULES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "applications": (
        {"ck_applications_mode_known": "mode IN ('credit', 'entrusted', 'pooled')"},
        {"ck_applications_mode_known": "mode IN ('credit', 'entrusted', 'pooled', 'mutual')"},
    ),
    "household_statuses": (
        {
            "ck_household_statuses_status_known": "status IN ('registered', 'lifted', 'fallen_back', 'monitored', 'needs_help', 'removed')"
        },
        {
            "ck_household_statuses_monitored_kind_known": "monitored_kind IN ('unstable', 'edge', 'sudden')",
            "ck_household_statuses_monitored_kind_of_monitoring": "status = 'monitored' OR monitored_kind IS NULL",
            "ck_household_statuses_status_known": "status IN ('registered', 'lifted', 'fallen_back', 'monitored', 'needs_help', 'removed', 'risk_removed', 'closed')",
        },
    ),
    "loans": (
        {"ck_loans_mode_known": "mode IN ('credit', 'entrusted', 'pooled')"},
        {"ck_loans_mode_known": "mode IN ('credit', 'entrusted', 'pooled', 'mutual')"},
    ),
    "village_days": (
        {},
        {
            "ck_village_days_mutual_in_order": "mutual_outstanding_fen BETWEEN 0 AND mutual_disbursed_fen"
        },
    ),
}

#: what new columns name: table -> (name, table named, columns, columns named)
KEYS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "household_statuses": (
        ("fk_household_statuses_list_id_decided_lists", "decided_lists", ["list_id"], ["id"]),
        (
            "fk_household_statuses_case_id_identification_cases",
            "identification_cases",
            ["case_id"],
            ["id"],
        ),
    )
}

#: indexes of tables that stand
INDEXES: dict[str, tuple[str, list[str]]] = {
    "ix_household_statuses_case_id": ("household_statuses", ["case_id"]),
    "ix_household_statuses_list_id": ("household_statuses", ["list_id"]),
}

#: tables that change: of the record, and of the running state
RECORD = ("applications", "household_statuses", "loans", "village_days")
STATE: tuple[str, ...] = ()


def upgrade() -> None:
    require_no_close(op.get_bind())
    _create_tables()
    with unguarded(RECORD):
        for table in (*RECORD, *STATE):
            _grow(table)
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
    protect(op.get_bind(), [table for table in NEW_TABLES if table not in RUNNING])


def _grow(table: str) -> None:
    columns = ADDED.get(table, ())
    add_columns(table, columns)
    with changing(table, columns) as batch:
        rules(batch, *RULES.get(table, ({}, {})))
        for name, named, own, theirs in KEYS.get(table, ()):
            batch.create_foreign_key(op.f(name), named, own, theirs)


def downgrade() -> None:
    if not to_nothing():
        require_no_close(op.get_bind())
        _require_nothing_new()
        for name, (table, _) in INDEXES.items():
            op.drop_index(name, table)
        with unguarded(RECORD):
            for table in (*RECORD, *STATE):
                _shrink(table)
    elif op.get_bind().dialect.name == "postgresql":
        for table, keys in KEYS.items():
            for name, *_ in keys:
                op.drop_constraint(op.f(name), table, type_="foreignkey")
    for table in NEW_TABLES:
        op.drop_table(table)


def _shrink(table: str) -> None:
    with changing(table) as batch:
        rules(batch, *reversed(RULES.get(table, ({}, {}))))
        for name, *_ in KEYS.get(table, ()):
            batch.drop_constraint(op.f(name), type_="foreignkey")
        for new in ADDED.get(table, ()):
            batch.drop_column(new.name)


def _require_nothing_new() -> None:
    """Refuse where going back would lose something: one row of the new kind is enough."""
    for table in NEW_TABLES:
        require_none(table, "*")
    for table, columns in ADDED.items():
        require_before(table, columns)
    for table in ("applications", "loans"):
        require_none(table, "mutual", sa.column("mode", sa.Text) == "mutual")
    later = sa.column("status", sa.Text).in_(("risk_removed", "closed"))
    require_none("household_statuses", "status", later)


def _create_tables() -> None:
    op.create_table(
        "case_sheets",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("by_person", BigInt, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("eligible", BigInt, nullable=True),
        sa.Column("present", BigInt, nullable=True),
        sa.Column("cases", BigInt, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(eligible IS NULL) = (present IS NULL)", name=op.f("ck_case_sheets_meeting_whole")
        ),
        sa.CheckConstraint("cases > 0", name=op.f("ck_case_sheets_not_empty")),
        sa.CheckConstraint(
            "held_on <= booked_on", name=op.f("ck_case_sheets_not_ahead_of_the_books")
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_case_sheets_digest_sha256")),
        sa.CheckConstraint(
            "present BETWEEN 1 AND eligible", name=op.f("ck_case_sheets_present_of_eligible")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_sheets")),
        sqlite_strict=True,
    )
    op.create_table(
        "framework_agreements",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "amount_fen BETWEEN 1 AND 1000000000000000",
            name=op.f("ck_framework_agreements_amount_range"),
        ),
        sa.CheckConstraint("to_on > signed_on", name=op.f("ck_framework_agreements_days_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_agreements")),
        sa.UniqueConstraint("name", name=op.f("uq_framework_agreements_name")),
        sqlite_strict=True,
    )
    op.create_table(
        "helpers",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "level IN ('province', 'city', 'county', 'township', 'village')",
            name=op.f("ck_helpers_level_known"),
        ),
        sa.CheckConstraint("length(unit) BETWEEN 2 AND 100", name=op.f("ck_helpers_unit_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helpers")),
        sa.UniqueConstraint("name", "unit", name=op.f("uq_helpers_name_unit")),
        sqlite_strict=True,
    )
    op.create_table(
        "helping_files",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("rows", BigInt, nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "kind IN ('measures', 'pairs', 'visits', 'projects')",
            name=op.f("ck_helping_files_kind_known"),
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_helping_files_digest_sha256")),
        sa.CheckConstraint("rows > 0", name=op.f("ck_helping_files_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helping_files")),
        sa.UniqueConstraint("kind", "digest", name=op.f("uq_helping_files_kind_digest")),
        sqlite_strict=True,
    )
    op.create_table(
        "imported_snapshots",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("definitions", BigInt, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("counters", BigInt, nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_imported_snapshots_digest_sha256")),
        sa.CheckConstraint(
            "on_day <= booked_on", name=op.f("ck_imported_snapshots_closed_before_imported")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_snapshots")),
        sa.UniqueConstraint("digest", name=op.f("uq_imported_snapshots_digest")),
        sa.UniqueConstraint(
            "region_code", "on_day", name=op.f("uq_imported_snapshots_region_code_on_day")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "need_rounds",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("from_on < to_on", name=op.f("ck_need_rounds_for_a_day_at_least")),
        sa.CheckConstraint(
            "length(number) BETWEEN 1 AND 32", name=op.f("ck_need_rounds_number_length")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_rounds")),
        sa.UniqueConstraint("number", name=op.f("uq_need_rounds_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "review_rounds",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("year", BigInt, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("to_on > from_on", name=op.f("ck_review_rounds_days_in_order")),
        sa.CheckConstraint("year BETWEEN 1980 AND 2100", name=op.f("ck_review_rounds_year_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_rounds")),
        sa.UniqueConstraint("number", name=op.f("uq_review_rounds_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "rural_populations",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("people", BigInt, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("derived", sa.Boolean(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "from_on <= booked_on", name=op.f("ck_rural_populations_not_ahead_of_the_books")
        ),
        sa.CheckConstraint(
            "length(region_code) = 12", name=op.f("ck_rural_populations_region_code_length")
        ),
        sa.CheckConstraint("people > 0", name=op.f("ck_rural_populations_people_above_zero")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rural_populations")),
        sqlite_strict=True,
    )
    op.create_table(
        "special_funds",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("year", BigInt, nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "level IN ('central', 'province', 'city', 'county')",
            name=op.f("ck_special_funds_level_known"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_special_funds_amount_above_zero")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2199", name=op.f("ck_special_funds_year_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_funds")),
        sa.UniqueConstraint(
            "document_no", "level", name=op.f("uq_special_funds_document_no_level")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "staged_linkages",
        sa.Column("work_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("nr", BigInt, autoincrement=False, nullable=False),
        sa.Column("household_number", sa.Text(), nullable=False),
        sa.Column("loan_number", sa.Text(), nullable=False),
        sa.Column("stake_fen", BigInt, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("land_mu_hundredths", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.PrimaryKeyConstraint("work_id", "nr", name=op.f("pk_staged_linkages")),
        sqlite_strict=True,
    )
    op.create_table(
        "village_standing_days",
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("households_poor", BigInt, nullable=False),
        sa.Column("persons_poor", BigInt, nullable=False),
        sa.Column("households_lifted", BigInt, nullable=False),
        sa.Column("persons_lifted", BigInt, nullable=False),
        sa.Column("households_monitored", BigInt, nullable=False),
        sa.Column("persons_monitored", BigInt, nullable=False),
        sa.Column("households_linked", BigInt, nullable=False),
        sa.Column("persons_linked", BigInt, nullable=False),
        sa.Column("households_paid", BigInt, nullable=False),
        sa.Column("persons_paid", BigInt, nullable=False),
        sa.Column("dividends_paid_fen", BigInt, nullable=False),
        sa.Column("households_in_need", BigInt, nullable=False),
        sa.Column("households_need_met", BigInt, nullable=False),
        sa.Column("households_lifted_ever", BigInt, nullable=False),
        sa.Column("persons_lifted_ever", BigInt, nullable=False),
        sa.Column("households_fallen_back_ever", BigInt, nullable=False),
        sa.Column("persons_fallen_back_ever", BigInt, nullable=False),
        sa.Column("households_removed_ever", BigInt, nullable=False),
        sa.Column("persons_removed_ever", BigInt, nullable=False),
        sa.Column("households_readmitted_ever", BigInt, nullable=False),
        sa.Column("persons_readmitted_ever", BigInt, nullable=False),
        sa.Column("villages_poor", BigInt, nullable=False),
        sa.Column("villages_exited", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "households_need_met <= households_in_need",
            name=op.f("ck_village_standing_days_met_within_need"),
        ),
        sa.CheckConstraint(
            "villages_poor + villages_exited BETWEEN 0 AND 1",
            name=op.f("ck_village_standing_days_poor_or_exited"),
        ),
        sa.PrimaryKeyConstraint("village_code", "on_day", name=op.f("pk_village_standing_days")),
        sqlite_strict=True,
    )
    op.create_table(
        "village_standings",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "standing IN ('poor', 'exited')", name=op.f("ck_village_standings_standing_known")
        ),
        sa.CheckConstraint(
            "from_on <= booked_on", name=op.f("ck_village_standings_not_ahead_of_the_books")
        ),
        sa.CheckConstraint(
            "length(village_code) = 12", name=op.f("ck_village_standings_village_code_length")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village_standings")),
        sa.UniqueConstraint(
            "village_code",
            "standing",
            "from_on",
            name=op.f("uq_village_standings_village_code_standing_from_on"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "case_notices",
        sa.Column("sheet_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("notice_days", BigInt, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("notice_days > 0", name=op.f("ck_case_notices_hangs_some_days")),
        sa.CheckConstraint("to_on > from_on", name=op.f("ck_case_notices_days_in_order")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["case_sheets.id"], name=op.f("fk_case_notices_sheet_id_case_sheets")
        ),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("pk_case_notices")),
        sa.UniqueConstraint("number", name=op.f("uq_case_notices_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "case_sheet_papers",
        sa.Column("sheet_id", BigInt, nullable=False),
        sa.Column("attachment_id", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_case_sheet_papers_attachment_id_attachments"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["case_sheets.id"], name=op.f("fk_case_sheet_papers_sheet_id_case_sheets")
        ),
        sa.PrimaryKeyConstraint("sheet_id", "attachment_id", name=op.f("pk_case_sheet_papers")),
        sqlite_strict=True,
    )
    op.create_table(
        "decided_lists",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("monitored_kind", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("handed_in_on", sa.Date(), nullable=False),
        sa.Column("round_id", BigInt, nullable=True),
        sa.Column("attachment_id", BigInt, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("households", BigInt, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(status = 'monitored') = (monitored_kind IS NOT NULL)",
            name=op.f("ck_decided_lists_monitored_kind_of_monitoring"),
        ),
        sa.CheckConstraint(
            "monitored_kind IN ('unstable', 'edge', 'sudden')",
            name=op.f("ck_decided_lists_monitored_kind_known"),
        ),
        sa.CheckConstraint(
            "status IN ('registered', 'lifted', 'fallen_back', 'monitored', 'needs_help', 'removed', 'risk_removed')",
            name=op.f("ck_decided_lists_status_known"),
        ),
        sa.CheckConstraint(
            "from_on <= handed_in_on", name=op.f("ck_decided_lists_not_ahead_of_the_books")
        ),
        sa.CheckConstraint("households > 0", name=op.f("ck_decided_lists_not_empty")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_decided_lists_digest_sha256")),
        sa.CheckConstraint("length(document) > 0", name=op.f("ck_decided_lists_document_named")),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_decided_lists_attachment_id_attachments"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["review_rounds.id"], name=op.f("fk_decided_lists_round_id_review_rounds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decided_lists")),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_pools",
        sa.Column("organisation_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("funded_fen", BigInt, nullable=False),
        sa.Column("reserved_fen", BigInt, nullable=False),
        sa.Column("paid_fen", BigInt, nullable=False),
        sa.Column("given_back_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "reserved_fen + paid_fen + given_back_fen <= funded_fen",
            name=op.f("ck_dividend_pools_not_above_funding"),
        ),
        sa.CheckConstraint(
            "reserved_fen >= 0 AND paid_fen >= 0 AND given_back_fen >= 0",
            name=op.f("ck_dividend_pools_uses_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_dividend_pools_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_dividend_pools")),
        sqlite_strict=True,
    )
    op.create_table(
        "family_events",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("other_household_id", BigInt, nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attachment_id", BigInt, nullable=True),
        sa.Column("old_identity_index", sa.LargeBinary(), nullable=True),
        sa.Column("by_person", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(kind = 'identity_corrected') = (old_identity_index IS NOT NULL)",
            name=op.f("ck_family_events_old_number_of_a_correction"),
        ),
        sa.CheckConstraint(
            "(kind IN ('split', 'merge')) = (other_household_id IS NOT NULL)",
            name=op.f("ck_family_events_two_households_where_they_part_or_join"),
        ),
        sa.CheckConstraint(
            "kind IN ('birth', 'marriage_in', 'moved_in', 'death', 'marriage_out', 'moved_away', 'split', 'merge', 'new_head', 'identity_corrected')",
            name=op.f("ck_family_events_kind_known"),
        ),
        sa.CheckConstraint(
            "happened_on <= booked_on", name=op.f("ck_family_events_not_ahead_of_the_books")
        ),
        sa.CheckConstraint(
            "other_household_id <> household_id", name=op.f("ck_family_events_not_with_itself")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_family_events_attachment_id_attachments"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_family_events_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["other_household_id"],
            ["households.id"],
            name=op.f("fk_family_events_other_household_id_households"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_events")),
        sqlite_strict=True,
    )
    op.create_table(
        "family_lines",
        sa.Column("household_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("line_id", BigInt, nullable=False),
        sa.Column("cap_id", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["cap_id"], ["households.id"], name=op.f("fk_family_lines_cap_id_households")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_family_lines_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["households.id"], name=op.f("fk_family_lines_line_id_households")
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_family_lines")),
        sqlite_strict=True,
    )
    op.create_table(
        "framework_institutions",
        sa.Column("framework_id", BigInt, nullable=False),
        sa.Column("institution_id", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_id"],
            ["framework_agreements.id"],
            name=op.f("fk_framework_institutions_framework_id_framework_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["organisations.id"],
            name=op.f("fk_framework_institutions_institution_id_organisations"),
        ),
        sa.PrimaryKeyConstraint(
            "framework_id", "institution_id", name=op.f("pk_framework_institutions")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "helper_pairs",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("helper_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("file_id", BigInt, nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "from_on <= booked_on", name=op.f("ck_helper_pairs_not_ahead_of_the_books")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["helping_files.id"], name=op.f("fk_helper_pairs_file_id_helping_files")
        ),
        sa.ForeignKeyConstraint(
            ["helper_id"], ["helpers.id"], name=op.f("fk_helper_pairs_helper_id_helpers")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_helper_pairs_household_id_households"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helper_pairs")),
        sqlite_strict=True,
    )
    op.create_table(
        "household_measures",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("year", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=True),
        sa.Column("file_id", BigInt, nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_household_measures_amount_above_zero")),
        sa.CheckConstraint(
            "from_on <= booked_on", name=op.f("ck_household_measures_not_ahead_of_the_books")
        ),
        sa.CheckConstraint(
            "year BETWEEN 2000 AND 2199", name=op.f("ck_household_measures_year_range")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["helping_files.id"],
            name=op.f("fk_household_measures_file_id_helping_files"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_household_measures_household_id_households"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_measures")),
        sqlite_strict=True,
    )
    op.create_table(
        "identification_cases",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("round_id", BigInt, nullable=True),
        sa.Column("monitored_kind", sa.Text(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(kind = 'monitor') = (monitored_kind IS NOT NULL)",
            name=op.f("ck_identification_cases_monitored_kind_of_monitoring"),
        ),
        sa.CheckConstraint(
            "kind IN ('identify', 'readmit', 'lift', 'fall_back', 'remove', 'monitor')",
            name=op.f("ck_identification_cases_kind_known"),
        ),
        sa.CheckConstraint(
            "monitored_kind IN ('unstable', 'edge', 'sudden')",
            name=op.f("ck_identification_cases_monitored_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_identification_cases_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["review_rounds.id"],
            name=op.f("fk_identification_cases_round_id_review_rounds"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identification_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_identification_cases_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "imported_counters",
        sa.Column("snapshot_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("counter", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("value", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["imported_snapshots.id"],
            name=op.f("fk_imported_counters_snapshot_id_imported_snapshots"),
        ),
        sa.PrimaryKeyConstraint(
            "snapshot_id", "counter", "region_code", name=op.f("pk_imported_counters")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "industry_projects",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("is_key", sa.Boolean(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("organisation_id", BigInt, nullable=True),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("file_id", BigInt, nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "amount_fen >= 0", name=op.f("ck_industry_projects_amount_not_negative")
        ),
        sa.CheckConstraint(
            "length(number) BETWEEN 1 AND 32", name=op.f("ck_industry_projects_number_length")
        ),
        sa.CheckConstraint(
            "length(region_code) = 12", name=op.f("ck_industry_projects_region_code_length")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["helping_files.id"],
            name=op.f("fk_industry_projects_file_id_helping_files"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_industry_projects_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_industry_projects")),
        sa.UniqueConstraint("number", name=op.f("uq_industry_projects_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "lead_banks",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("township_code", sa.Text(), nullable=False),
        sa.Column("lender_id", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "length(township_code) = 12", name=op.f("ck_lead_banks_township_code_length")
        ),
        sa.ForeignKeyConstraint(
            ["lender_id"], ["organisations.id"], name=op.f("fk_lead_banks_lender_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_banks")),
        sa.UniqueConstraint(
            "township_code", "from_on", name=op.f("uq_lead_banks_township_code_from_on")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "linkage_chains",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("organisation_id", BigInt, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("sales_channel", sa.Text(), nullable=False),
        sa.Column("channel_id", BigInt, nullable=True),
        sa.Column("project_number", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["organisations.id"],
            name=op.f("fk_linkage_chains_channel_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_linkage_chains_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linkage_chains")),
        sqlite_strict=True,
    )
    op.create_table(
        "linkage_days",
        sa.Column("organisation_id", BigInt, nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("households", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("households >= 0", name=op.f("ck_linkage_days_households_not_negative")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_linkage_days_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "village_code", "on_day", name=op.f("pk_linkage_days")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "mutual_lenders",
        sa.Column("lender_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("fee_rate_ppm", BigInt, nullable=False),
        sa.Column("fee_clause", sa.Text(), nullable=False),
        sa.Column("lends", sa.Boolean(), nullable=False),
        sa.Column("turns", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "fee_rate_ppm BETWEEN 0 AND 1000000", name=op.f("ck_mutual_lenders_fee_rate_range")
        ),
        sa.ForeignKeyConstraint(
            ["lender_id"],
            ["organisations.id"],
            name=op.f("fk_mutual_lenders_lender_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("lender_id", name=op.f("pk_mutual_lenders")),
        sqlite_strict=True,
    )
    op.create_table(
        "need_answers",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("round_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "answer = 'wants' OR amount_fen IS NULL",
            name=op.f("ck_need_answers_amount_of_who_wants"),
        ),
        sa.CheckConstraint(
            "answer = 'wants' OR length(reason) > 0",
            name=op.f("ck_need_answers_else_with_a_reason"),
        ),
        sa.CheckConstraint(
            "answer IN ('wants', 'no_need', 'not_eligible')",
            name=op.f("ck_need_answers_answer_known"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_need_answers_amount_positive")),
        sa.CheckConstraint(
            "answered_on <= booked_on", name=op.f("ck_need_answers_not_ahead_of_the_books")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_need_answers_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["need_rounds.id"], name=op.f("fk_need_answers_round_id_need_rounds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_answers")),
        sqlite_strict=True,
    )
    op.create_table(
        "recognitions",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("organisation_id", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("operating_since", sa.Date(), nullable=False),
        sa.Column("years_operating", BigInt, nullable=False),
        sa.Column("local", sa.Boolean(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("exceptions", sa.Text(), nullable=False),
        sa.Column("exception_reason", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(exceptions = '') = (exception_reason = '')",
            name=op.f("ck_recognitions_exception_has_reason"),
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_recognitions_digest_sha256")),
        sa.CheckConstraint(
            "operating_since <= from_on", name=op.f("ck_recognitions_operating_before_recognition")
        ),
        sa.CheckConstraint("to_on > from_on", name=op.f("ck_recognitions_days_in_order")),
        sa.CheckConstraint(
            "years_operating BETWEEN 0 AND 1000", name=op.f("ck_recognitions_years_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_recognitions_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognitions")),
        sqlite_strict=True,
    )
    op.create_table(
        "sample_checks",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("round_id", BigInt, nullable=True),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("sampled_exited", BigInt, nullable=False),
        sa.Column("wrongly_exited", BigInt, nullable=False),
        sa.Column("sampled_unregistered", BigInt, nullable=False),
        sa.Column("missed", BigInt, nullable=False),
        sa.Column("people_checked", BigInt, nullable=False),
        sa.Column("people_wrong", BigInt, nullable=False),
        sa.Column("villages_checked", BigInt, nullable=False),
        sa.Column("villages_wrong", BigInt, nullable=False),
        sa.Column("surveyed", BigInt, nullable=False),
        sa.Column("approving", BigInt, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "approving BETWEEN 0 AND surveyed", name=op.f("ck_sample_checks_approving_of_surveyed")
        ),
        sa.CheckConstraint(
            "checked_on <= booked_on", name=op.f("ck_sample_checks_not_ahead_of_the_books")
        ),
        sa.CheckConstraint(
            "missed BETWEEN 0 AND sampled_unregistered",
            name=op.f("ck_sample_checks_missed_of_sampled"),
        ),
        sa.CheckConstraint(
            "people_wrong BETWEEN 0 AND people_checked",
            name=op.f("ck_sample_checks_people_of_checked"),
        ),
        sa.CheckConstraint(
            "villages_wrong BETWEEN 0 AND villages_checked",
            name=op.f("ck_sample_checks_villages_of_checked"),
        ),
        sa.CheckConstraint(
            "wrongly_exited BETWEEN 0 AND sampled_exited",
            name=op.f("ck_sample_checks_wrongly_exited_of_sampled"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["review_rounds.id"], name=op.f("fk_sample_checks_round_id_review_rounds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_checks")),
        sqlite_strict=True,
    )
    op.create_table(
        "special_fund_uses",
        sa.Column("fund_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("used_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "used_fen BETWEEN 0 AND amount_fen", name=op.f("ck_special_fund_uses_within_the_fund")
        ),
        sa.ForeignKeyConstraint(
            ["fund_id"],
            ["special_funds.id"],
            name=op.f("fk_special_fund_uses_fund_id_special_funds"),
        ),
        sa.PrimaryKeyConstraint("fund_id", name=op.f("pk_special_fund_uses")),
        sqlite_strict=True,
    )
    op.create_table(
        "standing_days",
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("persons", BigInt, nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("monitored", sa.Boolean(), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("in_need", sa.Boolean(), nullable=False),
        sa.Column("need_met", sa.Boolean(), nullable=False),
        sa.Column("dividends_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "standing IN ('none', 'poor', 'lifted', 'removed')",
            name=op.f("ck_standing_days_standing_known"),
        ),
        sa.CheckConstraint(
            "dividends_fen >= 0", name=op.f("ck_standing_days_dividends_not_negative")
        ),
        sa.CheckConstraint("in_need OR NOT need_met", name=op.f("ck_standing_days_met_is_need")),
        sa.CheckConstraint("persons >= 0", name=op.f("ck_standing_days_persons_not_negative")),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_standing_days_household_id_households"),
        ),
        sa.PrimaryKeyConstraint("household_id", "on_day", name=op.f("pk_standing_days")),
        sqlite_strict=True,
    )
    op.create_table(
        "village_funds",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("organisation_id", BigInt, nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("registration_no", sa.Text(), nullable=False),
        sa.Column("constitution", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("stake_unit_fen", BigInt, nullable=False),
        sa.Column("fee_rate_ppm", BigInt, nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "wording IN ('stake', 'share')", name=op.f("ck_village_funds_wording_known")
        ),
        sa.CheckConstraint(
            "fee_rate_ppm BETWEEN 0 AND 1000000", name=op.f("ck_village_funds_fee_rate_range")
        ),
        sa.CheckConstraint(
            "length(village_code) = 12", name=op.f("ck_village_funds_village_code_length")
        ),
        sa.CheckConstraint("stake_unit_fen > 0", name=op.f("ck_village_funds_stake_unit_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_village_funds_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village_funds")),
        sqlite_strict=True,
    )
    op.create_table(
        "agreements",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("organisation_id", BigInt, nullable=False),
        sa.Column("recognition_id", BigInt, nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("parties", BigInt, nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("principal_repaid_by", sa.Text(), nullable=False),
        sa.Column("rhythm_months", BigInt, nullable=False),
        sa.Column("in_advance", sa.Boolean(), nullable=False),
        sa.Column("service_fee_bp", BigInt, nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("exceptions", sa.Text(), nullable=False),
        sa.Column("exception_reason", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(exceptions = '') = (exception_reason = '')",
            name=op.f("ck_agreements_exception_has_reason"),
        ),
        sa.CheckConstraint(
            "form IN ('entrusted', 'equity', 'direct', 'employment', 'land')",
            name=op.f("ck_agreements_form_known"),
        ),
        sa.CheckConstraint(
            "principal_repaid_by IN ('enterprise', 'household', 'government')",
            name=op.f("ck_agreements_repayer_known"),
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_agreements_digest_sha256")),
        sa.CheckConstraint("parties IN (4, 5)", name=op.f("ck_agreements_four_or_five_parties")),
        sa.CheckConstraint("rhythm_months IN (3, 6, 12)", name=op.f("ck_agreements_rhythm_known")),
        sa.CheckConstraint(
            "service_fee_bp BETWEEN 0 AND 10000", name=op.f("ck_agreements_fee_range")
        ),
        sa.CheckConstraint("signed_on <= from_on", name=op.f("ck_agreements_signed_before_start")),
        sa.CheckConstraint("to_on > from_on", name=op.f("ck_agreements_days_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_agreements_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["recognition_id"],
            ["recognitions.id"],
            name=op.f("fk_agreements_recognition_id_recognitions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sqlite_strict=True,
    )
    op.create_table(
        "case_objections",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("sheet_id", BigInt, nullable=False),
        sa.Column("case_id", BigInt, nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("raised_by", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_person", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["identification_cases.id"],
            name=op.f("fk_case_objections_case_id_identification_cases"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["case_notices.sheet_id"],
            name=op.f("fk_case_objections_sheet_id_case_notices"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_objections")),
        sqlite_strict=True,
    )
    op.create_table(
        "case_positions",
        sa.Column("case_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("done", BigInt, nullable=False),
        sa.Column("sheet_id", BigInt, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'standing', 'closed', 'refused')",
            name=op.f("ck_case_positions_state_known"),
        ),
        sa.CheckConstraint("done > 0", name=op.f("ck_case_positions_done")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["identification_cases.id"],
            name=op.f("fk_case_positions_case_id_identification_cases"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_case_positions_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["case_sheets.id"], name=op.f("fk_case_positions_sheet_id_case_sheets")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_positions")),
        sqlite_strict=True,
    )
    op.create_table(
        "case_steps",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("case_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("sheet_id", BigInt, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("votes_for", BigInt, nullable=True),
        sa.Column("votes_against", BigInt, nullable=True),
        sa.Column("abstained", BigInt, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "outcome IN ('done', 'refused')", name=op.f("ck_case_steps_outcome_known")
        ),
        sa.CheckConstraint(
            "(votes_for IS NULL) = (votes_against IS NULL) AND (votes_for IS NULL) = (abstained IS NULL)",
            name=op.f("ck_case_steps_votes_whole"),
        ),
        sa.CheckConstraint("nr > 0", name=op.f("ck_case_steps_nr")),
        sa.CheckConstraint(
            "votes_for >= 0 AND votes_against >= 0 AND abstained >= 0",
            name=op.f("ck_case_steps_votes_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["identification_cases.id"],
            name=op.f("fk_case_steps_case_id_identification_cases"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["case_sheets.id"], name=op.f("fk_case_steps_sheet_id_case_sheets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_steps")),
        sa.UniqueConstraint("case_id", "nr", name=op.f("uq_case_steps_case_id_nr")),
        sqlite_strict=True,
    )
    op.create_table(
        "counter_securities",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("organisation_id", BigInt, nullable=False),
        sa.Column("fund_account_id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("value_fen", BigInt, nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "kind IN ('land', 'building', 'machinery', 'inventory', 'livestock', 'forest', 'deposit', 'guarantee', 'other')",
            name=op.f("ck_counter_securities_kind_known"),
        ),
        sa.CheckConstraint(
            "value_fen BETWEEN 1 AND 1000000000000", name=op.f("ck_counter_securities_value_range")
        ),
        sa.ForeignKeyConstraint(
            ["fund_account_id"],
            ["fund_accounts.id"],
            name=op.f("fk_counter_securities_fund_account_id_fund_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_counter_securities_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_securities")),
        sqlite_strict=True,
    )
    op.create_table(
        "decided_list_rows",
        sa.Column("list_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("line", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_decided_list_rows_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["decided_lists.id"],
            name=op.f("fk_decided_list_rows_list_id_decided_lists"),
        ),
        sa.PrimaryKeyConstraint("list_id", "household_id", name=op.f("pk_decided_list_rows")),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_fundings",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("organisation_id", BigInt, nullable=False),
        sa.Column("voucher_id", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("payer_code", sa.Text(), nullable=False),
        sa.Column("payer_account", sa.Text(), nullable=False),
        sa.Column("funded_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_dividend_fundings_amount_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_dividend_fundings_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_dividend_fundings_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dividend_fundings")),
        sa.UniqueConstraint("voucher_id", name=op.f("uq_dividend_fundings_voucher_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "family_event_people",
        sa.Column("event_id", BigInt, nullable=False),
        sa.Column("person_id", BigInt, nullable=False),
        sa.Column("new_person_id", BigInt, nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["family_events.id"],
            name=op.f("fk_family_event_people_event_id_family_events"),
        ),
        sa.ForeignKeyConstraint(
            ["new_person_id"],
            ["people.id"],
            name=op.f("fk_family_event_people_new_person_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_family_event_people_person_id_people")
        ),
        sa.PrimaryKeyConstraint("event_id", "person_id", name=op.f("pk_family_event_people")),
        sqlite_strict=True,
    )
    op.create_table(
        "fund_members",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("fund_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("person_id", BigInt, nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("base_by", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "base_by IN ('household', 'fiscal')", name=op.f("ck_fund_members_base_by_known")
        ),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["village_funds.id"], name=op.f("fk_fund_members_fund_id_village_funds")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_fund_members_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_fund_members_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_members")),
        sqlite_strict=True,
    )
    op.create_table(
        "fund_openings",
        sa.Column("fund_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("organisation_id", BigInt, nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["village_funds.id"], name=op.f("fk_fund_openings_fund_id_village_funds")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_fund_openings_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("fund_id", name=op.f("pk_fund_openings")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_fund_openings_organisation_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "fund_places",
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("fund_id", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["village_funds.id"], name=op.f("fk_fund_places_fund_id_village_funds")
        ),
        sa.PrimaryKeyConstraint("village_code", name=op.f("pk_fund_places")),
        sa.UniqueConstraint("fund_id", name=op.f("uq_fund_places_fund_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "fund_uses",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("fund_id", BigInt, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("project_id", BigInt, nullable=True),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("reverses_id", BigInt, nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "NOT linked OR purpose = 'industry'", name=op.f("ck_fund_uses_linked_is_industry")
        ),
        sa.CheckConstraint(
            "purpose IN ('industry', 'infrastructure', 'relocation', 'housing', 'education', 'health', 'finance', 'other')",
            name=op.f("ck_fund_uses_purpose_known"),
        ),
        sa.CheckConstraint(
            "amount_fen <> 0 AND (amount_fen < 0) = (reverses_id IS NOT NULL)",
            name=op.f("ck_fund_uses_taken_back_below_zero"),
        ),
        sa.CheckConstraint(
            "used_on <= booked_on", name=op.f("ck_fund_uses_not_ahead_of_the_books")
        ),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["special_funds.id"], name=op.f("fk_fund_uses_fund_id_special_funds")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["industry_projects.id"],
            name=op.f("fk_fund_uses_project_id_industry_projects"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["fund_uses.id"], name=op.f("fk_fund_uses_reverses_id_fund_uses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_uses")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_fund_uses_reverses_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "helper_pair_ends",
        sa.Column("pair_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["helper_pairs.id"], name=op.f("fk_helper_pair_ends_pair_id_helper_pairs")
        ),
        sa.PrimaryKeyConstraint("pair_id", name=op.f("pk_helper_pair_ends")),
        sqlite_strict=True,
    )
    op.create_table(
        "helper_visits",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("pair_id", BigInt, nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("file_id", BigInt, nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "visited_on <= booked_on", name=op.f("ck_helper_visits_not_ahead_of_the_books")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["helping_files.id"], name=op.f("fk_helper_visits_file_id_helping_files")
        ),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["helper_pairs.id"], name=op.f("fk_helper_visits_pair_id_helper_pairs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helper_visits")),
        sqlite_strict=True,
    )
    op.create_table(
        "household_helpers",
        sa.Column("household_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("pair_id", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_household_helpers_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["helper_pairs.id"], name=op.f("fk_household_helpers_pair_id_helper_pairs")
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_household_helpers")),
        sa.UniqueConstraint("pair_id", name=op.f("uq_household_helpers_pair_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "household_links",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("origin_id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event_id", BigInt, nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "kind IN ('split', 'merge')", name=op.f("ck_household_links_kind_known")
        ),
        sa.CheckConstraint(
            "household_id <> origin_id", name=op.f("ck_household_links_not_with_itself")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["family_events.id"],
            name=op.f("fk_household_links_event_id_family_events"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_household_links_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["households.id"], name=op.f("fk_household_links_origin_id_households")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_links")),
        sa.UniqueConstraint(
            "household_id",
            "origin_id",
            "kind",
            name=op.f("uq_household_links_household_id_origin_id_kind"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "joint_groups",
        sa.Column("id", BigInt, autoincrement=False, nullable=False),
        sa.Column("lender_id", BigInt, nullable=False),
        sa.Column("members", BigInt, nullable=False),
        sa.Column("turns", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("members >= 0", name=op.f("ck_joint_groups_members_not_negative")),
        sa.ForeignKeyConstraint(
            ["lender_id"],
            ["mutual_lenders.lender_id"],
            name=op.f("fk_joint_groups_lender_id_mutual_lenders"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_groups")),
        sqlite_strict=True,
    )
    op.create_table(
        "linkage_chain_ends",
        sa.Column("chain_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["chain_id"],
            ["linkage_chains.id"],
            name=op.f("fk_linkage_chain_ends_chain_id_linkage_chains"),
        ),
        sa.PrimaryKeyConstraint("chain_id", name=op.f("pk_linkage_chain_ends")),
        sqlite_strict=True,
    )
    op.create_table(
        "mutual_groups",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("fund_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("nr > 0", name=op.f("ck_mutual_groups_nr_from")),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["village_funds.id"], name=op.f("fk_mutual_groups_fund_id_village_funds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mutual_groups")),
        sa.UniqueConstraint("fund_id", "nr", name=op.f("uq_mutual_groups_fund_id_nr")),
        sqlite_strict=True,
    )
    op.create_table(
        "mutual_public_lists",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("fund_id", BigInt, nullable=False),
        sa.Column("month_from", sa.Date(), nullable=False),
        sa.Column("version", BigInt, nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "length(digest) = 64", name=op.f("ck_mutual_public_lists_digest_sha256")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_mutual_public_lists_version_from")),
        sa.ForeignKeyConstraint(
            ["fund_id"],
            ["village_funds.id"],
            name=op.f("fk_mutual_public_lists_fund_id_village_funds"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mutual_public_lists")),
        sa.UniqueConstraint(
            "fund_id",
            "month_from",
            "version",
            name=op.f("uq_mutual_public_lists_fund_id_month_from_version"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "mutual_votes",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("fund_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", BigInt, nullable=True),
        sa.Column("figure", BigInt, nullable=False),
        sa.Column("spent_on", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("eligible", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(subject_id IS NULL) = (subject_kind = '')",
            name=op.f("ck_mutual_votes_subject_named_whole"),
        ),
        sa.CheckConstraint(
            "(subject = 'spending') = (spent_on <> '')",
            name=op.f("ck_mutual_votes_spending_says_on_what"),
        ),
        sa.CheckConstraint(
            "spent_on IN ('', 'running_cost', 'welfare', 'fiscal_returned')",
            name=op.f("ck_mutual_votes_spent_on_known"),
        ),
        sa.CheckConstraint(
            "subject IN ('extension', 'fee_rate', 'spending', 'sharing', 'dismissal', 'closing', 'constitution', 'other')",
            name=op.f("ck_mutual_votes_subject_known"),
        ),
        sa.CheckConstraint("eligible > 0", name=op.f("ck_mutual_votes_somebody_may_vote")),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["village_funds.id"], name=op.f("fk_mutual_votes_fund_id_village_funds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mutual_votes")),
        sa.UniqueConstraint("fund_id", "nr", name=op.f("uq_mutual_votes_fund_id_nr")),
        sqlite_strict=True,
    )
    op.create_table(
        "project_households",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("project_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "from_on <= booked_on", name=op.f("ck_project_households_not_ahead_of_the_books")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_project_households_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["industry_projects.id"],
            name=op.f("fk_project_households_project_id_industry_projects"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_households")),
        sqlite_strict=True,
    )
    op.create_table(
        "project_villages",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("project_id", BigInt, nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("households", BigInt, nullable=False),
        sa.Column("persons", BigInt, nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "households >= 0 AND persons >= households",
            name=op.f("ck_project_villages_people_of_households"),
        ),
        sa.CheckConstraint(
            "length(village_code) = 12", name=op.f("ck_project_villages_village_code_length")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["industry_projects.id"],
            name=op.f("fk_project_villages_project_id_industry_projects"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_villages")),
        sqlite_strict=True,
    )
    op.create_table(
        "recognition_grants",
        sa.Column("recognition_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["recognition_id"],
            ["recognitions.id"],
            name=op.f("fk_recognition_grants_recognition_id_recognitions"),
        ),
        sa.PrimaryKeyConstraint("recognition_id", name=op.f("pk_recognition_grants")),
        sqlite_strict=True,
    )
    op.create_table(
        "recognition_villages",
        sa.Column("recognition_id", BigInt, nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["recognition_id"],
            ["recognitions.id"],
            name=op.f("fk_recognition_villages_recognition_id_recognitions"),
        ),
        sa.PrimaryKeyConstraint(
            "recognition_id", "village_code", name=op.f("pk_recognition_villages")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "recognition_withdrawals",
        sa.Column("recognition_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["recognition_id"],
            ["recognitions.id"],
            name=op.f("fk_recognition_withdrawals_recognition_id_recognitions"),
        ),
        sa.PrimaryKeyConstraint("recognition_id", name=op.f("pk_recognition_withdrawals")),
        sqlite_strict=True,
    )
    op.create_table(
        "survey_answers",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("case_id", BigInt, nullable=True),
        sa.Column("survey", sa.Text(), nullable=False),
        sa.Column("version", sa.Date(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("areas", sa.Text(), nullable=False),
        sa.Column("points", BigInt, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("surveyed_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("by_person", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_survey_answers_digest_sha256")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_survey_answers_points_not_negative")),
        sa.CheckConstraint(
            "surveyed_on <= booked_on", name=op.f("ck_survey_answers_not_ahead_of_the_books")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["identification_cases.id"],
            name=op.f("fk_survey_answers_case_id_identification_cases"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_survey_answers_household_id_households"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answers")),
        sqlite_strict=True,
    )
    op.create_table(
        "agreement_leavings",
        sa.Column("agreement_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_leavings_agreement_id_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_agreement_leavings_household_id_households"),
        ),
        sa.PrimaryKeyConstraint("agreement_id", "household_id", name=op.f("pk_agreement_leavings")),
        sqlite_strict=True,
    )
    op.create_table(
        "agreement_lists",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("agreement_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("households", BigInt, nullable=False),
        sa.Column("persons", BigInt, nullable=False),
        sa.Column("stakes", BigInt, nullable=False),
        sa.Column("stake_fen", BigInt, nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("households > 0", name=op.f("ck_agreement_lists_not_empty")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_agreement_lists_digest_sha256")),
        sa.CheckConstraint("nr >= 1", name=op.f("ck_agreement_lists_nr_from_one")),
        sa.CheckConstraint("stake_fen >= 0", name=op.f("ck_agreement_lists_stake_not_negative")),
        sa.CheckConstraint(
            "stakes >= households", name=op.f("ck_agreement_lists_stakes_of_households")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_lists_agreement_id_agreements"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_lists")),
        sa.UniqueConstraint("agreement_id", "nr", name=op.f("uq_agreement_lists_agreement_id_nr")),
        sqlite_strict=True,
    )
    op.create_table(
        "agreement_parties",
        sa.Column("agreement_id", BigInt, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation_id", BigInt, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "role IN ('poverty_office', 'lender', 'enterprise', 'household', 'township', 'village')",
            name=op.f("ck_agreement_parties_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_parties_agreement_id_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_agreement_parties_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("agreement_id", "role", name=op.f("pk_agreement_parties")),
        sqlite_strict=True,
    )
    op.create_table(
        "agreement_positions",
        sa.Column("agreement_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("households", BigInt, nullable=False),
        sa.Column("persons", BigInt, nullable=False),
        sa.Column("stake_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(number IS NULL) = (state = 'rejected')",
            name=op.f("ck_agreement_positions_number_by_state"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'rejected', 'in_force', 'ended')",
            name=op.f("ck_agreement_positions_state_known"),
        ),
        sa.CheckConstraint(
            "households >= 0 AND persons >= 0 AND stake_fen >= 0",
            name=op.f("ck_agreement_positions_never_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_positions_agreement_id_agreements"),
        ),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_agreement_positions")),
        sa.UniqueConstraint("number", name=op.f("uq_agreement_positions_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "agreement_terms",
        sa.Column("agreement_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("year_from", BigInt, nullable=False),
        sa.Column("year_to", BigInt, nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("rate_ppm", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("cash_bp", BigInt, nullable=False),
        sa.Column("profit_share_bp", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(basis <> 'rate_on_stake') OR amount_fen = 0",
            name=op.f("ck_agreement_terms_amount_by_basis"),
        ),
        sa.CheckConstraint(
            "(basis = 'rate_on_stake') OR rate_ppm = 0",
            name=op.f("ck_agreement_terms_rate_by_basis"),
        ),
        sa.CheckConstraint(
            "basis IN ('rate_on_stake', 'per_household', 'per_person')",
            name=op.f("ck_agreement_terms_basis_known"),
        ),
        sa.CheckConstraint(
            "amount_fen BETWEEN 0 AND 100000000", name=op.f("ck_agreement_terms_amount_range")
        ),
        sa.CheckConstraint(
            "cash_bp BETWEEN 0 AND 10000", name=op.f("ck_agreement_terms_cash_range")
        ),
        sa.CheckConstraint(
            "profit_share_bp BETWEEN 0 AND 10000",
            name=op.f("ck_agreement_terms_profit_share_range"),
        ),
        sa.CheckConstraint(
            "rate_ppm > 0 OR amount_fen > 0 OR profit_share_bp > 0",
            name=op.f("ck_agreement_terms_pays_something"),
        ),
        sa.CheckConstraint(
            "rate_ppm BETWEEN 0 AND 1000000", name=op.f("ck_agreement_terms_rate_range")
        ),
        sa.CheckConstraint(
            "year_from >= 1 AND year_to >= year_from",
            name=op.f("ck_agreement_terms_years_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_terms_agreement_id_agreements"),
        ),
        sa.PrimaryKeyConstraint("agreement_id", "nr", name=op.f("pk_agreement_terms")),
        sqlite_strict=True,
    )
    op.create_table(
        "case_objection_answers",
        sa.Column("objection_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_person", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            ["case_objections.id"],
            name=op.f("fk_case_objection_answers_objection_id_case_objections"),
        ),
        sa.PrimaryKeyConstraint("objection_id", name=op.f("pk_case_objection_answers")),
        sqlite_strict=True,
    )
    op.create_table(
        "counter_security_releases",
        sa.Column("security_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["security_id"],
            ["counter_securities.id"],
            name=op.f("fk_counter_security_releases_security_id_counter_securities"),
        ),
        sa.PrimaryKeyConstraint("security_id", name=op.f("pk_counter_security_releases")),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_calendar",
        sa.Column("agreement_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("next_nr", BigInt, nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_dividend_calendar_agreement_id_agreements"),
        ),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_dividend_calendar")),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_rounds",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("agreement_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("revision", BigInt, nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("counted_to", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "counted_to > period_from AND counted_to <= period_to",
            name=op.f("ck_dividend_rounds_counted_in_period"),
        ),
        sa.CheckConstraint("nr >= 1 AND revision >= 0", name=op.f("ck_dividend_rounds_numbered")),
        sa.CheckConstraint(
            "period_to > period_from", name=op.f("ck_dividend_rounds_days_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_dividend_rounds_agreement_id_agreements"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dividend_rounds")),
        sa.UniqueConstraint(
            "agreement_id",
            "nr",
            "revision",
            name=op.f("uq_dividend_rounds_agreement_id_nr_revision"),
        ),
        sa.UniqueConstraint(
            "agreement_id",
            "period_from",
            "revision",
            name=op.f("uq_dividend_rounds_agreement_id_period_from_revision"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "fund_closings",
        sa.Column("fund_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("vote_id", BigInt, nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["village_funds.id"], name=op.f("fk_fund_closings_fund_id_village_funds")
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["mutual_votes.id"], name=op.f("fk_fund_closings_vote_id_mutual_votes")
        ),
        sa.PrimaryKeyConstraint("fund_id", name=op.f("pk_fund_closings")),
        sa.UniqueConstraint("vote_id", name=op.f("uq_fund_closings_vote_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "fund_fee_rates",
        sa.Column("vote_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("fund_id", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("fee_rate_ppm", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "fee_rate_ppm BETWEEN 0 AND 1000000", name=op.f("ck_fund_fee_rates_range")
        ),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["village_funds.id"], name=op.f("fk_fund_fee_rates_fund_id_village_funds")
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["mutual_votes.id"], name=op.f("fk_fund_fee_rates_vote_id_mutual_votes")
        ),
        sa.PrimaryKeyConstraint("vote_id", name=op.f("pk_fund_fee_rates")),
        sqlite_strict=True,
    )
    op.create_table(
        "helping_withdrawals",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("measure_id", BigInt, nullable=True),
        sa.Column("visit_id", BigInt, nullable=True),
        sa.Column("project_household_id", BigInt, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN measure_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN visit_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN project_household_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_helping_withdrawals_one_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["household_measures.id"],
            name=op.f("fk_helping_withdrawals_measure_id_household_measures"),
        ),
        sa.ForeignKeyConstraint(
            ["project_household_id"],
            ["project_households.id"],
            name=op.f("fk_helping_withdrawals_project_household_id_project_households"),
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["helper_visits.id"],
            name=op.f("fk_helping_withdrawals_visit_id_helper_visits"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helping_withdrawals")),
        sa.UniqueConstraint("measure_id", name=op.f("uq_helping_withdrawals_measure_id")),
        sa.UniqueConstraint(
            "project_household_id", name=op.f("uq_helping_withdrawals_project_household_id")
        ),
        sa.UniqueConstraint("visit_id", name=op.f("uq_helping_withdrawals_visit_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "joint_agreements",
        sa.Column("application_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("group_id", BigInt, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_joint_agreements_digest_sha256")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_joint_agreements_application_id_applications"),
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_joint_agreements")),
        sa.UniqueConstraint("number", name=op.f("uq_joint_agreements_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "joint_members",
        sa.Column("household_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("group_id", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["joint_groups.id"], name=op.f("fk_joint_members_group_id_joint_groups")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_joint_members_household_id_households"),
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_joint_members")),
        sqlite_strict=True,
    )
    op.create_table(
        "member_leavings",
        sa.Column("member_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("noted_by", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["fund_members.id"],
            name=op.f("fk_member_leavings_member_id_fund_members"),
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_member_leavings")),
        sqlite_strict=True,
    )
    op.create_table(
        "member_positions",
        sa.Column("household_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("fund_id", BigInt, nullable=False),
        sa.Column("member_id", BigInt, nullable=False),
        sa.Column("stake_fen", BigInt, nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("base_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "stake_fen >= 0 AND base_fen >= 0", name=op.f("ck_member_positions_stakes_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["fund_id"],
            ["village_funds.id"],
            name=op.f("fk_member_positions_fund_id_village_funds"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_member_positions_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["fund_members.id"],
            name=op.f("fk_member_positions_member_id_fund_members"),
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_member_positions")),
        sa.UniqueConstraint("member_id", name=op.f("uq_member_positions_member_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "mutual_ballots",
        sa.Column("vote_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "choice IN ('for', 'against', 'abstain')", name=op.f("ck_mutual_ballots_choice_known")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_mutual_ballots_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["mutual_votes.id"], name=op.f("fk_mutual_ballots_vote_id_mutual_votes")
        ),
        sa.PrimaryKeyConstraint("vote_id", "household_id", name=op.f("pk_mutual_ballots")),
        sqlite_strict=True,
    )
    op.create_table(
        "mutual_fee_sharings",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("fund_id", BigInt, nullable=False),
        sa.Column("vote_id", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("income_fen", BigInt, nullable=False),
        sa.Column("running_fen", BigInt, nullable=False),
        sa.Column("capital_fen", BigInt, nullable=False),
        sa.Column("welfare_fen", BigInt, nullable=False),
        sa.Column("reserve_fen", BigInt, nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "income_fen = running_fen + capital_fen + welfare_fen + reserve_fen",
            name=op.f("ck_mutual_fee_sharings_parts_add_up"),
        ),
        sa.CheckConstraint(
            "running_fen >= 0 AND capital_fen >= 0 AND welfare_fen >= 0 AND reserve_fen >= 0",
            name=op.f("ck_mutual_fee_sharings_parts_not_negative"),
        ),
        sa.CheckConstraint("to_on > from_on", name=op.f("ck_mutual_fee_sharings_days_in_order")),
        sa.ForeignKeyConstraint(
            ["fund_id"],
            ["village_funds.id"],
            name=op.f("fk_mutual_fee_sharings_fund_id_village_funds"),
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"],
            ["mutual_votes.id"],
            name=op.f("fk_mutual_fee_sharings_vote_id_mutual_votes"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mutual_fee_sharings")),
        sa.UniqueConstraint("fund_id", "to_on", name=op.f("uq_mutual_fee_sharings_fund_id_to_on")),
        sa.UniqueConstraint("vote_id", name=op.f("uq_mutual_fee_sharings_vote_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "mutual_group_members",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("group_id", BigInt, nullable=False),
        sa.Column("member_id", BigInt, nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["mutual_groups.id"],
            name=op.f("fk_mutual_group_members_group_id_mutual_groups"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["fund_members.id"],
            name=op.f("fk_mutual_group_members_member_id_fund_members"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mutual_group_members")),
        sqlite_strict=True,
    )
    op.create_table(
        "mutual_movements",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("fund_id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("of_account", sa.Text(), nullable=False),
        sa.Column("member_id", BigInt, nullable=True),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("voucher_id", BigInt, nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("vote_id", BigInt, nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(member_id IS NULL) = (kind NOT IN ('stake', 'base_stake', 'stake_withdrawn', 'base_returned'))",
            name=op.f("ck_mutual_movements_member_by_kind"),
        ),
        sa.CheckConstraint(
            "(voucher_id IS NULL) = (kind IN ('base_stake', 'base_returned'))",
            name=op.f("ck_mutual_movements_voucher_by_kind"),
        ),
        sa.CheckConstraint(
            "kind IN ('fiscal', 'gift', 'stake', 'base_stake', 'stake_withdrawn', 'base_returned', 'running_cost', 'welfare', 'fiscal_returned', 'residue')",
            name=op.f("ck_mutual_movements_kind_known"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_mutual_movements_amount_positive")),
        sa.CheckConstraint(
            "(kind = 'residue') = (of_account <> '')",
            name=op.f("ck_mutual_movements_residue_names_account"),
        ),
        sa.ForeignKeyConstraint(
            ["fund_id"],
            ["village_funds.id"],
            name=op.f("fk_mutual_movements_fund_id_village_funds"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["fund_members.id"],
            name=op.f("fk_mutual_movements_member_id_fund_members"),
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["mutual_votes.id"], name=op.f("fk_mutual_movements_vote_id_mutual_votes")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_mutual_movements_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mutual_movements")),
        sa.UniqueConstraint("vote_id", name=op.f("uq_mutual_movements_vote_id")),
        sa.UniqueConstraint("voucher_id", name=op.f("uq_mutual_movements_voucher_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "mutual_vote_results",
        sa.Column("vote_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("present", BigInt, nullable=False),
        sa.Column("voted_for", BigInt, nullable=False),
        sa.Column("against", BigInt, nullable=False),
        sa.Column("abstained", BigInt, nullable=False),
        sa.Column("by_list", sa.Boolean(), nullable=False),
        sa.Column("list_document", sa.Text(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("counted_by", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "by_list = (list_document <> '')", name=op.f("ck_mutual_vote_results_list_named")
        ),
        sa.CheckConstraint(
            "voted_for + against + abstained <= present",
            name=op.f("ck_mutual_vote_results_within_the_present"),
        ),
        sa.CheckConstraint(
            "voted_for >= 0 AND against >= 0 AND abstained >= 0",
            name=op.f("ck_mutual_vote_results_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"],
            ["mutual_votes.id"],
            name=op.f("fk_mutual_vote_results_vote_id_mutual_votes"),
        ),
        sa.PrimaryKeyConstraint("vote_id", name=op.f("pk_mutual_vote_results")),
        sqlite_strict=True,
    )
    op.create_table(
        "own_limits",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("link_id", BigInt, nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("length(document) > 0", name=op.f("ck_own_limits_with_a_document")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_own_limits_with_a_reason")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["household_links.id"], name=op.f("fk_own_limits_link_id_household_links")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_limits")),
        sqlite_strict=True,
    )
    op.create_table(
        "unwindings",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("agreement_id", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_unwindings_digest_sha256")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_unwindings_agreement_id_agreements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unwindings")),
        sqlite_strict=True,
    )
    op.create_table(
        "agreement_approvals",
        sa.Column("list_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("agreement_id", BigInt, nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_approvals_agreement_id_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["agreement_lists.id"],
            name=op.f("fk_agreement_approvals_list_id_agreement_lists"),
        ),
        sa.PrimaryKeyConstraint("list_id", name=op.f("pk_agreement_approvals")),
        sqlite_strict=True,
    )
    op.create_table(
        "agreement_ends",
        sa.Column("agreement_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("unwinding_id", BigInt, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_ends_agreement_id_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["unwinding_id"],
            ["unwindings.id"],
            name=op.f("fk_agreement_ends_unwinding_id_unwindings"),
        ),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_agreement_ends")),
        sa.UniqueConstraint("unwinding_id", name=op.f("uq_agreement_ends_unwinding_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "agreement_households",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("agreement_id", BigInt, nullable=False),
        sa.Column("list_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("stake_fen", BigInt, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("loan_id", BigInt, nullable=True),
        sa.Column("land_mu_hundredths", BigInt, nullable=False),
        sa.Column("persons", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(source = 'loan') = (loan_id IS NOT NULL)",
            name=op.f("ck_agreement_households_loan_by_source"),
        ),
        sa.CheckConstraint(
            "source <> 'loan' OR stake_fen > 0",
            name=op.f("ck_agreement_households_loan_stake_positive"),
        ),
        sa.CheckConstraint(
            "source IN ('loan', 'fiscal', 'land', 'labour', 'own')",
            name=op.f("ck_agreement_households_source_known"),
        ),
        sa.CheckConstraint(
            "land_mu_hundredths BETWEEN 0 AND 10000000",
            name=op.f("ck_agreement_households_land_range"),
        ),
        sa.CheckConstraint(
            "persons BETWEEN 0 AND 99", name=op.f("ck_agreement_households_persons_range")
        ),
        sa.CheckConstraint(
            "stake_fen BETWEEN 0 AND 10000000000", name=op.f("ck_agreement_households_stake_range")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_households_agreement_id_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_agreement_households_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["agreement_lists.id"],
            name=op.f("fk_agreement_households_list_id_agreement_lists"),
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_agreement_households_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_households")),
        sa.UniqueConstraint("list_id", "nr", name=op.f("uq_agreement_households_list_id_nr")),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_declarations",
        sa.Column("round_id", BigInt, nullable=False),
        sa.Column("version", BigInt, nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("profit_fen", BigInt, nullable=False),
        sa.Column("extra_fen", BigInt, nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("rows", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("cash_fen", BigInt, nullable=False),
        sa.Column("reinvested_fen", BigInt, nullable=False),
        sa.Column("stake_days", BigInt, nullable=False),
        sa.Column("floors_fen", BigInt, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "cash_fen + reinvested_fen = amount_fen",
            name=op.f("ck_dividend_declarations_cash_and_reinvested"),
        ),
        sa.CheckConstraint(
            "extra_fen BETWEEN 0 AND 100000000000000",
            name=op.f("ck_dividend_declarations_extra_range"),
        ),
        sa.CheckConstraint(
            "length(digest) = 64", name=op.f("ck_dividend_declarations_digest_sha256")
        ),
        sa.CheckConstraint(
            "profit_fen BETWEEN 0 AND 100000000000000",
            name=op.f("ck_dividend_declarations_profit_range"),
        ),
        sa.CheckConstraint(
            "rows > 0 AND amount_fen > 0", name=op.f("ck_dividend_declarations_not_empty")
        ),
        sa.CheckConstraint(
            "stake_days >= 0 AND floors_fen >= 0",
            name=op.f("ck_dividend_declarations_split_not_negative"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_dividend_declarations_version_from_one")),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["dividend_rounds.id"],
            name=op.f("fk_dividend_declarations_round_id_dividend_rounds"),
        ),
        sa.PrimaryKeyConstraint("round_id", "version", name=op.f("pk_dividend_declarations")),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_files",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("round_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("rows", BigInt, nullable=False),
        sa.Column("total_fen", BigInt, nullable=False),
        sa.Column("batch_no", sa.Text(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_dividend_files_digest_sha256")),
        sa.CheckConstraint("rows > 0 AND total_fen > 0", name=op.f("ck_dividend_files_not_empty")),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["dividend_rounds.id"],
            name=op.f("fk_dividend_files_round_id_dividend_rounds"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dividend_files")),
        sa.UniqueConstraint("batch_no", name=op.f("uq_dividend_files_batch_no")),
        sa.UniqueConstraint("round_id", "nr", name=op.f("uq_dividend_files_round_id_nr")),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_positions",
        sa.Column("round_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["dividend_rounds.id"],
            name=op.f("fk_dividend_positions_round_id_dividend_rounds"),
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_dividend_positions")),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_receipts",
        sa.Column("round_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("attachment_id", BigInt, nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_dividend_receipts_attachment_id_attachments"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["dividend_rounds.id"],
            name=op.f("fk_dividend_receipts_round_id_dividend_rounds"),
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_dividend_receipts")),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_rows",
        sa.Column("round_id", BigInt, nullable=False),
        sa.Column("version", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("persons", BigInt, nullable=False),
        sa.Column("stake_fen", BigInt, nullable=False),
        sa.Column("stake_days", BigInt, nullable=False),
        sa.Column("linked_days", BigInt, nullable=False),
        sa.Column("floor_fen", BigInt, nullable=False),
        sa.Column("profit_fen", BigInt, nullable=False),
        sa.Column("before_fen", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("cash_fen", BigInt, nullable=False),
        sa.Column("reinvested_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_dividend_rows_amount_positive")),
        sa.CheckConstraint(
            "cash_fen + reinvested_fen = amount_fen",
            name=op.f("ck_dividend_rows_cash_and_reinvested"),
        ),
        sa.CheckConstraint(
            "cash_fen >= 0 AND reinvested_fen >= 0", name=op.f("ck_dividend_rows_ways_not_negative")
        ),
        sa.CheckConstraint(
            "floor_fen >= 0 AND profit_fen >= 0", name=op.f("ck_dividend_rows_parts_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_dividend_rows_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["dividend_rounds.id"],
            name=op.f("fk_dividend_rows_round_id_dividend_rounds"),
        ),
        sa.PrimaryKeyConstraint(
            "round_id", "version", "household_id", name=op.f("pk_dividend_rows")
        ),
        sa.UniqueConstraint(
            "round_id", "version", "nr", name=op.f("uq_dividend_rows_round_id_version_nr")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_steps",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("round_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", BigInt, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("by_person", BigInt, nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "digest = '' OR length(digest) = 64", name=op.f("ck_dividend_steps_digest_sha256")
        ),
        sa.CheckConstraint("nr > 0", name=op.f("ck_dividend_steps_nr")),
        sa.CheckConstraint(
            "posted_on IS NULL OR posted_on <= on_day", name=op.f("ck_dividend_steps_posted_before")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["dividend_rounds.id"],
            name=op.f("fk_dividend_steps_round_id_dividend_rounds"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dividend_steps")),
        sa.UniqueConstraint("round_id", "nr", name=op.f("uq_dividend_steps_round_id_nr")),
        sqlite_strict=True,
    )
    op.create_table(
        "extension_permits",
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_extension_permits_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("loan_id", "to_on", name=op.f("pk_extension_permits")),
        sqlite_strict=True,
    )
    op.create_table(
        "joint_signers",
        sa.Column("application_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["joint_agreements.application_id"],
            name=op.f("fk_joint_signers_application_id_joint_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_joint_signers_household_id_households"),
        ),
        sa.PrimaryKeyConstraint("application_id", "household_id", name=op.f("pk_joint_signers")),
        sqlite_strict=True,
    )
    op.create_table(
        "linked_loans",
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("agreement_id", BigInt, nullable=False),
        sa.Column("stake_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("stake_fen > 0", name=op.f("ck_linked_loans_stake_positive")),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_linked_loans_agreement_id_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_linked_loans_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_linked_loans_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("loan_id", "household_id", name=op.f("pk_linked_loans")),
        sqlite_strict=True,
    )
    op.create_table(
        "loan_conversions",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("unwinding_id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_loan_conversions_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_loan_conversions_loan_id_loans")
        ),
        sa.ForeignKeyConstraint(
            ["unwinding_id"],
            ["unwindings.id"],
            name=op.f("fk_loan_conversions_unwinding_id_unwindings"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_conversions")),
        sqlite_strict=True,
    )
    op.create_table(
        "mutual_group_leavings",
        sa.Column("group_member_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_member_id"],
            ["mutual_group_members.id"],
            name=op.f("fk_mutual_group_leavings_group_member_id_mutual_group_members"),
        ),
        sa.PrimaryKeyConstraint("group_member_id", name=op.f("pk_mutual_group_leavings")),
        sqlite_strict=True,
    )
    op.create_table(
        "mutual_vote_extensions",
        sa.Column("vote_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_mutual_vote_extensions_loan_id_loans")
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"],
            ["mutual_votes.id"],
            name=op.f("fk_mutual_vote_extensions_vote_id_mutual_votes"),
        ),
        sa.PrimaryKeyConstraint("vote_id", name=op.f("pk_mutual_vote_extensions")),
        sa.UniqueConstraint(
            "loan_id", "to_on", name=op.f("uq_mutual_vote_extensions_loan_id_to_on")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "unwinding_approvals",
        sa.Column("agreement_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("unwinding_id", BigInt, nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_unwinding_approvals_agreement_id_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["unwinding_id"],
            ["unwindings.id"],
            name=op.f("fk_unwinding_approvals_unwinding_id_unwindings"),
        ),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_unwinding_approvals")),
        sa.UniqueConstraint("unwinding_id", name=op.f("uq_unwinding_approvals_unwinding_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_files_discarded",
        sa.Column("file_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("discarded_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["dividend_files.id"],
            name=op.f("fk_dividend_files_discarded_file_id_dividend_files"),
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_dividend_files_discarded")),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_payments",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("file_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("round_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("attempt", BigInt, nullable=False),
        sa.Column("account_id", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_dividend_payments_amount_positive")),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_dividend_payments_attempt_from_one")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["payout_accounts.id"],
            name=op.f("fk_dividend_payments_account_id_payout_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["dividend_files.id"],
            name=op.f("fk_dividend_payments_file_id_dividend_files"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_dividend_payments_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["dividend_rounds.id"],
            name=op.f("fk_dividend_payments_round_id_dividend_rounds"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dividend_payments")),
        sa.UniqueConstraint("file_id", "nr", name=op.f("uq_dividend_payments_file_id_nr")),
        sa.UniqueConstraint(
            "round_id",
            "household_id",
            "attempt",
            name=op.f("uq_dividend_payments_round_id_household_id_attempt"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_returns",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("file_id", BigInt, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("paid_fen", BigInt, nullable=False),
        sa.Column("returned_fen", BigInt, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_dividend_returns_digest_sha256")),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["dividend_files.id"],
            name=op.f("fk_dividend_returns_file_id_dividend_files"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dividend_returns")),
        sa.UniqueConstraint("digest", name=op.f("uq_dividend_returns_digest")),
        sa.UniqueConstraint("file_id", name=op.f("uq_dividend_returns_file_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "loan_conversion_grants",
        sa.Column("conversion_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("unwinding_id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversion_id"],
            ["loan_conversions.id"],
            name=op.f("fk_loan_conversion_grants_conversion_id_loan_conversions"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_loan_conversion_grants_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_loan_conversion_grants_loan_id_loans")
        ),
        sa.ForeignKeyConstraint(
            ["unwinding_id"],
            ["unwindings.id"],
            name=op.f("fk_loan_conversion_grants_unwinding_id_unwindings"),
        ),
        sa.PrimaryKeyConstraint("conversion_id", name=op.f("pk_loan_conversion_grants")),
        sa.UniqueConstraint(
            "unwinding_id",
            "loan_id",
            "household_id",
            name=op.f("uq_loan_conversion_grants_unwinding_id_loan_id_household_id"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_return_rows",
        sa.Column("payment_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("return_id", BigInt, nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("bank_no", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(result = 'returned') = (reason <> '')",
            name=op.f("ck_dividend_return_rows_reason_given"),
        ),
        sa.CheckConstraint(
            "result IN ('paid', 'returned')", name=op.f("ck_dividend_return_rows_result_known")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["dividend_payments.id"],
            name=op.f("fk_dividend_return_rows_payment_id_dividend_payments"),
        ),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["dividend_returns.id"],
            name=op.f("fk_dividend_return_rows_return_id_dividend_returns"),
        ),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_dividend_return_rows")),
        sqlite_strict=True,
    )
    op.create_table(
        "pool_refunds_asked",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("organisation_id", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("payee_account", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("voucher_no", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_pool_refunds_asked_amount_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_pool_refunds_asked_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_refunds_asked")),
        sqlite_strict=True,
    )
    op.create_table(
        "application_sheets_dropped",
        sa.Column("sheet_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("dropped_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["application_sheets.id"],
            name=op.f("fk_application_sheets_dropped_sheet_id_application_sheets"),
        ),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("pk_application_sheets_dropped")),
        sqlite_strict=True,
    )
    op.create_table(
        "pool_refunds",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("asked_id", BigInt, nullable=False),
        sa.Column("organisation_id", BigInt, nullable=False),
        sa.Column("voucher_id", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_pool_refunds_amount_positive")),
        sa.ForeignKeyConstraint(
            ["asked_id"],
            ["pool_refunds_asked.id"],
            name=op.f("fk_pool_refunds_asked_id_pool_refunds_asked"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_pool_refunds_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_pool_refunds_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_refunds")),
        sa.UniqueConstraint("asked_id", name=op.f("uq_pool_refunds_asked_id")),
        sa.UniqueConstraint("voucher_id", name=op.f("uq_pool_refunds_voucher_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_releases_asked",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("round_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "cause IN ('no_heir', 'no_account', 'not_found')",
            name=op.f("ck_dividend_releases_asked_cause_known"),
        ),
        sa.CheckConstraint(
            "amount_fen > 0", name=op.f("ck_dividend_releases_asked_amount_positive")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_dividend_releases_asked_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["dividend_rounds.id"],
            name=op.f("fk_dividend_releases_asked_round_id_dividend_rounds"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dividend_releases_asked")),
        sqlite_strict=True,
    )
    op.create_table(
        "dividend_releases",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("asked_id", BigInt, nullable=False),
        sa.Column("round_id", BigInt, nullable=False),
        sa.Column("household_id", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_dividend_releases_amount_positive")),
        sa.ForeignKeyConstraint(
            ["asked_id"],
            ["dividend_releases_asked.id"],
            name=op.f("fk_dividend_releases_asked_id_dividend_releases_asked"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_dividend_releases_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["dividend_rounds.id"],
            name=op.f("fk_dividend_releases_round_id_dividend_rounds"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dividend_releases")),
        sa.UniqueConstraint("asked_id", name=op.f("uq_dividend_releases_asked_id")),
        sa.UniqueConstraint(
            "round_id", "household_id", name=op.f("uq_dividend_releases_round_id_household_id")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_pool_refunds_asked_organisation_id"),
        "pool_refunds_asked",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_pool_refunds_asked_trail_id"), "pool_refunds_asked", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_application_sheets_dropped_trail_id"),
        "application_sheets_dropped",
        ["trail_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_pool_refunds_organisation_id"), "pool_refunds", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_pool_refunds_trail_id"), "pool_refunds", ["trail_id"], unique=False)
    op.create_index(
        op.f("ix_dividend_releases_asked_round_id"),
        "dividend_releases_asked",
        ["round_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_dividend_releases_asked_trail_id"),
        "dividend_releases_asked",
        ["trail_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_dividend_releases_household_id"),
        "dividend_releases",
        ["household_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_dividend_releases_trail_id"), "dividend_releases", ["trail_id"], unique=False
    )
    op.create_index("ix_case_sheets_booked_on", "case_sheets", ["booked_on"], unique=False)
    op.create_index(op.f("ix_case_sheets_trail_id"), "case_sheets", ["trail_id"], unique=False)
    op.create_index(
        op.f("ix_framework_agreements_trail_id"), "framework_agreements", ["trail_id"], unique=False
    )
    op.create_index(op.f("ix_helpers_trail_id"), "helpers", ["trail_id"], unique=False)
    op.create_index(op.f("ix_helping_files_trail_id"), "helping_files", ["trail_id"], unique=False)
    op.create_index(
        op.f("ix_imported_snapshots_booked_on"), "imported_snapshots", ["booked_on"], unique=False
    )
    op.create_index(
        op.f("ix_imported_snapshots_trail_id"), "imported_snapshots", ["trail_id"], unique=False
    )
    op.create_index(op.f("ix_need_rounds_trail_id"), "need_rounds", ["trail_id"], unique=False)
    op.create_index(op.f("ix_review_rounds_trail_id"), "review_rounds", ["trail_id"], unique=False)
    op.create_index(
        "ix_rural_populations_region_code",
        "rural_populations",
        ["region_code", "from_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_rural_populations_trail_id"), "rural_populations", ["trail_id"], unique=False
    )
    op.create_index(op.f("ix_special_funds_trail_id"), "special_funds", ["trail_id"], unique=False)
    op.create_index(op.f("ix_special_funds_year"), "special_funds", ["year"], unique=False)
    op.create_index(
        "ix_village_standing_days_on_day", "village_standing_days", ["on_day"], unique=False
    )
    op.create_index(
        op.f("ix_village_standing_days_trail_id"),
        "village_standing_days",
        ["trail_id"],
        unique=False,
    )
    op.create_index(
        "ix_village_standings_booked_on", "village_standings", ["booked_on"], unique=False
    )
    op.create_index(
        op.f("ix_village_standings_trail_id"), "village_standings", ["trail_id"], unique=False
    )
    op.create_index(op.f("ix_case_notices_trail_id"), "case_notices", ["trail_id"], unique=False)
    op.create_index(
        op.f("ix_case_sheet_papers_trail_id"), "case_sheet_papers", ["trail_id"], unique=False
    )
    op.create_index(op.f("ix_decided_lists_round_id"), "decided_lists", ["round_id"], unique=False)
    op.create_index(op.f("ix_decided_lists_trail_id"), "decided_lists", ["trail_id"], unique=False)
    op.create_index("ix_family_events_booked_on", "family_events", ["booked_on"], unique=False)
    op.create_index(
        op.f("ix_family_events_household_id"), "family_events", ["household_id"], unique=False
    )
    op.create_index(
        "ix_family_events_old_identity_index", "family_events", ["old_identity_index"], unique=False
    )
    op.create_index(
        op.f("ix_family_events_other_household_id"),
        "family_events",
        ["other_household_id"],
        unique=False,
    )
    op.create_index(op.f("ix_family_events_trail_id"), "family_events", ["trail_id"], unique=False)
    op.create_index(op.f("ix_family_lines_cap_id"), "family_lines", ["cap_id"], unique=False)
    op.create_index(op.f("ix_family_lines_line_id"), "family_lines", ["line_id"], unique=False)
    op.create_index(
        op.f("ix_framework_institutions_trail_id"),
        "framework_institutions",
        ["trail_id"],
        unique=False,
    )
    op.create_index(op.f("ix_helper_pairs_helper_id"), "helper_pairs", ["helper_id"], unique=False)
    op.create_index(
        "ix_helper_pairs_household_id", "helper_pairs", ["household_id", "from_on"], unique=False
    )
    op.create_index(op.f("ix_helper_pairs_trail_id"), "helper_pairs", ["trail_id"], unique=False)
    op.create_index(
        "ix_household_measures_household_id",
        "household_measures",
        ["household_id", "year"],
        unique=False,
    )
    op.create_index(
        "ix_household_measures_measure", "household_measures", ["measure", "year"], unique=False
    )
    op.create_index(
        op.f("ix_household_measures_trail_id"), "household_measures", ["trail_id"], unique=False
    )
    op.create_index(
        "ix_identification_cases_household_id",
        "identification_cases",
        ["household_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_identification_cases_round_id"), "identification_cases", ["round_id"], unique=False
    )
    op.create_index(
        op.f("ix_identification_cases_trail_id"), "identification_cases", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_imported_counters_trail_id"), "imported_counters", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_industry_projects_organisation_id"),
        "industry_projects",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_industry_projects_trail_id"), "industry_projects", ["trail_id"], unique=False
    )
    op.create_index(op.f("ix_lead_banks_trail_id"), "lead_banks", ["trail_id"], unique=False)
    op.create_index(
        op.f("ix_linkage_chains_trail_id"), "linkage_chains", ["trail_id"], unique=False
    )
    op.create_index(
        "uq_linkage_chains_name", "linkage_chains", ["organisation_id", "name"], unique=True
    )
    op.create_index("ix_linkage_days_on_day", "linkage_days", ["on_day"], unique=False)
    op.create_index(op.f("ix_linkage_days_trail_id"), "linkage_days", ["trail_id"], unique=False)
    op.create_index("ix_need_answers_booked_on", "need_answers", ["booked_on"], unique=False)
    op.create_index(
        op.f("ix_need_answers_household_id"), "need_answers", ["household_id"], unique=False
    )
    op.create_index(
        "ix_need_answers_round_id_household_id",
        "need_answers",
        ["round_id", "household_id"],
        unique=False,
    )
    op.create_index(op.f("ix_need_answers_trail_id"), "need_answers", ["trail_id"], unique=False)
    op.create_index(
        op.f("ix_recognitions_organisation_id"), "recognitions", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_recognitions_trail_id"), "recognitions", ["trail_id"], unique=False)
    op.create_index(
        "ix_sample_checks_region_code", "sample_checks", ["region_code", "checked_on"], unique=False
    )
    op.create_index(op.f("ix_sample_checks_round_id"), "sample_checks", ["round_id"], unique=False)
    op.create_index(op.f("ix_sample_checks_trail_id"), "sample_checks", ["trail_id"], unique=False)
    op.create_index("ix_standing_days_on_day", "standing_days", ["on_day"], unique=False)
    op.create_index(op.f("ix_standing_days_trail_id"), "standing_days", ["trail_id"], unique=False)
    op.create_index(
        "ix_standing_days_village_code", "standing_days", ["village_code"], unique=False
    )
    op.create_index(
        op.f("ix_village_funds_organisation_id"), "village_funds", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_village_funds_trail_id"), "village_funds", ["trail_id"], unique=False)
    op.create_index(
        op.f("ix_village_funds_village_code"), "village_funds", ["village_code"], unique=False
    )
    op.create_index(op.f("ix_agreements_number"), "agreements", ["number"], unique=False)
    op.create_index(
        op.f("ix_agreements_organisation_id"), "agreements", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_agreements_trail_id"), "agreements", ["trail_id"], unique=False)
    op.create_index("ix_case_objections_case_id", "case_objections", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_case_objections_sheet_id"), "case_objections", ["sheet_id"], unique=False
    )
    op.create_index(
        op.f("ix_case_objections_trail_id"), "case_objections", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_case_positions_household_id"), "case_positions", ["household_id"], unique=False
    )
    op.create_index(
        "ix_case_positions_next", "case_positions", ["procedure", "done", "state"], unique=False
    )
    op.create_index(
        op.f("ix_case_positions_sheet_id"), "case_positions", ["sheet_id"], unique=False
    )
    op.create_index(
        "uq_case_positions_household_id_open",
        "case_positions",
        ["household_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_case_steps_sheet_id", "case_steps", ["sheet_id"], unique=False)
    op.create_index(op.f("ix_case_steps_trail_id"), "case_steps", ["trail_id"], unique=False)
    op.create_index(
        op.f("ix_counter_securities_fund_account_id"),
        "counter_securities",
        ["fund_account_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_counter_securities_organisation_id"),
        "counter_securities",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_counter_securities_trail_id"), "counter_securities", ["trail_id"], unique=False
    )
    op.create_index(
        "ix_decided_list_rows_household_id", "decided_list_rows", ["household_id"], unique=False
    )
    op.create_index(
        op.f("ix_decided_list_rows_trail_id"), "decided_list_rows", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_dividend_fundings_organisation_id"),
        "dividend_fundings",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_dividend_fundings_trail_id"), "dividend_fundings", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_family_event_people_person_id"), "family_event_people", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_family_event_people_trail_id"), "family_event_people", ["trail_id"], unique=False
    )
    op.create_index(op.f("ix_fund_members_fund_id"), "fund_members", ["fund_id"], unique=False)
    op.create_index(
        op.f("ix_fund_members_household_id"), "fund_members", ["household_id"], unique=False
    )
    op.create_index(op.f("ix_fund_members_trail_id"), "fund_members", ["trail_id"], unique=False)
    op.create_index(op.f("ix_fund_openings_trail_id"), "fund_openings", ["trail_id"], unique=False)
    op.create_index("ix_fund_uses_fund_id", "fund_uses", ["fund_id"], unique=False)
    op.create_index(op.f("ix_fund_uses_project_id"), "fund_uses", ["project_id"], unique=False)
    op.create_index(op.f("ix_fund_uses_trail_id"), "fund_uses", ["trail_id"], unique=False)
    op.create_index(
        op.f("ix_helper_pair_ends_trail_id"), "helper_pair_ends", ["trail_id"], unique=False
    )
    op.create_index(
        "ix_helper_visits_pair_id", "helper_visits", ["pair_id", "visited_on"], unique=False
    )
    op.create_index(op.f("ix_helper_visits_trail_id"), "helper_visits", ["trail_id"], unique=False)
    op.create_index(
        op.f("ix_helper_visits_visited_on"), "helper_visits", ["visited_on"], unique=False
    )
    op.create_index(
        op.f("ix_household_links_origin_id"), "household_links", ["origin_id"], unique=False
    )
    op.create_index(
        op.f("ix_household_links_trail_id"), "household_links", ["trail_id"], unique=False
    )
    op.create_index(op.f("ix_joint_groups_lender_id"), "joint_groups", ["lender_id"], unique=False)
    op.create_index(
        op.f("ix_linkage_chain_ends_trail_id"), "linkage_chain_ends", ["trail_id"], unique=False
    )
    op.create_index(op.f("ix_mutual_groups_trail_id"), "mutual_groups", ["trail_id"], unique=False)
    op.create_index(
        op.f("ix_mutual_public_lists_trail_id"), "mutual_public_lists", ["trail_id"], unique=False
    )
    op.create_index(op.f("ix_mutual_votes_trail_id"), "mutual_votes", ["trail_id"], unique=False)
    op.create_index(
        "ix_project_households_household_id", "project_households", ["household_id"], unique=False
    )
    op.create_index(
        "ix_project_households_project_id", "project_households", ["project_id"], unique=False
    )
    op.create_index(
        op.f("ix_project_households_trail_id"), "project_households", ["trail_id"], unique=False
    )
    op.create_index(
        "ix_project_villages_project_id",
        "project_villages",
        ["project_id", "village_code"],
        unique=False,
    )
    op.create_index(
        op.f("ix_project_villages_trail_id"), "project_villages", ["trail_id"], unique=False
    )
    op.create_index(
        "ix_project_villages_village_code", "project_villages", ["village_code"], unique=False
    )
    op.create_index(
        op.f("ix_recognition_grants_trail_id"), "recognition_grants", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_recognition_villages_trail_id"), "recognition_villages", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_recognition_withdrawals_trail_id"),
        "recognition_withdrawals",
        ["trail_id"],
        unique=False,
    )
    op.create_index("ix_survey_answers_case_id", "survey_answers", ["case_id"], unique=False)
    op.create_index(
        "ix_survey_answers_household_id", "survey_answers", ["household_id"], unique=False
    )
    op.create_index(
        op.f("ix_survey_answers_trail_id"), "survey_answers", ["trail_id"], unique=False
    )
    op.create_index(
        "ix_agreement_leavings_household_id", "agreement_leavings", ["household_id"], unique=False
    )
    op.create_index(
        op.f("ix_agreement_leavings_trail_id"), "agreement_leavings", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_agreement_lists_trail_id"), "agreement_lists", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_agreement_parties_trail_id"), "agreement_parties", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_agreement_terms_trail_id"), "agreement_terms", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_case_objection_answers_trail_id"),
        "case_objection_answers",
        ["trail_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_counter_security_releases_trail_id"),
        "counter_security_releases",
        ["trail_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_dividend_calendar_next_due_on"), "dividend_calendar", ["next_due_on"], unique=False
    )
    op.create_index(
        op.f("ix_dividend_rounds_trail_id"), "dividend_rounds", ["trail_id"], unique=False
    )
    op.create_index(op.f("ix_fund_closings_trail_id"), "fund_closings", ["trail_id"], unique=False)
    op.create_index(op.f("ix_fund_fee_rates_fund_id"), "fund_fee_rates", ["fund_id"], unique=False)
    op.create_index(
        op.f("ix_fund_fee_rates_trail_id"), "fund_fee_rates", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_helping_withdrawals_trail_id"), "helping_withdrawals", ["trail_id"], unique=False
    )
    op.create_index("ix_joint_agreements_group_id", "joint_agreements", ["group_id"], unique=False)
    op.create_index(
        op.f("ix_joint_agreements_trail_id"), "joint_agreements", ["trail_id"], unique=False
    )
    op.create_index(op.f("ix_joint_members_group_id"), "joint_members", ["group_id"], unique=False)
    op.create_index(
        op.f("ix_member_leavings_trail_id"), "member_leavings", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_member_positions_fund_id"), "member_positions", ["fund_id"], unique=False
    )
    op.create_index(
        op.f("ix_mutual_ballots_trail_id"), "mutual_ballots", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_mutual_fee_sharings_trail_id"), "mutual_fee_sharings", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_mutual_group_members_group_id"), "mutual_group_members", ["group_id"], unique=False
    )
    op.create_index(
        op.f("ix_mutual_group_members_member_id"),
        "mutual_group_members",
        ["member_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_mutual_group_members_trail_id"), "mutual_group_members", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_mutual_movements_fund_id"), "mutual_movements", ["fund_id"], unique=False
    )
    op.create_index(
        op.f("ix_mutual_movements_member_id"), "mutual_movements", ["member_id"], unique=False
    )
    op.create_index(
        op.f("ix_mutual_movements_trail_id"), "mutual_movements", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_mutual_vote_results_trail_id"), "mutual_vote_results", ["trail_id"], unique=False
    )
    op.create_index(op.f("ix_own_limits_link_id"), "own_limits", ["link_id"], unique=False)
    op.create_index(op.f("ix_own_limits_trail_id"), "own_limits", ["trail_id"], unique=False)
    op.create_index(
        op.f("ix_unwindings_agreement_id"), "unwindings", ["agreement_id"], unique=False
    )
    op.create_index(op.f("ix_unwindings_trail_id"), "unwindings", ["trail_id"], unique=False)
    op.create_index(
        op.f("ix_agreement_approvals_agreement_id"),
        "agreement_approvals",
        ["agreement_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_agreement_approvals_trail_id"), "agreement_approvals", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_agreement_ends_trail_id"), "agreement_ends", ["trail_id"], unique=False
    )
    op.create_index(
        "ix_agreement_households_agreement_id_household_id",
        "agreement_households",
        ["agreement_id", "household_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_agreement_households_household_id"),
        "agreement_households",
        ["household_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_agreement_households_loan_id"), "agreement_households", ["loan_id"], unique=False
    )
    op.create_index(
        op.f("ix_agreement_households_trail_id"), "agreement_households", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_dividend_declarations_trail_id"),
        "dividend_declarations",
        ["trail_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_dividend_files_trail_id"), "dividend_files", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_dividend_receipts_trail_id"), "dividend_receipts", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_dividend_rows_household_id"), "dividend_rows", ["household_id"], unique=False
    )
    op.create_index(op.f("ix_dividend_rows_trail_id"), "dividend_rows", ["trail_id"], unique=False)
    op.create_index(
        op.f("ix_dividend_steps_trail_id"), "dividend_steps", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_extension_permits_trail_id"), "extension_permits", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_joint_signers_household_id"), "joint_signers", ["household_id"], unique=False
    )
    op.create_index(op.f("ix_joint_signers_trail_id"), "joint_signers", ["trail_id"], unique=False)
    op.create_index("ix_linked_loans_agreement_id", "linked_loans", ["agreement_id"], unique=False)
    op.create_index(
        op.f("ix_loan_conversions_loan_id"), "loan_conversions", ["loan_id"], unique=False
    )
    op.create_index(
        op.f("ix_loan_conversions_trail_id"), "loan_conversions", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_mutual_group_leavings_trail_id"),
        "mutual_group_leavings",
        ["trail_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_mutual_vote_extensions_trail_id"),
        "mutual_vote_extensions",
        ["trail_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_unwinding_approvals_trail_id"), "unwinding_approvals", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_dividend_files_discarded_trail_id"),
        "dividend_files_discarded",
        ["trail_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_dividend_payments_household_id"),
        "dividend_payments",
        ["household_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_dividend_payments_trail_id"), "dividend_payments", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_dividend_returns_received_on"), "dividend_returns", ["received_on"], unique=False
    )
    op.create_index(
        op.f("ix_dividend_returns_trail_id"), "dividend_returns", ["trail_id"], unique=False
    )
    op.create_index(
        op.f("ix_loan_conversion_grants_trail_id"),
        "loan_conversion_grants",
        ["trail_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_dividend_return_rows_return_id"),
        "dividend_return_rows",
        ["return_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_dividend_return_rows_trail_id"), "dividend_return_rows", ["trail_id"], unique=False
    )
    op.create_table(
        "subsidy_revision_offsets",
        sa.Column("entitlement_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("offset_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "amount_fen > 0", name=op.f("ck_subsidy_revision_offsets_amount_positive")
        ),
        sa.ForeignKeyConstraint(
            ["entitlement_id"],
            ["subsidy_entitlements.id"],
            name=op.f("fk_subsidy_revision_offsets_entitlement_id_subsidy_entitlements"),
        ),
        sa.PrimaryKeyConstraint("entitlement_id", name=op.f("pk_subsidy_revision_offsets")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_revision_offsets_trail_id"),
        "subsidy_revision_offsets",
        ["trail_id"],
        unique=False,
    )
