"""Two ways to lend: what a programme sends to the API, and what a clerk does on the pages.

A journey is told once and walked on both. On the API applications are JSON, days are closed one
request each; on the pages everything comes as a file that is checked and then confirmed.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

import ledger
from config.wiring import House
from jobs import program
from loans.models import Loan, Repayment, Settlement
from tests.web.conftest import COUNTY, Staff

API = "/api/v1"
MONTHS, RATE, PURPOSE = 3, "4.35", "种茶"


@dataclass
class County:
    """Where the journeys are."""

    house: House
    client: FlaskClient
    #: ids by number
    households: dict[str, int]
    lender_id: int
    #: credit code of the company
    company: str
    officer: Staff
    director: Staff
    finance: Staff
    administrator: Staff
    keys: count[int] = field(default_factory=lambda: count(1))

    @property
    def numbers(self) -> list[str]:
        """Of the households."""
        return list(self.households)

    def loan(self, number: str) -> Any:
        """A loan as the API tells it."""
        return self.get(f"/loans/{number}", self.officer)

    def get(self, path: str, staff: Staff) -> Any:
        """An answer of the API."""
        answer = self.client.get(f"{API}{path}", headers=staff.headers)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def page(self, path: str, staff: Staff) -> str:
        """A page."""
        answer = self.client.get(path, headers=staff.headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    def figures(self, on: date) -> Any:
        """The indicators of the county at the close of a day."""
        return self.get(f"/indicators?region={COUNTY}&on={on}", self.finance)

    def balances(self) -> dict[str, int]:
        """The lender's accounts that are not zero, fen."""
        kinds = (
            "loan_principal", "interest_receivable", "treasury_interest_receivable",
            "penalty_receivable", "interest_income", "penalty_income", "funds",
        )  # fmt: skip
        with self.house.books.read() as session:
            found = {
                kind: ledger.balance(session, kind=kind, owner_id=self.lender_id) for kind in kinds
            }
        return {kind: fen for kind, fen in found.items() if fen}

    def settled(self, number: str) -> list[tuple[str, int, int, int]]:
        """Settlements of a loan: kind, all of it, the treasury's part, the borrower's."""
        with self.house.books.read() as session:
            rows = session.execute(
                select(
                    Settlement.kind,
                    Settlement.amount_fen,
                    Settlement.treasury_fen,
                    Settlement.household_fen,
                )
                .join(Loan, Loan.id == Settlement.loan_id)
                .where(Loan.number == number)
                .order_by(Settlement.id)
            )
            return [(row[0], row[1], row[2], row[3]) for row in rows]

    def payers(self, number: str) -> set[str]:
        """Tables of those who brought money for a loan."""
        with self.house.books.read() as session:
            rows = session.scalars(
                select(Repayment.payer_kind)
                .join(Loan, Loan.id == Repayment.loan_id)
                .where(Loan.number == number)
            )
            return set(rows)


class Way(ABC):
    """From the application to the last payment."""

    def __init__(self, county: County) -> None:
        self.county = county

    def contracts(self, rows: Sequence[tuple[str, str]], organisation: str = "") -> list[str]:
        """Households ask, (number, yuan) each; the contracts in their order."""
        return self._decided_and_signed(*self.apply(rows, organisation))

    def contract_of_list(self, rows: Sequence[tuple[str, str]], total: str) -> str:
        """The company asks for a list; its contract."""
        (number,) = self._decided_and_signed(*self.apply_list(rows, total))
        return number

    def _decided_and_signed(self, sheet_id: int, proposal_id: int) -> list[str]:
        self.approve(proposal_id)
        return self.sign(sheet_id)

    @abstractmethod
    def apply(self, rows: Sequence[tuple[str, str]], organisation: str) -> tuple[int, int]:
        """Sheet and proposal."""

    @abstractmethod
    def apply_list(self, rows: Sequence[tuple[str, str]], total: str) -> tuple[int, int]:
        """Sheet and proposal."""

    @abstractmethod
    def approve(self, proposal_id: int) -> None:
        """The director agrees."""

    @abstractmethod
    def sign(self, sheet_id: int) -> list[str]:
        """Contract numbers."""

    @abstractmethod
    def pay_out(self, rows: Sequence[tuple[str, str]]) -> None:
        """(contract, yuan) each, on one list."""

    @abstractmethod
    def take_in(self, rows: Sequence[tuple[str, str]], payer: str = "") -> None:
        """(contract, yuan) each, on one list, brought by one payer."""

    @abstractmethod
    def close_to(self, day: date) -> None:
        """Every day up to and including ``day``."""


