"""A rulebook whose contract terms a test bends, so that contracts of every kind can be signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from policy import ConductRules, ContractTerms, RateCap, Rulebook
from policy.values import Bearer

#: a bearer in short: arises from, arises to, share in basis points, cap in fen
Share = tuple[date | None, date | None, int, int | None]


def treasury(
    *shares: Share, route: str = "lender", rate_ppm: int | None = None, rate_cap: str | None = None
) -> tuple[Bearer, ...]:
    """The treasury's shares, as a policy document would give them."""
    return tuple(
        Bearer(
            bearer="treasury",
            share_bp=share_bp,
            principal_cap_fen=cap_fen,
            arises_from=start,
            arises_to=end,
            route=route,
            rate_ppm=rate_ppm,
            rate_cap=rate_cap,
        )
        for start, end, share_bp, cap_fen in shares
    )


@dataclass
class BentRulebook:
    """The county's rulebook with some contract terms changed."""

    straight: Rulebook
    changes: dict[str, Any] = field(default_factory=dict)

    def bend(self, changes: Mapping[str, Any]) -> None:
        """From now on contracts are signed under these values."""
        self.changes = dict(changes)

    def terms_for(self, *, on: date, region: str, household_kind: str) -> ContractTerms:
        """The terms of the day, bent."""
        return self._bent(
            self.straight.terms_for(on=on, region=region, household_kind=household_kind)
        )

    def contract_terms(self, *, on: date, region: str) -> ContractTerms:
        """The terms of the day, whoever borrows, bent."""
        return self._bent(self.straight.contract_terms(on=on, region=region))

    def _bent(self, terms: ContractTerms) -> ContractTerms:
        bent: dict[str, Any] = {
            # A term that the county's documents leave out takes its place from another one's.
            name: replace(getattr(terms, name) or terms.settle_on_day, value=value)
            for name, value in self.changes.items()
            if value is not None
        }
        return replace(terms, **bent)

    def rate_cap_ppm(self, signed_on: date, term_months: int, terms: ContractTerms) -> RateCap:
        """The cap of the day."""
        return self.straight.rate_cap_ppm(signed_on, term_months, terms)

    def reference_ppm(
        self, reference: str, signed_on: date, term_months: int, terms: ContractTerms
    ) -> int:
        """The reference rate of the day."""
        return self.straight.reference_ppm(reference, signed_on, term_months, terms)

    def conduct(self, *, on: date, region: str) -> ConductRules:
        """The conduct rules of the day."""
        return self.straight.conduct(on=on, region=region)

    def digest(self) -> str:
        """The digest of the county's rulebook."""
        return self.straight.digest()
