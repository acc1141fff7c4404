"""Families: who lives in a household, how old, able to work at what, with which income.

Pure and deterministic: the same county from the same seed, to the last character. The numbers of
households and people come out exactly; the rest is plausible and invented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.county import REGISTERED_ON, County
from demo.names import family_name, given_name
from kernel.identity import Sex, check_character
from kernel.money import split_by_weights
from kernel.regions import TOWNSHIP, VILLAGE, RegionTree

#: county part of identity numbers that was never given to anyone
COUNTY_PART = "431099"
_WORK_AGES: dict[Sex, range] = {"male": range(16, 61), "female": range(16, 56)}
_INDUSTRIES = (
    ("养殖", ("养猪", "养牛", "养羊", "养鸡鸭", "养鱼", "养蜂")),
    ("种植", ("种植脐橙", "种植茶叶", "种植烤烟", "种植油茶", "种植蔬菜", "种植中药材")),
    ("加工", ("竹木加工", "农副产品加工")),
    ("商贸", ("农村超市", "农产品收购", "农家乐")),
)
_INDUSTRY_WEIGHTS = (45, 42, 6, 7)


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a household."""

    name: str
    sex: Sex
    born_on: date
    identity_number: str
    relation: str
    nation: str
    schooling: str
    at_school: str
    health: str
    labour: str
    migrant: str
    migrant_months: int

    @property
    def works(self) -> bool:
        """Whether the form counts the person as labour."""
        return self.labour in {"普通劳动力", "技能劳动力"}


@dataclass(frozen=True, slots=True)
class Family:
    """A household: its place, its people, its year."""

    number: str
    village_code: str
    township: str
    village: str
    group: str
    members: tuple[Member, ...]
    attribute: str
    cause: str
    phone: str
    #: yuan per head and year
    income_per_head: int
    house_area_m2: int
    industry: str
    purpose: str
    #: the village group's judgement, and the record of repayment
    reputation: str
    performance: str

    @property
    def account(self) -> str:
        """A passbook that no bank gave: such numbers carry no check digit."""
        return "81" + self.number.replace("-", "")

    @property
    def labourers(self) -> int:
        """People able to work."""
        return sum(member.works for member in self.members)


class IdentityNumbers:
    """Gives each synthetic person a number of their own."""

    def __init__(self) -> None:
        self._given: Counter[tuple[date, Sex]] = Counter()

    def give(self, born_on: date, sex: Sex) -> str:
        """The next number of a birth date and sex: odd orders are men's."""
        nth = self._given[born_on, sex]
        self._given[born_on, sex] += 1
        order = 2 * nth + (1 if sex == "male" else 0)
        first = f"{COUNTY_PART}{born_on:%Y%m%d}{order:03d}"
        return first + check_character(first)


def families(county: County, regions: RegionTree) -> Iterator[Family]:
    """Every household of the county, village by village."""
    chance = Random(county.seed)  # noqa: S311  (a plan to be repeated, not a secret)
    numbers = IdentityNumbers()
    sizes = _sizes(county, chance)
    for code, count in _villages(county, regions, chance):
        township, village = regions.ancestors(code)[0].name, regions.get(code).name
        for serial in range(1, count + 1):
            yield _family(chance, numbers, sizes.pop(), (code, township, village), serial)


def _villages(county: County, regions: RegionTree, chance: Random) -> list[tuple[str, int]]:
    townships = regions.inside(county.region, TOWNSHIP)[: county.townships or None]
    codes = [v for t in townships for v in regions.inside(t.code, VILLAGE)]
    # Few registered households live in the streets of a township's seat.
    weights = [
        chance.randint(60, 180) // (6 if "居" in village.name or "社区" in village.name else 1)
        for village in codes
    ]
    counts = split_by_weights(county.households, weights)
    return [(v.code, count) for v, count in zip(codes, counts, strict=True) if count]


def _sizes(county: County, chance: Random) -> list[int]:
    """One size for each household; they add up to the county's people."""
    counts = split_by_weights(county.households, county.sizes)
    sizes = [size for size, count in enumerate(counts, start=1) for _ in range(count)]
    chance.shuffle(sizes)
    missing = county.persons - sum(sizes)
    step = 1 if missing > 0 else -1
    able = [place for place, size in enumerate(sizes) if 1 < size < len(county.sizes)]
    for place in able[: abs(missing)]:
        sizes[place] += step
    if sum(sizes) != county.persons:
        raise ValueError(f"{county.households} households cannot hold {county.persons} people")
    return sizes


def _family(
    chance: Random,
    numbers: IdentityNumbers,
    size: int,
    place: tuple[str, str, str],
    serial: int,
) -> Family:
    code, township, village = place
    members = _members(chance, numbers, size, "瑶族" if "瑶族" in township else "汉族")
    working = sum(member.works for member in members)
    kind, purposes = chance.choices(_INDUSTRIES, _INDUSTRY_WEIGHTS)[0]
    unhealthy = any(member.health != "健康" for member in members)
    return Family(
        number=f"{code[6:]}-{serial:04d}",
        village_code=code,
        township=township,
        village=village,
        group=f"{chance.randint(1, 12)}组",
        members=members,
        attribute=_attribute(chance, working),
        cause=_cause(chance, working, unhealthy=unhealthy),
        # 141 is a range for machines: no person answers it.
        phone=f"141{chance.randrange(10**8):08d}",
        income_per_head=_income(chance, working),
        house_area_m2=chance.randint(12, 34) * size + chance.randint(0, 40),
        industry=kind,
        purpose=chance.choice(purposes),
        reputation=chance.choices(("优秀", "较好", "一般", "差"), (62, 27, 9, 2))[0],
        performance=chance.choices(("正常", "曾有逾期已结清", "现有拖欠"), (95, 4, 1))[0],
    )


