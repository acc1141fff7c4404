"""The small world with what the figures of people are counted from, written row by row."""

from __future__ import annotations

from datetime import timedelta

from enterprises.models import (
    Agreement,
    AgreementApproval,
    AgreementEnd,
    AgreementHousehold,
    AgreementLeaving,
    AgreementList,
    DividendFile,
    DividendPayment,
    DividendReturn,
    DividendReturnRow,
    DividendRound,
    Recognition,
    Unwinding,
)
from households.models import RuralPopulation, SampleCheck, VillageStanding
from households.models.families import FamilyEvent, NeedAnswer, NeedRound
from mutual_aid.models import FundOpening, VillageFund
from office.models import PayoutAccount
from organisations.models import Organisation
from tests.indicators.world import COUNTY, DIGEST, VILLAGES, World

#: what a sampling check counts
_COUNTED = (
    "sampled_exited",
    "wrongly_exited",
    "sampled_unregistered",
    "missed",
    "people_checked",
    "people_wrong",
    "villages_checked",
    "villages_wrong",
    "surveyed",
    "approving",
)


class PeopleWorld(World):
    """Writes rows of agreements, dividends, need, villages and samples on the open day."""

    # --- linkage --------------------------------------------------------------------------------

    def enterprise(self, name: str) -> int:
        """An enterprise; its number."""
        number = 1_000 + next(self._numbers)
        self._add(
            Organisation(
                id=number,
                credit_code=f"9143102{number:011d}",
                name=f"宜章{name}公司",
                kind="enterprise",
                region_code=COUNTY,
                opened_on=self.day,
            )
        )
        self._add(
            Recognition(
                id=number,
                organisation_id=number,
                from_on=self.day,
                to_on=self.day + timedelta(days=3_000),
                operating_since=self.day,
                digest=DIGEST,
            )
        )
        return number

    def agree(self, organisation: int, *households: int, days: int = 1_000, late: int = 0) -> int:
        """An agreement with a list that was approved, in force ``late`` days from now."""
        number, first = next(self._numbers), self.day + timedelta(days=late)
        self._add(
            Agreement(
                id=number,
                number=str(number),
                organisation_id=organisation,
                recognition_id=organisation,
                region_code=COUNTY,
                form="entrusted",
                parties=4,
                signed_on=self.day,
                from_on=first,
                to_on=first + timedelta(days=days),
                principal_repaid_by="enterprise",
                rhythm_months=12,
                digest=DIGEST,
            )
        )
        self._add(
            AgreementList(
                id=number,
                agreement_id=number,
                nr=1,
                from_on=first,
                households=len(households),
                persons=0,
                stakes=len(households),
                stake_fen=0,
                digest=DIGEST,
            )
        )
        for nr, household in enumerate(households, 1):
            self._add(
                AgreementHousehold(
                    agreement_id=number,
                    list_id=number,
                    nr=nr,
                    household_id=household,
                    stake_fen=0,
                    source="labour",
                    land_mu_hundredths=0,
                    persons=0,
                    from_on=first,
                )
            )
        self._add(AgreementApproval(list_id=number, agreement_id=number, approved_on=self.day))
        return number

    def leave_agreement(self, agreement: int, household: int) -> None:
        """A household leaves from today on."""
        self._add(
            AgreementLeaving(agreement_id=agreement, household_id=household, from_on=self.day)
        )

    def end_agreement(self, agreement: int) -> None:
        """An agreement is unwound, and over from today on."""
        number = next(self._numbers)
        self._add(Unwinding(id=number, agreement_id=agreement, from_on=self.day, digest=DIGEST))
        self._add(AgreementEnd(agreement_id=agreement, unwinding_id=number, ended_on=self.day))

    def pay(self, agreement: int, result: str = "paid", **amounts: int) -> None:
        """The bank's answer to a file: household ``h1=…`` is paid, or its payment came back."""
        number = next(self._numbers)
        self._add(
            DividendRound(
                id=number,
                agreement_id=agreement,
                nr=number,
                revision=0,
                period_from=self.day + timedelta(days=number),
                period_to=self.day + timedelta(days=number + 1),
                counted_to=self.day + timedelta(days=number + 1),
                due_on=self.day,
            )
        )
        total = sum(amounts.values())
        self._add(
            DividendFile(
                id=number,
                round_id=number,
                nr=1,
                rows=len(amounts),
                total_fen=total,
                batch_no=str(number),
                digest=DIGEST,
            )
        )
        came_back = result == "returned"
        self._add(
            DividendReturn(
                id=number,
                file_id=number,
                received_on=self.day,
                paid_fen=0 if came_back else total,
                returned_fen=total if came_back else 0,
                digest=f"{number:064d}",
            )
        )
        for nr, (name, amount) in enumerate(amounts.items(), 1):
            payment, household = next(self._numbers), int(name[1:])
            self._add(self._account(payment, household))
            self._add(
                DividendPayment(
                    id=payment,
                    file_id=number,
                    nr=nr,
                    round_id=number,
                    household_id=household,
                    attempt=1,
                    account_id=payment,
                    amount_fen=amount,
                )
            )
            self._add(
                DividendReturnRow(
                    payment_id=payment,
                    return_id=number,
                    result=result,
                    reason="closed" if came_back else "",
                    bank_no="" if came_back else "1",
                )
            )

    @staticmethod
    def _account(number: int, household: int) -> PayoutAccount:
        return PayoutAccount(
            id=number, payee_kind="households", payee_id=household, number_index=b"1"
        )

    # --- need -----------------------------------------------------------------------------------

    def ask(self) -> int:
        """A round of asking begins; its number."""
        number = next(self._numbers)
        self._add(
            NeedRound(
                id=number,
                number=str(number),
                from_on=self.day,
                to_on=self.day + timedelta(days=90),
                booked_on=self.day,
            )
        )
        return number

    def answer(self, asked: int, household: int, answer: str) -> None:
        """What a household says."""
        self._add(
            NeedAnswer(
                round_id=asked,
                household_id=household,
                answer=answer,
                reason="" if answer == "wants" else "无意愿",
                amount_fen=None,
                answered_on=self.day,
                booked_on=self.day,
            )
        )

    # --- families and places --------------------------------------------------------------------

    def split(self, old: int, new: int, village: str, persons: int, *statuses: str) -> None:
        """A household splits off with people of another, and stands as that one does."""
        self.register_bare(new, village, persons)
        for status in statuses:
            self.status(new, status)
        self._add(
            FamilyEvent(
                kind="split",
                household_id=old,
                other_household_id=new,
                happened_on=self.day,
                booked_on=self.day,
                attachment_id=None,
                old_identity_index=None,
            )
        )

    def village(self, code: str, standing: str) -> None:
        """A village is found to be a poor one, or to have exited."""
        self._add(
            VillageStanding(
                village_code=code, standing=standing, from_on=self.day, booked_on=self.day
            )
        )

    def people(self, region: str, people: int) -> None:
        """How many rural people a region has."""
        self._add(
            RuralPopulation(
                region_code=region,
                from_on=self.day,
                booked_on=self.day,
                people=people,
                derived=True,
                source="推算",
            )
        )

    def sample(self, region: str, **counts: int) -> None:
        """What a sampling check counted."""
        every = dict.fromkeys(_COUNTED, 0)
        self._add(
            SampleCheck(
                round_id=None,
                region_code=region,
                checked_on=self.day,
                booked_on=self.day,
                **(every | counts),
            )
        )

    def found_fund(self) -> None:
        """A village fund that was approved."""
        number = self.enterprise("互助社")
        self._add(
            VillageFund(
                id=number,
                organisation_id=number,
                village_code=VILLAGES[0],
                registration_no=str(number),
                wording="stake",
                stake_unit_fen=100_00,
                fee_rate_ppm=60_000,
            )
        )
        self._add(FundOpening(fund_id=number, organisation_id=number, opened_on=self.day))
