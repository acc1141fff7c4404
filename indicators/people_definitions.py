"""The figures of people: how they stand, who links them, what they were paid, what they need.

People are those of the household on the day. What came to pass is counted each time, and of people
as many as there were then: a household that fell back and was lifted out again counts twice. "In
the year" is since the last close of the year before, or since the books' first close where they
were opened within the year.
"""

from __future__ import annotations

from indicators.definition import AT_START, IN_YEAR, Definition, count, ratio_of

_EACH_TIME = "按次累计（户次、人次），人数按当时家庭成员"
_YEAR = "自上年末（账套年内启用的，自首个日终）以来"


def _turn(what: str, zh: str, en: str, meaning: str) -> tuple[Definition, ...]:
    """Four figures of something that came to pass: households and people, ever and in the year."""
    found = []
    for unit, unit_zh, unit_en in (
        ("households", "户数", "households"),
        ("persons", "人数", "people"),
    ):
        ever = f"{unit}_{what}_ever"
        found.append(
            count(ever, f"累计{zh}{unit_zh}", f"{unit_en} ever {en}", f"{meaning}；{_EACH_TIME}")
        )
        found.append(
            count(
                f"{unit}_{what}_in_year",
                f"本年{zh}{unit_zh}",
                f"{unit_en} {en} in the year",
                f"{meaning}；{_YEAR}",
                ever + IN_YEAR,
            )
        )
    return tuple(found)


_STANDING = (
    count("households_poor", "贫困户数", "poor households", "已建档立卡、尚未脱贫或已返贫的户"),
    count("persons_poor", "贫困人口", "poor people", "贫困户的全部家庭成员"),
    count("households_lifted", "已脱贫户数", "households lifted out", "当日处于脱贫状态的户"),
    count("persons_lifted", "已脱贫人口", "people lifted out", "已脱贫户的全部家庭成员"),
    *_turn("lifted", "脱贫", "lifted out", "由贫困转为脱贫的户；建档时已脱贫的计入累计"),
    *_turn("fallen_back", "返贫", "fallen back", "由脱贫转为贫困的户"),
    *_turn("removed", "清退", "removed", "经核实不符合条件而清退的户"),
    *_turn("readmitted", "重新纳入", "readmitted", "清退后重新建档立卡的户"),
    count(
        "households_monitored",
        "监测户数",
        "monitored households",
        "已纳入监测、风险尚未消除的户，不论是否建档立卡",
    ),
    count("persons_monitored", "监测人口", "monitored people", "监测户的全部家庭成员"),
    ratio_of(
        "lifting_rate",
        "脱贫率",
        "share lifted out",
        "本年脱贫人数 ÷ 年初贫困人口",
        "persons_lifted_ever" + IN_YEAR,
        "persons_poor" + AT_START,
    ),
    ratio_of(
        "falling_back_rate",
        "返贫率",
        "share fallen back",
        "本年返贫人数 ÷ 年初已脱贫人口",
        "persons_fallen_back_ever" + IN_YEAR,
        "persons_lifted" + AT_START,
    ),
    count(
        "rural_population",
        "农村人口",
        "rural population",
        "统计或推算的农村户籍人口，以最近一次公布为准；未登记的地区无此数",
        "rural_people",
    ),
    ratio_of(
        "poverty_incidence",
        "贫困发生率",
        "poverty incidence",
        "贫困人口 ÷ 农村人口",
        "persons_poor",
        "rural_people",
    ),
    ratio_of(
        "combined_poverty_incidence",
        "综合贫困发生率",
        "combined poverty incidence",
        "（贫困人口 + 抽查漏评人口 + 抽查错退人口）÷ 农村人口；未抽查的地区无此数",
        "combined_poor",
        "rural_people",
    ),
    count(
        "villages_poor",
        "贫困村数",
        "poor villages",
        "认定为贫困村且尚未出列的村",
    ),
    count("villages_exited", "出列村数", "villages exited", "已出列的贫困村"),
)

