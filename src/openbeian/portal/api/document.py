"""The OpenAPI document, with what every operation has in common: refusals are RFC 9457 problems."""

from typing import Any, Final

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from openbeian.portal.web.problems import PROBLEM_TYPE

__all__ = ["DocumentedAPI"]

_PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
_ANYWHERE: Final = {400: "Bad Request", 429: "Too Many Requests"}
"""What any operation may answer: to a request that can't be read, and to too many of them."""
_BYTES: Final = "application/octet-stream"


class DocumentedAPI(NinjaAPI):
    """An API whose document names the type of problems and of files; Ninja says JSON of every answer."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  handed on as they are
        """Begin an API without endpoints; `options` are Ninja's."""
        super().__init__(**options)
        self._documents: dict[str, OpenAPISchema] = {}

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:  # noqa: ANN401  the same
        """Return the document; it is made once, as the endpoints are joined at the start."""
        named = repr(sorted(options.items()))
        if named not in self._documents:
            self._documents[named] = self._made(**options)
        return self._documents[named]

    def _made(self, **options: Any) -> OpenAPISchema:  # noqa: ANN401  handed on as they are
        document = super().get_openapi_schema(**options)
        for operations in document["paths"].values():
            for operation in operations.values():
                _complete(operation["responses"])
        return document


def _complete(responses: dict[Any, Any]) -> None:
    for status, reason in _ANYWHERE.items():
        responses.setdefault(status, {"description": reason, "content": {PROBLEM_TYPE: {"schema": _PROBLEM}}})
    for response in responses.values():
        content = response.get("content", {})
        response["content"] = {_type_of(kind, said["schema"]): said for kind, said in content.items()}


def _type_of(kind: str, schema: dict[str, Any]) -> str:
    if schema == _PROBLEM:
        return PROBLEM_TYPE
    return _BYTES if schema.get("format") == "binary" else kind
