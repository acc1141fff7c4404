"""What comes into a fund beside stakes and loans, and what its members may spend it on.

A fund takes no deposits and pays no dividends: both are asked for by name often enough to be
refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from kernel.money import format_yuan
from mutual_aid.models import VillageFund
from mutual_aid.refusals import DepositsForbidden, DividendsForbidden, MovementUnknown
from policy import Rulebook

#: what comes in -> the account it stands on
COMES_IN: Final[Mapping[str, str]] = MappingProxyType(
    {"fiscal": "mutual_fiscal", "gift": "mutual_gifts"}
)
#: what the members may spend -> the account it is paid from
SPENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "running_cost": "mutual_running",
        "welfare": "mutual_welfare",
        "fiscal_returned": "mutual_fiscal",
    }
)


def require_known(
    kind: str,
    known: Mapping[str, str],
    fund: VillageFund,
    rulebook: Rulebook,
    amount_fen: int,
    on: date,
    *,
    field: str = "kind",
) -> None:
    """Refuse money that a fund neither takes nor pays."""
    rules = rulebook.mutual(on=on, region=fund.village_code)
    if kind == "deposit" and rules.deposits_forbidden.value:
        raise DepositsForbidden(
            field=field,
            clause=rules.deposits_forbidden.cite,
            highest=format_yuan(rules.stake_max_fen.value),
            amount=format_yuan(amount_fen),
        )
    if kind == "dividend" and rules.dividends_forbidden.value:
        raise DividendsForbidden(field=field, clause=rules.dividends_forbidden.cite)
    if kind not in known:
        raise MovementUnknown(field=field, kind=kind[:20])
