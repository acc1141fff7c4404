"""What making a demo refuses."""

from __future__ import annotations

from kernel.refusals import Refusal


class DemoUnknown(Refusal):
    """There is no demo of that name."""

    status = 404
    zh = "没有名为“{name}”的演示县，可选：{known}"
    en = "there is no demo county {name!r}; known: {known}"


class BooksNotDemo(Refusal):
    """A demo is made in a database of its own, never over other books."""

    status = 409
    zh = "该数据库已有账套，不是“{name}”的演示账套；演示须用另一个数据库"
    en = "this database holds other books than the demo {name!r}; a demo needs its own database"


class DemoAlreadyMade(Refusal):
    """The demo stands already."""

    status = 409
    zh = "演示账套“{name}”已建成；如只需确保存在，请加 --if-missing"
    en = "the demo {name!r} stands already; --if-missing is content with that"
