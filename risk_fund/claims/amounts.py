"""How much of a loan the fund can be asked for, pure.

* *principal*: what is due and unpaid, less what earlier claims were paid for, and never above the
  principal under cover;
* *interest*: the household's unpaid interest, where the contract's cover has it. The treasury's
  part is not the household's, and is never in it;
* *penalty*: penalty and compound interest, each where the contract's cover has it.

Where only a part of the principal is under cover, interest and penalty are covered in the same
proportion, half up to the fen.

    60 000 out, 50 000 of it covered, all due; interest 600.00:
    principal 50 000, interest 600 × 50 000 ÷ 60 000 = 500.00
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from kernel.money import round_half_up

PRINCIPAL, INTEREST, PENALTY, COMPOUND = "principal", "interest", "penalty", "compound"


@dataclass(frozen=True, slots=True)
class Amounts:
    """Principal, interest, penalty (with compound interest), fen."""

    principal_fen: int
    interest_fen: int
    penalty_fen: int

    @property
    def total_fen(self) -> int:
        """All three."""
        return self.principal_fen + self.interest_fen + self.penalty_fen


@dataclass(frozen=True, slots=True)
class Basis:
    """What the amounts are counted from, as it stood when the claim was filed."""

    #: principal out
    outstanding_fen: int
    #: principal under cover, before earlier claims took of it
    covered_fen: int
    #: principal due and unpaid
    principal_due_fen: int
    #: the household's interest, due and unpaid
    interest_fen: int
    penalty_fen: int
    compound_fen: int
    #: what the contract's cover has: principal, interest, penalty, compound
    parts: tuple[str, ...]
    #: what earlier claims of the loan were paid for
    earlier: Amounts

    def plain(self) -> dict[str, object]:
        """For JSON."""
        return {**asdict(self), "parts": list(self.parts)}


def basis_from(plain: dict[str, object]) -> Basis:
    """A basis as ``plain`` wrote it."""
    known = {one.name: plain[one.name] for one in fields(Basis)}
    earlier = plain["earlier"]
    parts = plain["parts"]
    assert isinstance(earlier, dict)
    assert isinstance(parts, list)
    return Basis(**{**known, "parts": tuple(parts), "earlier": Amounts(**earlier)})  # type: ignore[arg-type]


def coverable(basis: Basis) -> Amounts:
    """The most that can be asked."""
    earlier = basis.earlier
    principal_fen = interest_fen = penalty_fen = 0
    if PRINCIPAL in basis.parts:
        left_fen = basis.covered_fen - earlier.principal_fen
        due_fen = basis.principal_due_fen - earlier.principal_fen
        principal_fen = max(0, min(left_fen, due_fen))
    if INTEREST in basis.parts:
        interest_fen = max(0, _portion(basis.interest_fen, basis) - earlier.interest_fen)
    asked_fen = _counted(PENALTY, basis.penalty_fen, basis)
    asked_fen += _counted(COMPOUND, basis.compound_fen, basis)
    penalty_fen = max(0, _portion(asked_fen, basis) - earlier.penalty_fen)
    return Amounts(principal_fen, interest_fen, penalty_fen)


def _counted(part: str, fen: int, basis: Basis) -> int:
    return fen if part in basis.parts else 0


def _portion(fen: int, basis: Basis) -> int:
    """The part of a sum that goes with covered principal."""
    if basis.covered_fen >= basis.outstanding_fen:
        return fen
    return round_half_up(fen * basis.covered_fen, basis.outstanding_fen)
