"""Every failure of the API as an RFC 9457 problem document, in one place."""

import json
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel

from openbeian.core.errors import DomainError
from openbeian.core.text import Text

__all__ = ["PROBLEM_TYPE", "Problem", "TextOut", "install"]

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


class TextOut(BaseModel):
    """A sentence in both languages."""

    zh: str
    en: str


class Problem(Schema):
    """What went wrong (RFC 9457): the standard members in English, `…_zh` in Chinese; `code` is stable."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    title_zh: str
    detail_zh: str
    errors: list[dict[str, Any]] | None = None


def _problem(
    status: int, code: str, detail: Text, errors: list[dict[str, Any]] | None = None
) -> HttpResponse:
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


def install(api: NinjaAPI) -> None:
    """Let `api` answer every failure with a problem document."""

    @api.exception_handler(DomainError)
    def _domain(_request: HttpRequest, error: DomainError) -> HttpResponse:
        return _problem(error.http_status, error.code, error.text)

    @api.exception_handler(Http404)
    def _not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
        return _problem(
            404,
            "not_found",
            Text(
                "没有此项，或您无权查看；请核对编号。",
                "There is no such thing, or not for you; check the id.",
            ),
        )

    @api.exception_handler(AuthenticationError)
    def _unknown(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return _problem(
            401,
            "not_authenticated",
            Text(
                "请登录，或在 Authorization 头中给出有效密钥。",
                "Log in, or give a valid key in the Authorization header.",
            ),
        )

    @api.exception_handler(ValidationError)
    def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [{"where": list(map(str, e["loc"])), "what": e["msg"]} for e in error.errors]
        return _problem(
            422,
            "bad_request",
            Text("请求的格式有误，见 errors。", "The request has the wrong form; see errors."),
            errors,
        )

    @api.exception_handler(HttpError)
    def _other(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return _problem(
            error.status_code,
            "bad_request",
            Text(f"请求无法处理：{error}。", f"The request can't be processed: {error}."),
        )
