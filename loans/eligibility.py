"""Whether a household may have the loan it asks for. Pure: request, facts, terms in; answers out.

Every rule answers with a refusal that names the field and the clause. A rule that holds in
principle (原则上) may be passed by a second person with a reason; a flat one may not. What an
organisation borrows for a list of households has rules of its own (``loans.shares``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kernel.money import format_rate, format_yuan
from kernel.refusals import Refusal
from loans.families import Family
from loans.interest import RATE_HIGHEST_PPM
from loans.mutual_rules import FundFacts
from loans.refusals import (
    AmountAboveLimit,
    AmountNotPositive,
    BorrowerAgeOutOfRange,
    CollateralAsked,
    EntrustedUseBanned,
    GuaranteeAsked,
    HouseholdTotalAboveLimit,
    LineTooSmall,
    MethodUnfit,
    ModeUnfit,
    NoCreditLine,
    PurposeBanned,
    RateAboveCap,
    RevolvingNeedsNoPlan,
    TermTooLong,
)
from loans.renewals import Renewed
from loans.schedule import METHODS
from policy import PURPOSES, ConductRules, ContractTerms, RateCap, Sourced

#: how money is lent -> its name: to a household on its rating; to a household for an organisation
#: that uses and repays it; to an organisation for a list of households; to a household of a joint
#: group by its village's fund
MODES: Final = {
    "credit": "信用式",
    "entrusted": "分贷统还",
    "pooled": "统贷统还",
    "mutual": "互助式",
}

#: methods that settle on settlement days, with the months between them
_SETTLED_EVERY = (1, 3, 6, 12)


@dataclass(frozen=True, slots=True)
class Share:
    """A household on an organisation's list, and its share of the amount."""

    household_number: str
    share_fen: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What an application asks for."""

    #: empty where an organisation borrows
    household_number: str
    amount_fen: int
    term_months: int
    annual_rate_ppm: int
    #: what the household will do with it, in its words
    purpose: str
    #: ``production``, or one of the uses that ``policy.PURPOSES`` names
    use: str = "production"
    method: str = "interest-only"
    every_months: int = 3
    #: identity number of the member who signs; empty: the head
    borrower_identity: str = ""
    collateral: bool = False
    guarantee: bool = False
    #: why a rule that holds in principle is to be passed
    exception_reason: str = ""
    #: one of ``MODES``
    mode: str = "credit"
    #: unified social credit code of who uses the money and repays it; empty: the household itself
    organisation_code: str = ""
    #: the households for which an organisation borrows
    shares: tuple[Share, ...] = ()
    #: draw, repay and draw again within amount and term (随用随贷)
    revolving: bool = False
    #: number of the contract that this one is to renew (无还本续贷)
    renews: str = ""


@dataclass(frozen=True, slots=True)
class Sharer:
    """What the house knows of a household on a list."""

    household_id: int
    number: str
    village_code: str
    household_kind: str
    #: principal out and agreed at all lenders and shares of other lists, of it and of those that
    #: share its caps, fen
    committed_fen: int
    share_fen: int
    #: what it shares its caps by
    family: Family | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the house knows of who asks."""

    #: None where an organisation borrows
    household_id: int | None
    #: village of the household; where an organisation borrows, its region
    village_code: str
    #: of a list: the kind that all of it is of, else registered
    household_kind: str
    #: None where an organisation borrows
    borrower_id: int | None
    borrower_born_on: date | None
    #: principal out and agreed at all lenders, fen; above 0: this is a top-up
    exposure_fen: int
    #: shares of what organisations have borrowed for lists it is on, fen
    held_shares_fen: int
    #: what is left of the line; None: no line in force
    line_available_fen: int | None
    #: who uses the money and repays it; None: the household itself
    organisation_id: int | None = None
    sharers: tuple[Sharer, ...] = ()
    #: the contract to be renewed; exposure and line are counted without it
    renewed: Renewed | None = None
    #: the village fund that is asked, and the household's group in it; None: another lender
    fund: FundFacts | None = None
    #: what the household shares its caps by; exposure, shares and line are counted over all of it
    family: Family | None = None

    @property
    def household_ids(self) -> tuple[int, ...]:
        """Every household that the loan is for."""
        if self.household_id is not None:
            return (self.household_id,)
        return tuple(sharer.household_id for sharer in self.sharers)

    def parts(self, amount_fen: int) -> list[tuple[Family | None, int]]:
        """What each household behind an amount shares its caps by, with the part that is its."""
        if self.household_id is not None:
            return [(self.family, amount_fen)]
        return [(sharer.family, sharer.share_fen) for sharer in self.sharers]


