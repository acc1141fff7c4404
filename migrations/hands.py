"""Rows carried from loans as they are lived to the treasury's two hands, and back.

Running state alone is written: positions learn how much principal is under cover, limits count
that alone, and what the treasury owes leaves the open dues. What the treasury owes of interest that
was settled before is no matter of the migration: the next close writes it (docs/decisions/26).
Frozen like the revision that calls it: names of tables and columns are those of that day.
"""

# Statements are put together from the pieces of this file alone; every value is bound.
# ruff: noqa: S608

from __future__ import annotations

import json

from sqlalchemy import Connection, text

from kernel.money import parse_share, parse_yuan
from migrations.lived import require_no_close

__all__ = [
    "count_all",
    "count_covered",
    "fill_cover",
    "put_treasury_back",
    "require_no_close",
    "take_out_treasury",
]


def _run(bind: Connection, statement: str, **values: object) -> None:
    """One statement, its values bound by what they are."""
    bind.execute(text(statement).bindparams(**values))


# --- cover ------------------------------------------------------------------------------------

_LEAST = "CASE WHEN {one} < :cap THEN {one} ELSE :cap END"

_OF_A_HOUSEHOLD = f"""
    UPDATE positions SET cover_cap_fen = {_LEAST.format(one="loans.amount_fen")}
    FROM loans WHERE loans.id = positions.loan_id AND loans.mode <> 'pooled' AND {{these}}
"""

_OF_A_LIST = f"""
    UPDATE positions SET cover_cap_fen = listed.fen
    FROM (SELECT loans.id, CAST(sum({_LEAST.format(one="share_fen")}) AS BIGINT) AS fen
          FROM loan_shares JOIN loans ON loans.application_id = loan_shares.application_id
          WHERE loans.mode = 'pooled' AND {{these}} GROUP BY loans.id) listed
    WHERE listed.id = positions.loan_id
"""


def fill_cover(bind: Connection) -> None:
    """Under cover is what each contract's frozen terms say; the same few stand in all of them."""
    names = ("cover_parts", "cover_fund_share_bp", "cover_principal_max_fen")
    columns = [_frozen(bind, name) for name in names]
    these = " AND ".join(f"{column} = :{name}" for column, name in zip(columns, names, strict=True))
    for found in bind.execute(text(f"SELECT DISTINCT {', '.join(columns)} FROM loans")).all():
        written = dict(zip(names, found, strict=True))
        if cap := _cap(**written):
            for statement in (_OF_A_HOUSEHOLD, _OF_A_LIST):
                _run(bind, statement.format(these=these), cap=cap, **written)


def _cap(
    *, cover_parts: str | None, cover_fund_share_bp: str | None, cover_principal_max_fen: str | None
) -> int:
    """Principal of one household under cover at most; 0 where the terms cover none."""
    if cover_parts is None or cover_fund_share_bp is None or cover_principal_max_fen is None:
        return 0
    share = parse_share(cover_fund_share_bp, field="terms")
    if "principal" not in json.loads(cover_parts) or not share:
        return 0
    return parse_yuan(cover_principal_max_fen, field="terms")


def _frozen(bind: Connection, name: str) -> str:
    """SQL: a value out of a contract's frozen terms, as text; NULL where they do not name it."""
    if bind.dialect.name == "postgresql":
        return f"CAST(loans.terms AS json) #>> '{{{name},value}}'"
    return f"json_extract(loans.terms, '$.{name}.value')"


# --- limits -----------------------------------------------------------------------------------

_COVERED = (
    "CASE WHEN out.fen < positions.cover_cap_fen THEN out.fen ELSE positions.cover_cap_fen END"
)

_USED = """
    UPDATE lending_limits SET used_fen = (
        SELECT CAST(coalesce(sum({part}), 0) AS BIGINT)
        FROM (SELECT loan_id, sum(principal_fen) AS fen FROM open_segments
              WHERE state <> 'arrears' GROUP BY loan_id) out
        JOIN loans ON loans.id = out.loan_id JOIN positions ON positions.loan_id = out.loan_id
        WHERE CASE WHEN scope_kind = 'institution' THEN CAST(lender_id AS TEXT) = scope
              ELSE village_code LIKE scope || '%' END)
"""


def count_covered(bind: Connection) -> None:
    """Limits count covered principal alone."""
    _run(bind, _USED.format(part=_COVERED))


def count_all(bind: Connection) -> None:
    """Going back: limits count all principal that is out."""
    _run(bind, _USED.format(part="out.fen"))


# --- the treasury's dues ----------------------------------------------------------------------

_BACK = """
    INSERT INTO open_dues (due_id, loan_id, kind, bearer, payable_on, left_fen, trail_id)
    SELECT min(id), loan_id, kind, 'treasury', due_on, CAST(sum(amount_fen) AS BIGINT),
           max(trail_id)
    FROM dues WHERE bearer = 'treasury' GROUP BY loan_id, kind, due_on HAVING sum(amount_fen) > 0
"""


def take_out_treasury(bind: Connection) -> None:
    """What the treasury owes is no due of who repays; the record of it stays."""
    _run(bind, "DELETE FROM open_dues WHERE bearer = 'treasury'")


def put_treasury_back(bind: Connection) -> None:
    """Going back: all that the treasury was ever to pay is open, as no payment of it was known."""
    _run(bind, _BACK)
