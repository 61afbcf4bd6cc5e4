"""What the provider does: fill in, hand in, hand in again, withdraw."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from openbeian.core.errors import BadInputError
from openbeian.core.facts import ApplicationFacts
from openbeian.core.lifecycle import APPLICATION_STEPS, ApplicationStatus, Step
from openbeian.core.permissions import check_may_take
from openbeian.core.policy import CorrectionsOpenError, check_profile_accepted
from openbeian.dossier.checks import Finding
from openbeian.dossier.form import FIELDS, route_of
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.actions.files import release_files
from openbeian.portal.applications.base_keys import base_key_of
from openbeian.portal.applications.confirmations import check_confirmed
from openbeian.portal.applications.editing import check_may_edit, open_for_editing
from openbeian.portal.applications.errors import ChangedMeanwhileError, FindingsError
from openbeian.portal.applications.examination import Examination, digest_of, examine
from openbeian.portal.applications.models import Application, Version
from openbeian.portal.applications.serials import take_serial
from openbeian.portal.applications.steps import begin, move, note
from openbeian.standards import EDITION_IDS, PROFILE_NAMES

__all__ = ["check_may_begin", "create", "enter", "resubmit", "save_facts", "submit", "validate", "withdraw"]

_SUBMIT: Final = APPLICATION_STEPS["submit"]
_RESUBMIT: Final = APPLICATION_STEPS["resubmit"]
_WITHDRAW: Final = APPLICATION_STEPS["withdraw"]
_SERVICE_ID_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"
_SERVICE_ID_LENGTH: Final = 12
_LONGEST_ENTRY: Final = 20_000
_COLUMN_LENGTH: Final = 200
_COLUMNS: Final = {
    "service_name": "service.name",
    "service_latin": "service.latin_name",
    "model_name": "model.name",
}

Facts = Mapping[str, str | Sequence[str]]


@transaction.atomic
def create(
    provider: Organisation,
    *,
    edition: str,
    profile: str = "",
    facts: Facts | None = None,
    by: User,
    at: datetime,
) -> Application:
    """Begin an application; name and credit code of the provider are filled in.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        BadInputError: The edition or profile does not exist or is not accepted, or a fact has no place.
    """
    check_may_begin(provider, by)
    _check_terms(edition, profile)
    year = timezone.localdate(at).year
    application = Application(
        reference=f"A-{year}-{take_serial(f'application:{year}'):06d}",
        provider=provider,
        jurisdiction=provider.jurisdiction,
        edition=edition,
        profile=profile,
        status_since=at,
        service_id=_new_service_id(),
        prepared_by=by,
        created_at=at,
    )
    given = {"provider.name": provider.name, "provider.uscc": provider.uscc}
    enter(application, {**given, **(facts or {})})
    application.save()
    note(application, "create", by=by, at=at, step=_SUBMIT)
    return application


@transaction.atomic
def save_facts(application: Application, changes: Facts, *, by: User, at: datetime) -> Application:
    """Keep entries of the form as they are typed; whether they are right is for `validate` to say.

    An empty entry is taken out. Entries that are not in `changes` stay as they are.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The application is not in the provider's hands.
        BadInputError: An entry is not on the form, or is no text or list of texts, or is far too long.
    """
    locked = open_for_editing(application, by=by)
    changed = sorted(name for name, value in changes.items() if locked.facts.get(name, "") != value)
    if changed:
        enter(locked, changes)
        locked.save(update_fields=["facts", *_COLUMNS, "route", "base_key"])
        note(locked, "facts_saved", by=by, at=at, step=_SUBMIT, entries=changed)
    return locked


def validate(application: Application) -> list[Finding]:
    """Return what the office's own checks find now; leaves no trace."""
    return list(examine(application).findings)


def submit(application: Application, *, by: User, at: datetime) -> Application:
    """Hand the application in.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: It is handed in already, was changed while it was examined, or is not confirmed.
        FindingsError: A check found what keeps it from being handed in; the findings are kept.
    """
    return _hand_in(application, _SUBMIT, by=by, at=at)


def resubmit(application: Application, *, by: User, at: datetime) -> Application:
    """Hand the corrected application in again; every correction must have been answered.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: It is not with the provider for correction, a correction has no answer, or it is not
            confirmed as it stands now.
        FindingsError: A check found what keeps it from being handed in; the findings are kept.
    """
    return _hand_in(application, _RESUBMIT, by=by, at=at)


@transaction.atomic
def withdraw(application: Application, *, by: User, at: datetime) -> Application:
    """Take the application back for good.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: It is being decided, or is final.
    """
    locked = begin(application, _WITHDRAW, by=by)
    move(locked, _WITHDRAW, by=by, at=at)
    return locked


def check_may_begin(provider: Organisation, by: User) -> None:
    """Check that `by` may begin an application of the provider.

    Raises:
        NotAllowedError: They are no preparer of it.
    """
    about_to_be = ApplicationFacts(
        id="",
        status=ApplicationStatus.DRAFT,
        jurisdiction=provider.jurisdiction,
        provider_id=str(provider.pk),
        profile="",
        open_corrections=0,
        version=0,
        prepared_by=by.audit_id,
    )
    check_may_take(actor_of(by), _SUBMIT, about_to_be)