@dataclass(frozen=True, slots=True)
class Answer:
    """A rule that the application breaks."""

    refusal: Refusal
    in_principle: bool


def age_on(born_on: date, day: date) -> int:
    """Whole years on a day; a birthday counts from the day itself."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def broken_rules(
    asked: Asked, facts: Facts, terms: ContractTerms, cap: RateCap, *, on: date
) -> list[Answer]:
    """Every rule that a household's application breaks were it signed on ``on``."""
    return [
        *form_rules(asked),
        *_amounts(asked, facts, terms),
        *term_and_rate(asked, terms, cap),
        *_borrower(facts, terms, on),
        *_line(asked, facts, terms),
        *use_rules(asked, terms),
    ]


def is_enterprise_use(asked: Asked) -> bool:
    """Whether a household's loan is to be used by an enterprise (户贷企用)."""
    return asked.mode == "entrusted" or asked.use == "enterprise_use"


def entrusted_use_ban(conduct: ConductRules) -> Iterator[Answer]:
    """The refusal where the rules of the day ban new loans used by enterprises."""
    rule = conduct.entrusted_use_banned
    if rule.value:
        yield Answer(EntrustedUseBanned(field="mode", clause=rule.cite), False)


def check_mode(asked: Asked) -> None:
    """What is given fits the mode: who borrows, who uses the money, for whom."""
    if asked.mode not in MODES:
        raise ModeUnfit(field="mode", mode=asked.mode[:20], rule_zh="不存在", rule_en="is unknown")
    pooled, alone = asked.mode == "pooled", asked.mode in {"credit", "mutual"}
    rules = (
        ("organisation", alone, asked.organisation_code, "不填用款单位", "names no organisation"),
        ("organisation", not alone, not asked.organisation_code, "须填用款单位",
         "names the organisation that uses the money"),
        ("household", not pooled, not asked.household_number, "须填户编号", "names a household"),
        ("household", pooled, asked.household_number or asked.borrower_identity,
         "由单位借款，不填户编号和借款人", "is borrowed by an organisation, not by a household"),
        ("shares", pooled, not asked.shares, "须附分户清单", "comes with a list of households"),
        ("shares", not pooled, asked.shares, "不附分户清单", "comes with no list of households"),
        ("renews", asked.mode == "mutual", asked.renews or asked.revolving,
         "还清后方可再借，不办理续贷和循环", "is paid off before the next one"),
    )  # fmt: skip
    for field, applies, broken, rule_zh, rule_en in rules:
        if applies and broken:
            raise ModeUnfit(field=field, mode=MODES[asked.mode], rule_zh=rule_zh, rule_en=rule_en)


def form_rules(asked: Asked) -> Iterator[Answer]:
    """Amount, method and rhythm that can be booked at all."""
    if asked.amount_fen <= 0:
        yield Answer(AmountNotPositive(field="amount"), False)
    settled = asked.method in {"interest-only", "bullet"}
    rhythm_fits = (
        asked.every_months in _SETTLED_EVERY
        or (asked.method == "bullet" and not asked.every_months)
        if settled
        else 1 <= asked.every_months <= asked.term_months
    )
    if asked.method not in METHODS or not rhythm_fits:
        yield Answer(
            MethodUnfit(field="method", method=asked.method, every=asked.every_months), False
        )
    if asked.revolving and not settled:
        yield Answer(RevolvingNeedsNoPlan(field="revolving"), False)
    if asked.annual_rate_ppm > RATE_HIGHEST_PPM:
        yield Answer(
            RateAboveCap(
                field="annual_rate",
                rate=format_rate(asked.annual_rate_ppm),
                cap=format_rate(RATE_HIGHEST_PPM),
                published="计息精度所限",
            ),
            False,
        )


