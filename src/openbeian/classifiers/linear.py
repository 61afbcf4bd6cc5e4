"""A multinomial logistic model over hashed n-grams: train, store, load, apply.

    model = train(texts, labels, FeatureSpec(bits=16), l2=1e-4)
    model.scores(["…"])                  # float32 (texts, classes): probabilities, in the order of classes
    model.save(path, about={"data": …})  # one .npz, float16 weights; `about` is JSON: data, figures, version
    LinearModel.load(path)               # validates everything and never unpickles

A text's score is the sum of the weights of its features divided by the square root of their number, plus
the bias; softmax makes probabilities of the scores. The first class is the reference: it has no weights of
its own (its score is 0), so two classes cost one column. `2 ** bits` buckets times `classes - 1` columns may
not exceed 2 ** 18 weights. Training minimises the mean weighted log loss plus `l2 / 2` times the squared
weights with L-BFGS: no chance is involved, the same input gives the same model.
"""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from openbeian.classifiers.features import MAX_BITS, FeatureSpec, extract, iter_batches
from openbeian.classifiers.fitting import Counts, fit
from openbeian.core.errors import BadInputError

__all__ = ["FORMAT", "LinearModel", "train"]

FORMAT = 1
"""The version of the file; a reader refuses every other."""

_MEMBERS = {"header", "weights", "bias"}


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights with everything needed to apply them, and what is known about them (`about`)."""

    spec: FeatureSpec
    classes: tuple[str, ...]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    about: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse shapes that don't belong together and values that are no numbers."""
        columns = len(self.classes) - 1
        fits = self.weights.shape == (1 << self.spec.bits, columns) and self.bias.shape == (columns,)
        if not (columns >= 1 and len(set(self.classes)) == columns + 1 and fits):
            raise BadInputError(
                zh=f"权重形状 {self.weights.shape} 与 2^{self.spec.bits} 个桶、{columns + 1} 个类别不符。",
                en=f"Weights of shape {self.weights.shape} don't fit {1 << self.spec.bits} buckets and "
                f"{columns + 1} classes.",
            )
        if not (np.isfinite(self.weights).all() and np.isfinite(self.bias).all()):
            raise BadInputError(
                zh="模型含有非有限数值的权重。", en="The model has weights that are no numbers."
            )

    def scores(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return the probability of each class (columns, in the order of `classes`) for each text (rows)."""
        scores = np.zeros((len(texts), len(self.classes)), dtype=np.float32)
        for start, stop in iter_batches(texts, self.spec):
            scores[start:stop, 1:] = self._sums(texts[start:stop]) + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        return scores

    def _sums(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return the scaled sum of weights for each text and column."""
        features = extract(texts, self.spec)
        sums = np.zeros((len(texts), self.weights.shape[1]), dtype=np.float32)
        for column in range(sums.shape[1]):
            weights = self.weights[:, column]
            for buckets, offsets in features.blocks:
                sums[:, column] += np.add.reduceat(weights.take(buckets), offsets)
        sums /= np.sqrt(features.counts.astype(np.float32))[:, None]
        return sums

    def save(self, path: Path, *, about: Mapping[str, Any]) -> None:
        """Write the model to `path` (.npz): weights as 16-bit floats, `about` as JSON in the header."""
        header = {
            "format": FORMAT,
            "classes": self.classes,
            "spec": {
                "bits": self.spec.bits,
                "character_orders": self.spec.character_orders,
                "word_orders": self.spec.word_orders,
                "windows": self.spec.windows,
            },
            "about": dict(about),
        }
        text = json.dumps(header, ensure_ascii=False, sort_keys=True)
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                header=np.frombuffer(text.encode(), dtype=np.uint8),
                weights=self.weights.astype(np.float16),
                bias=self.bias,
            )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a model written by `save`; a file that is anything else is refused, never executed."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                if set(arrays.files) != _MEMBERS:
                    raise _unreadable(path)
                header = json.loads(arrays["header"].tobytes())
                weights, bias = arrays["weights"], arrays["bias"]
            spec, classes, about = _parse_header(header)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
            raise _unreadable(path) from error
        return cls(
            spec,
            classes,
            np.asfortranarray(weights, dtype=np.float32),
            np.asarray(bias, dtype=np.float32),
            about,
        )


