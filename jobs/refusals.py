"""What the jobs refuse."""

from __future__ import annotations

from kernel.refusals import Refusal


class JobTakenByAnother(Refusal):
    """A job of a business date has one worker at a time."""

    status = 409
    zh = "{day}的{job}正由{owner}执行，租约至{until}；请稍候再试"
    en = "{job} of {day} is held by {owner} until {until}; try again later"


class JobAlreadyDone(Refusal):
    """A job is done once per business date."""

    status = 409
    zh = "{day}的{job}已经完成"
    en = "{job} of {day} is already done"


class LeaseLost(Refusal):
    """A worker that another one has replaced writes nothing more."""

    status = 409
    zh = "{day}的{job}已由其他进程接手，本进程不再写入"
    en = "another worker has taken over {job} of {day}; this one writes nothing more"


class DayNotOver(Refusal):
    """Live books close a day when it is over, not before."""

    status = 409
    zh = "{day}尚未结束（今天是{today}），实账不能提前日终"
    en = "{day} is not over yet (today is {today}): live books do not run ahead of the calendar"


class BooksAlreadyFounded(Refusal):
    """A database holds one set of books, founded once."""

    status = 409
    zh = "账套已建立（{region}，当前营业日{open_day}），不能重复建立"
    en = "these books are already founded ({region}, open on {open_day})"


class BackupAltered(Refusal):
    """A backup that is not what was written, or was written with other keys."""

    status = 409
    zh = "备份文件{file}不可用：{what_zh}"
    en = "the backup {file} cannot be used: {what_en}"


class BackupOfOtherVersion(Refusal):
    """A backup is restored by a program that knows its revision."""

    status = 409
    zh = "备份文件{file}的版本{revision}是本程序不认识的：请用做这份备份的程序或更新的程序恢复"
    en = (
        "the backup {file} is of revision {revision}, which this program does not know: restore it"
        " with the program that made it, or a newer one"
    )


class DatabaseNotEmpty(Refusal):
    """A backup is restored into an empty database alone."""

    status = 409
    zh = "目标数据库已有数据表，只能恢复到空库"
    en = "the target database already has tables: a backup is restored into an empty one"
