"""Targets of any other shape, described in a file: the “test body” an office or a provider hands in.

The file says where to ask and how: address, method, headers, body with placeholders, and the path to the
answer (docs/how-to/describe-a-target.md). It goes into the evidence as it is, since everything in it can
change an answer; so it holds no secret, only the names of the environment variables that do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

import orjson
import yaml

from openbeian.assessment.answers import WITHHELD, Answer, StreamedAnswer, checked_answer
from openbeian.assessment.json_paths import JSONPath
from openbeian.assessment.spec_checks import ENVIRONMENT, check_spec
from openbeian.assessment.tables import input_error
from openbeian.assessment.target_errors import TargetMalformedError
from openbeian.assessment.templates import fill, fill_text, placeholders
from openbeian.assessment.wire import Request
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text

__all__ = ["TargetSpec", "load_target_spec"]

_TURN: Final = [{"role": "user", "content": "{{user}}"}, {"role": "assistant", "content": "{{answer}}"}]
_REMEDY: Final = Text(
    "请核对 --target-spec 文件中的路径", "check the paths in the file given with --target-spec"
)


@dataclass(frozen=True, eq=False)
class TargetSpec:
    """The shape of a target, as its file describes it; `about` holds what the file says."""

    about: Mapping[str, Any]

    name = "spec"

    @classmethod
    def parse(cls, about: Mapping[str, Any]) -> Self:
        """Return the shape that a file, or the evidence of a run, describes.

        Raises:
            BadInputError: Something is missing, unknown or contradictory, or a secret stands in it.
        """
        check_spec(about)
        return cls(about)

    def __eq__(self, other: object) -> bool:
        """Say whether both describe the same."""
        return isinstance(other, TargetSpec) and self.about == other.about

    def __hash__(self) -> int:
        """Hash what is described."""
        return hash(orjson.dumps(self.about, option=orjson.OPT_SORT_KEYS))

    @property
    def url(self) -> str:
        """The address."""
        return str(self.about["url"])

    @property
    def model(self) -> str:
        """The name of the model, empty where the file doesn't say."""
        return str(self.about.get("model", ""))

    @property
    def method(self) -> str:
        """The HTTP method."""
        return str(self.about.get("method", "POST"))

    @cached_property
    def places(self) -> frozenset[str]:
        """Which parts of a request the body has a placeholder for."""
        return frozenset(name for name, _ in placeholders(self.about["body"]))

    @property
    def streams(self) -> bool:
        """Whether the file says where in a stream the answer is."""
        return "stream_answer" in self.about

    @cached_property
    def key_names(self) -> tuple[str, ...]:
        """The environment variables that the headers name."""
        names = [name for name, _ in placeholders(dict(self.about.get("headers", {})))]
        return tuple(dict.fromkeys(name.removeprefix(ENVIRONMENT) for name in names))

    def check_url(self, url: str) -> None:
        """Check that the target's address is that of the file.

        Raises:
            BadInputError: It is another.
        """
        if url != self.url:
            raise BadInputError(
                f"被测端点「{url}」与说明文件中的网址不同；请只给出一个。",
                f"The target “{url}” is not the address in its description; give one of the two.",
            )

    def address(self, url: str) -> str:
        """Return the address as it is."""
        return url

    def headers(self, key: str | None, secrets: Mapping[str, str]) -> dict[str, str]:  # noqa: ARG002
        """Return the headers with the secrets filled in."""
        values = {ENVIRONMENT + name: secrets[name] for name in self.key_names}
        return {name: fill_text(str(text), values) for name, text in self.about.get("headers", {}).items()}

    def body(self, request: Request) -> bytes:
        """Return the body with its placeholders filled in."""
        template = self.about.get("turn", _TURN)
        said = [
            item
            for turn in request.history
            for item in fill(template, {"user": turn.user, "answer": turn.answer})
        ]
        values = {
            "question": request.question,
            "history": said,
            "model": request.model,
            "system": request.system,
            "temperature": request.temperature,
            "max_tokens": request.max_tokens,
            "stream": request.stream,
        }
        return orjson.dumps(fill(self.about["body"], values))

    def read(self, body: bytes, url: str) -> Answer:
        """Return the answer at the answer path."""
        try:
            said = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise TargetMalformedError(url, "broken JSON", _REMEDY) from error
        text = self.found("answer", said)
        finish = self.finished("finish", said)
        if text is None and finish != WITHHELD:
            raise TargetMalformedError(url, f"nothing at {self.about['answer']}", _REMEDY)
        return checked_answer(text or "", finish, url)

    def stream(self, url: str) -> StreamedAnswer:
        """Return what puts a streamed answer together."""
        if not self.streams:
            raise TargetMalformedError(url, "a stream, but no stream_answer is described", _REMEDY)
        return _Streamed(self, url)

    def found(self, member: str, said: object) -> object:
        """Return what stands at the path that the file gives as `member`, None where it gives none."""
        return JSONPath.parse(self.about[member]).find(said) if member in self.about else None

    def finished(self, member: str, said: object) -> str:
        """Return why an answer ended, by the path given as `member`; empty where nothing is said."""
        found = self.found(member, said)
        if found is None or isinstance(found, dict | list):
            return ""
        finish = str(found).lower() if isinstance(found, bool) else str(found)
        return WITHHELD if finish in self._withheld else finish

    @cached_property
    def _withheld(self) -> frozenset[str]:
        return frozenset(
            str(one).lower() if isinstance(one, bool) else str(one) for one in self.about.get("withheld", ())
        )

    def describe(self) -> dict[str, Any]:
        """Return the whole description: everything in it can change an answer."""
        return {"shape": self.name, "spec": dict(self.about)}


class _Streamed(StreamedAnswer):
    """Puts together what stands at the stream's answer path."""

    def __init__(self, spec: TargetSpec, url: str) -> None:
        super().__init__(url)
        self._spec = spec

    def _take_event(self, event: object) -> None:
        piece = self._spec.found("stream_answer", event)
        if not isinstance(piece, str | None):
            raise TypeError(piece)
        self._pieces.append(piece or "")
        self._finish = self._spec.finished("stream_finish", event) or self._finish


def load_target_spec(path: Path) -> TargetSpec:
    """Return the target that a YAML or JSON file describes.

    Raises:
        BadInputError: The file can't be read, or describes none; it says what to mend.
    """
    try:
        data = path.read_bytes()
        about = orjson.loads(data) if path.suffix.lower() == ".json" else yaml.safe_load(data)
        # What YAML has and JSON hasn't, such as dates and loops, ends here.
        about = orjson.loads(orjson.dumps(about))
    except OSError as error:
        raise input_error(
            path,
            None,
            f"无法读取（{error.strerror}）；请核对路径。",
            f"it can't be read ({error.strerror}); check the path.",
        ) from error
    except (orjson.JSONDecodeError, yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        raise input_error(
            path,
            None,
            "不是有效的 YAML 或 JSON；请检查缩进，并给 {{…}} 加引号。",
            "this is no valid YAML or JSON; check the indentation, and put {{…}} into quotes.",
        ) from error
    try:
        return TargetSpec.parse(about)
    except BadInputError as error:
        raise input_error(path, None, error.text.zh, error.text.en) from error
