"""The formats that can be labelled, and which one a file has."""

from pathlib import PurePath

from openbeian.dossier.labels.answers import JSON
from openbeian.dossier.labels.avi import AVI
from openbeian.dossier.labels.container import Container
from openbeian.dossier.labels.flac import FLAC
from openbeian.dossier.labels.gif import GIF
from openbeian.dossier.labels.id3 import MP3
from openbeian.dossier.labels.jpeg import JPEG
from openbeian.dossier.labels.markdown import MARKDOWN
from openbeian.dossier.labels.mp4 import MP4
from openbeian.dossier.labels.notices import TXT
from openbeian.dossier.labels.ogg import OGG
from openbeian.dossier.labels.ooxml import OOXML
from openbeian.dossier.labels.pdf import PDF
from openbeian.dossier.labels.png import PNG
from openbeian.dossier.labels.source import Source
from openbeian.dossier.labels.tiff import TIFF
from openbeian.dossier.labels.wav import WAV
from openbeian.dossier.labels.webp import WEBP

__all__ = ["CONTAINERS", "container_of"]

CONTAINERS = (
    *(PNG, JPEG, GIF, WEBP, TIFF),
    *(WAV, AVI, FLAC, OGG, MP4),
    *(OOXML, PDF, MP3),
    *(MARKDOWN, TXT, JSON),
)
"""In the order in which they are tried: MP3 has the weakest signature, texts have none."""


def container_of(name: str, source: Source) -> Container | None:
    """Return the format of a file: what its content says, and for texts what its name says."""
    for container in CONTAINERS:
        if container.recognises(source):
            return container
    suffix = PurePath(name).suffix.lower()
    texts = (container for container in CONTAINERS if container.notice)
    return next((container for container in texts if suffix in container.extensions), None)
