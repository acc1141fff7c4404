"""What the policy room refuses: a file off its form, a day or a household no rule covers."""

from __future__ import annotations

from kernel.refusals import Refusal


class PolicyFileInvalid(Refusal):
    """A policy or rate file breaks the form: the file, the key and the rule are named."""

    zh = "政策文件{file}的“{key}”不合格式：{rule_zh}"
    en = "policy file {file}, {key}: {rule_en}"


class PolicyContradicts(Refusal):
    """Two documents would answer the same question on the same day, or none would."""

    zh = "政策文件互相矛盾（{on}）：{rule_zh}"
    en = "the policy documents contradict each other on {on}: {rule_en}"


class NoPolicyInForce(Refusal):
    """No programme document was in force on the day asked for."""

    status = 404
    zh = "{on}没有生效的小额信贷政策文件"
    en = "no programme document is in force on {on}"


class HouseholdKindNotCovered(Refusal):
    """The programme in force on the signing day does not serve this kind of household."""

    zh = "{document}不适用于{kind_zh}"
    en = "{document} does not cover households of the kind {kind}"


class NoRatePublished(Refusal):
    """The reference rate had not been published yet on the signing day."""

    zh = "{on}尚无已公布的{series_zh}"
    en = "no {series} had been published by {on}"


class NoRateBand(Refusal):
    """The document gives no reference rate for a term this long."""

    zh = "{document}未规定{term_months}个月期限的利率上限"
    en = "{document} gives no reference rate for a term of {term_months} months"
