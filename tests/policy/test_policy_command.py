"""``fupin policy`` prints what is in force and which clause says so."""

from __future__ import annotations

import json

from click.testing import CliRunner

from web.commands.policy import policy

YIZHANG = "431022000000"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(policy, list(arguments))
    return result.exit_code, result.output


def test_json_names_document_clause_and_default_of_every_value() -> None:
    status, output = run("--on", "2016-05-30", "--region", YIZHANG, "--json")
    assert status == 0
    answer = json.loads(output)
    assert answer["programme"] == "P1"
    assert "P1" in [document["id"] for document in answer["documents"]]
    amount = answer["contract"]["amount_max_fen"]
    assert (amount["value"], amount["document"], amount["default"]) == ("50000.00", "P1", False)
    assert amount["clause"]
    caps = {cap["term_months"]: cap["annual_rate_max"] for cap in answer["rate_caps"]}
    assert caps == {12: "4.35", 36: "4.75"}
    for section in ("contract", "conduct", "targets"):
        for value in answer[section].values():
            assert value["clause"] or value["default"]
            assert value["document"] in {document["id"] for document in answer["documents"]}


def test_text_is_chinese_with_clause_and_default_marks() -> None:
    status, output = run("--on", "2022-05-30", "--region", YIZHANG, "--kind", "lifted")
    assert status == 0
    assert "银保监发〔2021〕6号" in output
    assert "[P4：原则上5万元（含）以下]（原则上）" in output
    assert "[trade]（默认值）" in output


def test_refusals_exit_with_one_and_bad_usage_with_two() -> None:
    for wrong in (
        ("--on", "2016-02-30", "--region", YIZHANG),
        ("--on", "2007-01-01", "--region", YIZHANG),
        ("--on", "2016-05-30", "--region", "4310"),
        ("--on", "2016-05-30", "--region", YIZHANG, "--kind", "monitored"),
    ):
        status, output = run(*wrong)
        assert (status, output.splitlines()[0][:6]) == (1, "Error:")
    assert run("--on", "2016-05-30")[0] == 2
    assert run("--on", "2016-05-30", "--region", YIZHANG, "--kind", "rich")[0] == 2
