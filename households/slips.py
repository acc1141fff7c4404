"""Slips: a household's code, printed once, that with four digits shows the household its own state.

A slip carries twelve digits. Together with the last four characters of the identity number of any
member it opens the household's own page. The house keeps neither: only keyed digests of the code,
and of the code with each member's last four, so that a look-up is one search that costs the same
whether it finds anything or not. A new slip ends the one before it.

Guessing is held off by budgets in the database, counted before the look-up in the same transaction:
misses per source and hour, per code and day, and over all per hour. A hit gives its try back.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from households.models import Household, Person
from households.reading import identity_place
from kernel.actor import Actor
from kernel.database import Base, Recorded, Running, trail_id_of
from kernel.refusals import NotFound, Refusal
from kernel.vault import Keyring
from office import rights

COMMAND: Final = "households.slip"
#: digits of a code
CODE_DIGITS: Final = 12
_CODE: Final = re.compile(r"[0-9]{12}", re.ASCII)
_LAST_FOUR: Final = re.compile(r"[0-9]{3}[0-9X]", re.ASCII)
_ALL: Final = "all"
_HOUR: Final = 3600
_DAY: Final = 86_400


class SlipBudgetSpent(Refusal):
    """Too many misses: from here, at this code, or in all."""

    status = 429
    zh = "查询次数过多，请一小时后再试，或到信用社柜台查询"
    en = "too many look-ups; try again in an hour, or ask at the counter"


class SlipUnknown(Refusal):
    """No such code, or not with these four: the two are not told apart."""

    status = 404
    zh = "查询码与身份证后四位不符，请核对后再试"
    en = "the code and the last four characters do not fit together"


class HouseholdSlip(Recorded, Base):
    """A code given to a household; the last one holds."""

    __tablename__ = "household_slips"
    __table_args__ = (UniqueConstraint("code_digest"),)

    #: number
    id: Mapped[int] = mapped_column(primary_key=True)
    #: whose
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    #: keyed digest of the code
    code_digest: Mapped[bytes]
    #: business day
    issued_on: Mapped[date]


class SlipAnswer(Recorded, Base):
    """What opens a slip: the code with the last four of one member."""

    __tablename__ = "slip_answers"

    #: keyed digest of code and last four
    answer_digest: Mapped[bytes] = mapped_column(primary_key=True)
    #: the slip
    slip_id: Mapped[int] = mapped_column(ForeignKey("household_slips.id"))


class SlipTry(Running, Base):
    """Misses counted against a budget, for a stretch of time."""

    __tablename__ = "slip_tries"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries_not_negative"),)

    #: all, or the keyed digest (hex) of a source or a code
    budget: Mapped[str] = mapped_column(primary_key=True)
    #: second since 1970 that the stretch begins with
    stretch: Mapped[int] = mapped_column(primary_key=True)
    #: misses so far
    tries: Mapped[int]


@dataclass(frozen=True, slots=True)
class Budget:
    """So many misses in so many seconds."""

    misses: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Budgets:
    """What guessing is held to. Mobile networks put many households behind one address."""

    source: Budget = Budget(30, _HOUR)
    code: Budget = Budget(5, _DAY)
    everybody: Budget = Budget(1_000, _HOUR)


STANDARD: Final = Budgets()


def random_code() -> str:
    """Twelve digits from the operating system."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def issue(
    session: Session,
    keyring: Keyring,
    *,
    household_id: int,
    on: date,
    by: Actor,
    new_code: Callable[[], str] = random_code,
) -> str:
    """Give a household a new code; it is told this once, and its last one ends."""
    household = session.get(Household, household_id)
    if household is None or not rights.sees(by, region=household.village_code):
        raise NotFound(field="household_id", what="农户")
    rights.allow(by, COMMAND, region=household.village_code)
    code = new_code()
    slip = HouseholdSlip(
        household_id=household_id, code_digest=_code_digest(keyring, code), issued_on=on
    )
    session.add(slip)
    session.flush()
    lasts = {number[-4:] for number in _identity_numbers(session, keyring, household_id)}
    session.add_all(
        SlipAnswer(answer_digest=_answer_digest(keyring, code, last), slip_id=slip.id)
        for last in sorted(lasts)
    )
    session.flush()
    return code


