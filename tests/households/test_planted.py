"""Every guard of the register is seen red once: a bug in its place, and its test must fail."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select, true
from sqlalchemy.exc import IntegrityError

from households import judging
from households.models import Status
from households.queries import POLICY_KIND
from households.staging import StagedHousehold
from households.standing import DECIDING, LIFTED
from kernel.vault import Keyring, SealBroken
from tests.households import test_imports as imports
from tests.households import test_queries as queries
from tests.households.conftest import Desk
from tests.households.registers import head, member
from tests.planted import Plant

_elsewhere = judging._persons_in_other_households
RED = (AssertionError, pytest.fail.Exception)

PLANTED = [
    Plant(
        imports.test_a_batch_is_not_written_on_a_day_that_has_ended,
        "households.imports.ledger.require_bookable",
        lambda *_: None,
        catches=RED,
    ),
    # a person in two households: the database's own index is the second guard
    Plant(
        imports.test_a_person_of_another_household_is_refused_by_name_of_that_household,
        "households.judging._persons_in_other_households",
        lambda *_: 0,
        catches=(IntegrityError,),
    ),
    # asked once only: whom A2 may not have stays unseen when A3 asks
    Plant(
        imports.test_a_move_out_of_a_household_that_is_refused_is_refused_too,
        "households.judging._persons_in_other_households",
        lambda session, batch_id, scope: 0 * _elsewhere(session, batch_id, scope),
        catches=(*RED, IntegrityError),
    ),
    Plant(
        imports.test_a_person_may_move_between_two_households_of_one_file,
        "households.judging.not_",
        lambda _leaves: true(),
    ),
    Plant(
        imports.test_rules_that_need_more_than_one_row,
        "households.judging._heads_twice",
        lambda *_: None,
        {
            "rule": "head_twice",
            "rows": [head("B2", "甲乙", 1), head("B2", "丙丁", 3)],
        },
        catches=(*RED, IntegrityError),
    ),
    Plant(
        imports.test_rules_that_need_more_than_one_row,
        "households.judging._members_elsewhere",
        lambda *_: None,
        {
            "rule": "member_in_another_village",
            "rows": [
                head("B2", "甲乙", 1),
                member("B2", "丙丁", 2, township="白石渡镇", village="新车村"),
            ],
        },
    ),
    Plant(
        imports.test_who_may_import_and_where,
        "households.villages.within",
        lambda *_: True,
    ),
    Plant(
        imports.test_who_may_import_and_where,
        "households.judging._households_out_of_scope",
        lambda *_: 0,
    ),
    Plant(
        imports.test_no_digit_of_a_secret_stands_in_the_database,
        "kernel.vault.Keyring.seal",
        lambda _ring, text, place: text.encode(),
        catches=(*RED, SealBroken),
    ),
    Plant(
        imports.test_the_same_file_twice_changes_nothing,
        "households.applying.new_households",
        lambda batch_id: select(StagedHousehold).where(StagedHousehold.batch_id == batch_id),
        catches=(*RED, IntegrityError),
    ),
    Plant(
        imports.test_what_others_wrote_between_preview_and_confirmation_is_judged_again,
        "households.judging.judge_again",
        lambda *_: 0,
        catches=(IntegrityError,),
    ),
    Plant(
        imports.test_nothing_staged_is_left_behind,
        "households.imports._forget_rows",
        lambda *_: None,
        catches=(*RED, IntegrityError),
    ),
    Plant(
        imports.test_changes_are_written_recorded_and_sealed,
        "households.applying.seals",
        lambda _session, _entity, ids: dict.fromkeys(ids, "0" * 64),
    ),
    Plant(
        queries.test_registered_on_a_day_is_ever_registered_and_not_removed,
        "households.standing.DECIDING",
        DECIDING | {Status.REMOVED: LIFTED},
    ),
    Plant(
        queries.test_what_a_household_is_to_a_policy_goes_by_the_day,
        "households.queries.POLICY_KIND",
        POLICY_KIND | {Status.FALLEN_BACK: "lifted"},
    ),
]


@pytest.mark.damaged("a bug was planted")
@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(
    plant: Plant, desk: Desk, engine: Engine, keyring: Keyring, database_url: str
) -> None:
    plant.prove(desk=desk, engine=engine, keyring=keyring, database_url=database_url)


@pytest.mark.damaged("the check is blinded, and the rows are changed all the same")
def test_a_blind_check_would_be_noticed(desk: Desk, database_url: str) -> None:
    Plant(
        imports.test_rows_changed_behind_the_register_are_found,
        "households.checks.seals.broken_seals",
        lambda *_: iter(()),
    ).prove(desk=desk, database_url=database_url)
