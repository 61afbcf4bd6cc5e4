"""WAV: a chunk named AIGC holding the JSON."""

from collections.abc import Iterable, Iterator

from openbeian.dossier.labels.container import Container, Place, ascii_text
from openbeian.dossier.labels.errors import CannotLabelError
from openbeian.dossier.labels.riff import Chunk, chunk_bytes, chunks, form_of, resized, riff_end
from openbeian.dossier.labels.source import Source, Splice, take
from openbeian.dossier.labels.values import KEY, Reason

__all__ = ["WAV"]

_FIRST_CHUNK = 12
_ID = KEY.encode()


def _recognises(source: Source) -> bool:
    return form_of(source) == b"WAVE"


def _labelled(source: Source) -> Iterator[Chunk]:
    for chunk in chunks(source, _FIRST_CHUNK, riff_end(source)):
        if chunk.id == _ID:
            yield chunk


def _read(source: Source) -> Iterator[Place | Reason]:
    for chunk in _labelled(source):
        data = take(source, chunk.data, chunk.data_end - chunk.data)
        yield Place("RIFF chunk AIGC", ascii_text(data.rstrip(b"\0")))


def _write(source: Source, value: str) -> Iterable[Splice]:
    if source[:4] == b"RF64":
        raise CannotLabelError(
            "RF64（超过 4 GiB 的 WAV）暂不支持写入", "RF64 (WAV beyond 4 GiB) can be read but not labelled"
        )
    removed = [Splice(chunk.start, chunk.end, b"") for chunk in _labelled(source)]
    end = riff_end(source)
    # A last chunk of odd length may lack its padding; the next chunk must start on an even byte.
    new = b"\0" * (end % 2) + chunk_bytes(_ID, value.encode())
    growth = len(new) - sum(splice.end - splice.start for splice in removed)
    return [resized(source, 4, growth), *removed, Splice(end, end, new)]


WAV = Container("wav", (".wav", ".wave"), _recognises, _read, _write)
