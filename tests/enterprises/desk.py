"""A small town with an enterprise, and the verbs a test of recognition and agreements speaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

import enterprises
import ledger
import organisations
from enterprises import Asked, Handed, Party, Pledge, Stake, Term, Wish
from enterprises.models import AgreementPosition, RecognitionGrant
from jobs.close import Program
from jobs.program import DIVIDENDS
from kernel.actor import Actor
from loans.models import Loan
from tests.loans.lists import COUNTY, entrusted, found_organisation, id_of
from tests.loans.town import FULL, OFFICE, OFFICER, Town, person
from tests.risk_fund.fund import Fund

REGISTRAR = person(31, "registrar")
SECOND_OFFICE = person(24, "poverty_office")
#: 8 % a year on the stake
EIGHT = Term(year_from=1, year_to=3, basis="rate_on_stake", rate_ppm=80_000)


@dataclass
class LinkedTown(Town):
    """A town as the loans' tests know it, with an enterprise that may be recognised."""

    enterprise_id: int = 0
    fund_account_id: int = 0

    def found(self, first_day: date, households: int = 6) -> LinkedTown:
        """As the town, and the enterprise; the fund's account holds a million."""
        super().found(first_day, households)
        self.enterprise_id = id_of(self, found_organisation(self))
        self.fund_account_id = Fund(self).opened(100_000_000).account_id
        return self

    def program(self, day: date) -> Program:
        """The loans, then the rounds of dividends that fall due."""
        program = super().program(day)
        return Program((*program.steps, DIVIDENDS), program.rulebook_digest)

    def kept(self) -> tuple[int, dict[str, int], int, int]:
        """What a later test has to know."""
        return self.lender_id, self.households, self.enterprise_id, self.fund_account_id

    def take(self, kept: tuple[int, dict[str, int], int, int]) -> None:
        """Know it."""
        self.lender_id, self.households, self.enterprise_id, self.fund_account_id = kept

    def open_for_agreements(self) -> None:
        """Recognised, pledged, and every household lent 50 000 that the enterprise uses."""
        self.recognise()
        self.pledge()
        with self.books.read() as session:
            code = organisations.get(session, self.enterprise_id).credit_code
        for place in range(1, len(self.households) + 1):
            (number,) = self.contracts(entrusted(self, code, place))
            self.disburse(number, FULL)

    # --- recognition ---------------------------------------------------------------------------

    def wish(self, **changes: Any) -> Wish:
        """A recognition that breaks no rule, with changes."""
        ordinary: dict[str, Any] = {
            "organisation_id": self.enterprise_id,
            "from_on": self.today,
            "to_on": date(2026, 1, 1),
            "document_no": "宜扶办〔2016〕8号",
            "operating_since": date(2010, 1, 1),
            "industry": "茶叶",
        }
        return Wish(**{**ordinary, **changes})

    def ask(self, by: Actor = OFFICE, **changes: Any) -> int:
        """Put a recognition forward; the proposal."""
        with self.books.write("enterprises.recognise", by=by) as session:
            return enterprises.propose_recognition(
                session,
                wish=self.wish(**changes),
                conduct=self.conduct,
                on=self.day(session),
                by=by,
            )

    def grant(self, proposal_id: int, by: Actor = SECOND_OFFICE, **answer: Any) -> None:
        """Decide it; granted where nothing else is said."""
        with self.books.write("enterprises.approve_recognition", by=by) as session:
            enterprises.decide_recognition(
                session,
                proposal_id=proposal_id,
                on=self.day(session),
                by=by,
                **{"approved": True, **answer},
            )

    def recognise(self, **changes: Any) -> int:
        """By two people; the recognition granted last."""
        self.grant(self.ask(**changes))
        with self.books.read() as session:
            newest = select(RecognitionGrant.recognition_id).order_by(
                RecognitionGrant.recognition_id.desc()
            )
            return session.scalars(newest.limit(1)).one()

    def withdraw(self, recognition_id: int, by: Actor = OFFICE, **changes: Any) -> None:
        """Take it back."""
        words = {"document_no": "宜扶办〔2016〕20号", "reason": "停产", **changes}
        with self.books.write("enterprises.approve_recognition", by=by) as session:
            enterprises.withdraw_recognition(
                session, recognition_id=recognition_id, on=self.day(session), by=by, **words
            )

    def pledge(self, by: Actor = OFFICE, **changes: Any) -> int:
        """A counter-security that breaks no rule, with changes."""
        ordinary: dict[str, Any] = {
            "organisation_id": self.enterprise_id,
            "fund_account_id": self.fund_account_id,
            "kind": "building",
            "description": "加工厂房1200平方米",
            "value_fen": 300_000_000,
            "document_no": "宜反抵〔2016〕1号",
            "from_on": self.today,
        }
        with self.books.write("enterprises.pledge", by=by) as session:
            return enterprises.pledge(
                session, pledged=Pledge(**{**ordinary, **changes}), on=self.day(session), by=by
            )

    def release(self, security_id: int, by: Actor = OFFICE, reason: str = "已还清") -> None:
        """Give it back."""
        with self.books.write("enterprises.pledge", by=by) as session:
            enterprises.release(
                session,
                security_id=security_id,
                document_no="宜反抵〔2016〕9号",
                reason=reason,
                conduct=self.conduct,
                on=self.day(session),
                by=by,
            )

    # --- agreements ----------------------------------------------------------------------------

    def parties(self, *more: str) -> tuple[Party, ...]:
        """Poverty office, lender, enterprise, households, and more where asked."""
        return (
            Party(role="poverty_office", name="宜章县扶贫办"),
            Party(role="lender", name="宜章示范农商行", organisation_id=self.lender_id),
            Party(role="enterprise", name="宜章示范茶业公司1", organisation_id=self.enterprise_id),
            Party(role="household", name="联结农户（名单附后）"),
            *(Party(role=role, name=f"{role}一方") for role in more),
        )

    def asked_for(self, **changes: Any) -> Asked:
        """An agreement that breaks no rule, with changes: three years at 8 %, yearly."""
        ordinary: dict[str, Any] = {
            "number": "宜联〔2016〕1号",
            "organisation_id": self.enterprise_id,
            "form": "entrusted",
            "parties": self.parties(),
            "terms": (EIGHT,),
            "signed_on": self.today,
            "from_on": self.today,
            "to_on": self.today.replace(year=self.today.year + 3),
        }
        return Asked(**{**ordinary, **changes})

    def number_of(self, place: int) -> str:
        """A household's number in the register."""
        return list(self.households)[place - 1]

    def loan_of(self, place: int) -> str:
        """The contract number of a household's first loan."""
        with self.books.read() as session:
            return session.scalars(
                select(Loan.number)
                .where(Loan.household_id == self.households[self.number_of(place)])
                .order_by(Loan.id)
                .limit(1)
            ).one()

    def stake(self, place: int = 1, fen: int = FULL, **changes: Any) -> Stake:
        """A household's own loan as its stake, with changes."""
        ordinary: dict[str, Any] = {
            "household_number": self.number_of(place),
            "source": "loan",
            "stake_fen": fen,
        }
        if changes.get("source", "loan") == "loan" and "loan_number" not in changes:
            ordinary["loan_number"] = self.loan_of(place)
        return Stake(**{**ordinary, **changes})

    def work(self, place: int = 1) -> Stake:
        """A household linked by work alone."""
        return Stake(household_number=self.number_of(place), source="labour")

    def hand_in(self, *stakes: Stake, by: Actor = OFFICER, **changes: Any) -> Handed:
        """Hand an agreement in."""
        asked = self.asked_for(**changes)
        with self.books.write("enterprises.agree", by=by) as session:
            return enterprises.propose_agreement(
                session,
                asked=asked,
                stakes=stakes,
                conduct=self.conduct_of(asked.signed_on),
                on=self.day(session),
                by=by,
            )

    def join(
        self,
        agreement_id: int,
        *stakes: Stake,
        from_on: date | None = None,
        by: Actor = OFFICER,
    ) -> Handed:
        """Hand a further list in."""
        with self.books.write("enterprises.agree", by=by) as session:
            on = self.day(session)
            return enterprises.propose_list(
                session,
                agreement_id=agreement_id,
                stakes=stakes,
                from_on=from_on or on,
                conduct=self.conduct,
                on=on,
                by=by,
            )

    def decide(self, handed: Handed, by: Actor = OFFICE, **answer: Any) -> None:
        """Decide a list; approved where nothing else is said."""
        with self.books.write("enterprises.approve_agreement", by=by) as session:
            enterprises.decide_list(
                session,
                proposal_id=handed.proposal_id,
                on=self.day(session),
                by=by,
                **{"approved": True, **answer},
            )

    def agree(self, *stakes: Stake, **changes: Any) -> int:
        """By two people; the agreement."""
        handed = self.hand_in(*stakes, **changes)
        self.decide(handed)
        return handed.agreement_id

    def leave(
        self, agreement_id: int, place: int = 1, by: Actor = REGISTRAR, **changes: Any
    ) -> None:
        """A household leaves."""
        with self.books.write("enterprises.leave", by=by) as session:
            on = self.day(session)
            words: dict[str, Any] = {
                "household_number": self.number_of(place),
                "from_on": on,
                "reason": "自愿退出",
                **changes,
            }
            enterprises.leave(session, agreement_id=agreement_id, on=on, by=by, **words)

    def stands(self, agreement_id: int) -> tuple[str, int, int, int]:
        """State, households, persons and stakes of an agreement."""
        with self.books.read() as session:
            row = session.get_one(AgreementPosition, agreement_id)
            return row.state, row.households, row.persons, row.stake_fen

    # --- the day -------------------------------------------------------------------------------

    def day(self, session: Any) -> date:
        """The open business day."""
        return ledger.open_day(session)

    @property
    def conduct(self) -> Any:
        """The rules of today."""
        return self.conduct_of(self.today)

    def conduct_of(self, day: date) -> Any:
        """The rules of a day."""
        return self.rulebook.conduct(on=day, region=COUNTY)
