"""Content labels of GB 45438-2025: read, judged and added, in every format for which a place is set.

`check_file` gives a verdict on a file, `add_label` writes one. Only the metadata and, in texts, the words
are looked at; marks that are seen or heard in pictures, sound and film are beyond a program.
"""

from openbeian.dossier.labels.add import add_label
from openbeian.dossier.labels.check import VERDICTS, Report, Verdict, check_file, check_source
from openbeian.dossier.labels.errors import (
    AlreadyLabelledError,
    CannotLabelError,
    NotWrittenError,
    TargetExistsError,
    UnreadableError,
    WrongValueError,
)
from openbeian.dossier.labels.registry import CONTAINERS
from openbeian.dossier.labels.values import FIELDS, LABEL_VALUES, AIGCLabel, Reason, parse_label

__all__ = [
    "CONTAINERS",
    "FIELDS",
    "LABEL_VALUES",
    "VERDICTS",
    "AIGCLabel",
    "AlreadyLabelledError",
    "CannotLabelError",
    "NotWrittenError",
    "Reason",
    "Report",
    "TargetExistsError",
    "UnreadableError",
    "Verdict",
    "WrongValueError",
    "add_label",
    "check_file",
    "check_source",
    "parse_label",
]
