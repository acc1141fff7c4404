"""A town with an enterprise whose agreement earns dividends, and the desks a round goes over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from sqlalchemy import select

import ledger
import organisations
from enterprises import agreeing, payment
from enterprises.asked import Asked, Party, Stake
from enterprises.dividends import declaring, funding, steps
from enterprises.models import DividendRound, DividendRow
from enterprises.recognising import Wish, decide_recognition, propose_recognition
from enterprises.terms import Term
from enterprises.unwinding import conditions, converting, deciding
from jobs.close import Program
from jobs.program import DIVIDENDS
from kernel.actor import Actor
from office import payouts
from organisations import Kind
from policy import ConductRules
from tests.beginnings import Beginning
from tests.loans.conftest import Ground
from tests.loans.town import OFFICE, OFFICER, person
from tests.subsidies.offices import REGISTRAR, Offices
from tests.subsidies.treasury import FINANCE, SECOND_FINANCE, SECOND_OFFICE

CODE, ACCOUNT = "91431022MA4L2RT06W", "180012345678901"
COUNTY = "431022000000"
CHECKER = person(27, "registrar")
#: the books open a week before the first round falls due
FIRST_DAY, SIGNED, START = date(2017, 5, 25), date(2016, 5, 30), date(2016, 6, 1)
#: 4 000 a year for each household
FIXED = Term(year_from=1, year_to=3, basis="per_household", amount_fen=400_000)


@dataclass
class DividendTown(Offices):
    """Verbs of a dividend, each as its own unit of work, by whoever usually does it."""

    enterprise_id: int = 0

    def settle_in(
        self, code: str = CODE, kind: Kind = Kind.ENTERPRISE, name: str = "莽山茶业"
    ) -> int:
        """An organisation of the county."""
        with self.books.write("organisations.register", by=OFFICE) as session:
            return organisations.register(
                session,
                credit_code=code,
                name=name,
                kind=kind,
                region_code=COUNTY,
                regions=self.regions,
                opened_on=date(2010, 1, 1),
                on=ledger.open_day(session),
                by=OFFICE,
            )

    def recognise(self, organisation_id: int) -> None:
        """Two people recognise an enterprise."""
        wish = Wish(
            organisation_id=organisation_id,
            from_on=date(2016, 1, 1),
            to_on=date(2030, 1, 1),
            document_no="宜扶办〔2016〕1号",
            operating_since=date(2010, 1, 1),
            industry="茶叶",
        )
        with self.books.write("enterprises.recognise", by=OFFICE) as session:
            on = ledger.open_day(session)
            proposal_id = propose_recognition(
                session, wish=wish, conduct=self.conduct(on), on=on, by=OFFICE
            )
        with self.books.write("enterprises.approve_recognition", by=SECOND_OFFICE) as session:
            decide_recognition(
                session,
                proposal_id=proposal_id,
                approved=True,
                on=ledger.open_day(session),
                by=SECOND_OFFICE,
            )

    def conduct(self, on: date) -> ConductRules:
        """The rules of a day; what is pledged to the fund is another test's."""
        rules: ConductRules = self.rulebook.conduct(on=on, region=COUNTY)
        pledge = replace(rules.enterprise_counter_security, value=False)
        return replace(rules, enterprise_counter_security=pledge)

    def agree(
        self, *stakes: Stake, term: Term | tuple[Term, ...] = FIXED, number: str = "利联2016-001",
        years: int = 3, **changes: Any,
    ) -> int:  # fmt: skip
        """An agreement of four parties that two people put in force; its id."""
        plain: dict[str, Any] = {
            "number": number,
            "organisation_id": self.enterprise_id,
            "form": "entrusted",
            "parties": (
                Party(role="poverty_office", name="宜章县扶贫办"),
                Party(role="lender", name="宜章示范农商行", organisation_id=self.lender_id),
                Party(role="enterprise", name="莽山茶业", organisation_id=self.enterprise_id),
                Party(role="household", name="联结户"),
            ),
            "terms": term if isinstance(term, tuple) else (term,),
            "signed_on": SIGNED,
            "from_on": START,
            "to_on": START.replace(year=START.year + years),
            "exception_reason": "县政府常务会议同意",
        }
        asked = Asked(**plain | changes)
        with self.books.write("enterprises.agree", by=OFFICER) as session:
            on = ledger.open_day(session)
            handed = agreeing.propose_agreement(
                session, asked=asked, stakes=stakes, conduct=self.conduct(on), on=on, by=OFFICER
            )
        with self.books.write("enterprises.approve_agreement", by=OFFICE) as session:
            agreeing.decide_list(
                session,
                proposal_id=handed.proposal_id,
                approved=True,
                on=ledger.open_day(session),
                by=OFFICE,
            )
        return handed.agreement_id

    def stake(self, place: int, fen: int = 0, source: str = "own", **more: Any) -> Stake:
        """What the household at a place puts in."""
        number = list(self.households)[place - 1]
        return Stake(household_number=number, source=source, stake_fen=fen, **more)

    # --- a round ----------------------------------------------------------------------------------

    def program(self, day: date) -> Program:
        """The loans and the treasury, then the rounds that fall due."""
        program = super().program(day)
        return Program((*program.steps, DIVIDENDS), program.rulebook_digest)

    def find(self, day: date) -> list[int]:
        """Close up to a day; the rounds that stand then."""
        self.close_to(day)
        with self.books.read() as session:
            return list(session.scalars(select(DividendRound.id).order_by(DividendRound.id)))

    def declare(self, round_id: int, by: Actor = REGISTRAR, **more: Any) -> None:
        """The enterprise's declaration is entered."""
        declared = declaring.Declared(**{"document_no": "股东会〔2017〕1号", **more})
        with self.books.write("enterprises.declare", by=by) as session:
            on = ledger.open_day(session)
            declaring.declare(session, round_id=round_id, declared=declared, on=on, by=by)

    def check_round(
        self, round_id: int, by: Actor = CHECKER, posted_on: date | None = None
    ) -> None:
        """The village has checked it."""
        posted_on = posted_on or self.today
        with self.books.write("enterprises.check", by=by) as session:
            on = ledger.open_day(session)
            declaring.check(
                session,
                round_id=round_id,
                posted_on=posted_on,
                conduct=self.conduct(on),
                on=on,
                by=by,
            )

    def hang(self, round_id: int) -> None:
        """The notice hangs its seven days, then the village checks."""
        posted_on = self.today
        self.wait(7)
        self.check_round(round_id, posted_on=posted_on)

    def receive(self, fen: int, by: Actor = FINANCE, **more: Any) -> int:
        """The enterprise pays in."""
        plain: dict[str, Any] = {
            "organisation_id": self.enterprise_id,
            "amount_fen": fen,
            "payer_code": CODE,
            "payer_account": ACCOUNT,
            "voucher_no": self._voucher("FH"),
        }
        funded = funding.Funded(**plain | more)
        with self.books.write("enterprises.fund", by=by) as session:
            return funding.receive(session, funded, on=ledger.open_day(session), by=by)

    def find_money(self, round_id: int, by: Actor = FINANCE) -> None:
        """Finance finds the money."""
        with self.books.write("enterprises.fund", by=by) as session:
            funding.find_money(session, round_id=round_id, on=ledger.open_day(session), by=by)

    def grant_round(self, round_id: int, by: Actor = OFFICE) -> None:
        """The poverty office grants it."""
        with self.books.write("enterprises.approve", by=by) as session:
            funding.approve(session, round_id=round_id, on=ledger.open_day(session), by=by)

    def return_round(self, round_id: int, by: Actor = CHECKER, reason: str = "名单有误") -> None:
        """Send it back."""
        with self.books.write("enterprises.return", by=by) as session:
            on = ledger.open_day(session)
            declaring.return_round(session, round_id=round_id, reason=reason, on=on, by=by)

    def granted(self, round_id: int, fen: int, **declared: Any) -> None:
        """From the declaration to the grant, with so much paid in."""
        self.declare(round_id, **declared)
        self.hang(round_id)
        if fen:
            self.receive(fen)
        self.find_money(round_id)
        self.grant_round(round_id)

    def pay_file(self, round_id: int, by: Actor = SECOND_FINANCE, **options: Any) -> int:
        """Make the next payment file."""
        with self.books.write("enterprises.pay", by=by) as session:
            on = ledger.open_day(session)
            return payment.make_file(
                session, round_id=round_id, keyring=self.keyring, on=on, by=by, **options
            )

    def send_round(self, round_id: int, by: Actor = FINANCE) -> str:
        """Send it."""
        with self.books.write("enterprises.send", by=by) as session:
            return payment.send(session, round_id=round_id, on=ledger.open_day(session), by=by)

    def discard_round(self, round_id: int, by: Actor = SECOND_FINANCE) -> None:
        """Give the file up."""
        with self.books.write("enterprises.pay", by=by) as session:
            on = ledger.open_day(session)
            payment.discard(session, round_id=round_id, reason="账号有误", on=on, by=by)

    def bank_says(self, round_id: int, returned: Mapping[int, str] | None = None) -> str:
        """The bank's answer: everybody paid but for some rows, each with its reason."""
        with self.books.read() as session:
            return payment.answer_to(
                session, round_id=round_id, keyring=self.keyring, returned=returned or {}
            )

    def take_bank(self, round_id: int, said: str, by: Actor = SECOND_FINANCE) -> payment.Booked:
        """Take the bank's file in."""
        with NamedTemporaryFile(suffix=".csv") as file:
            file.write(said.encode("gb18030"))
            file.flush()
            answer = payment.read_answer(Path(file.name))
        with self.books.write("enterprises.bank_return", by=by) as session:
            return payment.take_answer(
                session,
                round_id=round_id,
                answer=answer,
                keyring=self.keyring,
                on=ledger.open_day(session),
                by=by,
            )

    def paid_out(self, round_id: int, returned: Mapping[int, str] | None = None) -> payment.Booked:
        """File, send, and the bank's answer."""
        self.pay_file(round_id)
        self.send_round(round_id)
        return self.take_bank(round_id, self.bank_says(round_id, returned))

    def sign_for(self, round_id: int, by: Actor = REGISTRAR, document_no: str = "签收表1") -> None:
        """The village's signed list."""
        with self.books.write("enterprises.receipt", by=by) as session:
            on = ledger.open_day(session)
            payment.confirm_receipt(
                session, round_id=round_id, document_no=document_no, on=on, by=by
            )

    def correct_account(self, place: int, number: str, by: Actor = REGISTRAR) -> None:
        """A household's account is noted and confirmed."""
        noted = payouts.AccountNoted(
            "households", self.household(place), "户主", number, "宜章农商行", "销户换卡"
        )
        with self.books.write("enterprises.account", by=by) as session:
            on = ledger.open_day(session)
            proposal_id = payment.note_account(session, noted, keyring=self.keyring, on=on, by=by)
        with self.books.write("enterprises.confirm_account", by=OFFICE) as session:
            on = ledger.open_day(session)
            payment.decide_account(
                session, proposal_id=proposal_id, approved=True, on=on, by=OFFICE
            )

    def settle_prepaid(self, round_id: int, by: Actor = REGISTRAR) -> int:
        """A prepaid period is over."""
        with self.books.write("enterprises.declare", by=by) as session:
            on = ledger.open_day(session)
            return declaring.settle_prepaid(session, round_id=round_id, on=on, by=by)

    # --- reads ------------------------------------------------------------------------------------

    def round_state(self, round_id: int) -> str:
        """Where a round stands."""
        with self.books.read() as session:
            return steps.state_of(session, round_id)

    def rows(self, round_id: int, version: int = 1) -> list[DividendRow]:
        """A version's rows."""
        with self.books.read() as session:
            found = session.scalars(
                select(DividendRow)
                .where(DividendRow.round_id == round_id, DividendRow.version == version)
                .order_by(DividendRow.nr)
            ).all()
            session.expunge_all()
            return list(found)

    def held(self, kind: str, subject_id: int | None = None) -> int:
        """What the pool's account of a kind holds."""
        with self.books.read() as session:
            fen: int = ledger.balance(session, kind=kind, subject_id=subject_id)
            return fen

    # --- unwinding --------------------------------------------------------------------------------

    def unwind(self, agreement_id: int, from_on: date) -> int:
        """Two people decide that an agreement is unwound."""
        with self.books.write("enterprises.unwind", by=OFFICER) as session:
            proposal_id = deciding.propose_unwinding(
                session,
                agreement_id=agreement_id,
                from_on=from_on,
                document_no="宜扶办〔2017〕9号",
                reason="户贷企用清退",
                on=ledger.open_day(session),
                by=OFFICER,
            )
        with self.books.write("enterprises.approve_unwind", by=OFFICE) as session:
            deciding.decide_unwinding(
                session,
                proposal_id=proposal_id,
                approved=True,
                on=ledger.open_day(session),
                by=OFFICE,
            )
        return proposal_id

    def convert(self, agreement_id: int, loan_number: str, place: int) -> None:
        """Two people turn a loan over to the household's own use."""
        with self.books.write("enterprises.unwind", by=OFFICER) as session:
            proposal_id = converting.propose_conversion(
                session,
                agreement_id=agreement_id,
                loan_number=loan_number,
                household_number=list(self.households)[place - 1],
                document_no="转户用协议1",
                purpose="养牛",
                on=ledger.open_day(session),
                by=OFFICER,
            )
        with self.books.write("enterprises.approve_unwind", by=OFFICE) as session:
            converting.decide_conversion(
                session,
                proposal_id=proposal_id,
                approved=True,
                on=ledger.open_day(session),
                by=OFFICE,
            )

    def end(self, agreement_id: int, by: Actor = OFFICE) -> None:
        """Everything of the unwinding is done."""
        with self.books.write("enterprises.approve_unwind", by=by) as session:
            conditions.end_agreement(
                session,
                agreement_id=agreement_id,
                document_no="宜扶办〔2017〕20号",
                on=ledger.open_day(session),
                by=by,
            )


@pytest.fixture
def new_dividends(ground: Ground) -> DividendTown:
    """Books that wait to be opened."""
    return DividendTown(*ground)


@pytest.fixture
def dividends(new_dividends: DividendTown, begin: Beginning) -> DividendTown:
    """Open on 25 May 2017, six households with an account each, one recognised enterprise."""
    town = new_dividends

    def live() -> tuple[int, int, dict[str, int]]:
        town.found(FIRST_DAY)
        for place in range(1, 7):
            town.give_card(place, f"18000000000000{place}")
        town.enterprise_id = town.settle_in()
        town.recognise(town.enterprise_id)
        return town.lender_id, town.enterprise_id, town.households

    town.lender_id, town.enterprise_id, town.households = begin("dividend town", live)
    return town
