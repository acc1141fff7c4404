"""Paying what a case owes by files of the bank, whoever pays: made, sent, answered row by row.

One person makes a file, another sends it. It holds everybody of the case who is owed something; a
returned payee comes again, as another attempt, once the account was corrected and confirmed.
Whoever cannot be paid, for want of an account or because the bank's encoding does not hold a name,
is told by row before anything is written, or waits for another file. Batch, count, total and every
row of the bank's answer have to be those of the file that waits for it. The tables of files, rows
and answers are the room's own; ``Desk`` names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, insert, select
from sqlalchemy.orm import Session

from kernel.identity import mask_account
from kernel.refusals import Refusal
from kernel.vault import Keyring
from office import payment_files, payouts
from office.bank_answers import AnswerFile, Sent
from office.models import PayoutAccount
from office.payment_files import Head, Paid
from office.payouts import Payee, number_of
from office.refusals.paying import (
    PaymentFileDiscarded,
    PaymentRowsChanged,
    PaymentRowsRefused,
    ReturnOfAnotherFile,
    ReturnTakenBefore,
)

_File = TypeVar("_File")


@dataclass(frozen=True, slots=True)
class Payable:
    """Somebody who is owed something of a case."""

    payee: Payee
    amount_fen: int
    #: attempts made
    attempts: int
    #: account of the last one
    last_account_id: int | None
    #: why the bank sent it back; None: it did not
    last_reason: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file to be."""

    paid: Paid
    account_id: int


@dataclass(frozen=True, slots=True)
class Booked:
    """What a bank's answer came to."""

    return_id: int
    paid_fen: int
    returned_fen: int


@dataclass(frozen=True, slots=True)
class PaymentTold:
    """A row of a payment file."""

    id: int
    nr: int
    payee_kind: str
    payee_id: int
    holder: str
    #: the last four digits
    account: str
    bank: str
    amount_fen: int
    attempt: int
    remark: str
    #: paid, returned, or empty while the bank has not answered
    result: str
    reason: str
    bank_no: str


def ready(
    session: Session,
    payable: Sequence[Payable],
    *,
    payees: Select[str, int],
    names: Callable[[Sequence[Payee]], Mapping[Payee, str]],
    encoding: str,
    remark: str,
    ready_only: bool,
) -> list[Row]:
    """Who is paid, in order; who cannot be is refused by row, or waits.

    ``names``: what payees are called that have no account.
    """
    accounts = session.scalars(payouts.in_force(payees))
    held = {(account.payee_kind, account.payee_id): account for account in accounts}
    unknown = [one.payee for one in payable if one.payee not in held]
    called = names(unknown) if unknown else {}
    rows: list[Row] = []
    refused: list[tuple[int, Refusal]] = []
    for nr, one in enumerate(payable, start=1):
        account = held.get(one.payee)
        fault = payouts.fault_of(
            account,
            name=called.get(one.payee, ""),
            encoding=encoding,
            last_account_id=one.last_account_id,
            last_reason=one.last_reason,
        )
        if fault is not None:
            refused.append((nr, fault))
        elif account is not None:
            paid = Paid.on(
                account,
                nr=len(rows) + 1,
                attempt=one.attempts + 1,
                amount_fen=one.amount_fen,
                remark=remark,
            )
            rows.append(Row(paid, account.id))
    if refused and not ready_only:
        raise PaymentRowsRefused(refused)
    return rows


