"""What people do about notices: addresses, tests, deliveries again, their own language."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.text import LANGUAGES
from openbeian.core.webhook_rights import check_may_manage_webhooks
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.audit.actions import record
from openbeian.portal.notices.models import Delivery, Endpoint, Preference
from openbeian.portal.notices.signatures import new_salt
from openbeian.portal.outbound import check_address

__all__ = [
    "add_endpoint",
    "deliver_again",
    "remove_endpoint",
    "renew_secret",
    "set_preference",
    "switch_on",
    "test_endpoint",
]

_MOST_ENDPOINTS: Final = 10
_BOTH_SECRETS_FOR: Final = timedelta(hours=24)


@transaction.atomic
def add_endpoint(
    organisation: Organisation, *, address: str, note: str = "", by: User, at: datetime
) -> Endpoint:
    """Have an organisation's notices posted to an address.

    Raises:
        NotAllowedError: `by` does not manage its webhooks.
        BadInputError: The address may not be called, is entered already, or there are too many.
    """
    check_may_manage_webhooks(actor_of(by), str(organisation.pk))
    check_address(address)
    if settings.BEIAN_PRODUCTION and not address.startswith("https://"):
        raise BadInputError(
            "回调地址须以 https:// 开头；请在接收方配置证书。",
            "A webhook’s address has to begin with https://; give the receiver a certificate.",
        )
    present = Endpoint.objects.filter(organisation=organisation, removed_at=None)
    if present.count() >= _MOST_ENDPOINTS or present.filter(address=address).exists():
        raise BadInputError(
            f"该地址已登记，或已有 {_MOST_ENDPOINTS} 个地址；请先删除一个。",
            f"This address is entered already, or there are {_MOST_ENDPOINTS}; remove one first.",
        )
    endpoint = Endpoint.objects.create(
        organisation=organisation, address=address, note=note, salt=new_salt(), made_by=by, made_at=at
    )
    _record("added", endpoint, by=by, at=at)
    return endpoint


@transaction.atomic
def remove_endpoint(endpoint: Endpoint, *, by: User, at: datetime) -> None:
    """Send nothing more to an address; what was sent stays on record.

    Raises:
        NotAllowedError: `by` does not manage these webhooks.
    """
    _lock(endpoint, by)
    Endpoint.objects.filter(pk=endpoint.pk).update(removed_at=at)
    _record("removed", endpoint, by=by, at=at)


@transaction.atomic
def renew_secret(endpoint: Endpoint, *, by: User, at: datetime) -> Endpoint:
    """Replace the secret; for a day notices carry both signatures, so that receivers can change over.

    Raises:
        NotAllowedError: `by` does not manage these webhooks.
    """
    locked = _lock(endpoint, by)
    locked.earlier_salt, locked.earlier_until = locked.salt, at + _BOTH_SECRETS_FOR
    locked.salt = new_salt()
    locked.save(update_fields=["salt", "earlier_salt", "earlier_until"])
    _record("secret_renewed", locked, by=by, at=at)
    return locked


@transaction.atomic
def switch_on(endpoint: Endpoint, *, by: User, at: datetime) -> None:
    """Send again to an address that was switched off; what waited meanwhile is sent too.

    Raises:
        NotAllowedError: `by` does not manage these webhooks.
        AddressRefusedError: The address may no longer be called.
    """
    locked = _lock(endpoint, by)
    check_address(locked.address)
    locked.off_at = None
    locked.save(update_fields=["off_at"])
    _record("switched_on", locked, by=by, at=at)


@transaction.atomic
def test_endpoint(endpoint: Endpoint, *, by: User, at: datetime) -> None:
    """Send a notice of the kind `webhook.tested` to this address alone.

    Raises:
        NotAllowedError: `by` does not manage these webhooks.
        NotNowError: It is switched off.
    """
    locked = _lock(endpoint, by)
    if locked.off_at is not None:
        raise NotNowError("该地址已停用；请先重新启用。", "This address is switched off; switch it on first.")
    _record("tested", locked, by=by, at=at)


@transaction.atomic
def deliver_again(delivery: Delivery, *, by: User, at: datetime) -> None:
    """Send a notice to an address once more, under the same id.

    Raises:
        NotAllowedError: `by` does not manage these webhooks.
        NotNowError: It is on its way.
    """
    assert delivery.endpoint is not None, "letters to people are not sent again by others"
    endpoint = _lock(delivery.endpoint, by)
    again = Delivery.objects.filter(pk=delivery.pk).exclude(state="waiting")
    if not again.update(state="waiting", failures=0, next_at=at, closed_at=None, claimed_until=None):
        raise NotNowError(
            "这条通知正在投递；请稍候再看。", "This notice is on its way; look again in a while."
        )
    _record("delivered_again", endpoint, by=by, at=at, notice=delivery.notice.message_id)


@transaction.atomic
def set_preference(user: User, *, language: str, by_email: bool, by: User, at: datetime) -> Preference:
    """Note in which language a person wants letters, and whether at all.

    Raises:
        BadInputError: There is no such language.
    """
    assert user.pk == by.pk, "everybody for themselves"
    if language not in LANGUAGES:
        raise BadInputError(
            f"没有语言「{language}」；可选：{'、'.join(LANGUAGES)}。",
            f"There is no language “{language}”; choose from: {', '.join(LANGUAGES)}.",
        )
    preference, _ = Preference.objects.update_or_create(
        user=user, defaults={"language": language, "by_email": by_email}
    )
    record("notices.preference_set", user, by=by, at=at, language=language, by_email=by_email)
    return preference


def _lock(endpoint: Endpoint, by: User) -> Endpoint:
    locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk, removed_at=None)
    check_may_manage_webhooks(actor_of(by), str(locked.organisation_id))
    return locked


def _record(kind: str, endpoint: Endpoint, *, by: User, at: datetime, **detail: object) -> None:
    organisation_id = str(endpoint.organisation_id)
    record(f"webhook.{kind}", endpoint, by=by, at=at, organisation_id=organisation_id, **detail)
