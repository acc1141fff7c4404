"""What the desks refuse."""

from __future__ import annotations

from kernel.refusals import Refusal


class NotEntitled(Refusal):
    """The actor's roles or scope do not cover the command."""

    status = 403
    zh = "您无权办理“{command}”"
    en = "you may not do {command!r} there"


class SameMakerAndChecker(Refusal):
    """Who proposes never approves."""

    status = 403
    zh = "经办人与审批人不得为同一人"
    en = "the person who proposed it cannot decide it"


class OwnHousehold(Refusal):
    """Nobody decides about their own household."""

    status = 403
    zh = "不得审批本人家庭的业务"
    en = "nobody decides about their own household"


class SystemNeverApproves(Refusal):
    """The system proposes; people decide."""

    status = 403
    zh = "系统不得审批"
    en = "the system never approves"


class ProposalChanged(Refusal):
    """What is to be decided is not what was proposed."""

    status = 409
    zh = "送审内容已变动，须重新提交"
    en = "what was proposed has changed since; it must be proposed anew"


class AlreadyDecided(Refusal):
    """A proposal is decided once."""

    status = 409
    zh = "该事项已{decision}"
    en = "this proposal is already decided: {decision}"


class ReasonMissing(Refusal):
    """A refusal or an exception is given with its reason."""

    zh = "须写明理由"
    en = "a reason is required"


class VoucherMissing(Refusal):
    """Money moves on a voucher with a number."""

    zh = "收付款须有凭证号"
    en = "every payment needs the number of its voucher"


class VoucherUsed(Refusal):
    """A voucher number is booked once per institution and channel."""

    status = 409
    zh = "凭证{voucher_no}（渠道{channel}）已入账，不能重复记账"
    en = "voucher {voucher_no} ({channel}) is already booked"


class LoginTaken(Refusal):
    """Account names are unique."""

    status = 409
    zh = "登录名{login}已存在"
    en = "the account name {login} is taken"


class PasswordTooShort(Refusal):
    """A password has at least twelve characters."""

    zh = "口令至少12个字符"
    en = "a password has at least 12 characters"


class RoleUnknown(Refusal):
    """Roles are those of the rights table."""

    zh = "没有“{role}”这一岗位"
    en = "there is no role {role!r}"


class LoginFailed(Refusal):
    """Wrong name or password, a disabled account, or too many tries: not told apart."""

    status = 401
    zh = "登录名或口令不正确，或账号已停用、被暂时锁定"
    en = "wrong name or password, or the account is disabled or locked for now"
