"""The rules of changes, each by itself: a loan that may be changed, and one thing wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from loans.changes.asked import ChangeAsked, Facts, Member
from loans.changes.rules import broken_rules, extended_until
from policy import ConductRules, ContractTerms, Rulebook, Sourced
from tests.planted import Plant

ON = date(2017, 3, 1)
PLACE = "431022100201"

#: a loan of 36 months, half of its term gone
LOAN: dict[str, Any] = {
    "number": "XD1",
    "state": "active",
    "amount_fen": 5_000_000,
    "drawn_fen": 5_000_000,
    "drawn_on": date(2015, 9, 1),
    "term_months": 36,
    "signed_matures_on": date(2018, 9, 1),
    "matures_on": date(2018, 9, 1),
    "method": "interest-only",
    "every_months": 3,
    "revolving": False,
    "misused": False,
    "subsidised": True,
    "unsubsidised": False,
    "overdue_since": None,
    "credit_fen": 0,
    "extensions": 0,
    "renewals": 0,
    "deferred_days": 0,
    "before_deferral_on": date(2018, 9, 1),
    "grade_by_rule": 1,
    "override": 1,
    "household_number": "4310221002010001",
    "borrower_id": 7,
    "check_finds_misuse": None,
    "member": Member(8, belongs=True, born_on=date(1980, 1, 1), died=False),
}
#: what may be asked of it
ASKED: dict[str, dict[str, Any]] = {
    "extension": {"matures_on": date(2020, 3, 1)},
    "deferral": {"matures_on": date(2020, 9, 30)},
    "plan": {"method": "equal-principal", "every_months": 1},
    "misuse": {"evidence": "贷款用于建房", "value_date": date(2016, 1, 1)},
    "unsubsidised": {"why": "status"},
    "write_off": {},
    "grade": {"grade": 3},
    "borrower": {"borrower_id": 8},
}
LOST = {"overdue_since": date(2016, 3, 5)}


@dataclass(frozen=True)
class Case:
    """A kind, what is different, and the rules broken then."""

    kind: str
    codes: tuple[str, ...] = ()
    loan: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    on: date = ON
    bent: dict[str, Any] = field(default_factory=dict)
    #: those of the codes that may be passed with a reason
    passable: tuple[str, ...] = ()


#: matured on 10 March 2020 and overdue; deferred in July 2020
DEFERRED: dict[str, Any] = {
    "matures_on": date(2020, 3, 10),
    "before_deferral_on": date(2020, 3, 10),
    "overdue_since": date(2020, 3, 10),
}
IN_TIME = {"value_date": date(2020, 3, 9), "matures_on": date(2021, 3, 31)}
JULY = date(2020, 7, 10)

CASES = [
    # extension: half of 36 months beyond 1 September 2018 is 1 March 2020
    Case("extension"),
    Case("extension", ("extension_too_long",), asked={"matures_on": date(2020, 3, 2)}),
    Case("extension", ("maturity_not_later",), asked={"matures_on": date(2018, 9, 1)}),
    Case("extension", ("maturity_not_later",), asked={"matures_on": None}),
    Case("extension", ("loan_is_overdue",), {"overdue_since": date(2017, 2, 28)}),
    Case("extension", ("extensions_used_up",), {"extensions": 1}),
    Case("extension", ("extensions_used_up",), {"renewals": 1}),
    Case(
        "extension",
        ("extensions_used_up",),
        {"extensions": 1},
        bent={"extensions_max": ("in_principle", 1)},
        passable=("extensions_used_up",),
    ),
    # a deferral is no extension, and moves the day from which extensions are counted
    Case("extension", (), {"deferred_days": 181}, {"matures_on": date(2020, 8, 29)}),
    Case(
        "extension",
        ("extension_too_long",),
        {"deferred_days": 180},
        {"matures_on": date(2020, 8, 29)},
    ),
    Case("extension", ("change_after_maturity",), {"matures_on": ON}),
    Case("extension", ("value_date_in_future",), asked={"value_date": date(2017, 3, 2)}),
    Case("extension", ("event_before_first_draw",), asked={"value_date": date(2015, 8, 31)}),
    *(Case(kind, ("loan_over",), {"state": state}) for kind in ASKED
      for state in ("signed", "settled", "written_off")),
    # the treasury bears no more; what it bore for nothing is found out after the loan's end, too
    Case("unsubsidised"),
    Case("unsubsidised", asked={"why": "falsified", "value_date": date(2015, 9, 1)}),
    *(Case("unsubsidised", (), {"state": state}, {"value_date": date(2016, 1, 1)})
      for state in ("settled", "written_off")),
    Case("unsubsidised", ("loan_over",), {"state": "settled"}, {"value_date": ON}),
    Case("unsubsidised", ("loan_over",), {"state": "signed"}, {"value_date": date(2016, 1, 1)}),
    Case("unsubsidised", ("why_missing",), asked={"why": ""}),
    Case("unsubsidised", ("why_missing",), asked={"why": "misused"}),
    Case("unsubsidised", ("already_unsubsidised",), {"unsubsidised": True}),
    Case("unsubsidised", ("no_subsidy_to_stop",), {"subsidised": False}),
    Case("unsubsidised", ("value_date_in_future",), asked={"value_date": date(2017, 3, 2)}),
    Case("unsubsidised", ("event_before_first_draw",), asked={"value_date": date(2015, 8, 31)}),
    # deferral
    Case("deferral", ("no_deferral_window",)),
    Case("deferral", (), DEFERRED, IN_TIME, JULY),
    Case(
        "deferral",
        ("deferral_too_long",),
        DEFERRED,
        {**IN_TIME, "matures_on": date(2021, 4, 1)},
        JULY,
    ),
    Case(
        "deferral",
        ("deferral_outside_window",),
        {**DEFERRED, "matures_on": date(2019, 12, 31)},
        {**IN_TIME, "value_date": date(2019, 12, 30)},
        JULY,
    ),
    # from March 2020 to July: six months from the maturity first deferred, and no more
    Case("deferral", (), DEFERRED, {**IN_TIME, "matures_on": date(2020, 9, 10)}, date(2020, 5, 6)),
    Case(
        "deferral",
        ("deferral_too_long",),
        DEFERRED,
        {**IN_TIME, "matures_on": date(2020, 9, 11)},
        date(2020, 5, 6),
    ),
    Case(
        "deferral",
        ("deferral_too_long",),
        {"matures_on": date(2020, 9, 10), "before_deferral_on": date(2020, 3, 10)},
        {"matures_on": date(2020, 9, 11)},
        date(2020, 5, 6),
    ),
    Case("deferral", ("change_after_maturity",), DEFERRED, {"matures_on": date(2021, 3, 1)}, JULY),
    Case(
        "deferral",
        ("loan_is_overdue",),
        DEFERRED,
        IN_TIME,
        JULY,
        bent={"deferral_is_bad_record": ("flat", True)},
    ),
    Case("deferral", ("no_deferral_window",), DEFERRED, IN_TIME, date(2021, 4, 1)),
    # plan
    Case("plan"),
    Case("plan", ("plan_unchanged",), asked={"method": "interest-only", "every_months": 3}),
    Case("plan", ("method_unfit",), asked={"every_months": 0}),
    Case("plan", ("method_unfit",), asked={"method": "balloon"}),
    Case("plan", ("misused_plan_kept",), {"misused": True}),
    Case("plan", ("revolving_needs_no_plan",), {"revolving": True}),
    Case("plan", ("change_after_maturity",), {"matures_on": ON}),
    # misuse
    Case("misuse"),
    Case("misuse", ("already_misused",), {"misused": True}),
    Case("misuse", ("evidence_missing",), asked={"evidence": " "}),
    Case("misuse", (), {"check_finds_misuse": True}, {"evidence": "", "check_id": 4}),
    Case("misuse", ("check_finds_no_misuse",), {"check_finds_misuse": False}, {"check_id": 4}),
    Case("misuse", ("event_before_first_draw",), asked={"value_date": date(2015, 8, 31)}),
    # write-off: 5 March 2016 to 1 March 2017 is 361 days
    Case("write_off", (), LOST),
    Case("write_off", ("write_off_too_early",), {"overdue_since": date(2016, 3, 6)}),
    Case("write_off", ("write_off_too_early",)),
    Case("write_off", (), {"override": 5}),
    Case("write_off", ("write_off_on_open_day",), LOST, {"value_date": date(2017, 2, 28)}),
    Case("write_off", ("credit_before_write_off",), {**LOST, "credit_fen": 1}),
    # grade
    Case("grade"),
    Case("grade", ("grade_not_worse",), {"grade_by_rule": 3}),
    Case("grade", ("grade_not_worse",), {"grade_by_rule": 4}),
    Case("grade", ("grade_not_worse",), asked={"grade": 6}),
    Case("grade", (), {"override": 3}, {"grade": 1}),
    Case("grade", ("no_override_in_force",), asked={"grade": 1}),
    # borrower
    Case("borrower"),
    Case("borrower", ("no_household_borrower",), {"household_number": None}),
    Case("borrower", ("borrower_not_member",), {"member": None}),
    Case(
        "borrower",
        ("borrower_not_member",),
        {"member": Member(8, belongs=False, born_on=date(1980, 1, 1), died=False)},
    ),
    Case("borrower", ("borrower_unchanged",), {"borrower_id": 8}),
    Case(
        "borrower",
        ("borrower_dead",),
        {"member": Member(8, belongs=True, born_on=date(1980, 1, 1), died=True)},
    ),
    Case(
        "borrower",
        ("borrower_age_out_of_range",),
        {"member": Member(8, belongs=True, born_on=date(1999, 3, 2), died=False)},
    ),
    Case(
        "borrower", (), {"member": Member(8, belongs=True, born_on=date(1999, 3, 1), died=False)}
    ),
]  # fmt: skip


def _bend(answer: Any, bent: dict[str, Any]) -> Any:
    changes = {
        name: replace(getattr(answer, name), force=force, value=value)
        for name, (force, value) in bent.items()
        if hasattr(answer, name)
    }
    return replace(answer, **changes)


def judged(case: Case, rulebook: Rulebook) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Codes of the rules broken, and of those that may be passed."""
    terms: ContractTerms = _bend(
        rulebook.contract_terms(on=date(2015, 9, 1), region=PLACE), case.bent
    )
    conduct: ConductRules = _bend(rulebook.conduct(on=case.on, region=PLACE), case.bent)
    facts = Facts(**{**LOAN, **case.loan}, terms=terms)
    asked = ChangeAsked("XD1", "受灾", **{**ASKED[case.kind], **case.asked})
    answers = broken_rules(case.kind, asked, facts, conduct, on=case.on)
    return (
        tuple(answer.refusal.code for answer in answers),
        tuple(answer.refusal.code for answer in answers if answer.in_principle),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.kind}-{'-'.join(c.codes) or 'fits'}")
