"""What an interest subsidy programme is, on a day and at a place, in words that anyone can read.

Nothing is kept here: every line is a value of the dated policy documents, with the clause behind it
and a mark where it is a default that no source gives. Contract terms are those of a loan signed on
the day; conduct rules those of a claim made on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from policy import SCHEMAS, ConductRules, ContractTerms, Rulebook, Sourced

#: parameters of a programme in the order in which they are told
CONTRACT_LINES: Final = (
    "household_kinds",
    "subsidy_status_at_settlement",
    "interest_bearers",
    "fixed_subsidy_rate_ppm",
    "subsidy_months_max",
    "rate_reference",
    "household_total_max_fen",
    "subsidy_in_extension",
    "renewal_keeps_terms",
    "subsidy_when_overdue",
    "subsidy_when_misused",
    "settle_every_months",
    "settle_on_day",
)
CONDUCT_LINES: Final = (
    "subsidy_funding",
    "subsidy_claim_every_months",
    "subsidy_claim_on_day",
    "subsidy_claim_working_days",
    "subsidy_review_working_days",
    "subsidy_notice_days",
    "subsidy_payment_working_days",
    "subsidy_year_end",
)


@dataclass(frozen=True, slots=True)
class ProgrammeLine:
    """One rule of a programme."""

    name: str
    zh: str
    en: str
    #: the value as papers print it
    shown: str
    #: document and clause
    cite: str
    #: no source gives this value
    default: bool
    note: str

    def as_data(self) -> dict[str, object]:
        """For JSON."""
        return {
            "name": self.name,
            "title": {"zh": self.zh, "en": self.en},
            "value": self.shown,
            "cite": self.cite,
            "default": self.default,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Programme:
    """The subsidies of a day and a place."""

    on: date
    region: str
    #: id and citation of the programme document in force
    document: str
    cited_as: str
    #: frozen into a contract signed on the day
    contract: tuple[ProgrammeLine, ...]
    #: going by the day of the claim
    conduct: tuple[ProgrammeLine, ...]
    #: whether the treasury bears anything at all of a contract signed on the day
    subsidised: bool

    def as_data(self) -> dict[str, object]:
        """For JSON."""
        return {
            "on": self.on.isoformat(),
            "region": self.region,
            "document": self.document,
            "cited_as": self.cited_as,
            "subsidised": self.subsidised,
            "contract": [line.as_data() for line in self.contract],
            "conduct": [line.as_data() for line in self.conduct],
        }


def programme(rulebook: Rulebook, *, on: date, region: str) -> Programme:
    """What subsidies a contract signed on a day at a place gets, and how they are claimed."""
    base = rulebook.base(on=on, region=region)
    terms = rulebook.contract_terms(on=on, region=region)
    conduct = rulebook.conduct(on=on, region=region)
    return Programme(
        on=on,
        region=region,
        document=base.id,
        cited_as=base.cited_as,
        contract=_lines("contract", terms, CONTRACT_LINES),
        conduct=_lines("conduct", conduct, CONDUCT_LINES),
        subsidised=is_subsidised(terms),
    )


def is_subsidised(terms: ContractTerms) -> bool:
    """Whether the treasury bears a part of the interest under these terms."""
    by_share = any(row.bearer == "treasury" for row in terms.interest_bearers.value)
    return by_share or terms.fixed_subsidy_rate_ppm.value > 0


def _lines(
    section: str, answer: ContractTerms | ConductRules, names: tuple[str, ...]
) -> tuple[ProgrammeLine, ...]:
    found: list[ProgrammeLine] = []
    for name in names:
        sourced: Sourced[Any] | None = getattr(answer, name)
        if sourced is not None:
            found.append(_line(section, name, sourced))
    return tuple(found)


def _line(section: str, name: str, sourced: Sourced[Any]) -> ProgrammeLine:
    line = SCHEMAS[section][name]
    return ProgrammeLine(
        name,
        line.zh,
        line.en,
        line.kind.show(sourced.value),
        sourced.cite,
        sourced.default,
        sourced.note,
    )
