"""The verbs of the file behind the loan: note a paper, a check, a contact, a life, a way forward.

Each writes one recorded row and returns it. A loan outside the actor's scope is unknown; a day
that has not come is refused, and so is one before the money was paid out. A scan is kept sealed
under its hash, once, whatever papers name it.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from kernel.actor import Actor
from kernel.money import format_yuan
from kernel.vault import Keyring
from loans.dossier import checking, finding, standing
from loans.dossier.forms import (
    CONTACT_TITLES,
    LIFE_TITLES,
    USE_FOUND_TITLES,
    WAY_TITLES,
    CheckMade,
    ContactMade,
    LifeTold,
    PaperNoted,
    WayProposed,
)
from loans.dossier.papers import PaperRules
from loans.dossier.refusals import (
    BeforeDisbursement,
    BorrowerNoPerson,
    LifeEventUnfit,
    LoanSettled,
    MisuseAmountUnfit,
    PaperNotOnFile,
    PaperUnknown,
    PromiseIncomplete,
    PromiseLooksBack,
    PromiseMisplaced,
    SuccessorWithoutCause,
    WayLooksBack,
)
from loans.dossier.requiring import papers_on_file
from loans.models import Loan, Position
from loans.models.kept import Contact, LifeEvent, LoanPaper, PostCheck, Way
from office import rights


def note_paper(
    session: Session,
    noted: PaperNoted,
    *,
    rules: PaperRules,
    keyring: Keyring,
    on: date,
    by: Actor,
    number: str | None = None,
    application_id: int | None = None,
) -> int:
    """Note a paper of a contract, or of an application that has none yet."""
    ledger.require_bookable(session, on)
    rights.allow(by, "loans.note_paper")
    application, loan_id, credit_code = finding.file_of(session, number, application_id, by)
    paper = rules.of(credit_code).paper(noted.paper)
    if paper is None:
        raise PaperUnknown(field="paper", paper=noted.paper[:40])
    if not noted.on_file and paper.code not in papers_on_file(session, [application]).get(
        application, set()
    ):
        raise PaperNotOnFile(field="on_file", paper=paper.zh)
    row = LoanPaper(
        application_id=application,
        loan_id=loan_id,
        stage=paper.stage,
        paper=paper.code,
        on_file=noted.on_file,
        attachment_id=finding.keep(session, keyring, noted.scan if noted.on_file else None),
        noted_on=on,
        noted_by=by.person_id,
        remark=finding.words("remark", noted.remark),
    )
    session.add(row)
    session.flush()
    return row.id


def make_check(
    session: Session,
    made: CheckMade,
    *,
    number: str,
    every_months: int,
    keyring: Keyring,
    on: date,
    by: Actor,
) -> PostCheck:
    """Record a check after lending; the next one is due ``every_months`` later."""
    ledger.require_bookable(session, on)
    loan, position = finding.loan(session, number, by, "loans.post_check")
    finding.choice("use_found", made.use_found, USE_FOUND_TITLES)
    finding.require_paid_out(loan, position, made.value_date, on)
    misused = made.use_found in standing.MISUSES
    if misused != (made.misused_fen > 0) or made.misused_fen > position.drawn_fen:
        raise MisuseAmountUnfit(field="misused", limit=format_yuan(position.drawn_fen))
    row = PostCheck(
        loan_id=loan.id,
        value_date=made.value_date,
        use_found=made.use_found,
        misused_fen=made.misused_fen,
        note=finding.words("note", made.note, needed=made.use_found != "matches"),
        attachment_id=finding.keep(session, keyring, made.photograph),
        next_due_on=checking.next_due(made.value_date, every_months),
        noted_on=on,
        noted_by=by.person_id,
    )
    session.add(row)
    session.flush()
    return row


def make_contact(
    session: Session, made: ContactMade, *, number: str, keyring: Keyring, on: date, by: Actor
) -> Contact:
    """Record a step of collection; a notice gets its number."""
    ledger.require_bookable(session, on)
    loan, position = finding.loan(session, number, by, "loans.contact")
    finding.choice("kind", made.kind, CONTACT_TITLES)
    finding.require_paid_out(loan, position, made.value_date, on)
    promised_on, promised_fen = _promise(made, loan, position)
    row = Contact(
        loan_id=loan.id,
        kind=made.kind,
        value_date=made.value_date,
        met=finding.words("met", made.met, needed=True),
        note=finding.words("note", made.note),
        notice_number=_notice_number(session, loan, on) if made.kind == "notice" else None,
        promised_on=promised_on,
        promised_fen=promised_fen,
        attachment_id=finding.keep(session, keyring, made.scan),
        noted_on=on,
        noted_by=by.person_id,
    )
    session.add(row)
    session.flush()
    return row


def tell_life(
    session: Session, told: LifeTold, *, number: str, keyring: Keyring, on: date, by: Actor
) -> int:
    """Record that the borrower died, moved away, or is back."""
    ledger.require_bookable(session, on)
    loan, _position = finding.loan(session, number, by, "loans.life_event")
    finding.choice("kind", told.kind, LIFE_TITLES)
    finding.require_past(told.value_date, on)
    person_id = session.scalar(select(standing.borrower_id()).where(Loan.id == loan.id))
    if person_id is None:
        raise BorrowerNoPerson(field="kind", number=loan.number)
    _require_follows(session, told, person_id)
    row = LifeEvent(
        loan_id=loan.id,
        person_id=person_id,
        kind=told.kind,
        value_date=told.value_date,
        reported_by=finding.words("reported_by", told.reported_by, needed=True),
        note=finding.words("note", told.note),
        attachment_id=finding.keep(session, keyring, told.scan),
        noted_on=on,
        noted_by=by.person_id,
    )
    session.add(row)
    session.flush()
    return row.id


def propose_way(
    session: Session, proposed: WayProposed, *, number: str, on: date, by: Actor
) -> int:
    """Propose how a loan shall end, for the maturity in force."""
    ledger.require_bookable(session, on)
    loan, position = finding.loan(session, number, by, "loans.way")
    finding.choice("way", proposed.way, WAY_TITLES)
    if position.state == "settled":
        raise LoanSettled(field="number", number=loan.number)
    if position.state == "signed":
        raise BeforeDisbursement(field="number", number=loan.number, day=on)
    if proposed.planned_on < on:
        raise WayLooksBack(field="planned_on", planned=proposed.planned_on, on=on)
    if proposed.way == "successor" and finding.life_of(session, loan.id) not in {
        "died",
        "moved_away",
    }:
        raise SuccessorWithoutCause(field="way")
    row = Way(
        loan_id=loan.id,
        way=proposed.way,
        planned_on=proposed.planned_on,
        matures_on=position.matures_on,
        note=finding.words("note", proposed.note),
        noted_on=on,
        noted_by=by.person_id,
    )
    session.add(row)
    session.flush()
    return row.id


def _promise(made: ContactMade, loan: Loan, position: Position) -> tuple[date | None, int]:
    """The promised day and amount; both for a promise, neither for anything else."""
    if made.kind != "promise":
        if made.promised_on is not None or made.promised_fen:
            raise PromiseMisplaced(field="promised_on")
        return None, 0
    if position.state == "settled":
        raise LoanSettled(field="number", number=loan.number)
    if made.promised_on is None or not made.promised_fen or made.promised_fen < 0:
        missing = "promised_on" if made.promised_on is None else "promised"
        raise PromiseIncomplete(field=missing)
    if made.promised_on < made.value_date:
        raise PromiseLooksBack(field="promised_on", promised=made.promised_on, day=made.value_date)
    return made.promised_on, made.promised_fen


def _notice_number(session: Session, loan: Loan, on: date) -> str:
    """The loan's next notice of collection; its position is locked, so that no two are alike."""
    before = session.scalar(
        select(func.count())
        .select_from(Contact)
        .where(Contact.loan_id == loan.id, Contact.kind == "notice")
    )
    return f"CS{on.year}{loan.id:07d}-{(before or 0) + 1:02d}"


def _require_follows(session: Session, told: LifeTold, person_id: int) -> None:
    """Who died does not move away, who never left does not come back."""
    last = session.execute(
        select(LifeEvent.kind, LifeEvent.value_date)
        .where(LifeEvent.person_id == person_id)
        .order_by(LifeEvent.value_date.desc(), LifeEvent.id.desc())
        .limit(1)
    ).one_or_none()
    before = "back" if last is None else last.kind
    if last is not None and told.value_date < last.value_date:
        raise LifeEventUnfit(
            field="value_date",
            rule_zh=f"{last.value_date}已登记“{LIFE_TITLES[before]}”",
            rule_en=f"{before} was noted for {last.value_date}",
        )
    if told.kind == before and before == "back":
        raise LifeEventUnfit(
            field="kind", rule_zh="没有登记身故或外迁", rule_en="neither death nor move was noted"
        )
    if told.kind == before or (before == "died" and told.kind == "moved_away"):
        raise LifeEventUnfit(
            field="kind",
            rule_zh=f"已登记“{LIFE_TITLES[before]}”",
            rule_en=f"{before} was noted already",
        )
