"""Which files a dossier may carry: what one is called, and whether its bytes are what the name says."""

import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from openbeian.core.errors import BadInputError

__all__ = ["MOST_NAME", "WrongFileTypeError", "check_file", "check_name"]

MOST_NAME: Final = 160
"""The longest path of a file within a dossier, in characters."""
_HEAD: Final = 4096
_WORD, _SHEET = "word/document.xml", "xl/workbook.xml"
_MACROS: Final = ("vbaproject.bin", "vbadata.xml")
_PROGRAMS: Final = {
    b"MZ": "Windows",
    b"\x7fELF": "Linux",
    b"\xcf\xfa\xed\xfe": "macOS",
    b"\xce\xfa\xed\xfe": "macOS",
    b"\xfe\xed\xfa\xce": "macOS",
    b"\xca\xfe\xba\xbe": "macOS / Java",
    b"#!": "shell",
    b"L\x00\x00\x00\x01\x14\x02\x00": "Windows link",
}
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _listed(written: str) -> frozenset[str]:
    return frozenset(f".{one}" for one in written.split())


_TEXTS: Final = _listed("txt md markdown csv tsv json jsonl yaml yml html htm xml log ndjson")
_DANGEROUS: Final = _listed(
    "exe dll com bat cmd scr pif ps1 vbs vbe js jse wsf hta msi msp jar apk app dmg iso img lnk url reg sh "
    "bash py pl rb php asp aspx jsp docm xlsm pptm dotm xlam svg"
)
"""What runs, or may, when somebody opens it; also as the last ending but one."""


class WrongFileTypeError(BadInputError):
    """A file is of a kind that a dossier doesn't carry, or not what its name says."""

    code = "wrong_file_type"


def _starts(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(beginnings)


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == form


def _is_mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp"


def _is_mp3(head: bytes) -> bool:
    return head.startswith(b"ID3") or (head[:1] == b"\xff" and head[1:2] > b"\xe0")


def _is_pdf(head: bytes) -> bool:
    return b"%PDF-" in head[:1024]


def _is_text(head: bytes) -> bool:
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in head


_ZIP: Final = _starts(b"PK\x03\x04")
_RECOGNISED: Final[Mapping[str, Callable[[bytes], bool]]] = {
    ".docx": _ZIP,
    ".xlsx": _ZIP,
    ".pptx": _ZIP,
    ".pdf": _is_pdf,
    ".png": _starts(b"\x89PNG\r\n\x1a\n"),
    ".jpg": _starts(b"\xff\xd8\xff"),
    ".jpeg": _starts(b"\xff\xd8\xff"),
    ".gif": _starts(b"GIF87a", b"GIF89a"),
    ".webp": _riff(b"WEBP"),
    ".tif": _starts(b"II*\0", b"MM\0*"),
    ".tiff": _starts(b"II*\0", b"MM\0*"),
    ".wav": _riff(b"WAVE"),
    ".avi": _riff(b"AVI "),
    ".flac": _starts(b"fLaC"),
    ".ogg": _starts(b"OggS"),
    ".opus": _starts(b"OggS"),
    ".mp3": _is_mp3,
    ".mp4": _is_mp4,
    ".m4a": _is_mp4,
    ".mov": _is_mp4,
    **dict.fromkeys(_TEXTS, _is_text),
}
_PARTS: Final = {".docx": _WORD, ".xlsx": _SHEET}


def check_name(name: str) -> None:
    """Check what a file is called; its folders may stand before it, divided by `/`.

    Raises:
        WrongFileTypeError: No file of a dossier is called so; the sentence says which rule it breaks.
    """
    ending, before = _endings(name)
    shown = _shown(name)
    if ending in _DANGEROUS or before in _DANGEROUS:
        raise WrongFileTypeError(
            f"「{shown}」的扩展名 {before or ''}{ending} 属于可运行的文件，不能上传；请换成文档本身。",
            f"{shown} has the ending {before or ''}{ending} of something that runs; put the document itself "
            "there.",
        )
    if ending not in _RECOGNISED:
        kinds = "、".join(sorted({one[1:] for one in _RECOGNISED}))
        raise WrongFileTypeError(
            f"「{shown}」的扩展名不能用于备案材料；可用：{kinds}。",
            f"{shown} has an ending that no file of a dossier has; use one of {kinds.replace('、', ', ')}.",
        )
    if before in _RECOGNISED and before not in _TEXTS:
        raise WrongFileTypeError(
            f"「{shown}」有两个扩展名 {before}{ending}；请只留一个与内容相符的。",
            f"{shown} has two endings, {before}{ending}; keep the one that its content has.",
        )


def check_file(name: str, path: Path) -> None:
    """Check that the bytes at `path` are what a file called `name` may be.

    Raises:
        WrongFileTypeError: They are a program, a macro, an archive, or another format than the name says.
    """
    check_name(name)
    ending, _ = _endings(name)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    _check_no_program(name, head)
    if head and not _RECOGNISED[ending](head):
        raise _not_what_it_says(name, ending)
    if ending in _PARTS:
        _check_office(name, ending, path)


def _check_no_program(name: str, head: bytes) -> None:
    for magic, kind in _PROGRAMS.items():
        if head.startswith(magic):
            raise WrongFileTypeError(
                f"「{_shown(name)}」的内容是可运行的程序（{kind}），不能上传；请换成文档本身。",
                f"What is in {_shown(name)} is a program ({kind}); put the document itself there.",
            )
    if head.startswith(_OLD_OFFICE):
        raise WrongFileTypeError(
            f"「{_shown(name)}」是旧版或加密的 Office 文档；请另存为不加密的 docx 或 xlsx。",
            f"{_shown(name)} is an Office document of the old format or with a password; save it as docx or "
            "xlsx without one.",
        )


def _check_office(name: str, ending: str, path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [one.lower() for one in archive.namelist()]
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise WrongFileTypeError(
            f"「{_shown(name)}」已损坏（{error}）；请从原件重新导出。",
            f"{_shown(name)} is damaged ({error}); export it again from the original.",
        ) from error
    if _PARTS[ending] not in parts:
        raise _not_what_it_says(name, ending)
    if any(part.endswith(_MACROS) for part in parts):
        raise WrongFileTypeError(
            f"「{_shown(name)}」含有宏；请另存为不含宏的文档。",
            f"{_shown(name)} holds macros; save it as a document without them.",
        )


def _not_what_it_says(name: str, ending: str) -> WrongFileTypeError:
    return WrongFileTypeError(
        f"「{_shown(name)}」的内容不是 {ending[1:]}；请按实际格式改名，或换成正确的文件。",
        f"What is in {_shown(name)} is no {ending[1:]}; rename it by its format, or put the right file "
        "there.",
    )


def _endings(name: str) -> tuple[str, str]:
    """Return the last ending and the one before it, in small letters; empty where there is none."""
    folded = unicodedata.normalize("NFKC", name).casefold().rstrip(" .")
    suffixes = [one.strip() for one in PurePosixPath(folded).suffixes]
    return (suffixes[-1] if suffixes else "", suffixes[-2] if len(suffixes) > 1 else "")


def _shown(name: str) -> str:
    """Return a name fit for a sentence: visible, and not too long."""
    visible = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in name)
    return visible if len(visible) <= MOST_NAME else f"{visible[:MOST_NAME]}…"
