"""What the options of `beian assess run` say: whom to ask, how many at once, where the seed comes from."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from openbeian.assessment import SeedSource, Target, load_target_spec
from openbeian.assessment.shapes import OPENAI, SHAPES
from openbeian.assessment.wire import Shape
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.trust.log_keys import check_checkpoint, load_log_key
from openbeian_gate.errors import GateError
from openbeian_gate.verify.checkpoint import parse_checkpoint

__all__ = ["TargetOptions", "chosen_concurrency", "chosen_seed"]

_AUTO: Final = "auto"


@dataclass(frozen=True)
class TargetOptions:
    """The options that say whom to ask and how."""

    address: str
    spec: Path | None
    shape: str
    model: str
    key_env: str | None
    system: str
    stream: bool
    temperature: float
    max_tokens: int
    timeout_s: float

    def target(self) -> Target:
        """Return the target.

        Raises:
            BadInputError: The options leave something out, contradict one another, or name what
                can't be asked.
        """
        about: dict[str, Any] = {
            "stream": self.stream,
            "system": self.system,
            "temperature": self.temperature,
            "max_tokens": self.max_tokens,
            "timeout_for": timedelta(seconds=self.timeout_s),
        }
        if bool(self.address) == bool(self.spec):
            raise BadInputError(
                "请用 --target 给出网址，或用 --target-spec 给出说明文件，二者取一。",
                "Give an address with --target or a description with --target-spec, one of the two.",
            )
        if self.spec is None:
            return Target(
                self.address, self._model(), key_env=self.key_env, shape=_shape_named(self.shape), **about
            )
        if self.key_env or self.shape != OPENAI.name:
            raise BadInputError(
                "说明文件自己写明格式与密钥所在的环境变量；请去掉 --key-env 与 --target-shape。",
                "A description says itself what its shape is and which variables hold its keys; leave out "
                "--key-env and --target-shape.",
            )
        spec = load_target_spec(self.spec)
        return Target(spec.url, self._model(spec.model), shape=spec, **about)

    def _model(self, described: str = "") -> str:
        model = self.model or described
        if not model:
            raise BadInputError(
                "请用 --model 给出模型名称，报告中要写明。",
                "Name the model with --model; the report says which it is.",
            )
        return model


def _shape_named(name: str) -> Shape:
    if name not in SHAPES:
        raise BadInputError(
            f"--target-shape 应为 {'、'.join(SHAPES)} 之一，不能是「{name}」；其他格式请用 --target-spec。",
            f"--target-shape is one of {', '.join(SHAPES)}, not “{name}”; for others use --target-spec.",
        )
    return SHAPES[name]


def chosen_concurrency(text: str) -> int | None:
    """Return how many questions may be in flight, None where that is to be found out.

    Raises:
        BadInputError: It is neither `auto` nor a whole number from 1.
    """
    if text == _AUTO:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise BadInputError(
            f"--concurrency 应为 auto 或正整数，不能是「{text}」。",
            f"--concurrency is auto or a whole number from 1, not “{text}”.",
        )
    return int(text)


def chosen_seed(text: str, checkpoint: Path | None, log_key: str, *, commitment: str) -> SeedSource:
    """Return where the seed comes from: `commitment`, `checkpoint` or a hexadecimal number.

    A checkpoint is checked with the log's key where that is given.

    Raises:
        BadInputError: It is none of these, the checkpoint is missing, unasked for or no checkpoint, or the
            log has not signed it.
    """
    if log_key and checkpoint is None:
        raise BadInputError(
            "--log-key 用于核验检查点的签名；请同时给出 --seed-from checkpoint 与 --checkpoint。",
            "--log-key checks the signature of a checkpoint; give --seed-from checkpoint and "
            "--checkpoint, too.",
        )
    if text != "checkpoint":
        if checkpoint is not None:
            raise BadInputError(
                "给出 --checkpoint 时须同时写 --seed-from checkpoint。",
                "--checkpoint goes with --seed-from checkpoint; add it.",
            )
        return SeedSource("commitment") if text == "commitment" else SeedSource("hex", text)
    if checkpoint is None:
        raise BadInputError(
            f"本次承诺为 {commitment}；请先公布它，再用 --checkpoint 给出其后发布的日志检查点文件。",
            f"The commitment of this run is {commitment}; publish it first, then give the log's next "
            "checkpoint with --checkpoint FILE.",
        )
    return _checkpoint(checkpoint, log_key)


def _checkpoint(checkpoint: Path, log_key: str) -> SeedSource:
    """Return the seed that a checkpoint gives, checked where there is a key to check it with."""
    log = load_log_key(log_key) if log_key else None
    try:
        note = parse_checkpoint(checkpoint.read_bytes()).raw
    except OSError as error:
        raise BadInputError(
            f"无法读取 {checkpoint}（{error.strerror}）；请核对路径。",
            f"{checkpoint} can't be read ({error.strerror}); check the path.",
        ) from error
    except GateError as error:
        raise _in_file(checkpoint, Text(error.text.zh, error.text.en)) from error
    try:
        return SeedSource("checkpoint", note, check_checkpoint(note, log) if log else "")
    except BadInputError as error:
        raise _in_file(checkpoint, error.text) from error


def _in_file(path: Path, what: Text) -> BadInputError:
    return BadInputError(f"{path}：{what.zh}", f"{path}: {what.en}")
