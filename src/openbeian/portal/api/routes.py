"""The route finder over the API."""

from typing import Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import BaseModel, Field

from openbeian.core.routes import Origin, find_route
from openbeian.portal.api.problems import Problem, TextOut
from openbeian.portal.register.route_views import find_base_model

__all__ = ["router"]

router = Router(tags=["register"])


class RouteQuery(Schema):
    """The questions: `base` is the number or the very name of the model that is called or fine-tuned."""

    public: bool
    origin: Literal["own", "fine_tuned", "called"]
    base: str = Field("", max_length=200)


class BaseOut(BaseModel):
    """A filed model."""

    number: str
    name: str
    provider: str
    status: str


class RouteOut(BaseModel):
    """Which route a service takes, why, and what comes next."""

    outcome: Literal["filing", "registration", "neither", "not_yet"]
    why: TextOut
    next_step: TextOut
    base: BaseOut | None


@router.get(
    "", response={200: RouteOut, 422: Problem}, operation_id="find_route", summary="Filing or registration"
)
def find(request: HttpRequest, asked: Query[RouteQuery]) -> RouteOut:  # noqa: ARG001  the framework names it
    """Say which route a service takes; the base model is looked up in the register."""
    base = find_base_model(asked.base.strip())
    advice = find_route(
        is_public=asked.public,
        origin=Origin(asked.origin),
        base_asked=asked.base.strip(),
        base_status=base.status if base else "",
    )
    return RouteOut(
        outcome=advice.outcome.value,
        why=TextOut(**advice.why._asdict()),
        next_step=TextOut(**advice.next_step._asdict()),
        base=BaseOut(**{name: getattr(base, name) for name in BaseOut.model_fields}) if base else None,
    )
