"""The treasury's two hands: interest subsidies and the risk-compensation fund.

The schema changes here; ``migrations.hands`` carries the rows.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.append_only import protect
from kernel.database import BigInt
from migrations import hands
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

revision = "2026_11_23_two_hands"
down_revision = "2026_11_22_loans_as_lived"

#: new tables, in the order in which they can be dropped
NEW_TABLES = (
    "subsidy_claim_rows",
    "subsidy_claim_left_out",
    "fund_return_parts",
    "fund_recovery_shares",
    "entitlement_claims",
    "subsidy_exclusions",
    "subsidy_entitlements",
    "guarantee_events",
    "fund_recoveries",
    "fund_compensations",
    "fund_claim_steps",
    "fund_claim_shares",
    "fund_claim_positions",
    "cover_exclusions",
    "subsidy_give_backs_asked",
    "subsidy_claim_differences",
    "subsidy_bank_return_rows",
    "subsidies_given_back",
    "guarantees",
    "fund_statement_matches",
    "fund_returns",
    "fund_claims",
    "subsidy_payment_rows",
    "subsidy_payment_lines",
    "subsidy_objection_answers",
    "subsidy_files_discarded",
    "subsidy_bank_returns",
    "fund_statement_rows",
    "fund_reconciliations",
    "fund_movements",
    "subsidy_receipts",
    "subsidy_payment_files",
    "subsidy_objections",
    "subsidy_notices",
    "subsidy_clawbacks",
    "subsidy_claim_steps",
    "subsidy_claim_positions",
    "fund_statements",
    "fund_orders",
    "fund_days",
    "fund_balances",
    "subsidy_runs",
    "subsidy_claims",
    "guarantee_platforms",
    "guarantee_platform_uses",
    "fuse_events",
    "fuse_balances",
    "fund_accounts",
    "budget_uses",
    "budget_changes",
    "subsidy_days",
    "payout_accounts",
    "fuse_lifts",
    "budget_lines",
)

#: those of them that hold running state
RUNNING = frozenset(
    (
        "budget_uses",
        "entitlement_claims",
        "fund_balances",
        "fund_claim_positions",
        "fuse_balances",
        "guarantee_platform_uses",
        "subsidy_claim_positions",
    )
)

#: columns that tables of the record get
ADDED: dict[str, tuple[New, ...]] = {
    "loans": (New("subsidy_route", "text", "lender"), New("cover_cap_fen", "number")),
    "loan_bearers": (New("rate_ppm", "number"),),
    "loan_changes": (New("why", "text", ""),),
    "segments": (New("share_rate_ppm", "number"),),
}

_SHARE_RATE = "share_rate_ppm BETWEEN 0 AND rate_ppm"

#: CHECKs: table -> (those before, those after)
RULES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "loans": (
        {},
        {
            "ck_loans_cover_within_amount": "cover_cap_fen BETWEEN 0 AND amount_fen",
            "ck_loans_subsidy_route_known": "subsidy_route IN ('lender', 'household', 'enterprise')",
            "ck_loans_enterprise_fronts_its_own": "subsidy_route <> 'enterprise'"
            " OR organisation_id IS NOT NULL",
        },
    ),
    "loan_bearers": ({}, {"ck_loan_bearers_rate_range": "rate_ppm BETWEEN 0 AND 1000000"}),
    "loan_changes": (
        {"ck_loan_changes_kind_known": "kind IN ('extension', 'deferral', 'plan', 'misuse')"},
        {
            "ck_loan_changes_kind_known": "kind IN ('extension', 'deferral', 'plan', 'misuse',"
            " 'unsubsidised')",
            "ck_loan_changes_why_of_a_stop": "(kind = 'unsubsidised') = (why <> '')",
        },
    ),
    "segments": ({}, {"ck_segments_share_rate_within_rate": _SHARE_RATE}),
    "open_segments": ({}, {"ck_open_segments_share_rate_within_rate": _SHARE_RATE}),
    "positions": ({}, {"ck_positions_cover_not_negative": "cover_cap_fen >= 0"}),
    "lending_limits": (
        {},
        {"ck_lending_limits_when_full_known": "when_full IN ('stop', 'uncovered')"},
    ),
}

#: columns of the running state
POSITION = (New("unsubsidised", "truth", False), New("cover_cap_fen", "number", 0))
OPEN_SEGMENT = (New("share_rate_ppm", "number"),)
LIMIT = (New("when_full", "text", "stop"),)

#: indexes of the record that reads of the new rooms go by
INDEXES = {"ix_settlements_booked_on": ("settlements", ["booked_on"])}


def upgrade() -> None:
    bind = op.get_bind()
    hands.require_no_close(bind)
    _create_tables()
    with unguarded(ADDED):
        for table, columns in ADDED.items():
            _grow(table, columns)
    for name, (table, names) in INDEXES.items():
        op.create_index(name, table, names)
    _grow(table="open_segments", columns=OPEN_SEGMENT)
    _grow(table="positions", columns=POSITION)
    hands.fill_cover(bind)
    _only_households_owe()
    _grow_limits()
    protect(bind, [table for table in NEW_TABLES if table not in RUNNING])


def _grow(table: str, columns: tuple[New, ...]) -> None:
    add_columns(table, columns)
    with changing(table, columns) as batch:
        rules(batch, *RULES[table])


def _only_households_owe() -> None:
    """What the treasury owes leaves the open dues: it stands in the entitlements."""
    hands.take_out_treasury(op.get_bind())
    op.drop_index("ix_open_dues_bearer_payable_on", "open_dues")
    op.drop_index("ix_open_dues_loan_id_bearer_payable_on", "open_dues")
    with changing("open_dues") as batch:
        batch.drop_column("bearer")
    op.create_index("ix_open_dues_payable_on", "open_dues", ["payable_on"])
    op.create_index("ix_open_dues_loan_id_payable_on", "open_dues", ["loan_id", "payable_on"])


def _grow_limits() -> None:
    add_columns("lending_limits", LIMIT)
    with changing("lending_limits", LIMIT) as batch:
        rules(batch, *RULES["lending_limits"])
        batch.alter_column("limit_fen", existing_type=BigInt, nullable=True)
    hands.count_covered(op.get_bind())


def downgrade() -> None:
    if to_nothing():
        _drop_what_is_new()
        return
    bind = op.get_bind()
    hands.require_no_close(bind)
    _require_nothing_new()
    hands.count_all(bind)
    with changing("lending_limits") as batch:
        rules(batch, *reversed(RULES["lending_limits"]))
        batch.drop_column("when_full")
        batch.alter_column("limit_fen", existing_type=BigInt, nullable=False)
    _treasury_owes_again()
    _shrink("positions", POSITION)
    _shrink("open_segments", OPEN_SEGMENT)
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table)
    with unguarded(ADDED):
        for table, columns in ADDED.items():
            _shrink(table, columns)
    _drop_what_is_new()


def _shrink(table: str, columns: tuple[New, ...]) -> None:
    with changing(table) as batch:
        rules(batch, *reversed(RULES[table]))
        for new in columns:
            batch.drop_column(new.name)


def _treasury_owes_again() -> None:
    op.drop_index("ix_open_dues_payable_on", "open_dues")
    op.drop_index("ix_open_dues_loan_id_payable_on", "open_dues")
    add_columns("open_dues", (New("bearer", "text", "household"),))
    with changing("open_dues", (New("bearer", "text", "household"),)):
        pass
    op.create_index("ix_open_dues_bearer_payable_on", "open_dues", ["bearer", "payable_on"])
    op.create_index(
        "ix_open_dues_loan_id_bearer_payable_on", "open_dues", ["loan_id", "bearer", "payable_on"]
    )
    hands.put_treasury_back(op.get_bind())


def _require_nothing_new() -> None:
    """Refuse where going back would lose something: one row of the new kind is enough."""
    for table in NEW_TABLES:
        require_none(table, "*")
    for table, columns in ADDED.items():
        require_before(table, columns)
    require_none("loan_changes", "unsubsidised", sa.column("kind", sa.Text) == "unsubsidised")
    require_none("lending_limits", "limit_fen", sa.column("limit_fen", BigInt).is_(None))
    require_none("lending_limits", "when_full", sa.column("when_full", sa.Text) != "stop")


def _drop_what_is_new() -> None:
    for table in NEW_TABLES:
        op.drop_table(table)


def _create_tables() -> None:
    op.create_table(
        "budget_lines",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("year", BigInt, nullable=False),
        sa.Column("funder", sa.Text(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "level IN ('central', 'province', 'city', 'county')",
            name=op.f("ck_budget_lines_level_known"),
        ),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_budget_lines_amount_not_negative")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2199", name=op.f("ck_budget_lines_year_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_lines")),
        sa.UniqueConstraint(
            "document_no", "code", "year", name=op.f("uq_budget_lines_document_no_code_year")
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_budget_lines_trail_id"), "budget_lines", ["trail_id"], unique=False)
    op.create_table(
        "fuse_lifts",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("blown_id", BigInt, nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fuse_lifts")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_fuse_lifts_blown_id"), "fuse_lifts", ["blown_id"], unique=False)
    op.create_index(op.f("ix_fuse_lifts_trail_id"), "fuse_lifts", ["trail_id"], unique=False)
    op.create_table(
        "payout_accounts",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("payee_kind", sa.Text(), nullable=False),
        sa.Column("payee_id", BigInt, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "payee_kind IN ('households', 'organisations')",
            name=op.f("ck_payout_accounts_payee_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_accounts")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_payout_accounts_number_index"), "payout_accounts", ["number_index"], unique=False
    )
    op.create_index(
        "ix_payout_accounts_payee", "payout_accounts", ["payee_kind", "payee_id"], unique=False
    )
    op.create_index(
        op.f("ix_payout_accounts_trail_id"), "payout_accounts", ["trail_id"], unique=False
    )
    op.create_table(
        "subsidy_days",
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("accrued_fen", BigInt, nullable=False),
        sa.Column("claimed_fen", BigInt, nullable=False),
        sa.Column("paid_fen", BigInt, nullable=False),
        sa.Column("to_recover_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "claimed_fen <= accrued_fen AND paid_fen <= claimed_fen",
            name=op.f("ck_subsidy_days_accrued_claimed_paid"),
        ),
        sa.CheckConstraint(
            "to_recover_fen >= 0", name=op.f("ck_subsidy_days_to_recover_not_negative")
        ),
        sa.PrimaryKeyConstraint("village_code", "on_day", name=op.f("pk_subsidy_days")),
        sqlite_strict=True,
    )
    op.create_index("ix_subsidy_days_on_day", "subsidy_days", ["on_day"], unique=False)
    op.create_index(op.f("ix_subsidy_days_trail_id"), "subsidy_days", ["trail_id"], unique=False)
    op.create_table(
        "budget_changes",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("line_id", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_budget_changes_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["budget_lines.id"], name=op.f("fk_budget_changes_line_id_budget_lines")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_changes")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_budget_changes_line_id"), "budget_changes", ["line_id"], unique=False)
    op.create_index(
        op.f("ix_budget_changes_trail_id"), "budget_changes", ["trail_id"], unique=False
    )
    op.create_table(
        "budget_uses",
        sa.Column("line_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("committed_fen", BigInt, nullable=False),
        sa.Column("paid_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "committed_fen + paid_fen <= amount_fen", name=op.f("ck_budget_uses_within_the_line")
        ),
        sa.CheckConstraint(
            "committed_fen >= 0 AND paid_fen >= 0", name=op.f("ck_budget_uses_uses_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["budget_lines.id"], name=op.f("fk_budget_uses_line_id_budget_lines")
        ),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_budget_uses")),
        sqlite_strict=True,
    )
    op.create_table(
        "fund_accounts",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("lender_id", BigInt, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["lender_id"],
            ["organisations.id"],
            name=op.f("fk_fund_accounts_lender_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_accounts")),
        sa.UniqueConstraint("number", name=op.f("uq_fund_accounts_number")),
        sa.UniqueConstraint(
            "region_code", "lender_id", name=op.f("uq_fund_accounts_region_code_lender_id")
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_fund_accounts_trail_id"), "fund_accounts", ["trail_id"], unique=False)
    op.create_table(
        "fuse_balances",
        sa.Column("lender_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("bad_fen", BigInt, nullable=False),
        sa.Column("outstanding_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "bad_fen BETWEEN 0 AND outstanding_fen", name=op.f("ck_fuse_balances_bad_within")
        ),
        sa.ForeignKeyConstraint(
            ["lender_id"],
            ["organisations.id"],
            name=op.f("fk_fuse_balances_lender_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("lender_id", "village_code", name=op.f("pk_fuse_balances")),
        sqlite_strict=True,
    )
    op.create_table(
        "fuse_events",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("bad_fen", BigInt, nullable=False),
        sa.Column("outstanding_fen", BigInt, nullable=False),
        sa.Column("threshold_ppm", BigInt, nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lift_id", BigInt, nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(event = 'lifted') = (lift_id IS NOT NULL)", name=op.f("ck_fuse_events_lift_was_asked")
        ),
        sa.CheckConstraint(
            "(event = 'lifted') = (until_on IS NOT NULL)", name=op.f("ck_fuse_events_lift_ends")
        ),
        sa.CheckConstraint("event IN ('blown', 'lifted')", name=op.f("ck_fuse_events_event_known")),
        sa.CheckConstraint(
            "scope_kind IN ('institution', 'region')", name=op.f("ck_fuse_events_scope_known")
        ),
        sa.CheckConstraint(
            "bad_fen BETWEEN 0 AND outstanding_fen", name=op.f("ck_fuse_events_bad_within")
        ),
        sa.ForeignKeyConstraint(
            ["lift_id"], ["fuse_lifts.id"], name=op.f("fk_fuse_events_lift_id_fuse_lifts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fuse_events")),
        sa.UniqueConstraint("lift_id", name=op.f("uq_fuse_events_lift_id")),
        sa.UniqueConstraint(
            "scope_kind",
            "scope",
            "on_day",
            "event",
            name=op.f("uq_fuse_events_scope_kind_scope_on_day_event"),
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_fuse_events_scope", "fuse_events", ["scope_kind", "scope"], unique=False)
    op.create_index(op.f("ix_fuse_events_trail_id"), "fuse_events", ["trail_id"], unique=False)
    op.create_table(
        "guarantee_platform_uses",
        sa.Column("organisation_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("capital_fen", BigInt, nullable=False),
        sa.Column("multiple", BigInt, nullable=False),
        sa.Column("in_force_fen", BigInt, nullable=False),
        sa.Column("called_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "called_fen >= 0", name=op.f("ck_guarantee_platform_uses_called_not_negative")
        ),
        sa.CheckConstraint(
            "in_force_fen >= 0", name=op.f("ck_guarantee_platform_uses_in_force_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_guarantee_platform_uses_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_guarantee_platform_uses")),
        sqlite_strict=True,
    )
    op.create_table(
        "guarantee_platforms",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("organisation_id", BigInt, nullable=False),
        sa.Column("capital_fen", BigInt, nullable=False),
        sa.Column("multiple", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "capital_fen >= 0", name=op.f("ck_guarantee_platforms_capital_not_negative")
        ),
        sa.CheckConstraint(
            "multiple BETWEEN 1 AND 100", name=op.f("ck_guarantee_platforms_multiple_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_guarantee_platforms_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guarantee_platforms")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_guarantee_platforms_organisation_id",
        "guarantee_platforms",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_guarantee_platforms_trail_id"), "guarantee_platforms", ["trail_id"], unique=False
    )
    op.create_table(
        "subsidy_claims",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("lender_id", BigInt, nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("version", BigInt, nullable=False),
        sa.Column("previous_id", BigInt, nullable=True),
        sa.Column("drafted_on", sa.Date(), nullable=False),
        sa.Column("rows", BigInt, nullable=False),
        sa.Column("households", BigInt, nullable=False),
        sa.Column("total_fen", BigInt, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "route IN ('lender', 'household', 'enterprise')",
            name=op.f("ck_subsidy_claims_route_known"),
        ),
        sa.CheckConstraint(
            "(version = 1) = (previous_id IS NULL)", name=op.f("ck_subsidy_claims_version_follows")
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_subsidy_claims_digest_sha256")),
        sa.CheckConstraint("period_to > period_from", name=op.f("ck_subsidy_claims_days_in_order")),
        sa.CheckConstraint("rows > 0", name=op.f("ck_subsidy_claims_not_empty")),
        sa.ForeignKeyConstraint(
            ["lender_id"],
            ["organisations.id"],
            name=op.f("fk_subsidy_claims_lender_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["previous_id"],
            ["subsidy_claims.id"],
            name=op.f("fk_subsidy_claims_previous_id_subsidy_claims"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_claims")),
        sa.UniqueConstraint(
            "lender_id",
            "route",
            "period_to",
            "version",
            name=op.f("uq_subsidy_claims_lender_id_route_period_to_version"),
        ),
        sa.UniqueConstraint("previous_id", name=op.f("uq_subsidy_claims_previous_id")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_claims_trail_id"), "subsidy_claims", ["trail_id"], unique=False
    )
    op.create_table(
        "subsidy_runs",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("lender_id", BigInt, nullable=False),
        sa.Column("entitlements", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("entitlements > 0", name=op.f("ck_subsidy_runs_not_empty")),
        sa.ForeignKeyConstraint(
            ["lender_id"],
            ["organisations.id"],
            name=op.f("fk_subsidy_runs_lender_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_runs")),
        sa.UniqueConstraint("on_day", "lender_id", name=op.f("uq_subsidy_runs_on_day_lender_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_subsidy_runs_trail_id"), "subsidy_runs", ["trail_id"], unique=False)
    op.create_table(
        "fund_balances",
        sa.Column("account_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("balance_fen", BigInt, nullable=False),
        sa.Column("pledged_fen", BigInt, nullable=False),
        sa.Column("contributed_fen", BigInt, nullable=False),
        sa.Column("multiple", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("balance_fen >= 0", name=op.f("ck_fund_balances_balance_not_negative")),
        sa.CheckConstraint(
            "contributed_fen >= 0", name=op.f("ck_fund_balances_contributed_not_negative")
        ),
        sa.CheckConstraint(
            "multiple BETWEEN 0 AND 1000", name=op.f("ck_fund_balances_multiple_range")
        ),
        sa.CheckConstraint(
            "pledged_fen BETWEEN 0 AND balance_fen",
            name=op.f("ck_fund_balances_pledged_within_balance"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["fund_accounts.id"],
            name=op.f("fk_fund_balances_account_id_fund_accounts"),
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_fund_balances")),
        sqlite_strict=True,
    )
    op.create_table(
        "fund_days",
        sa.Column("account_id", BigInt, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("balance_fen", BigInt, nullable=False),
        sa.Column("pledged_fen", BigInt, nullable=False),
        sa.Column("contributed_fen", BigInt, nullable=False),
        sa.Column("disbursed_fen", BigInt, nullable=False),
        sa.Column("covered_fen", BigInt, nullable=False),
        sa.Column("multiple", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "covered_fen >= 0 AND disbursed_fen >= 0",
            name=op.f("ck_fund_days_lending_not_negative"),
        ),
        sa.CheckConstraint(
            "pledged_fen BETWEEN 0 AND balance_fen",
            name=op.f("ck_fund_days_pledged_within_balance"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["fund_accounts.id"], name=op.f("fk_fund_days_account_id_fund_accounts")
        ),
        sa.PrimaryKeyConstraint("account_id", "on_day", name=op.f("pk_fund_days")),
        sqlite_strict=True,
    )
    op.create_index("ix_fund_days_on_day", "fund_days", ["on_day"], unique=False)
    op.create_index(op.f("ix_fund_days_trail_id"), "fund_days", ["trail_id"], unique=False)
    op.create_table(
        "fund_orders",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("account_id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("voucher_no", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "kind IN ('contribution', 'withdrawal')", name=op.f("ck_fund_orders_kind_known")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_fund_orders_amount_positive")),
        sa.CheckConstraint(
            "value_date <= proposed_on", name=op.f("ck_fund_orders_value_date_not_ahead")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["fund_accounts.id"],
            name=op.f("fk_fund_orders_account_id_fund_accounts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_orders")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_fund_orders_account_id"), "fund_orders", ["account_id"], unique=False)
    op.create_index(op.f("ix_fund_orders_trail_id"), "fund_orders", ["trail_id"], unique=False)
    op.create_table(
        "fund_statements",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("account_id", BigInt, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", BigInt, nullable=False),
        sa.Column("opening_fen", BigInt, nullable=False),
        sa.Column("closing_fen", BigInt, nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_fund_statements_digest_sha256")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["fund_accounts.id"],
            name=op.f("fk_fund_statements_account_id_fund_accounts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_statements")),
        sa.UniqueConstraint(
            "account_id",
            "month",
            "version",
            name=op.f("uq_fund_statements_account_id_month_version"),
        ),
        sa.UniqueConstraint("digest", name=op.f("uq_fund_statements_digest")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_fund_statements_trail_id"), "fund_statements", ["trail_id"], unique=False
    )
    op.create_table(
        "subsidy_claim_positions",
        sa.Column("claim_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["subsidy_claims.id"],
            name=op.f("fk_subsidy_claim_positions_claim_id_subsidy_claims"),
        ),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_subsidy_claim_positions")),
        sqlite_strict=True,
    )
    op.create_table(
        "subsidy_claim_steps",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("claim_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("by_person", BigInt, nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "length(digest) = 64", name=op.f("ck_subsidy_claim_steps_digest_sha256")
        ),
        sa.CheckConstraint("nr > 0", name=op.f("ck_subsidy_claim_steps_nr")),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["subsidy_claims.id"],
            name=op.f("fk_subsidy_claim_steps_claim_id_subsidy_claims"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_claim_steps")),
        sa.UniqueConstraint("claim_id", "nr", name=op.f("uq_subsidy_claim_steps_claim_id_nr")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_claim_steps_trail_id"), "subsidy_claim_steps", ["trail_id"], unique=False
    )
    op.create_table(
        "subsidy_clawbacks",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("lender_id", BigInt, nullable=False),
        sa.Column("payer_kind", sa.Text(), nullable=False),
        sa.Column("payer_id", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("line_id", BigInt, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("voucher_id", BigInt, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_subsidy_clawbacks_amount_positive")),
        sa.ForeignKeyConstraint(
            ["lender_id"],
            ["organisations.id"],
            name=op.f("fk_subsidy_clawbacks_lender_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["budget_lines.id"], name=op.f("fk_subsidy_clawbacks_line_id_budget_lines")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_subsidy_clawbacks_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_clawbacks")),
        sa.UniqueConstraint("voucher_id", name=op.f("uq_subsidy_clawbacks_voucher_id")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_clawbacks_lender_id"), "subsidy_clawbacks", ["lender_id"], unique=False
    )
    op.create_index(
        op.f("ix_subsidy_clawbacks_trail_id"), "subsidy_clawbacks", ["trail_id"], unique=False
    )
    op.create_table(
        "subsidy_notices",
        sa.Column("claim_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("ends_on > posted_on", name=op.f("ck_subsidy_notices_days_in_order")),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["subsidy_claims.id"],
            name=op.f("fk_subsidy_notices_claim_id_subsidy_claims"),
        ),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_subsidy_notices")),
        sa.UniqueConstraint("number", name=op.f("uq_subsidy_notices_number")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_notices_trail_id"), "subsidy_notices", ["trail_id"], unique=False
    )
    op.create_table(
        "subsidy_objections",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("claim_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=True),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("raised_by", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["subsidy_claims.id"],
            name=op.f("fk_subsidy_objections_claim_id_subsidy_claims"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_objections")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_objections_claim_id"), "subsidy_objections", ["claim_id"], unique=False
    )
    op.create_index(
        op.f("ix_subsidy_objections_trail_id"), "subsidy_objections", ["trail_id"], unique=False
    )
    op.create_table(
        "subsidy_payment_files",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("claim_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("rows", BigInt, nullable=False),
        sa.Column("total_fen", BigInt, nullable=False),
        sa.Column("budget_year", BigInt, nullable=False),
        sa.Column("crosses_year", sa.Boolean(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("batch_no", sa.Text(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "length(digest) = 64", name=op.f("ck_subsidy_payment_files_digest_sha256")
        ),
        sa.CheckConstraint(
            "rows > 0 AND total_fen > 0", name=op.f("ck_subsidy_payment_files_not_empty")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["subsidy_claims.id"],
            name=op.f("fk_subsidy_payment_files_claim_id_subsidy_claims"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_payment_files")),
        sa.UniqueConstraint("batch_no", name=op.f("uq_subsidy_payment_files_batch_no")),
        sa.UniqueConstraint("claim_id", "nr", name=op.f("uq_subsidy_payment_files_claim_id_nr")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_payment_files_trail_id"),
        "subsidy_payment_files",
        ["trail_id"],
        unique=False,
    )
    op.create_table(
        "subsidy_receipts",
        sa.Column("claim_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("voucher_id", BigInt, nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["subsidy_claims.id"],
            name=op.f("fk_subsidy_receipts_claim_id_subsidy_claims"),
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_subsidy_receipts_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_subsidy_receipts")),
        sa.UniqueConstraint("voucher_id", name=op.f("uq_subsidy_receipts_voucher_id")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_receipts_trail_id"), "subsidy_receipts", ["trail_id"], unique=False
    )
    op.create_table(
        "fund_movements",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("account_id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("booking_date", sa.Date(), nullable=False),
        sa.Column("voucher_id", BigInt, nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("order_id", BigInt, nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(kind IN ('contribution', 'withdrawal')) = (order_id IS NOT NULL)",
            name=op.f("ck_fund_movements_ordered_by_two"),
        ),
        sa.CheckConstraint(
            "(kind IN ('contribution', 'withdrawal')) = (source <> '')",
            name=op.f("ck_fund_movements_source_given"),
        ),
        sa.CheckConstraint(
            "(kind IN ('withdrawal', 'compensation')) = (amount_fen < 0)",
            name=op.f("ck_fund_movements_sign_by_kind"),
        ),
        sa.CheckConstraint(
            "kind IN ('contribution', 'withdrawal', 'interest', 'compensation', 'recovery')",
            name=op.f("ck_fund_movements_kind_known"),
        ),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_fund_movements_amount_not_zero")),
        sa.CheckConstraint(
            "value_date <= booking_date",
            name=op.f("ck_fund_movements_value_date_not_after_booking"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["fund_accounts.id"],
            name=op.f("fk_fund_movements_account_id_fund_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["fund_orders.id"], name=op.f("fk_fund_movements_order_id_fund_orders")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_fund_movements_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_movements")),
        sa.UniqueConstraint("order_id", name=op.f("uq_fund_movements_order_id")),
        sa.UniqueConstraint("voucher_id", name=op.f("uq_fund_movements_voucher_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_fund_movements_account_id_booking_date",
        "fund_movements",
        ["account_id", "booking_date"],
        unique=False,
    )
    op.create_index(
        op.f("ix_fund_movements_trail_id"), "fund_movements", ["trail_id"], unique=False
    )
    op.create_table(
        "fund_reconciliations",
        sa.Column("statement_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("difference_fen", BigInt, nullable=False),
        sa.Column("unmatched", BigInt, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["fund_statements.id"],
            name=op.f("fk_fund_reconciliations_statement_id_fund_statements"),
        ),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_fund_reconciliations")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_fund_reconciliations_trail_id"), "fund_reconciliations", ["trail_id"], unique=False
    )
    op.create_table(
        "fund_statement_rows",
        sa.Column("statement_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("voucher_no", sa.Text(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("balance_fen", BigInt, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_fund_statement_rows_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["fund_statements.id"],
            name=op.f("fk_fund_statement_rows_statement_id_fund_statements"),
        ),
        sa.PrimaryKeyConstraint("statement_id", "nr", name=op.f("pk_fund_statement_rows")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_fund_statement_rows_trail_id"), "fund_statement_rows", ["trail_id"], unique=False
    )
    op.create_table(
        "subsidy_bank_returns",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("file_id", BigInt, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("paid_fen", BigInt, nullable=False),
        sa.Column("returned_fen", BigInt, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "length(digest) = 64", name=op.f("ck_subsidy_bank_returns_digest_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["subsidy_payment_files.id"],
            name=op.f("fk_subsidy_bank_returns_file_id_subsidy_payment_files"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_bank_returns")),
        sa.UniqueConstraint("digest", name=op.f("uq_subsidy_bank_returns_digest")),
        sa.UniqueConstraint("file_id", name=op.f("uq_subsidy_bank_returns_file_id")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_bank_returns_trail_id"), "subsidy_bank_returns", ["trail_id"], unique=False
    )
    op.create_table(
        "subsidy_files_discarded",
        sa.Column("file_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("discarded_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["subsidy_payment_files.id"],
            name=op.f("fk_subsidy_files_discarded_file_id_subsidy_payment_files"),
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_subsidy_files_discarded")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_files_discarded_trail_id"),
        "subsidy_files_discarded",
        ["trail_id"],
        unique=False,
    )
    op.create_table(
        "subsidy_objection_answers",
        sa.Column("objection_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            ["subsidy_objections.id"],
            name=op.f("fk_subsidy_objection_answers_objection_id_subsidy_objections"),
        ),
        sa.PrimaryKeyConstraint("objection_id", name=op.f("pk_subsidy_objection_answers")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_objection_answers_trail_id"),
        "subsidy_objection_answers",
        ["trail_id"],
        unique=False,
    )
    op.create_table(
        "subsidy_payment_lines",
        sa.Column("file_id", BigInt, nullable=False),
        sa.Column("line_id", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_subsidy_payment_lines_amount_positive")),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["subsidy_payment_files.id"],
            name=op.f("fk_subsidy_payment_lines_file_id_subsidy_payment_files"),
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["budget_lines.id"],
            name=op.f("fk_subsidy_payment_lines_line_id_budget_lines"),
        ),
        sa.PrimaryKeyConstraint("file_id", "line_id", name=op.f("pk_subsidy_payment_lines")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_payment_lines_trail_id"),
        "subsidy_payment_lines",
        ["trail_id"],
        unique=False,
    )
    op.create_table(
        "subsidy_payment_rows",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("file_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("claim_id", BigInt, nullable=False),
        sa.Column("payee_kind", sa.Text(), nullable=False),
        sa.Column("payee_id", BigInt, nullable=False),
        sa.Column("attempt", BigInt, nullable=False),
        sa.Column("account_id", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_subsidy_payment_rows_amount_positive")),
        sa.CheckConstraint(
            "length(remark) <= 4", name=op.f("ck_subsidy_payment_rows_remark_length")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["payout_accounts.id"],
            name=op.f("fk_subsidy_payment_rows_account_id_payout_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["subsidy_claims.id"],
            name=op.f("fk_subsidy_payment_rows_claim_id_subsidy_claims"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["subsidy_payment_files.id"],
            name=op.f("fk_subsidy_payment_rows_file_id_subsidy_payment_files"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_payment_rows")),
        sa.UniqueConstraint(
            "claim_id",
            "payee_kind",
            "payee_id",
            "attempt",
            name=op.f("uq_subsidy_payment_rows_claim_id_payee_kind_payee_id_attempt"),
        ),
        sa.UniqueConstraint("file_id", "nr", name=op.f("uq_subsidy_payment_rows_file_id_nr")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_payment_rows_trail_id"), "subsidy_payment_rows", ["trail_id"], unique=False
    )
    op.create_table(
        "fund_claims",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("account_id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("overdue_days", BigInt, nullable=False),
        sa.Column("principal_fen", BigInt, nullable=False),
        sa.Column("interest_fen", BigInt, nullable=False),
        sa.Column("penalty_fen", BigInt, nullable=False),
        sa.Column("total_fen", BigInt, nullable=False),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_fund_claims_digest_sha256")),
        sa.CheckConstraint(
            "principal_fen >= 0 AND interest_fen >= 0 AND penalty_fen >= 0",
            name=op.f("ck_fund_claims_not_negative"),
        ),
        sa.CheckConstraint(
            "total_fen = principal_fen + interest_fen + penalty_fen AND total_fen > 0",
            name=op.f("ck_fund_claims_parts_add_up"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["fund_accounts.id"],
            name=op.f("fk_fund_claims_account_id_fund_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_fund_claims_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_claims")),
        sa.UniqueConstraint("loan_id", "nr", name=op.f("uq_fund_claims_loan_id_nr")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_fund_claims_account_id"), "fund_claims", ["account_id"], unique=False)
    op.create_index(op.f("ix_fund_claims_trail_id"), "fund_claims", ["trail_id"], unique=False)
    op.create_table(
        "fund_returns",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("account_id", BigInt, nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("movement_id", BigInt, nullable=True),
        sa.Column("voucher_id", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(party = 'fund') = (movement_id IS NOT NULL)", name=op.f("ck_fund_returns_fund_moves")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_fund_returns_amount_positive")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["fund_accounts.id"],
            name=op.f("fk_fund_returns_account_id_fund_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["movement_id"],
            ["fund_movements.id"],
            name=op.f("fk_fund_returns_movement_id_fund_movements"),
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_fund_returns_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_returns")),
        sa.UniqueConstraint("movement_id", name=op.f("uq_fund_returns_movement_id")),
        sa.UniqueConstraint("voucher_id", name=op.f("uq_fund_returns_voucher_id")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_fund_returns_account_id"), "fund_returns", ["account_id"], unique=False
    )
    op.create_index(op.f("ix_fund_returns_trail_id"), "fund_returns", ["trail_id"], unique=False)
    op.create_table(
        "fund_statement_matches",
        sa.Column("statement_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("nr", BigInt, autoincrement=False, nullable=False),
        sa.Column("movement_id", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["movement_id"],
            ["fund_movements.id"],
            name=op.f("fk_fund_statement_matches_movement_id_fund_movements"),
        ),
        sa.PrimaryKeyConstraint("statement_id", "nr", name=op.f("pk_fund_statement_matches")),
        sa.UniqueConstraint(
            "statement_id",
            "movement_id",
            name=op.f("uq_fund_statement_matches_statement_id_movement_id"),
        ),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_fund_statement_matches_movement_id"),
        "fund_statement_matches",
        ["movement_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_fund_statement_matches_trail_id"),
        "fund_statement_matches",
        ["trail_id"],
        unique=False,
    )
    op.create_table(
        "guarantees",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("organisation_id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("letter_no", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_guarantees_amount_positive")),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_guarantees_loan_id_loans")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_guarantees_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guarantees")),
        sa.UniqueConstraint("letter_no", name=op.f("uq_guarantees_letter_no")),
        sa.UniqueConstraint(
            "loan_id", "organisation_id", name=op.f("uq_guarantees_loan_id_organisation_id")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_guarantees_organisation_id"), "guarantees", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_guarantees_trail_id"), "guarantees", ["trail_id"], unique=False)
    op.create_table(
        "subsidies_given_back",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("payment_row_id", BigInt, nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_subsidies_given_back_amount_positive")),
        sa.ForeignKeyConstraint(
            ["payment_row_id"],
            ["subsidy_payment_rows.id"],
            name=op.f("fk_subsidies_given_back_payment_row_id_subsidy_payment_rows"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidies_given_back")),
        sa.UniqueConstraint("payment_row_id", name=op.f("uq_subsidies_given_back_payment_row_id")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidies_given_back_trail_id"), "subsidies_given_back", ["trail_id"], unique=False
    )
    op.create_table(
        "subsidy_bank_return_rows",
        sa.Column("payment_row_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("return_id", BigInt, nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("bank_no", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(result = 'returned') = (reason <> '')",
            name=op.f("ck_subsidy_bank_return_rows_reason_given"),
        ),
        sa.CheckConstraint(
            "result IN ('paid', 'returned')", name=op.f("ck_subsidy_bank_return_rows_result_known")
        ),
        sa.ForeignKeyConstraint(
            ["payment_row_id"],
            ["subsidy_payment_rows.id"],
            name=op.f("fk_subsidy_bank_return_rows_payment_row_id_subsidy_payment_rows"),
        ),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["subsidy_bank_returns.id"],
            name=op.f("fk_subsidy_bank_return_rows_return_id_subsidy_bank_returns"),
        ),
        sa.PrimaryKeyConstraint("payment_row_id", name=op.f("pk_subsidy_bank_return_rows")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_bank_return_rows_return_id"),
        "subsidy_bank_return_rows",
        ["return_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_subsidy_bank_return_rows_trail_id"),
        "subsidy_bank_return_rows",
        ["trail_id"],
        unique=False,
    )
    op.create_table(
        "subsidy_claim_differences",
        sa.Column("claim_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, autoincrement=False, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("claimed_fen", BigInt, nullable=False),
        sa.Column("recomputed_fen", BigInt, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "why IN ('amount', 'status', 'uncollected')",
            name=op.f("ck_subsidy_claim_differences_why_known"),
        ),
        sa.CheckConstraint(
            "claimed_fen <> recomputed_fen", name=op.f("ck_subsidy_claim_differences_differs")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["subsidy_claims.id"],
            name=op.f("fk_subsidy_claim_differences_claim_id_subsidy_claims"),
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_subsidy_claim_differences_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint(
            "claim_id", "nr", "loan_id", "to_on", name=op.f("pk_subsidy_claim_differences")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_claim_differences_trail_id"),
        "subsidy_claim_differences",
        ["trail_id"],
        unique=False,
    )
    op.create_table(
        "subsidy_give_backs_asked",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("payment_row_id", BigInt, nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_row_id"],
            ["subsidy_payment_rows.id"],
            name=op.f("fk_subsidy_give_backs_asked_payment_row_id_subsidy_payment_rows"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_give_backs_asked")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_give_backs_asked_payment_row_id"),
        "subsidy_give_backs_asked",
        ["payment_row_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_subsidy_give_backs_asked_trail_id"),
        "subsidy_give_backs_asked",
        ["trail_id"],
        unique=False,
    )
    op.create_table(
        "cover_exclusions",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("was_fen", BigInt, nullable=False),
        sa.Column("cap_fen", BigInt, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("disbursement_id", BigInt, nullable=True),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "reason = 'fund_full' OR disbursement_id IS NULL",
            name=op.f("ck_cover_exclusions_draw_by_reason"),
        ),
        sa.CheckConstraint(
            "reason IN ('fund_full', 'decided', 'compensated')",
            name=op.f("ck_cover_exclusions_reason_known"),
        ),
        sa.CheckConstraint(
            "cap_fen >= 0 AND cap_fen < was_fen", name=op.f("ck_cover_exclusions_lowers_the_cap")
        ),
        sa.ForeignKeyConstraint(
            ["disbursement_id"],
            ["disbursements.id"],
            name=op.f("fk_cover_exclusions_disbursement_id_disbursements"),
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_cover_exclusions_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_exclusions")),
        sa.UniqueConstraint("disbursement_id", name=op.f("uq_cover_exclusions_disbursement_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_cover_exclusions_loan_id", "cover_exclusions", ["loan_id"], unique=False)
    op.create_index(
        op.f("ix_cover_exclusions_trail_id"), "cover_exclusions", ["trail_id"], unique=False
    )
    op.create_table(
        "fund_claim_positions",
        sa.Column("claim_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("open_loan_id", BigInt, nullable=True),
        sa.Column("repaid_fen", BigInt, nullable=False),
        sa.Column("recovered_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["fund_claims.id"],
            name=op.f("fk_fund_claim_positions_claim_id_fund_claims"),
        ),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_fund_claim_positions")),
        sa.UniqueConstraint("open_loan_id", name=op.f("uq_fund_claim_positions_open_loan_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "fund_claim_shares",
        sa.Column("claim_id", BigInt, nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("share_bp", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "amount_fen >= 0", name=op.f("ck_fund_claim_shares_amount_not_negative")
        ),
        sa.CheckConstraint(
            "share_bp BETWEEN 0 AND 10000", name=op.f("ck_fund_claim_shares_share_range")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["fund_claims.id"], name=op.f("fk_fund_claim_shares_claim_id_fund_claims")
        ),
        sa.PrimaryKeyConstraint("claim_id", "party", name=op.f("pk_fund_claim_shares")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_fund_claim_shares_trail_id"), "fund_claim_shares", ["trail_id"], unique=False
    )
    op.create_table(
        "fund_claim_steps",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("claim_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("by_person", BigInt, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_fund_claim_steps_digest_sha256")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["fund_claims.id"], name=op.f("fk_fund_claim_steps_claim_id_fund_claims")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_claim_steps")),
        sa.UniqueConstraint("claim_id", "nr", name=op.f("uq_fund_claim_steps_claim_id_nr")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_fund_claim_steps_trail_id"), "fund_claim_steps", ["trail_id"], unique=False
    )
    op.create_table(
        "fund_compensations",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("claim_id", BigInt, nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("movement_id", BigInt, nullable=True),
        sa.Column("voucher_id", BigInt, nullable=False),
        sa.Column("repayments_before", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(party = 'fund') = (movement_id IS NOT NULL)",
            name=op.f("ck_fund_compensations_fund_moves"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_fund_compensations_amount_positive")),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["fund_claims.id"],
            name=op.f("fk_fund_compensations_claim_id_fund_claims"),
        ),
        sa.ForeignKeyConstraint(
            ["movement_id"],
            ["fund_movements.id"],
            name=op.f("fk_fund_compensations_movement_id_fund_movements"),
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_fund_compensations_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_compensations")),
        sa.UniqueConstraint("claim_id", "party", name=op.f("uq_fund_compensations_claim_id_party")),
        sa.UniqueConstraint("movement_id", name=op.f("uq_fund_compensations_movement_id")),
        sa.UniqueConstraint("voucher_id", name=op.f("uq_fund_compensations_voucher_id")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_fund_compensations_trail_id"), "fund_compensations", ["trail_id"], unique=False
    )
    op.create_table(
        "fund_recoveries",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("claim_id", BigInt, nullable=False),
        sa.Column("repayment_id", BigInt, nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("repaid_fen", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("return_by", sa.Date(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint("repaid_fen <> 0", name=op.f("ck_fund_recoveries_repaid_not_zero")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["fund_claims.id"], name=op.f("fk_fund_recoveries_claim_id_fund_claims")
        ),
        sa.ForeignKeyConstraint(
            ["repayment_id"],
            ["repayments.id"],
            name=op.f("fk_fund_recoveries_repayment_id_repayments"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_recoveries")),
        sa.UniqueConstraint(
            "claim_id",
            "repayment_id",
            "undone",
            name=op.f("uq_fund_recoveries_claim_id_repayment_id_undone"),
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_fund_recoveries_return_by", "fund_recoveries", ["return_by"], unique=False)
    op.create_index(
        op.f("ix_fund_recoveries_trail_id"), "fund_recoveries", ["trail_id"], unique=False
    )
    op.create_table(
        "guarantee_events",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("guarantee_id", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("voucher_id", BigInt, nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(kind = 'released') = (voucher_id IS NULL)",
            name=op.f("ck_guarantee_events_money_has_voucher"),
        ),
        sa.CheckConstraint(
            "kind IN ('called', 'released', 'recovered')",
            name=op.f("ck_guarantee_events_kind_known"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_guarantee_events_amount_positive")),
        sa.ForeignKeyConstraint(
            ["guarantee_id"],
            ["guarantees.id"],
            name=op.f("fk_guarantee_events_guarantee_id_guarantees"),
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_guarantee_events_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guarantee_events")),
        sa.UniqueConstraint("voucher_id", name=op.f("uq_guarantee_events_voucher_id")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_guarantee_events_guarantee_id"), "guarantee_events", ["guarantee_id"], unique=False
    )
    op.create_index(
        op.f("ix_guarantee_events_trail_id"), "guarantee_events", ["trail_id"], unique=False
    )
    op.create_table(
        "subsidy_entitlements",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("settlement_id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("lender_id", BigInt, nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("payee_kind", sa.Text(), nullable=False),
        sa.Column("payee_id", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("revision", BigInt, nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("interest_fen", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "payee_kind IN ('households', 'organisations')",
            name=op.f("ck_subsidy_entitlements_payee_known"),
        ),
        sa.CheckConstraint(
            "route IN ('lender', 'household', 'enterprise')",
            name=op.f("ck_subsidy_entitlements_route_known"),
        ),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_subsidy_entitlements_amount_not_zero")),
        sa.CheckConstraint(
            "revision > 0 OR amount_fen > 0", name=op.f("ck_subsidy_entitlements_first_is_positive")
        ),
        sa.ForeignKeyConstraint(
            ["lender_id"],
            ["organisations.id"],
            name=op.f("fk_subsidy_entitlements_lender_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_subsidy_entitlements_loan_id_loans")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"],
            ["settlements.id"],
            name=op.f("fk_subsidy_entitlements_settlement_id_settlements"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_entitlements")),
        sa.UniqueConstraint("settlement_id", name=op.f("uq_subsidy_entitlements_settlement_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_subsidy_entitlements_booked_on", "subsidy_entitlements", ["booked_on"], unique=False
    )
    op.create_index(
        "ix_subsidy_entitlements_lender_id_to_on",
        "subsidy_entitlements",
        ["lender_id", "to_on"],
        unique=False,
    )
    op.create_index(
        "ix_subsidy_entitlements_loan_id_to_on",
        "subsidy_entitlements",
        ["loan_id", "to_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_subsidy_entitlements_trail_id"), "subsidy_entitlements", ["trail_id"], unique=False
    )
    op.create_table(
        "subsidy_exclusions",
        sa.Column("settlement_id", BigInt, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("principal_days", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "reason IN ('overdue', 'misused', 'lent_on', 'falsified', 'off_purpose', 'status', 'other', 'over_cap', 'no_share')",
            name=op.f("ck_subsidy_exclusions_reason_known"),
        ),
        sa.CheckConstraint(
            "principal_days > 0", name=op.f("ck_subsidy_exclusions_something_left_out")
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_subsidy_exclusions_loan_id_loans")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"],
            ["settlements.id"],
            name=op.f("fk_subsidy_exclusions_settlement_id_settlements"),
        ),
        sa.PrimaryKeyConstraint("settlement_id", "reason", name=op.f("pk_subsidy_exclusions")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_subsidy_exclusions_loan_id"), "subsidy_exclusions", ["loan_id"], unique=False
    )
    op.create_index(
        op.f("ix_subsidy_exclusions_trail_id"), "subsidy_exclusions", ["trail_id"], unique=False
    )
    op.create_table(
        "entitlement_claims",
        sa.Column("entitlement_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("claim_id", BigInt, nullable=True),
        sa.Column("clawback_id", BigInt, nullable=True),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.CheckConstraint(
            "(claim_id IS NULL) <> (clawback_id IS NULL)",
            name=op.f("ck_entitlement_claims_in_one_of_both"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["subsidy_claims.id"],
            name=op.f("fk_entitlement_claims_claim_id_subsidy_claims"),
        ),
        sa.ForeignKeyConstraint(
            ["clawback_id"],
            ["subsidy_clawbacks.id"],
            name=op.f("fk_entitlement_claims_clawback_id_subsidy_clawbacks"),
        ),
        sa.ForeignKeyConstraint(
            ["entitlement_id"],
            ["subsidy_entitlements.id"],
            name=op.f("fk_entitlement_claims_entitlement_id_subsidy_entitlements"),
        ),
        sa.PrimaryKeyConstraint("entitlement_id", name=op.f("pk_entitlement_claims")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_entitlement_claims_claim_id", "entitlement_claims", ["claim_id"], unique=False
    )
    op.create_table(
        "fund_recovery_shares",
        sa.Column("recovery_id", BigInt, nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["recovery_id"],
            ["fund_recoveries.id"],
            name=op.f("fk_fund_recovery_shares_recovery_id_fund_recoveries"),
        ),
        sa.PrimaryKeyConstraint("recovery_id", "party", name=op.f("pk_fund_recovery_shares")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_fund_recovery_shares_trail_id"), "fund_recovery_shares", ["trail_id"], unique=False
    )
    op.create_table(
        "fund_return_parts",
        sa.Column("recovery_id", BigInt, nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("return_id", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["recovery_id"],
            ["fund_recoveries.id"],
            name=op.f("fk_fund_return_parts_recovery_id_fund_recoveries"),
        ),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["fund_returns.id"],
            name=op.f("fk_fund_return_parts_return_id_fund_returns"),
        ),
        sa.PrimaryKeyConstraint("recovery_id", "party", name=op.f("pk_fund_return_parts")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_fund_return_parts_return_id"), "fund_return_parts", ["return_id"], unique=False
    )
    op.create_index(
        op.f("ix_fund_return_parts_trail_id"), "fund_return_parts", ["trail_id"], unique=False
    )
    op.create_table(
        "subsidy_claim_left_out",
        sa.Column("claim_id", BigInt, nullable=False),
        sa.Column("entitlement_id", BigInt, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["subsidy_claims.id"],
            name=op.f("fk_subsidy_claim_left_out_claim_id_subsidy_claims"),
        ),
        sa.ForeignKeyConstraint(
            ["entitlement_id"],
            ["subsidy_entitlements.id"],
            name=op.f("fk_subsidy_claim_left_out_entitlement_id_subsidy_entitlements"),
        ),
        sa.PrimaryKeyConstraint(
            "claim_id", "entitlement_id", name=op.f("pk_subsidy_claim_left_out")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_subsidy_claim_left_out_entitlement_id",
        "subsidy_claim_left_out",
        ["entitlement_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_subsidy_claim_left_out_trail_id"),
        "subsidy_claim_left_out",
        ["trail_id"],
        unique=False,
    )
    op.create_table(
        "subsidy_claim_rows",
        sa.Column("claim_id", BigInt, nullable=False),
        sa.Column("nr", BigInt, nullable=False),
        sa.Column("entitlement_id", BigInt, nullable=False),
        sa.Column("loan_id", BigInt, nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("borrower", sa.Text(), nullable=False),
        sa.Column("principal_fen", BigInt, nullable=False),
        sa.Column("annual_rate_ppm", BigInt, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("revision", BigInt, nullable=False),
        sa.Column("payee_kind", sa.Text(), nullable=False),
        sa.Column("payee_id", BigInt, nullable=False),
        sa.Column("interest_fen", BigInt, nullable=False),
        sa.Column("amount_fen", BigInt, nullable=False),
        sa.Column("trail_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["subsidy_claims.id"],
            name=op.f("fk_subsidy_claim_rows_claim_id_subsidy_claims"),
        ),
        sa.ForeignKeyConstraint(
            ["entitlement_id"],
            ["subsidy_entitlements.id"],
            name=op.f("fk_subsidy_claim_rows_entitlement_id_subsidy_entitlements"),
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loans.id"], name=op.f("fk_subsidy_claim_rows_loan_id_loans")
        ),
        sa.PrimaryKeyConstraint("claim_id", "nr", name=op.f("pk_subsidy_claim_rows")),
        sa.UniqueConstraint(
            "claim_id", "entitlement_id", name=op.f("uq_subsidy_claim_rows_claim_id_entitlement_id")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_subsidy_claim_rows_entitlement_id",
        "subsidy_claim_rows",
        ["entitlement_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_subsidy_claim_rows_trail_id"), "subsidy_claim_rows", ["trail_id"], unique=False
    )
