import pytest

from openbeian.core.errors import (
    BadInputError,
    CouldNotRunError,
    DomainError,
    NotAllowedError,
    NotNowError,
)
from openbeian.core.text import LANGUAGES, Text

GREETING = Text("{name}，您好", "Hello {name}")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Hello Li"),
        ("en-GB", "Hello Li"),
        ("zh", "Li，您好"),
        ("zh-hans", "Li，您好"),
        ("fr", "Li，您好"),
    ],
)
def test_a_text_speaks_english_when_asked_and_chinese_otherwise(language, said):
    assert GREETING.fill(name="Li").in_(language) == said


def test_a_text_has_one_field_for_each_language():
    assert Text._fields == LANGUAGES


def test_an_error_carries_its_sentence_in_both_languages():
    error = BadInputError("坏了", "broken")
    assert (str(error), error.text) == ("broken", Text("坏了", "broken"))


@pytest.mark.parametrize(
    ("error", "exit_code", "http_status"),
    [(BadInputError, 2, 422), (CouldNotRunError, 3, 503), (NotAllowedError, 2, 403), (NotNowError, 2, 409)],
)
def test_each_kind_of_error_has_its_exit_code_and_its_http_status(error, exit_code, http_status):
    assert (error.exit_code, error.http_status) == (exit_code, http_status)


def _all_errors(base):
    return [base, *(error for child in base.__subclasses__() for error in _all_errors(child))]


def test_every_kind_of_error_has_a_code_of_its_own():
    codes = [
        error.code for error in _all_errors(DomainError) if error.__module__.startswith("openbeian.core")
    ]
    assert len(codes) == len(set(codes))
