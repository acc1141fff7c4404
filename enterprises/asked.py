"""What is handed in: an agreement with its parties and terms, and the rows of a list. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from enterprises.refusals import (
    AgreementDaysWrong,
    AgreementPartiesWrong,
    AgreementPeriodsUneven,
    AgreementTermBroken,
    AgreementTooLong,
    AgreementYearsUncovered,
)
from enterprises.terms import BASES, Term, periods_in, uncovered_years
from kernel.dates import ONE_DAY
from kernel.money import RATE_MAX_PPM, SHARE_MAX_BP
from kernel.refusals import BadValue, Refusal
from policy import ConductRules

#: form -> its name on papers
FORMS: Final = {
    "entrusted": "委托帮扶",
    "equity": "股份帮扶",
    "direct": "直接帮扶",
    "employment": "就业帮扶",
    "land": "土地流转",
}
#: source of a stake -> its name on papers
SOURCES: Final = {
    "loan": "扶贫小额贷款",
    "fiscal": "财政资金量化",
    "land": "土地",
    "labour": "劳务",
    "own": "自有资金",
}
#: who repays the principal of the loans -> its name on papers
REPAYERS: Final = {"enterprise": "企业", "household": "农户", "government": "政府"}
#: party -> its name on papers
ROLES: Final = {
    "poverty_office": "扶贫办",
    "lender": "贷款机构",
    "enterprise": "企业",
    "household": "农户",
    "township": "乡镇",
    "village": "村",
}
#: months of a period of dividends -> its name on papers
RHYTHMS: Final = {12: "按年", 6: "按半年", 3: "按季"}
#: largest sum a year per household or person
AMOUNT_MAX_FEN: Final = 100_000_000
#: who signs every agreement
_ALWAYS: Final = frozenset({"poverty_office", "enterprise", "household"})
_NUMBER_MAX: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who signs."""

    role: str
    name: str
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An agreement as it is handed in, without its list."""

    number: str
    organisation_id: int
    form: str
    parties: tuple[Party, ...]
    terms: tuple[Term, ...]
    signed_on: date
    from_on: date
    #: day after the last
    to_on: date
    principal_repaid_by: str = "enterprise"
    rhythm_months: int = 12
    in_advance: bool = False
    service_fee_bp: int = 0
    document_no: str = ""
    #: why a rule in principle may be passed; empty where none is
    exception_reason: str = ""

    @property
    def years(self) -> int:
        """Years of the agreement, the last one perhaps in part."""
        periods = periods_in(self.from_on, self.to_on, self.rhythm_months) or 0
        return -(-periods * self.rhythm_months // 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """A row of a list: a household and what it puts in."""

    household_number: str
    source: str
    stake_fen: int = 0
    #: contract number, where the source is a loan
    loan_number: str = ""
    #: hundredths of a mu, where the source is land
    land_mu_hundredths: int = 0


def check_form(asked: Asked, *, on: date) -> None:
    """Refuse what is no agreement at all, whatever the policy says."""
    _check_words(asked)
    if not asked.signed_on <= min(on, asked.from_on) or not asked.from_on < asked.to_on:
        raise AgreementDaysWrong(
            field="from_on",
            signed_on=asked.signed_on,
            from_on=asked.from_on,
            last_on=asked.to_on - ONE_DAY,
            on=on,
        )
    if periods_in(asked.from_on, asked.to_on, asked.rhythm_months) is None:
        raise AgreementPeriodsUneven(field="to_on", months=asked.rhythm_months)
    for nr, term in enumerate(asked.terms, start=1):
        if not _is_whole(term):
            raise AgreementTermBroken(field="terms", nr=nr)
    for year in uncovered_years(asked.terms, asked.years):
        raise AgreementYearsUncovered(field="terms", year=year)


def check_parties(asked: Asked, *, with_loans: bool) -> None:
    """Four or five sign, each once and by name."""
    roles = {party.role for party in asked.parties}
    enterprises = {p.organisation_id for p in asked.parties if p.role == "enterprise"}
    fits = (
        len(asked.parties) in {4, 5}
        and len(roles) == len(asked.parties)
        and roles <= set(ROLES)
        and roles >= _ALWAYS
        and ("lender" in roles or not with_loans)
        and all(party.name.strip() for party in asked.parties)
        and enterprises == {asked.organisation_id}
    )
    if not fits:
        raise AgreementPartiesWrong(field="parties")


def broken_rules(asked: Asked, conduct: ConductRules) -> Iterator[tuple[Refusal, bool]]:
    """Rules of the signing day that the agreement breaks, and whether each is one in principle."""
    longest = conduct.agreement_years_max
    if asked.years > longest.value:
        refusal = AgreementTooLong(
            field="to_on", clause=longest.cite, years=asked.years, maximum=longest.value
        )
        yield refusal, longest.in_principle


def content_of(asked: Asked) -> dict[str, object]:
    """Everything of it, for its digest."""
    return {
        "number": asked.number.strip(),
        "organisation": asked.organisation_id,
        "form": asked.form,
        "parties": sorted(
            [party.role, party.name.strip(), party.organisation_id] for party in asked.parties
        ),
        "terms": [
            [t.year_from, t.year_to, t.basis, t.rate_ppm, t.amount_fen, t.cash_bp,
             t.profit_share_bp]
            for t in asked.terms
        ],
        "signed_on": asked.signed_on.isoformat(),
        "from_on": asked.from_on.isoformat(),
        "to_on": asked.to_on.isoformat(),
        "principal_repaid_by": asked.principal_repaid_by,
        "rhythm_months": asked.rhythm_months,
        "in_advance": asked.in_advance,
        "service_fee_bp": asked.service_fee_bp,
        "document_no": asked.document_no.strip(),
    }  # fmt: skip


def _check_words(asked: Asked) -> None:
    number = asked.number.strip()
    if not 1 <= len(number) <= _NUMBER_MAX or not number.isprintable():
        raise _bad("number", number, f"1至{_NUMBER_MAX}个字", f"1 to {_NUMBER_MAX} characters")
    for field, value, known in (
        ("form", asked.form, FORMS),
        ("principal_repaid_by", asked.principal_repaid_by, REPAYERS),
        ("rhythm_months", asked.rhythm_months, RHYTHMS),
    ):
        if value not in known:
            one_of = "、".join(str(key) for key in known)
            raise _bad(field, str(value), f"须为：{one_of}", f"one of {one_of}".replace("、", ", "))
    if not 0 <= asked.service_fee_bp <= SHARE_MAX_BP:
        raise _bad("service_fee", str(asked.service_fee_bp), "须在0至100%之间", "0 to 100 percent")


def _is_whole(term: Term) -> bool:
    """A rate on stakes, or a sum per household or person; something is above zero."""
    by_rate = term.basis == "rate_on_stake"
    return (
        term.basis in BASES
        and 1 <= term.year_from <= term.year_to
        and 0 <= term.rate_ppm <= RATE_MAX_PPM
        and 0 <= term.amount_fen <= AMOUNT_MAX_FEN
        and 0 <= term.cash_bp <= SHARE_MAX_BP
        and 0 <= term.profit_share_bp <= SHARE_MAX_BP
        and (term.amount_fen == 0 if by_rate else term.rate_ppm == 0)
        and term.rate_ppm + term.amount_fen + term.profit_share_bp > 0
    )


def _bad(field: str, value: str, rule_zh: str, rule_en: str) -> BadValue:
    return BadValue(field=field, name=field, value=value[:40], rule_zh=rule_zh, rule_en=rule_en)
