"""Why an application could not be handed in."""

from openbeian.core.errors import BadInputError, NotNowError

__all__ = ["ChangedMeanwhileError", "FindingsError"]


class FindingsError(BadInputError):
    """A check found what keeps the application from being handed in."""

    code = "findings"


class ChangedMeanwhileError(NotNowError):
    """Somebody changed the application while it was being examined."""

    code = "changed_meanwhile"
