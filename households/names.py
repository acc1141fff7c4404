"""Names: what a name may hold, and its pinyin for search and order.

Family names keep readings that a dictionary does not put first (曾 is zeng, not ceng); the table
below overrides it for the first character, and for the double family names. Everything else takes
the dictionary's first reading, remembered per character: a register has few characters and many
names.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pypinyin import lazy_pinyin

from households.refusals import NameInvalid

#: Chinese characters (rare planes too), letters, and the dots of minority names
_NAME: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffffA-Za-z·•．]{2,30}")
_DOTS: Final = re.compile(r"[•．・‧]")

_SURNAMES: Final = {
    "曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "区": "ou", "任": "ren", "盖": "ge",
    "查": "zha", "朴": "piao", "华": "hua", "覃": "qin", "翟": "zhai", "种": "chong", "缪": "miao",
    "乐": "yue", "冼": "xian", "员": "yun", "折": "she", "黑": "he", "秘": "bi", "繁": "po",
    "召": "shao", "牟": "mu", "卜": "bu", "祭": "zhai", "谌": "chen", "燕": "yan", "尉": "wei",
    "宁": "ning", "洗": "xian", "应": "ying", "於": "yu", "逄": "pang", "阚": "kan", "瞿": "qu",
    "隗": "wei", "郇": "xun", "晁": "chao", "幺": "yao", "哈": "ha", "纪": "ji", "葛": "ge",
    "石": "shi", "沈": "shen", "曲": "qu", "万": "wan", "车": "che", "柏": "bai", "贾": "jia",
}  # fmt: skip
_DOUBLE_SURNAMES: Final = {
    "欧阳": ("ou", "yang"), "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun"),
    "单于": ("chan", "yu"), "令狐": ("ling", "hu"), "上官": ("shang", "guan"),
    "司马": ("si", "ma"), "诸葛": ("zhu", "ge"), "夏侯": ("xia", "hou"), "皇甫": ("huang", "fu"),
}  # fmt: skip


def clean_name(text: str) -> str:
    """The name without blanks, its dots made one kind; what is no name is refused."""
    name = _DOTS.sub("·", "".join(text.split()))
    if _NAME.fullmatch(name) is None:
        raise NameInvalid(field="name")
    return name


def pinyin_of(name: str) -> tuple[str, str]:
    """Pinyin without blanks, and its first letters: 曾小山 -> ("zengxiaoshan", "zxs")."""
    syllables = [*_surname(name)]
    syllables += [_reading(character) for character in name[len(syllables) :]]
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)


def _surname(name: str) -> tuple[str, ...]:
    if name[:2] in _DOUBLE_SURNAMES:
        return _DOUBLE_SURNAMES[name[:2]]
    return (_SURNAMES[name[0]],) if name[:1] in _SURNAMES else ()


@lru_cache(maxsize=32_768)
def _reading(character: str) -> str:
    if character == "·":
        return ""
    (reading,) = lazy_pinyin(character)
    return str(reading).lower()
