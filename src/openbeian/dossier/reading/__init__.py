"""Reading the documents of a dossier, whoever wrote them, without trusting them."""

from openbeian.dossier.reading.blocks import Content, Heading, Paragraph, Sheet, Table, label_of, plain
from openbeian.dossier.reading.limits import LIMITS, Limits, UnreadableError
from openbeian.dossier.reading.opening import read_bytes, read_file
from openbeian.dossier.reading.remembered import Remembered

__all__ = [
    "LIMITS",
    "Content",
    "Heading",
    "Limits",
    "Paragraph",
    "Remembered",
    "Sheet",
    "Table",
    "UnreadableError",
    "label_of",
    "plain",
    "read_bytes",
    "read_file",
]