def _attribute(chance: Random, working: int) -> str:
    if working == 0:
        return chance.choices(("低保贫困户", "五保贫困户"), (80, 20))[0]
    return chance.choices(("一般贫困户", "低保贫困户"), (85, 15))[0]


def _cause(chance: Random, working: int, *, unhealthy: bool) -> str:
    if working == 0:
        return "缺劳力"
    if unhealthy:
        return chance.choice(("因病", "因残"))
    return chance.choice(("缺技术", "缺资金", "因学", "交通条件落后", "自身发展动力不足"))


def _income(chance: Random, working: int) -> int:
    """Yuan per head: the more people work, the more there is."""
    low, high = ((900, 2_300), (1_300, 2_790), (1_500, 3_200), (1_800, 3_600))[min(working, 3)]
    return chance.randint(low, high)


# --- who lives in it -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Draft:
    relation: str
    sex: Sex
    age: int


def _members(
    chance: Random, numbers: IdentityNumbers, size: int, nation: str
) -> tuple[Member, ...]:
    drafts = _drafts(chance, size)
    fathers_name = family_name(chance)
    return tuple(_member(chance, numbers, draft, fathers_name, nation) for draft in drafts)


def _drafts(chance: Random, size: int) -> Sequence[_Draft]:
    """The head, then the most likely others until the household has its size."""
    sex: Sex = "male" if chance.randrange(100) < 88 else "female"
    age = chance.randint(29, 60) if size > 1 else chance.randint(30, 78)
    drafts = [_Draft("户主", sex, age)]
    for draft in _others(chance, sex, age, size):
        if len(drafts) == size:
            break
        drafts.append(draft)
    return drafts


def _others(chance: Random, sex: Sex, age: int, size: int) -> Iterator[_Draft]:
    other: Sex = "female" if sex == "male" else "male"
    yield _Draft("配偶", other, max(23, age + chance.randint(-6, 3)))
    eldest = age - chance.randint(22, 27)
    yield _child(chance, max(0, eldest))
    parents = chance.randrange(100) < 35 and age < 60
    if parents:
        yield _Draft("之母", "female", age + chance.randint(20, 28))
    yield _child(chance, max(0, eldest - chance.randint(2, 4)))
    if age < 60:
        yield _Draft("之父", "male", age + chance.randint(21, 30))
    if not parents and age < 60:
        yield _Draft("之母", "female", age + chance.randint(20, 28))
    for nth in range(size):
        if eldest >= 24 and nth < 3:
            yield _Draft("之孙子" if nth % 2 else "之孙女", "male" if nth % 2 else "female",
                         max(0, eldest - 23 - 2 * nth))  # fmt: skip
        else:
            yield _child(chance, max(0, eldest - 5 - 2 * nth))


def _child(chance: Random, age: int) -> _Draft:
    male = chance.randrange(2) == 0
    return _Draft("之子" if male else "之女", "male" if male else "female", age)


def _member(
    chance: Random, numbers: IdentityNumbers, draft: _Draft, family: str, nation: str
) -> Member:
    born_on = REGISTERED_ON - timedelta(days=draft.age * 366 + chance.randint(1, 350))
    age = (REGISTERED_ON - born_on).days * 100 // 36_525
    health = _health(chance, age)
    own = draft.relation not in {"配偶", "之母"} or chance.randrange(100) < 6
    name = (family if own else family_name(chance)) + given_name(chance, draft.sex)
    labour = _labour(chance, draft.sex, age, health)
    works_away = labour in {"普通劳动力", "技能劳动力"} and chance.randrange(100) < 30
    at_school = _at_school(age)
    return Member(
        name=name,
        sex=draft.sex,
        born_on=born_on,
        identity_number=numbers.give(born_on, draft.sex),
        relation=draft.relation,
        nation=nation,
        schooling=_schooling(chance, age),
        at_school=at_school,
        health=health,
        labour="无劳动力" if at_school else labour,
        migrant=chance.choice(("县外省内", "省外", "乡外县内")) if works_away else "",
        migrant_months=chance.randint(3, 11) if works_away and not at_school else 0,
    )


def _health(chance: Random, age: int) -> str:
    weights = (94, 3, 1, 2) if age < 45 else (80, 12, 3, 5) if age < 60 else (55, 33, 5, 7)
    return chance.choices(("健康", "长期慢性病", "患有大病", "残疾"), weights)[0]


def _labour(chance: Random, sex: Sex, age: int, health: str) -> str:
    if health in {"患有大病", "残疾"} and age >= 16:
        return "丧失劳动力"
    if age in _WORK_AGES[sex]:
        return "技能劳动力" if chance.randrange(100) < 12 else "普通劳动力"
    return "普通劳动力" if 60 < age < 66 and health == "健康" else "无劳动力"


def _at_school(age: int) -> str:
    stages = ((3, ""), (6, "学前教育"), (12, "小学"), (15, "初中"), (18, "高中"))
    return next((stage for below, stage in stages if age < below), "")


def _schooling(chance: Random, age: int) -> str:
    if age < 6:
        return "学龄前儿童"
    if age < 12:
        return "小学"
    if age < 16:
        return "初中"
    if age > 60:
        return chance.choices(("文盲或半文盲", "小学", "初中"), (30, 55, 15))[0]
    return chance.choices(("小学", "初中", "高中", "大专及以上"), (28, 54, 14, 4))[0]
