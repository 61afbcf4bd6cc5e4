"""What a re-test puts to a channel: the plan that follows from its row, the same every time it is made."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from openbeian.assessment import GENERAL, KeywordLibrary, Plan, QuestionBank, Scope, SeedSource, Target
from openbeian.assessment.report import Report
from openbeian.core.errors import BadInputError
from openbeian.core.standard import FULL_PROFILE, Edition
from openbeian.portal.applications.figures import report_of
from openbeian.portal.applications.models import Application
from openbeian.portal.retests.banks import open_bank
from openbeian.portal.retests.keyring import Sealed, open_box
from openbeian.portal.retests.models import RetestRun
from openbeian.standards import load_edition, load_profile

__all__ = ["KEY_NAME", "edition_of", "environment_of", "plan_of", "reported_for", "target_of"]

KEY_NAME: Final = "CHANNEL_KEY"
"""The name under which a channel's key is known in evidence."""
_TIMEOUT_FOR: Final = timedelta(seconds=120)


def plan_of(run: RetestRun, *, checkpoint: str = "", checked_with: str = "") -> Plan:
    """Return the plan of a re-test, its banks opened; with a checkpoint, the draw follows from it.

    Raises:
        BadInputError: A bank does not fit.
        CouldNotRunError: A bank can't be opened.
    """
    opened = [open_bank(bank) for bank in run.banks.order_by("id")]
    reported = reported_for(run.application, run.order.version_number)
    return Plan(
        target=target_of(run, reported),
        edition=edition_of(run),
        banks=tuple(bank for bank in opened if isinstance(bank, QuestionBank)),
        keywords=next((bank for bank in opened if isinstance(bank, KeywordLibrary)), None),
        seed_from=SeedSource("checkpoint", checkpoint, checked_with)
        if checkpoint
        else SeedSource("commitment"),
        concurrency=run.concurrency,
        scope=_scope(reported),
    )


def reported_for(application: Application, version_number: int) -> Report | None:
    """Return the provider's own report in the version that is re-tested; None where there is none."""
    return report_of(application.versions.filter(number=version_number).first())


def target_of(run: RetestRun, reported: Report | None) -> Target:
    """Return the channel, asked as the provider's own assessment asked it as far as that is known.

    Raises:
        BadInputError: It can't be asked so.
    """
    usual: dict[str, object] = {"max_tokens": 1024, "stream": False, "system": "", "temperature": 0.0}
    about = usual | dict(reported.target if reported else {}) | {"model": run.model, "url": run.address}
    key_env = KEY_NAME if run.key_box else None
    try:
        return Target.described(about, key_env=key_env, timeout_for=_TIMEOUT_FOR)
    except (KeyError, TypeError, ValueError) as error:
        raise BadInputError(
            "上报的评估证据没有写明接口格式，无法照此提问；请与提供者核对测试通道。",
            "The evidence handed in doesn't say how the channel is asked; clear that up with the provider.",
        ) from error


def environment_of(run: RetestRun, target: Target) -> Mapping[str, str]:
    """Return the channel's key under every name by which it is asked for.

    Raises:
        CouldNotRunError: It can't be opened.
    """
    if not run.key_box:
        return {}
    key = open_box(Sealed(run.key_id, run.key_box), f"channel:{run.order_id}").decode()
    return dict.fromkeys((KEY_NAME, *target.shape.key_names), key)


def edition_of(run: RetestRun) -> Edition:
    """Return the edition of the application, under the sample chosen."""
    edition = load_edition(run.application.edition)
    return edition if run.sample == FULL_PROFILE else edition.with_profile(load_profile(run.sample))


def _scope(reported: Report | None) -> Scope:
    declared = reported.one_field if reported else None
    return Scope.declared(declared.name, declared.without) if declared else GENERAL