def _check_terms(edition: str, profile: str) -> None:
    check_profile_accepted(profile, production=settings.BEIAN_PRODUCTION)
    if edition not in EDITION_IDS:
        raise BadInputError(
            f"没有标准版本「{edition}」；可选：{'、'.join(EDITION_IDS)}。",
            f"There is no edition “{edition}” of the standard; choose from: {', '.join(EDITION_IDS)}.",
        )
    if profile and profile not in PROFILE_NAMES:
        raise BadInputError(
            f"没有评估方案「{profile}」；可选：{'、'.join(PROFILE_NAMES)}，或留空。",
            f"There is no profile “{profile}”; choose from: {', '.join(PROFILE_NAMES)}, or leave it empty.",
        )


def _new_service_id() -> str:
    letters = (secrets.choice(_SERVICE_ID_LETTERS) for _ in range(_SERVICE_ID_LENGTH))
    return f"svc-{''.join(letters)}"


def enter(application: Application, changes: Facts) -> None:
    """Put `changes` into the facts, and repeat what the columns repeat; saving is the caller's.

    Raises:
        BadInputError: An entry is not on the form, or is no text or list of texts, or is far too long.
    """
    for name, value in changes.items():
        _check_entry(name, value)
    merged = {**application.facts, **changes}
    application.facts = {name: value for name, value in merged.items() if value}
    for column, name in _COLUMNS.items():
        setattr(application, column, str(application.facts.get(name, ""))[:_COLUMN_LENGTH])
    application.route = route_of(application.facts)
    application.base_key = base_key_of(application.facts)


def _check_entry(name: str, value: object) -> None:
    if name not in FIELDS:
        raise BadInputError(
            f"表中没有「{name}」这一项；请使用表中的名称，如 service.name。",
            f"The form has no entry “{name}”; use the names of the form, such as service.name.",
        )
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise BadInputError(
            f"「{name}」须是文字或文字的列表。", f"“{name}” has to be a text or a list of texts."
        )
    if sum(map(len, texts)) > _LONGEST_ENTRY or any("\0" in text for text in texts):
        raise BadInputError(
            f"「{name}」过长或含有不可用的字符；上限 {_LONGEST_ENTRY} 字。",
            f"“{name}” is too long or holds characters that can't be kept; "
            f"the limit is {_LONGEST_ENTRY} characters.",
        )


def _hand_in(application: Application, step: Step, *, by: User, at: datetime) -> Application:
    # Looked at before the lock is taken: reading the evidence may take long, and nobody else should wait.
    fresh = Application.objects.get(pk=application.pk)
    check_may_edit(fresh, by=by)
    check_profile_accepted(fresh.profile, production=settings.BEIAN_PRODUCTION)
    release_files(fresh, by=by, at=at)
    examination = examine(fresh)
    _keep_findings(fresh, examination, step, by=by, at=at)
    _check_no_errors(examination.errors)
    with transaction.atomic():
        locked = begin(fresh, step, by=by)
        _check_answered(locked)
        if not examination.is_of(locked):
            raise ChangedMeanwhileError(
                "检查期间申请内容有改动；请再次提交。",
                "The application was changed while it was being checked; hand it in once more.",
            )
        check_confirmed(locked)
        _add_version(locked, examination, by=by, at=at)
        move(locked, step, by=by, at=at, version=locked.version)
    return locked


@transaction.atomic
def _keep_findings(
    application: Application, examination: Examination, step: Step, *, by: User, at: datetime
) -> None:
    """Keep the findings where the provider sees them; outside the step, which may still be refused."""
    findings = [finding.as_json() for finding in examination.findings]
    Application.objects.filter(pk=application.pk).update(findings=findings, findings_at=at)
    if examination.errors:
        note(application, f"{step.name}_blocked", by=by, at=at, step=step, errors=len(examination.errors))


def _check_no_errors(errors: Sequence[Finding]) -> None:
    if not errors:
        return
    first = errors[0]
    raise FindingsError(
        f"检查发现 {len(errors)} 处须先更正，第一处（{first.subject}）：{first.found.zh}。{first.mend.zh}。",
        f"The checks found {len(errors)} things to put right first; the first ({first.subject}): "
        f"{first.found.en}. {first.mend.en}.",
    )


def _check_answered(application: Application) -> None:
    open_items = application.corrections.filter(status="open")
    first = open_items.first()
    if first is not None:
        raise CorrectionsOpenError(
            f"还有 {open_items.count()} 项补正未答复，如「{first.item}」；请逐项答复后再提交。",
            f"{open_items.count()} corrections have no answer yet, such as “{first.item}”; answer them.",
        )


def _add_version(application: Application, examination: Examination, *, by: User, at: datetime) -> None:
    application.version += 1
    application.submitted_at = at
    application.save(update_fields=["version", "submitted_at"])
    salt = secrets.token_hex(16)
    Version.objects.create(
        application=application,
        number=application.version,
        facts=examination.facts,
        files=examination.files,
        salt=salt,
        digest=digest_of(examination.facts, examination.files, salt),
        findings=[finding.as_json() for finding in examination.findings],
        report=examination.report,
        submitted_by=by,
        submitted_at=at,
    )
