"""Which rules the change of a loan breaks. Pure: what is asked, facts, rules of the day; answers.

Every rule answers with a refusal that names the field and, where a document gives it, the clause.
Limits of extensions are the contract's own, frozen on its signing day; windows of deferral and the
days before a write-off go by the day of the decision. A rule that holds in principle (原则上) is
passed by the second person with a reason, as in ``loans.eligibility``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from kernel.dates import add_months
from kernel.money import SHARE_MAX_BP, format_share, format_yuan
from kernel.refusals import Refusal
from loans.changes.asked import KINDS, MATURITY, WHYS, ChangeAsked, Facts
from loans.changes.refusals import (
    BorrowerDead,
    BorrowerUnchanged,
    CheckFindsNoMisuse,
    CreditBeforeWriteOff,
    DeferralOutsideWindow,
    DeferralTooLong,
    EvidenceMissing,
    ExtensionTooLong,
    GradeNotWorse,
    MisusedPlanKept,
    NoDeferralWindow,
    NoHouseholdBorrower,
    NoOverrideInForce,
    PlanUnchanged,
    WhyMissing,
    WriteOffOnOpenDay,
    WriteOffTooEarly,
)
from loans.eligibility import Answer, Asked, age_on, broken, form_rules
from loans.grading import GRADE_BEST, GRADE_WORST
from loans.refusals import (
    AlreadyMisused,
    AlreadyUnsubsidised,
    BorrowerAgeOutOfRange,
    BorrowerNotMember,
    ChangeAfterMaturity,
    EventBeforeFirstDraw,
    ExtensionNotVoted,
    ExtensionsUsedUp,
    LoanIsOverdue,
    LoanOver,
    MaturityNotLater,
    NoSubsidyToStop,
    ValueDateInFuture,
)
from policy import ConductRules, Sourced

#: a term up to here is short (短期); above it, medium (中期)
SHORT_MONTHS: Final = 12
#: days of a month where a share of a term leaves a part of one
_MONTH_DAYS: Final = 30


def broken_rules(
    kind: str, asked: ChangeAsked, facts: Facts, conduct: ConductRules, *, on: date
) -> list[Answer]:
    """Every rule that a change breaks were it decided on ``on``."""
    if facts.state not in _states(kind, asked, on):
        # Nothing more is said of a loan on which nothing can happen.
        return [_flat(LoanOver(field="number", number=facts.number))]
    return [*_value_date(kind, asked, facts, on), *_RULES[kind](asked, facts, conduct, on)]


def _states(kind: str, asked: ChangeAsked, on: date) -> tuple[str, ...]:
    """A change is of a running loan; a subsidy wrongly paid is stopped after its end, too."""
    late = kind == "unsubsidised" and asked.value_date is not None and asked.value_date < on
    return ("active", "settled", "written_off") if late else ("active",)


def extended_until(matures_on: date, term_months: int, share_bp: int) -> date:
    """The last maturity that extensions may reach: the term's share, whole months first."""
    months, rest = divmod(term_months * share_bp, SHARE_MAX_BP)
    return add_months(matures_on, months) + timedelta(days=_MONTH_DAYS * rest // SHARE_MAX_BP)


def _flat(refusal: Refusal) -> Answer:
    return Answer(refusal, False)


def _value_date(kind: str, asked: ChangeAsked, facts: Facts, on: date) -> Iterator[Answer]:
    """Between the first draw and the open day; a change of terms begins before the maturity."""
    day = asked.value_date or on
    if day > on:
        yield _flat(ValueDateInFuture(field="value_date", day=day, open_day=on))
    if day < facts.drawn_on:
        yield _flat(EventBeforeFirstDraw(field="value_date", number=facts.number, day=day))
    if (kind in MATURITY or kind == "plan") and day >= facts.matures_on:
        yield _flat(
            ChangeAfterMaturity(
                field="value_date", number=facts.number, matures_on=facts.matures_on, day=day
            )
        )


def not_overdue(facts: Facts, what: str, on: date) -> Iterator[Answer]:
    """What is overdue is paid first."""
    if days := facts.overdue_days(on):
        yield _flat(LoanIsOverdue(field="number", number=facts.number, days=days, what=what))


def _later(asked: ChangeAsked, facts: Facts) -> Iterator[Answer]:
    """Whatever moves a maturity moves it on; of a village fund's loan the members have voted."""
    matures_on = asked.matures_on
    rule = facts.terms.extension_by_vote
    if rule is not None and rule.value and matures_on not in facts.voted_until:
        refusal = ExtensionNotVoted(
            field="matures_on", clause=rule.cite, number=facts.number, wanted=matures_on or "—"
        )
        yield broken(rule, refusal)
    if matures_on is None or matures_on <= facts.matures_on:
        yield _flat(
            MaturityNotLater(
                field="matures_on",
                number=facts.number,
                wanted=matures_on or "—",
                matures_on=facts.matures_on,
            )
        )


def _extension(
    asked: ChangeAsked, facts: Facts, _conduct: ConductRules, on: date
) -> Iterator[Answer]:
    yield from not_overdue(facts, KINDS["extension"], on)
    yield from _later(asked, facts)
    yield from times_left(facts, facts.terms.extensions_max)
    short = facts.term_months <= SHORT_MONTHS
    rule = facts.terms.extension_short_max_bp if short else facts.terms.extension_medium_max_bp
    # A deferral is no extension: it moves the day from which extensions are counted.
    since = facts.signed_matures_on + timedelta(days=facts.deferred_days)
    latest = extended_until(since, facts.term_months, rule.value)
    if asked.matures_on is not None and asked.matures_on > latest:
        refusal = ExtensionTooLong(
            field="matures_on",
            clause=rule.cite,
            share=format_share(rule.value),
            latest=latest,
            matures_on=asked.matures_on,
        )
        yield broken(rule, refusal)


def times_left(facts: Facts, rule: Sourced[int]) -> Iterator[Answer]:
    """A loan is extended or renewed so many times in all."""
    count = facts.extensions + facts.renewals
    if count >= rule.value:
        yield broken(
            rule,
            ExtensionsUsedUp(
                field="number",
                clause=rule.cite,
                number=facts.number,
                count=count,
                limit=rule.value,
            ),
        )


def _deferral(
    asked: ChangeAsked, facts: Facts, conduct: ConductRules, on: date
) -> Iterator[Answer]:
    yield from _later(asked, facts)
    since = conduct.deferral_due_from
    if since is None:
        yield _flat(NoDeferralWindow(field="kind"))
        return
    if facts.matures_on < since.value:
        refusal = DeferralOutsideWindow(
            field="number",
            clause=since.cite,
            number=facts.number,
            matures_on=facts.matures_on,
            due_from=since.value,
        )
        yield broken(since, refusal)
    bad = conduct.deferral_is_bad_record
    if bad is not None and bad.value:
        # Where it counts as a bad record, it cannot make one vanish.
        yield from not_overdue(facts, KINDS["deferral"], on)
    yield from _deferred_until(asked, facts, conduct)


def _deferred_until(asked: ChangeAsked, facts: Facts, conduct: ConductRules) -> Iterator[Answer]:
    """Up to the window's end; without one, so many months from the maturity first deferred."""
    end, months = conduct.deferral_until_max, conduct.deferral_months_max
    rule: Sourced[Any] | None = end or months
    if rule is None or asked.matures_on is None:
        return
    latest = (
        end.value
        if end is not None
        else add_months(facts.before_deferral_on, months.value if months else 0)
    )
    if asked.matures_on > latest:
        refusal = DeferralTooLong(
            field="matures_on", clause=rule.cite, latest=latest, matures_on=asked.matures_on
        )
        yield broken(rule, refusal)


def _plan(asked: ChangeAsked, facts: Facts, _conduct: ConductRules, _on: date) -> Iterator[Answer]:
    form = Asked(
        household_number="",
        amount_fen=facts.amount_fen,
        term_months=facts.term_months,
        annual_rate_ppm=0,
        purpose="",
        method=asked.method,
        every_months=asked.every_months,
        revolving=facts.revolving,
    )
    yield from form_rules(form)
    if (asked.method, asked.every_months) == (facts.method, facts.every_months):
        yield _flat(PlanUnchanged(field="method", number=facts.number))
    if facts.misused:
        yield _flat(MisusedPlanKept(field="number", number=facts.number))


def _misuse(
    asked: ChangeAsked, facts: Facts, _conduct: ConductRules, _on: date
) -> Iterator[Answer]:
    if facts.misused:
        yield _flat(AlreadyMisused(field="number", number=facts.number))
    if not asked.evidence.strip() and asked.check_id is None:
        yield _flat(EvidenceMissing(field="evidence"))
    if facts.check_finds_misuse is False:
        yield _flat(CheckFindsNoMisuse(field="check_id", check=asked.check_id, number=facts.number))


def _unsubsidised(
    asked: ChangeAsked, facts: Facts, _conduct: ConductRules, _on: date
) -> Iterator[Answer]:
    if not facts.subsidised:
        yield _flat(NoSubsidyToStop(field="number", number=facts.number))
    elif facts.unsubsidised:
        yield _flat(AlreadyUnsubsidised(field="number", number=facts.number))
    if asked.why not in WHYS:
        yield _flat(WhyMissing(field="why"))


def _write_off(
    asked: ChangeAsked, facts: Facts, conduct: ConductRules, on: date
) -> Iterator[Answer]:
    if asked.value_date is not None and asked.value_date != on:
        yield _flat(WriteOffOnOpenDay(field="value_date", day=asked.value_date))
    if facts.credit_fen:
        yield _flat(
            CreditBeforeWriteOff(
                field="number", number=facts.number, credit=format_yuan(facts.credit_fen)
            )
        )
    rule = conduct.write_off_overdue_days_min
    days = facts.overdue_days(on)
    if max(facts.grade_by_rule, facts.override) < GRADE_WORST and days <= rule.value:
        refusal = WriteOffTooEarly(
            field="number", clause=rule.cite, number=facts.number, days=days, limit=rule.value
        )
        yield broken(rule, refusal)


def _grade(asked: ChangeAsked, facts: Facts, conduct: ConductRules, _on: date) -> Iterator[Answer]:
    if asked.grade == GRADE_BEST:
        if facts.override == GRADE_BEST:
            yield _flat(NoOverrideInForce(field="grade", number=facts.number))
    elif not facts.grade_by_rule < asked.grade <= GRADE_WORST:
        yield _flat(
            GradeNotWorse(
                field="grade",
                clause=conduct.grading.cite,
                number=facts.number,
                by_rule=facts.grade_by_rule,
                grade=asked.grade,
            )
        )


def _borrower(
    _asked: ChangeAsked, facts: Facts, _conduct: ConductRules, on: date
) -> Iterator[Answer]:
    if facts.household_number is None:
        yield _flat(NoHouseholdBorrower(field="number", number=facts.number))
        return
    member = facts.member
    if member is None or not member.belongs:
        yield _flat(BorrowerNotMember(field="borrower", number=facts.household_number))
        return
    if member.id == facts.borrower_id:
        yield _flat(BorrowerUnchanged(field="borrower", number=facts.number))
    if member.died:
        yield _flat(BorrowerDead(field="borrower", number=facts.household_number))
    lowest, highest = facts.terms.age_min_years, facts.terms.age_max_years
    age = age_on(member.born_on, on)
    if age < lowest.value:
        refusal = BorrowerAgeOutOfRange(
            field="borrower",
            clause=lowest.cite,
            age=age,
            lowest=lowest.value,
            highest=highest.value,
        )
        yield broken(lowest, refusal)


_Rule = Callable[[ChangeAsked, Facts, ConductRules, date], Iterator[Answer]]
_RULES: Final[Mapping[str, _Rule]] = MappingProxyType(
    {
        "extension": _extension,
        "deferral": _deferral,
        "plan": _plan,
        "misuse": _misuse,
        "unsubsidised": _unsubsidised,
        "write_off": _write_off,
        "grade": _grade,
        "borrower": _borrower,
    }
)