_SAMPLES = (
    ratio_of(
        "wrong_exit_rate",
        "错退率",
        "share wrongly lifted out",
        "最近一次抽查：错退人口 ÷ 抽查脱贫人口",
        "sample_wrongly_exited",
        "sample_exited",
    ),
    ratio_of(
        "missed_rate",
        "漏评率",
        "share missed",
        "最近一次抽查：漏评人口 ÷ 抽查未建档立卡农村人口",
        "sample_missed",
        "sample_unregistered",
    ),
    ratio_of(
        "identification_accuracy",
        "识别准确率",
        "accuracy of finding",
        "最近一次核查：无误人口 ÷ 核查人口",
        "sample_people_right",
        "sample_people",
    ),
    ratio_of(
        "village_identification_accuracy",
        "贫困村识别准确率",
        "accuracy of finding villages",
        "最近一次核查：无误村 ÷ 核查村",
        "sample_villages_right",
        "sample_villages",
    ),
    ratio_of(
        "approval_rate",
        "群众认可度",
        "approval of the people",
        "最近一次调查：认可户 ÷ 调查户",
        "sample_approving",
        "sample_surveyed",
    ),
)

_LINKAGE = (
    count(
        "enterprises_linked",
        "联结企业数",
        "enterprises linked",
        "有生效利益联结协议且至少联结本地区一户的企业、合作社，每家计一次",
    ),
    count("households_linked", "利益联结户数", "households linked", "在生效利益联结协议名单上的户"),
    count("persons_linked", "利益联结人数", "people linked", "利益联结户的全部家庭成员"),
    count(
        "households_paid",
        "已分红户数",
        "households paid",
        "曾收到现金分红的户，以银行回单为准",
    ),
    count("persons_paid", "已分红人数", "people paid", "已分红户的全部家庭成员"),
    Definition(
        "dividends_paid",
        "money",
        "已付分红",
        "dividends paid",
        "企业支付并经银行回单确认到户的现金分红累计；转增股金不计",
        "dividends_paid_fen",
    ),
    Definition(
        "dividend_per_person_linked",
        "average",
        "人均分红（按联结人数）",
        "dividend per person linked",
        "已付分红 ÷ 利益联结人数，未分红的人也在分母中",
        "dividends_paid_fen",
        "persons_linked",
    ),
    Definition(
        "dividend_per_person_paid",
        "average",
        "人均分红（按已分红人数）",
        "dividend per person paid",
        "已付分红 ÷ 已分红人数",
        "dividends_paid_fen",
        "persons_paid",
    ),
)

_NEED = (
    count(
        "households_in_need",
        "有贷款需求户数",
        "households in need of a loan",
        "最近一轮需求调查中回答有需求的户",
    ),
    count(
        "households_need_met",
        "需求已满足户数",
        "households whose need is met",
        "有需求户中，该轮调查开始以来放过款或有贷款余额的户",
    ),
    ratio_of(
        "need_met_rate",
        "应贷尽贷率",
        "need met",
        "需求已满足户数 ÷ 有贷款需求户数",
        "households_need_met",
        "households_in_need",
    ),
)

_MUTUAL = (
    count("village_funds", "互助资金数", "village funds", "已获批准、尚未解散的村级互助资金"),
    count(
        "mutual_loans_count",
        "互助资金借款笔数",
        "loans of village funds",
        "互助资金有放款且未冲正的合同数；单列，不计入其他贷款指标",
    ),
    Definition(
        "mutual_disbursed",
        "money",
        "互助资金发放金额",
        "disbursed by village funds",
        "互助资金的放款合计，减去已冲正的；单列，不计入其他贷款指标",
        "mutual_disbursed_fen",
    ),
    Definition(
        "mutual_outstanding",
        "money",
        "互助资金借款余额",
        "outstanding of village funds",
        "互助资金借款尚未归还的本金；单列，不计入其他贷款指标",
        "mutual_outstanding_fen",
    ),
)

#: in the order they are shown
PEOPLE: tuple[Definition, ...] = (*_STANDING, *_SAMPLES, *_LINKAGE, *_NEED, *_MUTUAL)
