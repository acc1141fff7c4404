"""The files that the demo hands in, with the titles of the forms that people fill in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from demo.county import REGISTERED_ON
from demo.lending import Planned
from demo.people import Family, Member
from demo.staff import BANK_NAME
from households.need import sheets as need_sheets
from kernel.money import format_rate, format_yuan
from kernel.tables import write_csv

_PLACE = ("户编号", "乡镇", "村", "组")
_PERSON = (
    "姓名", "性别", "身份证号", "与户主关系", "民族", "文化程度", "在校生状况", "健康状况",
    "劳动能力", "务工状况", "务工月数", "享受低保", "参加医保", "参加养老保险",
)  # fmt: skip
_HOUSEHOLD = (
    "户类型", "建档日期", "识别标准", "贫困户属性", "主要致贫原因", "联系电话", "收入年度",
    "工资性收入", "生产经营性收入", "转移性收入", "家庭总收入", "生产经营性支出", "家庭纯收入",
    "人均纯收入", "住房面积", "住房结构", "是否危房", "产业类型", "通生活用电", "主要燃料",
    "饮水安全", "开户银行", "银行账号",
)  # fmt: skip
_RATING = ("户编号", "户主", "综合评价", "履约情况", "劳动力人数", "人均纯收入")
_APPLICATIONS = (
    "户编号", "借款人身份证号", "申请金额", "贷款期限", "年利率（%）", "用途", "还款方式",
)  # fmt: skip
_PAYMENTS = ("合同号", "金额（元）", "渠道", "凭证号")
_LIST = ("户编号",)
_LINKAGES = ("户编号", "入股来源", "入股金额（元）", "贷款合同号（选填）", "土地（亩，选填）")
_MEMBERS = ("户编号", "基准互助金由谁缴纳", "互助金（元）", "渠道", "凭证号")
_SEXES = {"male": "男", "female": "女"}


def write_register(path: Path, families: Iterable[Family]) -> int:
    """The county's register, one row per person; how many."""
    titles = (*_PLACE, *_PERSON, *_HOUSEHOLD)
    rows = 0

    def lines() -> Iterator[Sequence[object]]:
        nonlocal rows
        for family in families:
            for place, member in enumerate(family.members):
                rows += 1
                yield (*_place(family), *_person(family, member), *_answers(family, place == 0))

    _write(path, titles, lines())
    return rows


def write_ratings(path: Path, families: Iterable[Family]) -> None:
    """One rating file: many villages, a row for each household."""
    rows = (
        (
            family.number,
            family.members[0].name,
            family.reputation,
            family.performance,
            str(family.labourers),
            f"{family.income_per_head}.00",
        )
        for family in families
    )
    _write(path, _RATING, rows)


def write_applications(path: Path, loans: Sequence[Planned], rates: Sequence[int]) -> None:
    """A sheet of applications, with its total below."""
    rows: list[Sequence[object]] = [
        (
            loan.family.number,
            loan.borrower.identity_number,
            format_yuan(loan.amount_fen),
            str(loan.term_months),
            format_rate(rate),
            loan.family.purpose,
            "按季结息到期还本",
        )
        for loan, rate in zip(loans, rates, strict=True)
    ]
    total = format_yuan(sum(loan.amount_fen for loan in loans))
    _write(path, _APPLICATIONS, [*rows, ("合计", "", total)])


def write_payments(path: Path, payments: Sequence[tuple[str, int, str]]) -> None:
    """A list of disbursements or repayments: contract, fen, voucher; with its total below."""
    rows: list[Sequence[object]] = [
        (number, format_yuan(fen), "转账", voucher) for number, fen, voucher in payments
    ]
    total = format_yuan(sum(fen for _, fen, _ in payments))
    _write(path, _PAYMENTS, [*rows, ("合计", total)])


def write_list(path: Path, numbers: Iterable[str]) -> None:
    """A county's list: households by their numbers."""
    _write(path, _LIST, ((number,) for number in numbers))


def write_linkages(path: Path, rows: Iterable[tuple[str, str, int, str]]) -> None:
    """Households of an agreement: number, source of the stake in words, fen, contract."""
    lines = (
        (household, source, format_yuan(fen) if fen else "", contract, "")
        for household, source, fen, contract in rows
    )
    _write(path, _LINKAGES, lines)


def write_need(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """Answers of a round of need."""
    _write(path, need_sheets.TITLES, rows)


def write_members(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """Members of a village fund: number, who pays the base stake, stake, channel, voucher."""
    _write(path, _MEMBERS, rows)


def write_sheet(path: Path, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Any form of which the demo fills every column."""
    _write(path, titles, rows)


def _write(path: Path, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        write_csv(file, titles, rows)


def _place(family: Family) -> Sequence[object]:
    return family.number, family.township, family.village, family.group


def _person(family: Family, member: Member) -> Sequence[object]:
    guaranteed = family.attribute != "一般贫困户"
    return (
        member.name,
        _SEXES[member.sex],
        member.identity_number,
        member.relation,
        member.nation,
        member.schooling,
        member.at_school,
        member.health,
        member.labour,
        member.migrant,
        str(member.migrant_months) if member.migrant_months else "",
        _yes(guaranteed),
        "是",
        _yes(member.born_on.year < REGISTERED_ON.year - 16),
    )


def _answers(family: Family, head: bool) -> Sequence[object]:
    """The household's columns, which stand on the head's row."""
    if not head:
        return ("",) * len(_HOUSEHOLD)
    net = family.income_per_head * len(family.members)
    cost = net // 5
    wages, transfers = net * 2 // 5, net // 10
    return (
        "建档立卡贫困户",
        REGISTERED_ON.isoformat(),
        "国家标准",
        family.attribute,
        family.cause,
        family.phone,
        str(REGISTERED_ON.year - 1),
        f"{wages}.00",
        f"{net + cost - wages - transfers}.00",
        f"{transfers}.00",
        f"{net + cost}.00",
        f"{cost}.00",
        f"{net}.00",
        f"{family.income_per_head}.00",
        str(family.house_area_m2),
        "砖混" if family.house_area_m2 > 60 else "土木",
        _yes(family.house_area_m2 < 30),
        family.industry,
        "是",
        "柴草",
        _yes(family.house_area_m2 > 45),
        BANK_NAME,
        family.account,
    )


def _yes(answer: bool) -> str:
    return "是" if answer else "否"