class Api(Way):
    """What a programme sends."""

    def _post(self, path: str, staff: Staff, body: Any) -> Any:
        headers = {**staff.headers, "Idempotency-Key": f"journey-{next(self.county.keys)}"}
        answer = self.county.client.post(f"{API}{path}", headers=headers, json=body)
        assert answer.status_code == 201, answer.text
        return answer.get_json()

    def _applied(self, rows: list[dict[str, Any]]) -> tuple[int, int]:
        common = {
            "term_months": MONTHS, "annual_rate": RATE, "purpose": PURPOSE,
            "method": "interest-only",
        }  # fmt: skip
        body = {"lender_id": self.county.lender_id, "rows": [{**common, **row} for row in rows]}
        taken = self._post("/loans/applications", self.county.officer, body)
        return taken["sheet_id"], taken["proposal_id"]

    def apply(self, rows: Sequence[tuple[str, str]], organisation: str) -> tuple[int, int]:
        mode = {"mode": "entrusted", "organisation_code": organisation} if organisation else {}
        return self._applied(
            [{"household_number": number, "amount": yuan, **mode} for number, yuan in rows]
        )

    def apply_list(self, rows: Sequence[tuple[str, str]], total: str) -> tuple[int, int]:
        shares = [{"household_number": number, "share": yuan} for number, yuan in rows]
        asked = {"mode": "pooled", "organisation_code": self.county.company, "amount": total}
        return self._applied([{**asked, "shares": shares}])

    def approve(self, proposal_id: int) -> None:
        decision = {"decision": "approved"}
        self._post(f"/proposals/{proposal_id}/decision", self.county.director, decision)

    def sign(self, sheet_id: int) -> list[str]:
        signed = self._post("/loans/contracts", self.county.officer, {"sheet_id": sheet_id})
        return list(signed["contracts"])

    def pay_out(self, rows: Sequence[tuple[str, str]]) -> None:
        self._post("/loans/disbursements", self.county.officer, {"rows": self._slips("FK", rows)})

    def take_in(self, rows: Sequence[tuple[str, str]], payer: str = "") -> None:
        slips = [{**row, "payer": payer} for row in self._slips("HK", rows)]
        self._post("/loans/repayments", self.county.officer, {"rows": slips})

    def _slips(self, prefix: str, rows: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
        return [
            {
                "number": number,
                "amount": yuan,
                "channel": "transfer",
                "voucher_no": f"{prefix}{next(self.county.keys)}",
            }
            for number, yuan in rows
        ]

    def close_to(self, day: date) -> None:
        path, who = "/business-day", self.county.administrator
        here = date.fromisoformat(self.county.get(path, who)["open"])
        while here <= day:
            answer = self.county.client.post(
                f"{API}{path}/close", headers=who.headers, json={"day": here.isoformat()}
            )
            assert answer.status_code == 201, answer.text
            here += timedelta(days=1)


class Pages(Way):
    """What a clerk does."""

    def _batch(self, kind: str, text: str, **form: str) -> None:
        """Hand a file in, look at its totals, confirm."""
        client, headers = self.county.client, self.county.officer.headers
        content = (BytesIO(text.encode("utf-8-sig")), "清单.csv")
        checked = client.post(
            f"/batches/{kind}", headers=headers, data={**form, "file": content}
        ).text
        data = {name: _field(checked, name) for name in ("ticket", "request_key", *form)}
        booked = client.post(f"/batches/{kind}/book", headers=headers, data=data)
        assert booked.status_code == 302, booked.text

    def apply(self, rows: Sequence[tuple[str, str]], organisation: str) -> tuple[int, int]:
        titles = "户编号,金额（元）,期限（月）,年利率（%）,用途,还款方式,贷款模式,用款单位"
        mode = "分贷统还" if organisation else ""
        lines = [
            f"{number},{yuan},{MONTHS},{RATE},{PURPOSE},按期付息到期还本,{mode},{organisation}"
            for number, yuan in rows
        ]
        text = "\n".join([titles, *lines])
        self._batch("applications", text, lender_id=str(self.county.lender_id))
        return self._waiting()

    def apply_list(self, rows: Sequence[tuple[str, str]], total: str) -> tuple[int, int]:
        lines = [f"{number},{yuan}" for number, yuan in rows]
        self._batch(
            "shares",
            "\n".join(["户编号,份额（元）", *lines, f"合计,{total}"]),
            lender_id=str(self.county.lender_id),
            organisation_code=self.county.company,
            amount=total,
            term_months=str(MONTHS),
            annual_rate=RATE,
            purpose=PURPOSE,
            method="interest-only",
        )
        return self._waiting()

    def _waiting(self) -> tuple[int, int]:
        """The one proposal that waits; the sheet is found once it is approved."""
        page = self.county.page("/proposals", self.county.director)
        (proposal,) = set(re.findall(r'href="/proposals/(\d+)"', page))
        return 0, int(proposal)

    def approve(self, proposal_id: int) -> None:
        path, who = f"/proposals/{proposal_id}", self.county.director
        data = {
            "request_key": _field(self.county.page(path, who), "request_key"),
            "decision": "approved",
        }
        answer = self.county.client.post(path, headers=who.headers, data=data)
        assert answer.status_code == 302, answer.text

    def sign(self, _sheet_id: int) -> list[str]:
        page = self.county.page("/batches", self.county.officer)
        data = {name: _field(page, name) for name in ("sheet_id", "request_key")}
        signed = self.county.client.post(
            "/batches/contracts", headers=self.county.officer.headers, data=data
        )
        assert signed.status_code == 302, signed.text
        listed = self.county.page(signed.headers["Location"], self.county.officer)
        return list(dict.fromkeys(re.findall(r"/loans/(XD\d+)", listed)))

    def pay_out(self, rows: Sequence[tuple[str, str]]) -> None:
        lines = [f"{number},{yuan},转账,FK{next(self.county.keys)}" for number, yuan in rows]
        self._batch("disbursements", "\n".join(["合同号,金额（元）,渠道,凭证号", *lines]))

    def take_in(self, rows: Sequence[tuple[str, str]], payer: str = "") -> None:
        titles = "合同号,金额（元）,渠道,凭证号,付款人"
        lines = [
            f"{number},{yuan},转账,HK{next(self.county.keys)},{payer}" for number, yuan in rows
        ]
        self._batch("repayments", "\n".join([titles, *lines]))

    def close_to(self, day: date) -> None:
        program.close_to(self.county.house, day)


def _field(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, f"no field {name} in {text[:3000]}"
    return found[1]