def _amounts(asked: Asked, facts: Facts, terms: ContractTerms) -> Iterator[Answer]:
    if asked.amount_fen > terms.amount_max_fen.value:
        yield broken(
            terms.amount_max_fen,
            AmountAboveLimit(
                field="amount",
                clause=terms.amount_max_fen.cite,
                amount=format_yuan(asked.amount_fen),
                limit=format_yuan(terms.amount_max_fen.value),
            ),
        )
    total_fen = facts.exposure_fen + facts.held_shares_fen + asked.amount_fen
    if total_fen > terms.household_total_max_fen.value:
        yield broken(
            terms.household_total_max_fen,
            HouseholdTotalAboveLimit(
                field="amount",
                clause=terms.household_total_max_fen.cite,
                total=format_yuan(total_fen),
                limit=format_yuan(terms.household_total_max_fen.value),
            ),
        )


def term_and_rate(asked: Asked, terms: ContractTerms, cap: RateCap) -> Iterator[Answer]:
    """The longest term, and the cap on the rate."""
    if not 1 <= asked.term_months <= terms.term_max_months.value:
        yield broken(
            terms.term_max_months,
            TermTooLong(
                field="term_months",
                clause=terms.term_max_months.cite,
                months=asked.term_months,
                limit=terms.term_max_months.value,
            ),
        )
    if cap.ppm is not None and asked.annual_rate_ppm > cap.ppm:
        yield Answer(
            RateAboveCap(
                field="annual_rate",
                clause=cap.cite,
                rate=format_rate(asked.annual_rate_ppm),
                cap=format_rate(cap.ppm),
                published=cap.rate_cite,
            ),
            cap.in_principle,
        )


def _borrower(facts: Facts, terms: ContractTerms, on: date) -> Iterator[Answer]:
    assert facts.borrower_born_on is not None
    age = age_on(facts.borrower_born_on, on)
    lowest, highest = terms.age_min_years, terms.age_max_years
    if not lowest.value <= age <= highest.value:
        rule = lowest if age < lowest.value else highest
        yield broken(
            rule,
            BorrowerAgeOutOfRange(
                field="borrower",
                clause=rule.cite,
                age=age,
                lowest=lowest.value,
                highest=highest.value,
            ),
        )


def _line(asked: Asked, facts: Facts, terms: ContractTerms) -> Iterator[Answer]:
    rule = terms.rating_required
    if not rule.value:
        return
    if facts.line_available_fen is None:
        yield broken(
            rule,
            NoCreditLine(field="household", clause=rule.cite, number=asked.household_number),
        )
    elif asked.amount_fen > facts.line_available_fen:
        refusal = LineTooSmall(
            field="amount",
            clause=rule.cite,
            amount=format_yuan(asked.amount_fen),
            available=format_yuan(facts.line_available_fen),
        )
        # A line is made for one loan: where the terms let a household have more, a top-up may go
        # beyond it with a reason.
        is_top_up = facts.exposure_fen > 0
        more_allowed = terms.household_total_max_fen.value > terms.amount_max_fen.value
        yield Answer(refusal, rule.in_principle or (is_top_up and more_allowed))


def use_rules(asked: Asked, terms: ContractTerms) -> Iterator[Answer]:
    """Uses that are banned, and security that may not be asked for."""
    if asked.use in terms.purposes_banned.value:
        rule = terms.purposes_banned
        yield broken(
            rule,
            PurposeBanned(
                field="use", clause=rule.cite, purpose=PURPOSES.get(asked.use, asked.use)
            ),
        )
    if asked.collateral and terms.collateral_forbidden.value:
        yield broken(
            terms.collateral_forbidden,
            CollateralAsked(field="collateral", clause=terms.collateral_forbidden.cite),
        )
    # An organisation that uses the money may guarantee its loan; nobody may ask a household to.
    if asked.guarantee and terms.guarantee_forbidden.value and asked.mode == "credit":
        yield broken(
            terms.guarantee_forbidden,
            GuaranteeAsked(field="guarantee", clause=terms.guarantee_forbidden.cite),
        )


def broken(rule: Sourced[Any], refusal: Refusal) -> Answer:
    """The answer of a rule with its force."""
    return Answer(refusal, rule.in_principle)