def test_a_change_breaks_these_rules_and_no_others(case: Case, rulebook: Rulebook) -> None:
    assert judged(case, rulebook) == (case.codes, case.passable)


@pytest.mark.parametrize(
    ("months", "share_bp", "latest"),
    [
        # all of 12 months
        (12, 10_000, date(2019, 9, 1)),
        # half of 36 months is 18
        (36, 5_000, date(2020, 3, 1)),
        # half of 13 months is 6 months and 15 days
        (13, 5_000, date(2019, 3, 16)),
        # half of 60 months is 30
        (60, 5_000, date(2021, 3, 1)),
    ],
)
def test_how_far_extensions_reach(months: int, share_bp: int, latest: date) -> None:
    assert extended_until(date(2018, 9, 1), months, share_bp) == latest


def test_every_refusal_names_its_field_and_the_clause_where_there_is_one(
    rulebook: Rulebook,
) -> None:
    terms = rulebook.contract_terms(on=date(2015, 9, 1), region=PLACE)
    conduct = rulebook.conduct(on=ON, region=PLACE)
    facts = Facts(**{**LOAN, "extensions": 1}, terms=terms)
    asked = ChangeAsked("XD1", "受灾", matures_on=date(2021, 1, 1))
    used_up, too_long = (
        answer.refusal for answer in broken_rules("extension", asked, facts, conduct, on=ON)
    )
    assert (used_up.field, too_long.field) == ("number", "matures_on")
    assert used_up.clause == terms.extensions_max.cite
    medium: Sourced[int] = terms.extension_medium_max_bp
    assert too_long.clause == medium.cite
    assert "50%" in too_long.message("zh")


# --- seen red -------------------------------------------------------------------------------------

PLANTED = [
    Plant(
        test_how_far_extensions_reach,
        "loans.changes.rules.timedelta",
        lambda days: __import__("datetime").timedelta(0),
        {"months": 13, "share_bp": 5_000, "latest": date(2019, 3, 16)},
    ),
    Plant(
        test_a_change_breaks_these_rules_and_no_others,
        "loans.changes.rules.times_left",
        lambda _facts, _rule: (),
        {"case": Case("extension", ("extensions_used_up",), {"renewals": 1})},
    ),
    Plant(
        test_a_change_breaks_these_rules_and_no_others,
        "loans.changes.rules.not_overdue",
        lambda *_a: (),
        {"case": Case("extension", ("loan_is_overdue",), {"overdue_since": date(2017, 2, 28)})},
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_a_planted_bug_turns_red(plant: Plant, rulebook: Rulebook) -> None:
    plant.prove(rulebook=rulebook)
