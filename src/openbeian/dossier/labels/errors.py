"""Why a file's label can't be read or written, one class per reason."""

from openbeian.core.errors import BadInputError, CouldNotRunError

__all__ = [
    "AlreadyLabelledError",
    "CannotLabelError",
    "NotWrittenError",
    "TargetExistsError",
    "UnreadableError",
    "WrongValueError",
]


class UnreadableError(BadInputError):
    """The file breaks its own format, is locked, or is larger than the limits allow."""

    code = "unreadable"


class WrongValueError(BadInputError):
    """A value for a label breaks the rules of GB 45438-2025."""

    code = "wrong_label_value"


class AlreadyLabelledError(BadInputError):
    """The file carries a label and nobody said that it may be replaced."""

    code = "already_labelled"


class CannotLabelError(BadInputError):
    """The file can be read, but a label can't be added without changing something else in it."""

    code = "cannot_label"


class TargetExistsError(BadInputError):
    """The place to write to is taken and nobody said that it may be overwritten."""

    code = "target_exists"


class NotWrittenError(CouldNotRunError):
    """The labelled file could not be written, for a reason outside the file."""

    code = "not_written"
