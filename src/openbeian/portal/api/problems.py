"""Every failure of the API as an RFC 9457 problem document, in one place."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel

from openbeian.core.errors import DomainError
from openbeian.core.text import Text
from openbeian.portal.web.problems import PROBLEM_TYPE, problem_document

__all__ = ["PROBLEM_TYPE", "REFUSALS", "Problem", "TextOut", "install"]


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


REFUSALS: Final[dict[int, Any]] = dict.fromkeys((401, 403, 404, 409, 422, 503), Problem)
"""How an endpoint that changes something may refuse."""


def install(api: NinjaAPI) -> None:
    """Let `api` answer every failure with a problem document."""

    @api.exception_handler(DomainError)
    def _domain(_request: HttpRequest, error: DomainError) -> HttpResponse:
        return problem_document(error.http_status, error.code, error.text)

    @api.exception_handler(Http404)
    def _not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
        return problem_document(
            404,
            "not_found",
            Text(
                "没有此项，或您无权查看；请核对编号。",
                "There is no such thing, or not for you; check the id.",
            ),
        )

    @api.exception_handler(AuthenticationError)
    def _unknown(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return problem_document(
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
        return problem_document(
            422,
            "bad_request",
            Text("请求的格式有误，见 errors。", "The request has the wrong form; see errors."),
            errors,
        )

    @api.exception_handler(HttpError)
    def _other(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem_document(
            error.status_code,
            "bad_request",
            Text(f"请求无法处理：{error}。", f"The request can't be processed: {error}."),
        )