@dataclass(frozen=True, slots=True)
class Desk(Generic[_File]):
    """Where a room keeps the files, payments and bank's answers of its cases."""

    #: number of the case in the table of files, and where a refusal points
    key: str
    file: type[_File]
    payment: Any
    #: files that were not sent
    discarded: Any
    answer: Any
    answer_row: Any
    #: number of the payment in a row of an answer
    payment_key: str
    #: project code of a file
    code: Callable[[_File], str]
    #: what is written on a payment of a file
    remark: Callable[[_File, Any], str]

    # --- files ------------------------------------------------------------------------------------

    def last(self, session: Session, case_id: int) -> _File | None:
        """The last file made for a case."""
        file: Any = self.file
        query = select(self.file).where(self._of(case_id)).order_by(file.nr.desc())
        return session.scalar(query.limit(1))

    def file_of(self, session: Session, case_id: int) -> _File:
        """The last file of a case that has one."""
        file = self.last(session, case_id)
        assert file is not None, f"{self.key} {case_id} has no file"
        return file

    def next_nr(self, session: Session, case_id: int) -> int:
        """Number of the file that is made next for a case."""
        before: Any = self.last(session, case_id)
        return 1 if before is None else before.nr + 1

    def head_of(self, file: Any) -> Head:
        """What a file says of itself."""
        return Head(file.batch_no, file.rows, file.total_fen, self.code(file), file.encoding)

    def require_unchanged(self, session: Session, file: Any) -> None:
        """Refuse a file whose rows are not those that it was made of."""
        if payment_files.digest_of(self.rows_of(session, file)) != file.digest:
            raise PaymentRowsChanged(field=self.key, batch_no=file.batch_no)

    def changed(self, session: Session) -> Iterator[tuple[_File, int, int]]:
        """Files that no longer hold the rows they were made of: as many, of that sum and digest.

        Each with the count and the sum, in fen, of the rows it holds now.
        """
        table: Any = self.file
        for file in session.scalars(select(table).order_by(table.id)):
            rows = self.rows_of(session, file)
            held = len(rows), sum(row.amount_fen for row in rows)
            wanted = file.rows, file.total_fen, file.digest
            if (*held, payment_files.digest_of(rows)) != wanted:
                yield file, *held

    def rows_of(self, session: Session, file: Any) -> list[Paid]:
        """The rows of a file in order, as its digest sees them."""
        return [self._row(file, row, account) for row, account in self._paid(session, file)]

    def content(
        self, session: Session, file: Any, keyring: Keyring, form: str
    ) -> tuple[str, bytes]:
        """Name and content of a file."""
        return payment_files.write(self.head_of(file), self._in_clear(session, file, keyring), form)

    def answer_to(
        self, session: Session, case_id: int, keyring: Keyring, returned: Mapping[int, str]
    ) -> str:
        """What a bank would answer: all paid but for those ``returned``, each with the reason.

        For books that have no bank: the demonstration county, and tests.
        """
        file = self.file_of(session, case_id)
        rows = self._in_clear(session, file, keyring)
        return payment_files.write_answer(self.head_of(file), rows, returned)

    def told(
        self,
        session: Session,
        which: ColumnElement[bool],
        *,
        keyring: Keyring,
        limit: int | None = None,
    ) -> list[PaymentTold]:
        """Payments as people look at them, in order, with what the bank said."""
        payment, said = self.payment, self.answer_row
        file: Any = self.file
        rows = session.execute(
            select(
                payment,
                file,
                PayoutAccount,
                func.coalesce(said.result, ""),
                func.coalesce(said.reason, ""),
                func.coalesce(said.bank_no, ""),
            )
            .join(file, file.id == payment.file_id)
            .join(PayoutAccount, PayoutAccount.id == payment.account_id)
            .outerjoin(said, getattr(said, self.payment_key) == payment.id)
            .where(which)
            .order_by(payment.file_id, payment.nr)
            .limit(limit)
        )
        return [
            PaymentTold(
                row.id, row.nr, account.payee_kind, account.payee_id, account.holder,
                mask_account(number_of(account, keyring)), account.bank, row.amount_fen,
                row.attempt, self.remark(made, row), *words,
            )
            for row, made, account, *words in rows
        ]  # fmt: skip

    def _of(self, case_id: int) -> ColumnElement[bool]:
        """Of a file: it is this case's."""
        mine: ColumnElement[bool] = getattr(self.file, self.key) == case_id
        return mine

    def _paid(self, session: Session, file: Any) -> Iterable[Any]:
        """Each payment of a file with its account, in order."""
        payment = self.payment
        return session.execute(
            select(payment, PayoutAccount)
            .join(PayoutAccount, PayoutAccount.id == payment.account_id)
            .where(payment.file_id == file.id)
            .order_by(payment.nr)
        )

    def _row(self, file: Any, row: Any, account: PayoutAccount) -> Paid:
        return Paid.on(
            account,
            nr=row.nr,
            attempt=row.attempt,
            amount_fen=row.amount_fen,
            remark=self.remark(file, row),
        )

    def _in_clear(
        self, session: Session, file: Any, keyring: Keyring
    ) -> list[tuple[Paid, str, str]]:
        return [
            (self._row(file, row, account), number_of(account, keyring), account.bank)
            for row, account in self._paid(session, file)
        ]

    # --- the bank's answer ------------------------------------------------------------------------

    def answered(self, session: Session, case_id: int) -> bool:
        """Whether the bank has answered a file of the case: then the next one is a retry's."""
        file: Any = self.file
        query = select(self.answer.id).join(file, file.id == self.answer.file_id)
        return session.scalar(query.where(self._of(case_id)).limit(1)) is not None

    def file_answered(self, session: Session, case_id: int, answer: AnswerFile) -> _File:
        """The file of a case that an answer is to."""
        file: Any = self.file
        (batch_no, *others) = sorted(answer.batches) or [""]
        self._require_new(session, self.answer.digest == answer.sha256, batch_no)
        named: Any = session.scalar(select(self.file).where(file.batch_no == batch_no))
        if named is None or getattr(named, self.key) != case_id or others:
            last: Any = self.last(session, case_id)
            raise ReturnOfAnotherFile(
                field="file",
                batch_no=(others[0] if others else batch_no)[:40],
                expected="—" if last is None else last.batch_no,
            )
        self._require_new(session, self.answer.file_id == named.id, batch_no)
        if session.get(self.discarded, named.id) is not None:
            raise PaymentFileDiscarded(field="file", batch_no=batch_no)
        found: _File = named
        return found

    def _require_new(self, session: Session, which: ColumnElement[bool], batch_no: str) -> None:
        """Nothing of this kind was answered."""
        if session.scalar(select(self.answer.id).where(which)) is not None:
            raise ReturnTakenBefore(field="file", batch_no=batch_no)

    def sent(self, session: Session, file: Any) -> dict[int, Sent]:
        """The payments of a file as they were sent, by their numbers."""
        return {
            row.nr: Sent(row.id, row.amount_fen, account)
            for row, account in self._paid(session, file)
        }

    def keep(
        self, session: Session, file: Any, answer: AnswerFile, sent: Mapping[int, Sent], on: date
    ) -> Booked:
        """Write down what the bank says of a file."""
        returned_fen = answer.returned_fen
        row = self.answer(
            file_id=file.id,
            received_on=on,
            paid_fen=answer.total_fen - returned_fen,
            returned_fen=returned_fen,
            digest=answer.sha256,
        )
        session.add(row)
        session.flush()
        session.execute(
            insert(self.answer_row),
            [
                {
                    self.payment_key: sent[one.nr].id,
                    "return_id": row.id,
                    "result": one.result,
                    "reason": one.reason,
                    "bank_no": one.bank_no,
                }
                for one in answer.rows
            ],
        )
        return Booked(row.id, row.paid_fen, returned_fen)
