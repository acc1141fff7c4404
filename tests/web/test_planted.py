"""The guards of the web, each with a bug planted under it that its test must find."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from flask import Response
from flask.testing import FlaskClient

from config.wiring import House
from kernel.actor import Actor
from tests.conftest import Clock
from tests.planted import Plant
from tests.web import test_lending, test_own_page, test_rights, test_sessions, test_slips
from tests.web.conftest import Hire
from tests.web.test_lending import Desks
from tests.web.test_own_page import Phone
from tests.web.test_rights import Scene
from tests.web.test_slips import Slips
from web import context, uploads

# The fixtures of the tests that are proved here.
desks, phone, scene = test_lending.desks, test_own_page.phone, test_rights.scene
desk = test_slips.desk


def do_it_anyway(command: str, work: object, **options: object) -> object:
    """The command without its key."""
    return context.once(command, work, **{**options, "key": secrets.token_hex(8)})  # type: ignore[arg-type]


def a_cookie_that_scripts_read(response: Response, token: str) -> None:
    response.set_cookie("fupin_session", token, samesite="Lax")


def anybodys_ticket(kind: str, text: str) -> int:
    return int(uploads._tickets(kind).loads(text)[1])


class _KeyIgnored:
    """``context`` as the routes look it up, without its memory."""

    once = staticmethod(do_it_anyway)


SESSIONS = (
    Plant(
        test_sessions.test_a_form_without_its_token_does_nothing,
        "web.security._check_form",
        lambda app: None,
    ),
    Plant(
        test_sessions.test_a_browser_logs_in_and_its_cookie_is_out_of_reach,
        "web.sessions.keep",
        a_cookie_that_scripts_read,
    ),
    Plant(
        test_sessions.test_logging_in_never_leads_away_from_the_site,
        "web.pages.desk._own_page",
        lambda wanted: wanted,
        {"elsewhere": "//evil.example"},
    ),
    Plant(
        test_sessions.test_a_session_lives_while_it_is_used_and_dies_when_it_is_not,
        "web.sessions._touch",
        lambda token, now, actor: None,
    ),
)


@pytest.mark.parametrize("plant", SESSIONS, ids=str)
def test_a_hole_in_the_sessions_turns_red(
    plant: Plant, client: FlaskClient, hire: Hire, clock: Clock
) -> None:
    plant.prove(client=client, hire=hire, clock=clock)


RIGHTS = (
    Plant(
        test_rights.test_a_role_reaches_what_its_row_says_and_nothing_else,
        "web.sessions.rights.allow",
        lambda *_args, **_more: None,
        {"role": "auditor"},
    ),
    Plant(
        test_rights.test_lists_hold_ones_own_scope_alone,
        "web.scope.own_digits",
        lambda session, by: "431022",
    ),
    Plant(
        test_rights.test_no_identity_number_is_on_any_page_or_answer,
        "households.card.mask_identity",
        lambda number: number,
    ),
)


@pytest.mark.parametrize("plant", RIGHTS, ids=str)
def test_a_hole_in_the_rights_turns_red(
    plant: Plant, scene: Scene, hire: Hire, system: Actor
) -> None:
    plant.prove(scene=scene, hire=hire, system=system)


LENDING = (
    Plant(
        test_lending.test_the_same_request_twice_is_done_once_and_answered_alike,
        "web.api.routes.context",
        _KeyIgnored,
    ),
    Plant(
        test_lending.test_a_batch_is_checked_confirmed_and_a_double_click_books_it_once,
        "web.pages.batches.once",
        do_it_anyway,
    ),
    Plant(
        test_lending.test_anothers_ticket_is_worth_nothing,
        "web.uploads.redeem",
        anybodys_ticket,
    ),
)


@pytest.mark.parametrize("plant", LENDING, ids=str)
def test_a_hole_in_the_commands_turns_red(
    plant: Plant, desks: Desks, hire: Hire, tmp_path: Path
) -> None:
    plant.prove(desks=desks, hire=hire, tmp_path=tmp_path)


SLIPS = (
    Plant(
        test_slips.test_five_misses_close_a_code_for_the_day_wherever_they_come_from,
        "households.slips._spend",
        lambda session, name, budget, now: None,
        catches=(pytest.fail.Exception,),
    ),
    Plant(
        test_slips.test_hits_cost_nothing,
        "households.slips._give_back",
        lambda session, name, budget, now: None,
        catches=(Exception,),
    ),
)


@pytest.mark.parametrize("plant", SLIPS, ids=str)
def test_a_hole_in_the_slips_turns_red(plant: Plant, desk: Slips) -> None:
    plant.prove(desk=desk)


def test_a_counter_that_forgets_turns_red(phone: Phone, opened: House) -> None:
    Plant(
        test_own_page.test_guesses_run_out_and_the_counter_is_kept_in_the_database,
        "households.slips._spend",
        lambda session, name, budget, now: None,
    ).prove(phone=phone)
