"""Entering organisations and people, inviting, giving and ending roles, keys and sessions."""

from openbeian.portal.accounts.actions.invitations import (
    accept_invitation,
    enter_invited,
    invite,
    revoke_invitation,
)
from openbeian.portal.accounts.actions.keys import issue_api_key, revoke_api_key
from openbeian.portal.accounts.actions.members import add_member, change_roles, end_membership
from openbeian.portal.accounts.actions.organisations import create_organisation
from openbeian.portal.accounts.actions.people import (
    close_account,
    end_session,
    end_sessions,
    open_account,
    reset_second_factor,
)
from openbeian.portal.accounts.actions.rights import SYSTEM
from openbeian.portal.accounts.actions.signing_in import (
    note_factor,
    note_failure,
    note_password,
    note_seen,
    note_sign_in,
)

__all__ = [
    "SYSTEM",
    "accept_invitation",
    "add_member",
    "change_roles",
    "close_account",
    "create_organisation",
    "end_membership",
    "end_session",
    "end_sessions",
    "enter_invited",
    "invite",
    "issue_api_key",
    "note_factor",
    "note_failure",
    "note_password",
    "note_seen",
    "note_sign_in",
    "open_account",
    "reset_second_factor",
    "revoke_api_key",
    "revoke_invitation",
]
