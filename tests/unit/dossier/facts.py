"""A form without a fault, to plant single faults in."""

from typing import Any

__all__ = ["good_facts"]


def good_facts(**changes: Any) -> dict[str, Any]:
    """Return facts the form accepts, with `section__field=value` changed."""
    facts: dict[str, Any] = {
        "provider.name": "广州行舟智能科技有限公司",
        "provider.uscc": "91440101MA9DEM0016",
        "provider.nature": "private",
        "provider.legal_representative": "顾清和",
        "provider.assessment_head": "顾清和",
        "provider.lawfulness_head": "温如许",
        "provider.contact_name": "林知夏",
        "provider.contact_phone": "020-12345678",
        "provider.contact_email": "lin@example.com",
        "service.name": "小舟",
        "service.latin_name": "XiaoZhou",
        "service.functions": ["dialogue", "text"],
        "service.domain": "general",
        "service.login": "account",
        "service.scope": "面向成年公众的常识问答。",
        "service.mode": ["web"],
        "service.minors": "excluded",
        "service.complaints": "站内入口，24 小时受理。",
        "model.name": "xiaozhou-1",
        "model.origin": "own",
        "model.architecture": "稠密解码器",
        "model.corpus": "公开网页",
        "model.algorithm_status": "in_progress",
        "model.training_compute": "自有机房，8 台服务器，每台 8 张加速卡",
        "model.inference_compute": "公有云，广州",
        "corpus.storage": "1.2 TB",
        "corpus.tokens": "3000 亿",
        "corpus.foreign_share": "20",
        "annotation.amount": "功能性 2 万条，安全性 6 千条",
        "annotation.staff": "标注 12 人，审核 3 人，均为自有人员",
        "personal.types": ["account", "content"],
        "personal.handling": "仅用于提供服务，境内保存六个月，可自行删除。",
        "commitment.statements": ["truthful", "changes", "cooperation"],
        "measures.interception": "关键词与分类器",
        "measures.opt_out": "设置中两次点击",
        "measures.monitoring": "两人轮值",
        "measures.labels": "末尾标注",
        "channels.bare": "https://bare.example.com/v1",
        "channels.guarded": "https://guarded.example.com/v1",
    }
    return facts | {name.replace("__", "."): value for name, value in changes.items()}
