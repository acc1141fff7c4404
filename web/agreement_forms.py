"""An agreement as a form sends it: parties by their role, terms by their row. Plain reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from enterprises import Asked, Party, Term
from enterprises.asked import ROLES
from enterprises.terms import Basis
from kernel.dates import ONE_DAY, parse_date
from kernel.money import SHARE_MAX_BP, parse_rate, parse_share, plain_amount, typed_yuan
from kernel.refusals import BadValue
from organisations import Organisation
from web.fields import row_id

#: rows of terms that a form may have
TERMS_MAX: Final = 10
#: parties that a form names by their names; the enterprise is known
TYPED_ROLES: Final = tuple(role for role in ROLES if role != "enterprise")


def asked_of(sent: Mapping[str, str], enterprise: Organisation) -> Asked:
    """What a form asks for."""

    def text(name: str, longest: int = 200) -> str:
        return sent.get(name, "").strip()[:longest]

    rhythm = text("rhythm_months", 2)
    return Asked(
        number=text("number", 80),
        organisation_id=enterprise.id,
        form=text("form", 20),
        parties=_parties(sent, enterprise),
        terms=terms_of(sent),
        signed_on=parse_date(text("signed_on", 10), field="signed_on"),
        from_on=parse_date(text("from_on", 10), field="from_on"),
        to_on=parse_date(text("to_on", 10), field="to_on") + ONE_DAY,
        principal_repaid_by=text("principal_repaid_by", 20),
        rhythm_months=int(rhythm) if rhythm.isdecimal() and rhythm.isascii() else 0,
        in_advance=sent.get("in_advance") == "yes",
        service_fee_bp=_share(sent, "service_fee", 0),
        document_no=text("document_no", 60),
        exception_reason=text("exception_reason"),
    )


def _parties(sent: Mapping[str, str], enterprise: Organisation) -> tuple[Party, ...]:
    """Who signs: whoever has a name beside the role."""
    found = [Party(role="enterprise", name=enterprise.name, organisation_id=enterprise.id)]
    for role in TYPED_ROLES:
        name = sent.get(f"party-{role}", "").strip()[:60]
        if name:
            found.append(Party(role=role, name=name, organisation_id=_organisation(sent, role)))
    return tuple(found)


def _organisation(sent: Mapping[str, str], role: str) -> int | None:
    return (row_id(sent.get("lender_id")) or None) if role == "lender" else None


def terms_of(sent: Mapping[str, str]) -> tuple[Term, ...]:
    """The rows of terms that say anything."""
    return tuple(
        _term(sent, nr)
        for nr in range(1, TERMS_MAX + 1)
        if sent.get(f"value-{nr}", "").strip() or sent.get(f"profit-{nr}", "").strip()
    )


def _term(sent: Mapping[str, str], nr: int) -> Term:
    basis = sent.get(f"basis-{nr}", "")[:20]
    value = plain_amount(sent.get(f"value-{nr}", "").strip() or "0")
    by_rate = basis == "rate_on_stake"
    return Term(
        year_from=_year(sent, f"first-{nr}"),
        year_to=_year(sent, f"last-{nr}"),
        basis=cast("Basis", basis),
        rate_ppm=parse_rate(value, field="terms") if by_rate else 0,
        amount_fen=0 if by_rate else typed_yuan(value, field="terms"),
        cash_bp=_share(sent, f"cash-{nr}", SHARE_MAX_BP),
        profit_share_bp=_share(sent, f"profit-{nr}", 0),
    )


def _year(sent: Mapping[str, str], name: str) -> int:
    text = sent.get(name, "").strip()
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:3]) <= 99):
        raise BadValue(
            field="terms",
            name="terms",
            value=text[:20],
            rule_zh="年度从1起",
            rule_en="a year from 1",
        )
    return int(text[:3])


def _share(sent: Mapping[str, str], name: str, blank: int) -> int:
    text = sent.get(name, "").strip()
    field = "terms" if "-" in name else name
    return parse_share(plain_amount(text), field=field) if text else blank
