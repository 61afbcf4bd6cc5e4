"""Setting PDF with Typst from fonts in given folders: the same words give the same page everywhere."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

import typst

from openbeian.core.errors import CouldNotRunError

__all__ = ["FONT_FOLDERS", "SANS", "SERIF", "MissingFontsError", "first_family", "set_pdf"]

FONT_FOLDERS: Final = (Path("/usr/share/fonts/opentype/noto"),)
"""Where Debian's fonts-noto-cjk puts them."""
SERIF: Final = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC")
SANS: Final = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC")
"""Chinese families, the best first; all are free to be embedded."""

Standard = Literal["a-3a", "ua-1"]


class MissingFontsError(CouldNotRunError):
    """There is no font to set Chinese in."""

    code = "missing_fonts"


def first_family(families: Sequence[str], folders: Sequence[Path]) -> str:
    """Return the first of the families that the folders hold.

    Raises:
        MissingFontsError: They hold none of them.
    """
    held = set(_fonts(tuple(map(str, folders)), with_latin=False).families())
    for family in families:
        if family in held:
            return family
    listed = ", ".join(map(str, folders))
    raise MissingFontsError(
        f"{listed} 中没有可用的中文字体；请安装 Debian 的 fonts-noto-cjk，或指定含中文字体的目录。",
        f"There is no Chinese font in {listed}; install Debian's fonts-noto-cjk, "
        "or name a folder with Noto Serif CJK SC.",
    )


def set_pdf(
    files: Mapping[str, bytes],
    template: str,
    *,
    what: tuple[str, str],
    standards: Sequence[Standard],
    at: datetime,
    folders: Sequence[Path] = FONT_FOLDERS,
    with_latin: bool = False,
) -> bytes:
    """Return the PDF that `template`, one of the files, sets from the others.

    Args:
        files: The template and what it reads, by name.
        template: The file to set.
        what: What is set, in Chinese and English, for the error.
        standards: What the PDF has to conform to.
        at: The time the file says it was made.
        folders: Folders with fonts.
        with_latin: Whether Typst's own Latin fonts may be used too.

    Raises:
        CouldNotRunError: It can't be set.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files.items():
            (folder / file).write_bytes(content)
        try:
            pdf = typst.compile(
                folder / template,
                root=folder,
                font_paths=_fonts(tuple(map(str, folders)), with_latin=with_latin),
                pdf_standards=list(standards),
                timestamp=at,
            )
        except typst.TypstError as error:
            zh, en = what
            raise CouldNotRunError(
                f"无法排版{zh}（{error.message}）；请检查字体与名称中的特殊字符。",
                f"The {en} cannot be set ({error.message}); check fonts and odd characters in names.",
            ) from error
    assert isinstance(pdf, bytes), "a PDF is one file"
    return pdf


@cache
def _fonts(folders: tuple[str, ...], *, with_latin: bool) -> typst.Fonts:
    """Look the folders through once: that takes longer than setting a page."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=with_latin, font_paths=list(folders)
    )
