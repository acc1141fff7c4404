"""Every sentence of the pages has its English, and no English stands without its sentence."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from enterprises.asked import FORMS as LINKAGE_FORMS
from enterprises.asked import REPAYERS, RHYTHMS, ROLES
from enterprises.asked import SOURCES as STAKE_SOURCES
from enterprises.payment import CAUSES as DIVIDEND_CAUSES
from enterprises.pledging import KINDS as PLEDGES
from households.identification.reading import OBJECTION_STATES
from households.models import STATUS_TITLES
from households.models.families import EVENT_TITLES
from households.models.helping import FUND_LEVELS
from households.models.helping import LEVELS as HELPER_LEVELS
from households.models.helping import PURPOSES as FUND_PURPOSES
from households.standing import STANDING_TITLES
from loans.changes import KINDS as CHANGE_KINDS
from loans.changes import WHYS
from loans.changes.page import SUBSIDISED, TERM_TITLES
from loans.dossier.deeds import DEED_TITLES
from loans.dossier.forms import CONTACT_TITLES, LIFE_TITLES, USE_FOUND_TITLES, WAY_TITLES
from loans.dossier.kinds import KIND_TITLES
from loans.dossier.promises import PROMISE_TITLES
from loans.eligibility import MODES
from loans.explaining.balances import MOVES
from loans.explaining.settlements import CAUSES, STATES
from loans.forms import CHANNELS, METHOD_TITLES
from policy import LEVEL_TITLES, PARTY_TITLES
from policy.values import ROUTES
from risk_fund.lifecycle import STATES as CLAIM_STATES
from risk_fund.stress.telling import COLUMNS, LIMITS, ROW_TITLES
from risk_fund.words import MOVEMENTS, SOURCES
from subsidies.budget import LEVELS
from subsidies.claims import STAGES
from subsidies.entitlement import REASONS as EXCLUDED
from subsidies.lifecycle import ALL_RETURNED
from web import (
    account_proposal,
    agreement_view,
    claim_view,
    dividend_deeds,
    dividend_view,
    enterprise_view,
    figure_rows,
    figures,
    level_figures,
    mutual_steps,
    mutual_view,
    people_proposals,
    reconciled,
)
from web.claiming import STEPS
from web.helping import FORMS as HELP_FORMS
from web.levels import VILLAGES, WATCHED
from web.needing import ANSWERS as NEED_ANSWERS
from web.pages import (
    batches,
    changes,
    enterprises,
    enterprises_agreements,
    enterprises_chains,
    enterprises_dividends,
    families,
    frame,
    grades,
    identification,
    identification_figures,
    identification_lists,
    identification_steps,
    mutual,
    organisations,
    queue,
    reconciliation,
    staged,
    subsidies,
    subsidies_claim,
    subsidies_money,
)
from web.pages.loans import BEARERS, DUES, EVENTS, GRADES
from web.papers import PRINTED, READ
from web.papers.level_papers import COUNTERS
from web.words import ENGLISH, LOAN_STATES, SHEET_STATES, money, percent, t, yuan

SUBSIDY_STAGES = {state: zh for state, (zh, _en) in STAGES.items()}
WEB = Path(__file__).resolve().parents[2] / "web"
CHINESE = re.compile(r"[\u3400-\u9fff]")


def in_templates() -> set[str]:
    """Whatever is said through ``t`` in a template."""
    said: set[str] = set()
    for file in (WEB / "templates").glob("*.html"):
        text = file.read_text("utf-8")
        said |= {found[1] for found in re.finditer(r"\bt\(\s*\"([^\"]+)\"", text)}
        said |= {found[1] for found in re.finditer(r"\bt\(\s*'([^']+)'", text)}
        for condition in re.findall(r"\bt\(\"[^\"]+\"\) (?:if|else) [^}]*", text):
            said |= set(re.findall(r"t\(\"([^\"]+)\"", condition))
    return said


def in_python() -> set[str]:
    """Whatever is said through ``t`` in a page."""
    said: set[str] = set()
    for file in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "t":
                said |= {str(a.value) for a in node.args if isinstance(a, ast.Constant)}
    return said


def listed() -> set[str]:
    """Words that come out of tables: states, kinds, titles."""
    tables = (
        LOAN_STATES,
        SHEET_STATES,
        EVENTS,
        DUES,
        grades.TITLES,
        MOVES,
        CAUSES,
        STATES,
        BEARERS,
        GRADES,
        METHOD_TITLES,
        MODES,
        STATUS_TITLES,
        KIND_TITLES,
        queue.DAY_TITLES,
        queue.AMOUNT_TITLES,
        queue.HINTS,
        USE_FOUND_TITLES,
        CONTACT_TITLES,
        LIFE_TITLES,
        WAY_TITLES,
        PROMISE_TITLES,
        DEED_TITLES,
        CHANGE_KINDS,
        TERM_TITLES,
        SUBSIDISED,
        WHYS,
        changes.STATES,
        ROUTES,
        EXCLUDED,
        SUBSIDY_STAGES,
        claim_view.GROUP_TITLES,
        subsidies_claim.ONLY,
        subsidies_claim.PAPERS,
        subsidies_money.ACCOUNT_STATES,
        CHANNELS,
        ROW_TITLES,
        CLAIM_STATES,
        SOURCES,
        MOVEMENTS,
        LEVEL_TITLES,
        LEVELS,
        PARTY_TITLES,
        COUNTERS,
        STANDING_TITLES,
        WATCHED,
        {code: title for code, title in VILLAGES.items() if title},
        HELPER_LEVELS,
        FUND_LEVELS,
        FUND_PURPOSES,
        organisations.KINDS,
        {kind: form.title for kind, form in HELP_FORMS.items()},
        identification.KIND_TITLES,
        identification.STATE_TITLES,
        identification.LEVEL_NAMES,
        identification_steps.OUTCOMES,
        identification_lists.DECISIONS,
        identification_figures.COUNTS,
        identification_figures.STANDINGS,
        identification_figures.RATE_TITLES,
        families.DECISIONS,
        OBJECTION_STATES,
        EVENT_TITLES,
        NEED_ANSWERS,
        LINKAGE_FORMS,
        REPAYERS,
        RHYTHMS,
        ROLES,
        STAKE_SOURCES,
        PLEDGES,
        agreement_view.STATES,
        agreement_view.BASES,
        dividend_view.STATES,
        dividend_view.ONLY,
        enterprise_view.ONLY,
        enterprise_view.EXCEPTIONS,
        enterprise_view.DECISIONS,
        enterprises.KINDS,
        DIVIDEND_CAUSES,
        staged.REASONS,
        staged.RESULTS,
    )
    said = {word for table in tables for word in table.values()}
    said |= {word for pair in claim_view.FIGURE_TITLES.values() for word in pair}
    said |= {word for step in STEPS.values() for word in (step.title, step.done)}
    said |= {word for step in dividend_deeds.STEPS.values() for word in (step.title, step.done)}
    said |= {*enterprises.TITLES, *enterprises_chains.CHAIN_TITLES, *organisations.TITLES}
    said |= {*enterprises_agreements.TITLES, *enterprises_agreements.STAKE_TITLES}
    said |= {*enterprises_dividends.TITLES, *enterprises_dividends.ROW_TITLES}
    said |= {*enterprises_dividends.ARREAR_TITLES}
    said |= {"事项", "内容", *people_proposals.LIST_TITLES, *people_proposals.WORDINGS.values()}
    said |= {*claim_view.AGE_TITLES, *subsidies.TITLES, *subsidies.AGE_COLUMNS}
    said |= {*subsidies_claim.TITLES, *account_proposal.TITLES}
    said |= {title for _endpoint, title, _command in frame.MENU}
    said |= {title for _key, title, _names in figures.GROUPS}
    said |= {title for title, _entries in frame.MENUS}
    said |= {title for title, _names in level_figures.GROUPS}
    said |= {*figures.COUNTER_TITLES.values(), *figure_rows.NUMBERS.values()}
    said |= {*mutual_view.MOVEMENTS.values(), *mutual_view.STATES.values()}
    every_step = (*mutual_steps.OF_FUND.values(), *mutual_steps.OF_VOTE.values())
    said |= {
        word for step in (*every_step, mutual_steps.BALLOTS) for word in (step.title, step.done)
    }
    said |= {field.label for field in mutual_steps.FIELDS.values()}
    said |= {
        word for field in mutual_steps.FIELDS.values() for word in (field.options or {}).values()
    }
    said |= {*reconciled.VERDICT_TITLES.values(), *reconciliation.TITLES, *mutual.TITLES}
    said |= {title for titles in mutual.BOOKS.values() for title in titles}
    said |= {*COLUMNS, *LIMITS}
    said |= {word for batch in batches.BATCHES.values() for word in (batch.title, batch.hint)}
    said |= {kind.title for kind in (*READ.values(), *PRINTED.values())}
    return said | {"其他农户", ALL_RETURNED[0]}


def test_every_sentence_has_its_english() -> None:
    missing = {s for s in in_templates() | in_python() | listed() if s not in ENGLISH}
    assert missing == set()


def test_no_english_is_left_over() -> None:
    used = in_templates() | in_python() | listed()
    exports = {s for s in ENGLISH if s not in used}
    in_lists = {
        node.value
        for file in (WEB / "pages").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert exports - in_lists == set()


def test_the_facts_of_a_sentence_are_the_same_in_both_languages() -> None:
    for chinese, english in ENGLISH.items():
        facts = [set(re.findall(r"{(\w+)}", text)) for text in (chinese, english)]
        assert facts[0] == facts[1], chinese


def test_no_template_says_anything_outside_t() -> None:
    for file in (WEB / "templates").glob("*.html"):
        text = re.sub(r"{#.*?#}|{{.*?}}|{%.*?%}", "", file.read_text("utf-8"), flags=re.DOTALL)
        outside = [line.strip() for line in text.splitlines() if CHINESE.search(line)]
        # The switch between the languages names each in its own.
        assert [line for line in outside if "lang=" not in line] == [], file.name


def test_no_template_joins_pieces_of_a_sentence() -> None:
    for file in (WEB / "templates").glob("*.html"):
        assert not re.search(r"t\([^)]*\)\s*[~+]", file.read_text("utf-8")), file.name


@pytest.mark.parametrize(
    ("fen", "shown"),
    [(0, "0.00"), (1, "0.01"), (35_175_000_000, "351,750,000.00"), (-150, "-1.50"), (None, "—")],
)
def test_amounts_are_shown_with_thousands_apart(fen: int | None, shown: str) -> None:
    assert yuan(fen) == shown


def test_fractions_are_shown_as_percent() -> None:
    assert [percent(x) for x in ("0.4395", "1.0000", "0.0000", "0.0005", None)] == [
        "43.95%", "100.00%", "0.00%", "0.05%", "—",
    ]  # fmt: skip


def test_published_figures_look_like_ours() -> None:
    assert money("351750000.00") == "351,750,000.00"
    assert [money(text) for text in ("-0.83", "-1110.83")] == ["-0.83", "-1,110.83"]


def test_a_visitor_who_asks_for_english_gets_it_and_keeps_it(app: Flask) -> None:
    client = app.test_client()
    assert "Log in" in client.get("/login?lang=en").text
    assert "Log in" in client.get("/login").text
    assert "登录" in client.get("/login?lang=zh").text
    with app.test_request_context("/?lang=en"):
        assert t("共{count}户", count=3) == "3 households"
