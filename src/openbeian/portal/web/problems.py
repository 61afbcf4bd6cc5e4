"""A failure as an RFC 9457 problem document, for whoever speaks JSON."""

import json
from typing import Any, Final

from django.http import HttpResponse

from openbeian.core.text import Text

__all__ = ["PROBLEM_TYPE", "problem_document"]

PROBLEM_TYPE: Final = "application/problem+json"
_TITLES: Final = {
    400: Text("请求无法理解", "The request can't be understood"),
    401: Text("请先登录或提供密钥", "Log in or give a key"),
    403: Text("无权办理", "Not allowed"),
    404: Text("没有找到", "Not found"),
    409: Text("现在不能办理", "Not possible now"),
    413: Text("内容过大", "Too large"),
    422: Text("内容有误", "The content is wrong"),
    429: Text("过于频繁", "Too often"),
    503: Text("暂时无法办理", "Not possible for the moment"),
}


def problem_document(
    status: int, code: str, detail: Text, errors: list[dict[str, Any]] | None = None
) -> HttpResponse:
    """Return the document: the standard members in English, `…_zh` in Chinese; `code` is stable."""
    title = _TITLES.get(status, _TITLES[400])
    body: dict[str, Any] = {
        "type": f"urn:openbeian:problem:{code}",
        "title": title.en,
        "status": status,
        "detail": detail.en,
        "code": code,
        "title_zh": title.zh,
        "detail_zh": detail.zh,
    }
    if errors is not None:
        body["errors"] = errors
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=PROBLEM_TYPE)
