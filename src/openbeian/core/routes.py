"""Filing or registration: which route a service takes, and why."""

from enum import StrEnum
from typing import Final, NamedTuple

from openbeian.core.lifecycle import STATUS_LABELS, FilingStatus
from openbeian.core.text import Text

__all__ = ["Advice", "Origin", "Outcome", "find_route"]


class Origin(StrEnum):
    """Where the model comes from, as the form asks."""

    OWN = "own"
    FINE_TUNED = "fine_tuned"
    CALLED = "called"


class Outcome(StrEnum):
    """What the answers come to."""

    FILING = "filing"
    REGISTRATION = "registration"
    NEITHER = "neither"
    NOT_YET = "not_yet"


class Advice(NamedTuple):
    """The route, why, and what to do next."""

    outcome: Outcome
    why: Text
    next_step: Text


_NEITHER: Final = Advice(
    Outcome.NEITHER,
    Text(
        "《生成式人工智能服务管理暂行办法》适用于向境内公众提供的服务；"
        "只在本单位内部研发、应用，未向境内公众提供的，不适用（第二条）。",
        "The Interim Measures are for services offered to the public in China; what is developed and used "
        "inside an organisation and not offered to the public is outside of them (art. 2).",
    ),
    Text("向公众提供之前，再来办理。", "Come back before you offer it to the public."),
)
_OWN: Final = Advice(
    Outcome.FILING,
    Text(
        "模型由自己研发训练，对公众提供前须通过安全评估并备案：先省级，后国家。",
        "The model is your own, so the service is assessed and put on file before it is offered: first by "
        "the province, then by the nation.",
    ),
    Text(
        "按国家标准完成评估，编制整套材料后申请。",
        "Assess it under the standard, assemble the dossier, apply.",
    ),
)
_FINE_TUNED: Final = Text(
    "在他人模型上微调，参数已改变，视同自己的模型，走备案；所用基座须已备案。",
    "Fine-tuning changes the weights, so the model counts as your own and is put on file; its base has to be "
    "on file.",
)
_CALLED: Final = Text(
    "只通过接口调用已备案的模型、不改变其参数，由省级登记，不经国家确认；登记以该模型的备案有效为前提。",
    "It only calls a filed model and changes none of its weights, so the province registers it and the "
    "nation takes no part; the registration depends on that filing being valid.",
)
_APPLY_REGISTRATION: Final = Text(
    "材料较少：登记表、调用说明、服务协议与隐私政策、内容安全制度、关键词、测试题、承诺书。",
    "Fewer documents: the form, a statement on the model called, agreement and privacy policy, rules of "
    "content safety, keywords, test questions, commitment.",
)
_NAME_BASE: Final = Advice(
    Outcome.NOT_YET,
    Text(
        "还不知道所用模型的备案号；登记和微调备案都以它为准。",
        "The filing number of the model is not known yet; registration and the filing of a fine-tuned model "
        "rest on it.",
    ),
    Text("在下面查出该模型的备案号。", "Look the model up below."),
)
_UNKNOWN_BASE: Final = Advice(
    Outcome.NOT_YET,
    Text(
        "登记册和随附名单中都没有这个模型；未备案的模型不能作为基座，也不能调用来对公众提供服务。",
        "Neither the register nor the lists have this model; one that is not on file can be no base, nor be "
        "called to serve the public.",
    ),
    Text(
        "向模型提供者索取备案号，再查一次。", "Ask the model's provider for its filing number and look again."
    ),
)


def find_route(*, is_public: bool, origin: Origin, base_asked: str = "", base_status: str = "") -> Advice:
    """Return the route of a service.

    Args:
        is_public: Whether it is offered to the public in China.
        origin: Where its model comes from.
        base_asked: The base model as it was written; empty where it was not given.
        base_status: How the base model's filing stands; empty where no list has it.
    """
    if not is_public:
        return _NEITHER
    if origin is Origin.OWN:
        return _OWN
    if base_status != FilingStatus.VALID.value:
        return _without_base(base_asked, base_status)
    if origin is Origin.FINE_TUNED:
        return Advice(Outcome.FILING, _FINE_TUNED, _OWN.next_step)
    return Advice(Outcome.REGISTRATION, _CALLED, _APPLY_REGISTRATION)


def _without_base(asked: str, status: str) -> Advice:
    if status:
        return _not_valid(status)
    return _UNKNOWN_BASE if asked else _NAME_BASE


def _not_valid(status: str) -> Advice:
    label = STATUS_LABELS[FilingStatus(status)]
    return Advice(
        Outcome.NOT_YET,
        Text(
            f"这个模型的备案现为「{label.zh}」；只有备案有效的模型才能使用。",
            f"The filing of this model is “{label.en}” now; only a model whose filing is valid can be used.",
        ),
        Text(
            "改用备案有效的模型，或等它恢复。",
            "Use a model whose filing is valid, or wait until it is again.",
        ),
    )
