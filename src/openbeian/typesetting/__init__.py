"""Setting pages for print and for Word; what is on them is said elsewhere.

`openbeian.typesetting.word` and `.pictures` are imported by themselves: they take long to load.
"""

from openbeian.typesetting.pdf import (
    FONT_FOLDERS,
    SANS,
    SERIF,
    MissingFontsError,
    first_family,
    set_pdf,
)

__all__ = [
    "FONT_FOLDERS",
    "SANS",
    "SERIF",
    "MissingFontsError",
    "first_family",
    "set_pdf",
]