def train(
    texts: Sequence[str],
    labels: Sequence[str],
    spec: FeatureSpec,
    *,
    classes: Sequence[str] = (),
    l2: float = 1e-4,
    epochs: int = 200,
    min_documents: int = 2,
    sample_weights: Sequence[float] = (),
) -> LinearModel:
    """Fit a model to labelled texts.

    Args:
        texts: the texts.
        labels: one label for each text.
        spec: which features are taken.
        classes: the classes in the wanted order, the reference first; by default the labels, sorted.
        l2: the weight of the squared weights in what is minimised.
        epochs: at most so many steps of L-BFGS.
        min_documents: a bucket met in fewer texts keeps the weight 0.
        sample_weights: how much each text counts; by default all the same.
    """
    names = tuple(classes) or tuple(sorted(set(labels)))
    _check_training_set(texts, labels, names, spec)
    numbers = np.array([names.index(label) for label in labels], dtype=np.intp)
    each = np.asarray(sample_weights or np.ones(len(texts)), dtype=np.float64)
    counts = _count(texts, spec, min_documents)
    weights, bias = fit(counts, numbers, each / each.sum(), len(names), l2=l2, epochs=epochs)
    full = np.zeros((1 << spec.bits, len(names) - 1), dtype=np.float32, order="F")
    full[counts.buckets] = weights
    return LinearModel(spec, names, full, bias.astype(np.float32))


def _check_training_set(
    texts: Sequence[str], labels: Sequence[str], classes: tuple[str, ...], spec: FeatureSpec
) -> None:
    """Refuse a training set that can't give a model, or gives one too big to ship."""
    if len(texts) != len(labels) or len(classes) < 2 or not set(labels) <= set(classes):  # noqa: PLR2004
        raise BadInputError(
            zh=f"训练集须逐条有标签且至少两类：文本 {len(texts)} 条、标签 {len(labels)} 个、类别 {classes}。",
            en=f"A training set needs one label a text and two classes or more: {len(texts)} texts, "
            f"{len(labels)} labels, classes {classes}.",
        )
    if (len(classes) - 1) << spec.bits > 1 << MAX_BITS:
        raise BadInputError(
            zh=f"{len(classes)} 个类别、{spec.bits} 位特征超过 2^{MAX_BITS} 个权重的上限，请减少位数。",
            en=f"{len(classes)} classes of {spec.bits} bits exceed 2^{MAX_BITS} weights; take fewer bits.",
        )


def _count(texts: Sequence[str], spec: FeatureSpec, min_documents: int) -> Counts:
    """Count each text's features once, as a sparse matrix of scaled counts."""
    parts: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]] = []
    for start, stop in iter_batches(texts, spec):
        features = extract(texts[start:stop], spec)
        keys = np.concatenate(
            [
                np.repeat(np.arange(start, stop), np.diff(offsets, append=len(buckets))) << MAX_BITS | buckets
                for buckets, offsets in features.blocks
            ]
        )
        unique, repeats = np.unique(keys, return_counts=True)
        scale = np.sqrt(features.counts.astype(np.float32))
        parts.append((unique, (repeats / scale[(unique >> MAX_BITS) - start]).astype(np.float32)))
    keys = np.concatenate([keys for keys, _ in parts])
    values = np.concatenate([values for _, values in parts])
    all_buckets = keys & ((1 << MAX_BITS) - 1)
    common = np.bincount(all_buckets, minlength=1 << spec.bits) >= min_documents
    kept = common[all_buckets]
    buckets = np.flatnonzero(common)
    return Counts(
        rows=keys[kept] >> MAX_BITS,
        columns=np.searchsorted(buckets, all_buckets[kept]),
        values=values[kept],
        buckets=buckets,
        texts=len(texts),
    )


def _parse_header(header: Mapping[str, Any]) -> tuple[FeatureSpec, tuple[str, ...], Mapping[str, Any]]:
    """Read the header's JSON; whatever is missing or of another kind raises."""
    if header["format"] != FORMAT:
        raise ValueError(header["format"])
    given = header["spec"]
    spec = FeatureSpec(
        bits=int(given["bits"]),
        character_orders=tuple(map(int, given["character_orders"])),
        word_orders=tuple(map(int, given["word_orders"])),
        windows=tuple((start, stop) for start, stop in given["windows"]),
    )
    return spec, tuple(map(str, header["classes"])), dict(header["about"])


def _unreadable(path: Path) -> BadInputError:
    return BadInputError(
        zh=f"{path} 不是第 {FORMAT} 版的分类模型文件，请重新训练或重新安装。",
        en=f"{path} is no classifier file of format {FORMAT}; train it again or reinstall.",
    )
