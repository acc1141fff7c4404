"""What the composition root refuses: a database that this program cannot read and write."""

from __future__ import annotations

from kernel.refusals import Refusal


class DatabaseBehind(Refusal):
    """Books are opened by the program whose tables they have; an older database is upgraded."""

    status = 409
    zh = "数据库停在版本{at}，本程序需要{needed}：请先备份（fupin backup），再运行 fupin upgrade"
    en = (
        "the database is at {at}, and this program needs {needed}: fupin backup, then fupin upgrade"
    )


class DatabaseAhead(Refusal):
    """Books that a newer program has upgraded are opened by that program."""

    status = 409
    zh = "数据库已由更新的程序用 fupin upgrade 升到版本{at}，本程序只到{needed}：请换用那一版程序"
    en = (
        "a newer program brought the database to {at} (fupin upgrade), this one knows up to"
        " {needed}: use that program"
    )
