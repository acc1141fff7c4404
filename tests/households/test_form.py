"""How a cell of the form is read: names and their pinyin, days, yes and no, amounts."""

from __future__ import annotations

from datetime import date

import pytest

from households.form import BY_KEY, COLUMNS, HEADERS, shown
from households.names import clean_name, pinyin_of
from households.refusals import NameInvalid
from kernel.refusals import Refusal
from kernel.tables import bare_header


def read(key: str, text: str) -> object:
    column = BY_KEY[key]
    return column.parse(text, column.title)


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("张三", "zhangsan", "zs"),
        ("曾小贤", "zengxiaoxian", "zxx"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("仇和", "qiuhe", "qh"),
        ("解缙", "xiejin", "xj"),
        ("覃秋月", "qinqiuyue", "qqy"),
        ("欧阳修", "ouyangxiu", "oyx"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("阿依·古丽", "ayiguli", "aygl"),
    ],
)
def test_surnames_keep_their_own_reading(name: str, pinyin: str, initials: str) -> None:
    assert pinyin_of(name) == (pinyin, initials)


def test_names_are_cleaned_and_checked() -> None:
    assert clean_name(" 张 三 ") == "张三"
    assert clean_name("阿依•古丽") == "阿依·古丽"
    assert clean_name("㭎䶮𬭚𫖮") == "㭎䶮𬭚𫖮"
    for wrong in ("张", "张3", "=1+1", "<b>", "张三" * 16, ""):
        with pytest.raises(NameInvalid):
            clean_name(wrong)


@pytest.mark.parametrize(
    "text",
    ["2014-06-01", "2014/6/1", "2014年6月1日", "2014.6.1", "20140601", "2014-06-01 00:00:00"],
)
def test_days_in_the_ways_offices_write_them(text: str) -> None:
    assert read("registered_on", text) == date(2014, 6, 1)


@pytest.mark.parametrize(
    "text", ["2014", "2014-6", "6/1/2014", "2014-02-29", "1799-01-01", "41791"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        read("registered_on", text)


def test_yes_no_words_whole_numbers_and_amounts() -> None:
    assert [read("pension", text) for text in ("是", "有", "1", "否", "无", "0")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    assert read("migrant_months", "12") == 12
    assert read("net_income_fen", "2800.5") == 280_050
    # As a workbook of the bureau shows it, and as a Chinese keyboard writes it.
    assert (
        read("net_income_fen", "12,800.50") == read("net_income_fen", "１２８００．５") == 1_280_050
    )
    for key, wrong in (
        ("pension", "也许"),
        ("migrant_months", "13"),
        ("migrant_months", "1.5"),
        ("net_income_fen", "1,00"),
        ("net_income_fen", "一百"),
        ("health", "好"),
        ("number", "A 1"),
        ("nation", "很" * 11),
    ):
        with pytest.raises(Refusal):
            read(key, wrong)


def test_every_title_and_alias_means_one_column() -> None:
    titles = [t for column in COLUMNS for t in (column.title, *column.aliases)]
    assert len(titles) == len(set(titles))
    assert all(HEADERS[bare_header(title)] for title in titles)


def test_answers_are_shown_in_the_forms_words() -> None:
    assert shown("health", "chronic") == "长期慢性病"
    assert shown("net_income_fen", 280_050) == "2800.50"
    assert (shown("pension", True), shown("pension", False)) == ("是", "否")
    assert shown("nation", "瑶族") == "瑶族"
