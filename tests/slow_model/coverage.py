"""Coverage and lending counted one household and one loan at a time, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass
class Home:
    village: str
    persons: int
    registered: bool
    #: (first day, first day no longer, line)
    ratings: list[tuple[date, date, int]] = field(default_factory=list)
    #: numbers of loans
    loans: list[int] = field(default_factory=list)
    #: numbers of organisations' loans that it has a share of
    lists: list[int] = field(default_factory=list)


@dataclass
class Owed:
    """A loan's figures at the last close."""

    village: str
    drawn: int
    left: int
    late: int
    fee: int
    grade: int
    mode: str = "credit"


@dataclass
class Model:
    """The same facts, counted one by one."""

    homes: dict[int, Home] = field(default_factory=dict)
    loans: dict[int, Owed] = field(default_factory=dict)

    def counters(self, village: str, on: date) -> dict[str, int]:
        """Every counter of a village at the close of a day."""
        got = dict.fromkeys(
            (
                "households_registered", "persons_registered", "households_rated",
                "households_credited", "households_borrowing", "households_with_balance",
                "line_fen", "loans_count", "disbursed_fen", "outstanding_fen",
                "overdue_principal_fen", "overdue_interest_fen", "overdue_balance_fen",
                "bad_balance_fen", "households_in_pooled", "loans_entrusted_count",
                "disbursed_entrusted_fen", "outstanding_entrusted_fen", "loans_pooled_count",
                "disbursed_pooled_fen", "outstanding_pooled_fen", "mutual_loans_count",
                "mutual_disbursed_fen", "mutual_outstanding_fen",
            ),
            0,
        )  # fmt: skip
        for home in self.homes.values():
            if home.village == village and home.registered:
                self._count_home(got, home, on)
        for loan in self.loans.values():
            if loan.village == village:
                _count_loan(got, loan)
        return got

    def _count_home(self, got: dict[str, int], home: Home, on: date) -> None:
        got["households_registered"] += 1
        got["persons_registered"] += home.persons
        begun = [rating for rating in home.ratings if rating[0] <= on]
        if begun and on < begun[-1][1]:
            got["households_rated"] += 1
            got["households_credited"] += begun[-1][2] > 0
            got["line_fen"] += begun[-1][2]
        every = [self.loans[number] for number in home.loans]
        owed = [loan for loan in every if loan.mode != "mutual"]
        got["households_borrowing"] += any(loan.drawn > 0 for loan in owed)
        got["households_with_balance"] += any(loan.left > 0 for loan in owed)
        got["households_in_pooled"] += any(self.loans[one].drawn > 0 for one in home.lists)

    def home(self, number: int, village: str, persons: int) -> None:
        """A household is registered."""
        self.homes[number] = Home(village, persons, registered=True)


def _count_loan(got: dict[str, int], loan: Owed) -> None:
    if loan.mode == "mutual":
        got["mutual_loans_count"] += loan.drawn > 0
        got["mutual_disbursed_fen"] += loan.drawn
        got["mutual_outstanding_fen"] += loan.left
        return
    if loan.mode != "credit":
        got[f"loans_{loan.mode}_count"] += loan.drawn > 0
        got[f"disbursed_{loan.mode}_fen"] += loan.drawn
        got[f"outstanding_{loan.mode}_fen"] += loan.left
    if loan.mode == "pooled":
        return
    got["loans_count"] += loan.drawn > 0
    got["disbursed_fen"] += loan.drawn
    got["outstanding_fen"] += loan.left
    got["overdue_principal_fen"] += loan.late
    got["overdue_interest_fen"] += loan.fee
    if loan.late or loan.fee:
        got["overdue_balance_fen"] += loan.left
    if loan.grade >= 3:
        got["bad_balance_fen"] += loan.left
