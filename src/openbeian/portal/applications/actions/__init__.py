"""Everything that changes an application."""

from openbeian.portal.applications.actions.confirming import confirm
from openbeian.portal.applications.actions.correcting import (
    CorrectionItem,
    close_correction,
    reply,
    return_for_correction,
)
from openbeian.portal.applications.actions.dossiers import Taken, begin_with_dossier, take_dossier
from openbeian.portal.applications.actions.files import ATTACHMENT_KINDS, attach, detach
from openbeian.portal.applications.actions.office import accept, order_retest, record_retest
from openbeian.portal.applications.actions.provider import (
    create,
    resubmit,
    save_facts,
    submit,
    validate,
    withdraw,
)
from openbeian.portal.applications.actions.uploads import (
    cancel_upload,
    finish_upload,
    receive_piece,
    start_upload,
)
from openbeian.portal.applications.actions.writing import Written, write_documents

__all__ = [
    "ATTACHMENT_KINDS",
    "CorrectionItem",
    "Taken",
    "Written",
    "accept",
    "attach",
    "begin_with_dossier",
    "cancel_upload",
    "close_correction",
    "confirm",
    "create",
    "detach",
    "finish_upload",
    "order_retest",
    "receive_piece",
    "record_retest",
    "reply",
    "resubmit",
    "return_for_correction",
    "save_facts",
    "start_upload",
    "submit",
    "take_dossier",
    "validate",
    "withdraw",
    "write_documents",
]
