"""Logging in and out for programmes, and the business day with its close."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

import ledger
from jobs import program
from web import sessions
from web.access import STAFF
from web.api.routes import Routes
from web.context import actor, house, reading, visitor
from web.fields import Day, Text
from web.security import limiter

routes = Routes("session", "登录与营业日 · sessions and the business day")


class Credentials(Schema):
    """What one logs in with."""

    login = Text(required=True, longest=64)
    password = fields.String(required=True, load_only=True, metadata={"maxLength": 200})


class Token(Schema):
    """A session."""

    token = fields.String(required=True, metadata={"description": "Authorization: Bearer …"})


class Whoami(Schema):
    """Who is logged in."""

    account = fields.String(required=True)
    name = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    region_scope = fields.String(required=True)


class BusinessDay(Schema):
    """Where the books stand."""

    open = Day(required=True)
    closing = Day(required=True, allow_none=True)
    last_closed = Day(required=True, allow_none=True)
    mode = fields.String(required=True, metadata={"enum": ["live", "held"]})
    region = fields.String(required=True)
    demo = fields.String(required=True, allow_none=True)


class DayToClose(Schema):
    """Which day."""

    day = Day(required=True)


class ClosedDay(Schema):
    """What the close of a day did; ``root`` is printed on the closing report."""

    day = fields.String(required=True)
    root = fields.String(required=True)
    counts = fields.Dict(required=True)


@routes.post("/session", command=None, body=Credentials, answers=Token, status=201)
def log_in(credentials: dict[str, str]) -> dict[str, str]:
    """登录：得到会话令牌。Log in; the token goes into an Authorization header."""
    with limiter.limit("20 per minute"):
        return {"token": sessions.log_in(credentials["login"], credentials["password"])}


@routes.get("/session", command=STAFF, answers=Whoami)
def who_am_i() -> dict[str, Any]:
    """当前登录人。Who is logged in."""
    who = visitor()
    return {
        "account": who.actor.account,
        "name": who.name,
        "roles": sorted(who.actor.roles),
        "region_scope": who.actor.region_scope,
    }


@routes.route("DELETE", "/session", command=STAFF, answers=None, status=204)
def log_out() -> None:
    """退出登录。Log out."""
    sessions.log_out()


@routes.get("/business-day", command="policy.read", answers=BusinessDay)
def business_day() -> dict[str, Any]:
    """账套的营业日。The business day of the books."""
    with reading() as session:
        books = ledger.books(session)
        return {
            "open": ledger.open_day(session),
            "closing": ledger.closing_day(session),
            "last_closed": ledger.last_closed_day(session),
            "mode": books.mode,
            "region": books.region_code,
            "demo": books.demo,
        }


@routes.post(
    "/business-day/close", command="jobs.close_day", body=DayToClose, answers=ClosedDay, status=201
)
def close_day(asked: dict[str, Any]) -> dict[str, object]:
    """日终一天；已日终的答复409。Close a day; one that is closed is answered with 409."""
    return program.close_day(house(), asked["day"], by=actor()).as_data()
