"""The terms of a day, for every village and kind of household of a sheet, and what they refuse."""

from __future__ import annotations

from datetime import date

from loans import renewals
from loans.eligibility import (
    Answer,
    Asked,
    Facts,
    broken_rules,
    entrusted_use_ban,
    is_enterprise_use,
)
from loans.mutual_rules import FundAsked, broken_fund_rules
from loans.shares import broken_list_rules
from policy import ContractTerms, Rulebook, terms_of_fund


class TermsOfDay:
    """Terms of a day, looked up once per village and kind."""

    def __init__(self, rulebook: Rulebook, on: date) -> None:
        self._rulebook = rulebook
        self._on = on
        self._known: dict[tuple[str, str], ContractTerms] = {}

    def of(self, facts: Facts) -> ContractTerms:
        """The contract terms that a household stands under, or keeps in a renewal."""
        if facts.renewed is not None and facts.renewed.kept_terms is not None:
            return facts.renewed.kept_terms
        if facts.fund is not None:
            return self._of_fund(facts.village_code, first=not facts.fund.earlier)
        # Which kinds of a list are served is asked of each household on it.
        kind = facts.household_kind if facts.household_id is not None else ""
        key = (facts.village_code, kind)
        if key not in self._known:
            place = facts.village_code
            self._known[key] = (
                self._rulebook.terms_for(on=self._on, region=place, household_kind=kind)
                if kind
                else self._rulebook.contract_terms(on=self._on, region=place)
            )
        return self._known[key]

    def _of_fund(self, place: str, *, first: bool) -> ContractTerms:
        """The terms of a village fund, for a household's first loan or a later one."""
        key = (place, "first" if first else "later")
        if key not in self._known:
            self._known[key] = terms_of_fund(
                self._rulebook.contract_terms(on=self._on, region=place),
                self._rulebook.mutual(on=self._on, region=place),
                first=first,
            )
        return self._known[key]

    def answers(self, asked: Asked, facts: Facts) -> list[Answer]:
        """Every rule that an application breaks."""
        terms = self.of(facts)
        # A term beyond the longest is told as such, and its rate held to the last band.
        months = min(max(1, asked.term_months), terms.term_max_months.value)
        cap = self._rulebook.rate_cap_ppm(self._on, months, terms)
        banned: list[Answer] = []
        conduct = self._rulebook.conduct(on=self._on, region=facts.village_code)
        if is_enterprise_use(asked):
            banned = list(entrusted_use_ban(conduct))
        if facts.fund is not None:
            rules = self._rulebook.mutual(on=self._on, region=facts.village_code)
            of_fund = FundAsked(asked.household_number, facts.village_code, asked.annual_rate_ppm)
            broken = broken_fund_rules(of_fund, facts.fund, rules)
            banned += [Answer(refusal, in_principle) for refusal, in_principle in broken]
        if facts.renewed is not None:
            broken = renewals.broken_rules(asked.amount_fen, facts.renewed, conduct, on=self._on)
            banned += [Answer(refusal, in_principle) for refusal, in_principle in broken]
        if facts.household_id is None:
            return banned + broken_list_rules(asked, facts, terms, cap)
        return banned + broken_rules(asked, facts, terms, cap, on=self._on)
