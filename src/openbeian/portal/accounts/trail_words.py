"""What the kinds of events in the audit trail are called, besides steps, which have names of their own."""

from collections.abc import Mapping
from typing import Final

from openbeian.core.text import Text

__all__ = ["OTHER_KINDS"]

_APPLICATION: Final[Mapping[str, Text]] = {
    "create": Text("新建申请", "Application begun"),
    "facts_saved": Text("填写申请表", "Form filled in"),
    "file_attached": Text("添加文件", "File added"),
    "file_detached": Text("移除文件", "File taken out"),
    "dossier_taken": Text("上传整套材料", "Dossier uploaded"),
    "confirmed_by_signatory": Text("签署人确认", "Confirmed by a signatory"),
    "submit_blocked": Text("检查未过，未能提交", "Not handed in: the checks found errors"),
    "resubmit_blocked": Text("检查未过，未能重新提交", "Not handed in again: the checks found errors"),
    "correction_answered": Text("答复补正项", "Correction answered"),
    "correction_closed": Text("了结补正项", "Correction settled"),
    "assigned": Text("分派审查", "Assigned"),
    "base_changed": Text("所依托模型的状态有变", "The model it rests on has another status"),
    "handed_back": Text("退还分派", "Assignment handed back"),
    "requirements_concluded": Text("作出逐项结论", "Requirements concluded"),
    "decided": Text("作出第一人决定", "First decision given"),
    "not_agreed": Text("两人意见不一", "Two people disagreed"),
}
_PETITION: Final[Mapping[str, Text]] = {
    "drawn_up": Text("起草事项", "Petition drawn up"),
    "grounds_saved": Text("填写理由", "Grounds filled in"),
    "entries_changed": Text("填写变更内容", "Changes filled in"),
    "assigned": Text("分派事项", "Petition assigned"),
    "handed_back": Text("交回事项", "Petition handed back"),
    "file_attached": Text("添加文件", "File added"),
    "file_detached": Text("移除文件", "File taken out"),
    "decided": Text("作出第一人决定", "First decision given"),
    "not_agreed": Text("两人意见不一", "Two people disagreed"),
}
_RETEST: Final[Mapping[str, Text]] = {
    "asked": Text("发起复测", "Re-test asked for"),
    "committed": Text("作出承诺", "Committed"),
    "began": Text("复测开始", "Re-test began"),
    "paused": Text("复测暂停", "Re-test paused"),
    "stopped": Text("复测停止", "Re-test stopped"),
    "went_on": Text("复测继续", "Re-test went on"),
    "failed": Text("复测失败", "Re-test failed"),
    "finished": Text("复测结束", "Re-test finished"),
    "recorded": Text("记录结果", "Result recorded"),
    "released": Text("公开题目", "Questions released"),
    "answers_read": Text("查看回答", "Answers read"),
    "judged": Text("人工研判写入复测证据", "Verdicts of people put into the evidence"),
}
_WEBHOOK: Final[Mapping[str, Text]] = {
    "added": Text("添加回调地址", "Webhook added"),
    "removed": Text("移除回调地址", "Webhook removed"),
    "tested": Text("测试回调地址", "Webhook tested"),
    "secret_renewed": Text("更换回调密钥", "Webhook’s secret renewed"),
    "switched_on": Text("启用回调地址", "Webhook switched on"),
    "switched_off": Text("回调地址停用", "Webhook switched off"),
    "delivered_again": Text("重新投递", "Delivered again"),
}
_HIDDEN_BANK: Final[Mapping[str, Text]] = {
    "added": Text("录入复测题库", "Hidden bank brought in"),
    "read": Text("查看复测题库", "Hidden bank read"),
    "retired": Text("停用复测题库", "Hidden bank retired"),
    "resealed": Text("更换题库的加密密钥", "Hidden bank sealed by another key"),
}
_JUDGING: Final[Mapping[str, Text]] = {
    "created": Text("设立抽检", "Sample set up"),
    "exported": Text("导出研判结论", "Verdicts exported"),
    "taken_over": Text("交出人工研判", "Verdicts of people handed over"),
}
_PERMIT: Final[Mapping[str, Text]] = {
    "asked": Text("申请沙盒许可", "Sandbox permit asked for"),
    "decided": Text("许可：作出第一人决定", "Permit: first decision given"),
    "not_agreed": Text("许可：两人意见不一", "Permit: two people disagreed"),
    "refused": Text("不予沙盒许可", "Sandbox permit refused"),
    "withdrawn": Text("撤回许可申请", "Request for a permit withdrawn"),
}
_FAMILIES: Final = {
    "hidden_bank": _HIDDEN_BANK,
    "judging": _JUDGING,
    "permit": _PERMIT,
    "application": _APPLICATION,
    "petition": _PETITION,
    "retest": _RETEST,
    "webhook": _WEBHOOK,
}
OTHER_KINDS: Final[Mapping[str, Text]] = {
    **{f"{family}.{name}": words for family, kinds in _FAMILIES.items() for name, words in kinds.items()},
    "round.planned": Text("设立批次", "Round planned"),
    "round.published": Text("公布批次", "Round published"),
    "round.seats_added": Text("安排席位", "Seats added"),
    "round.seat_removed": Text("移除席位", "Seat taken out"),
    "round.seats_arranged": Text("排列席位", "Seats arranged"),
    "report.made": Text("反馈问题", "Problem reported"),
    "report.answered": Text("答复反馈", "Report answered"),
    "report.closed": Text("办结反馈", "Report closed"),
    "sighting.followed_up": Text("跟进线索", "Sighting followed up"),
    "gate.began_reporting": Text("闸口开始报告", "A gate began to report"),
    "register.classes_set": Text("确定分类", "Classes set"),
    "register.classified_again": Text("重新分类", "Classified again"),
    "register.conflict_decided": Text("处理名单冲突", "Conflict of a list decided"),
    "register.decision_taken_back": Text("收回对名单的决定", "Decision on a list taken back"),
    "register.list_brought": Text("录入公布名单", "List brought in"),
    "register.list_taken_over": Text("收录公布名单", "List taken over"),
    "bulletin.drafted": Text("起草公报", "Bulletin drafted"),
    "bulletin.edited": Text("修改公报草稿", "Draft of a bulletin edited"),
    "bulletin.discarded": Text("弃用公报草稿", "Draft of a bulletin discarded"),
    "bulletin.published": Text("发布公报", "Bulletin published"),
    "filing.base_changed": Text("所依托模型的状态有变", "The model it rests on has another status"),
    "filing.amended": Text("变更备案内容", "What is on file amended"),
    "filing.certified": Text("发证", "Certified"),
    "filing.registered": Text("编号上线", "Entered in the register"),
    "filing.suspension_lifted": Text("暂停期满", "Suspension has run out"),
    "filing.measure_proposed": Text("提出措施", "Measure proposed"),
    "filing.measure_taken": Text("采取措施", "Measure taken"),
    "filing.measure_rejected": Text("措施未获同意", "Measure rejected"),
    "duty.calendar_renewed": Text("更新义务日程", "Calendar of duties renewed"),
    "duty.reported": Text("报告义务完成", "Duty reported"),
    "duty.update_reported": Text("报告模型更新", "Update of the model reported"),
    "duty.before": Text("义务将到期", "Duty falls due soon"),
    "duty.on": Text("义务到期", "Duty falls due"),
    "duty.after": Text("义务逾期", "Duty overdue"),
    "reinspection.ordered": Text("决定随机复查", "Re-inspection ordered"),
    "reinspection.drawn": Text("抽中随机复查", "Drawn for re-inspection"),
    "reinspection.done": Text("复查完成", "Re-inspection done"),
    "message.sent": Text("发送消息", "Message sent"),
    "message.read": Text("阅读消息", "Message read"),
    "notices.preference_set": Text("设置通知", "Notices set"),
}