def end(session: Session, household_id: int, on: date) -> None:
    """End a household's slip, if it has one: a code that nobody is told takes its place."""
    known = select(HouseholdSlip.id).where(HouseholdSlip.household_id == household_id)
    if session.scalar(known.limit(1)) is None:
        return
    nobodys = secrets.token_bytes(32)
    session.add(HouseholdSlip(household_id=household_id, code_digest=nobodys, issued_on=on))
    session.flush()


def look_up(
    session: Session,
    keyring: Keyring,
    *,
    code: str,
    last_four: str,
    source: str,
    now: datetime,
    budgets: Budgets = STANDARD,
) -> int | None:
    """The household behind a slip; None for a miss, which the caller commits before it answers.

    Raises ``SlipBudgetSpent`` before anything is looked up.
    """
    code, last_four = _clean(code), _clean(last_four)
    counted = [
        (_ALL, budgets.everybody),
        (keyring.blind_index(source, kind="slip source").hex(), budgets.source),
    ]
    if _CODE.fullmatch(code) and _LAST_FOUR.fullmatch(last_four):
        counted.append((_code_digest(keyring, code).hex(), budgets.code))
    else:
        code, last_four = "", ""
    for name, budget in counted:
        _spend(session, name, budget, now)
    found = _household_of(session, _answer_digest(keyring, code, last_four))
    if found is not None:
        for name, budget in counted:
            _give_back(session, name, budget, now)
    return found


def show_code(code: str) -> str:
    """A code as it is printed: 4821 0937 5512."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _household_of(session: Session, answer_digest: bytes) -> int | None:
    later = aliased(HouseholdSlip)
    return session.scalar(
        select(HouseholdSlip.household_id)
        .join(SlipAnswer, SlipAnswer.slip_id == HouseholdSlip.id)
        .where(
            SlipAnswer.answer_digest == answer_digest,
            ~select(later.id)
            .where(later.household_id == HouseholdSlip.household_id, later.id > HouseholdSlip.id)
            .exists(),
        )
    )


def _identity_numbers(session: Session, keyring: Keyring, household_id: int) -> list[str]:
    rows = session.execute(
        select(Person.identity_sealed, Person.identity_index).where(
            Person.household_id == household_id, Person.left_on.is_(None)
        )
    )
    return [keyring.open(sealed, place=identity_place(index)) for sealed, index in rows]


def _spend(session: Session, name: str, budget: Budget, now: datetime) -> None:
    """Count a try; in one statement, so that no number of threads gets past the budget."""
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    stretch = _stretch(budget, now)
    statement = dialect.insert(SlipTry).values(budget=name, stretch=stretch, tries=1)
    tries = session.scalar(
        statement.on_conflict_do_update(
            index_elements=["budget", "stretch"],
            set_={"tries": SlipTry.tries + 1, "trail_id": trail_id_of(session)},
            where=SlipTry.tries < budget.misses,
        ).returning(SlipTry.tries)
    )
    if tries is None:
        raise SlipBudgetSpent
    if tries == 1 and name == _ALL:
        session.execute(
            delete(SlipTry).where(SlipTry.stretch < stretch - 2 * _DAY),
            execution_options={"synchronize_session": False},
        )


def _give_back(session: Session, name: str, budget: Budget, now: datetime) -> None:
    session.execute(
        update(SlipTry)
        .where(SlipTry.budget == name, SlipTry.stretch == _stretch(budget, now))
        .values(tries=SlipTry.tries - 1),
        execution_options={"synchronize_session": False},
    )


def _stretch(budget: Budget, now: datetime) -> int:
    """The second since 1970 that the stretch of ``now`` begins with."""
    return int(now.timestamp()) // budget.seconds * budget.seconds


def _clean(text: str) -> str:
    """Without blanks and hyphens; full-width digits and small letters as what they mean."""
    return re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", text)).upper()


def _code_digest(keyring: Keyring, code: str) -> bytes:
    return keyring.blind_index(code, kind="slip code")


def _answer_digest(keyring: Keyring, code: str, last_four: str) -> bytes:
    return keyring.blind_index(f"{code}:{last_four}", kind="slip answer")
