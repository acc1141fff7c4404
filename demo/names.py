"""Names of people who do not exist: family and given names common in the region's villages."""

from __future__ import annotations

from random import Random

from kernel.identity import Sex

_FAMILY = "李黄刘陈王邓谭肖吴欧曾何彭周张杨谢曹胡蒋罗朱邝廖唐文段范龙雷"
#: how many of them every second person bears
_FREQUENT = 8
_COMMON = "文明华春林德志云玉清光荣生海平安新永国家庆金成福世昌"
_MALE = "强军勇刚建伟峰辉斌祥富贵兵洪武雄龙根发松柏良忠义仁飞鹏涛"
_FEMALE = "英秀兰芳梅桂珍凤香莲菊花翠娥红燕丽艳霞娟群姣美满连枝秋月"
#: given names of one character, in hundredths
_SHORT = 12


def family_name(chance: Random) -> str:
    """A family name, the frequent ones more often."""
    return chance.choice(_FAMILY[:_FREQUENT] if chance.randrange(2) else _FAMILY)


def given_name(chance: Random, sex: Sex) -> str:
    """A given name of one or two characters."""
    own = _MALE if sex == "male" else _FEMALE
    last = chance.choice(own)
    if chance.randrange(100) < _SHORT:
        return last
    return chance.choice(_COMMON + own) + last
