"""Fit multinomial logistic regression on sparse counts, with numpy alone and without chance."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Counts", "fit"]

_Floats = npt.NDArray[np.float64]
_Objective = Callable[[_Floats], tuple[float, _Floats]]

_MEMORY = 10
_SMALLEST_STEP = 1e-10
_ARMIJO = 1e-4
_CONVERGED = 1e-7


class Counts(NamedTuple):
    """A sparse matrix of texts and buckets: `values[i]` stands at `(rows[i], columns[i])`.

    Column `c` is bucket `buckets[c]`; rows ascend.
    """

    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.intp]
    values: npt.NDArray[np.float32]
    buckets: npt.NDArray[np.intp]
    texts: int


def fit(
    counts: Counts,
    labels: npt.NDArray[np.intp],
    shares: _Floats,
    classes: int,
    *,
    l2: float,
    epochs: int,
) -> tuple[_Floats, _Floats]:
    """Return weights `(buckets, classes - 1)` and bias `(classes - 1)`; class 0 is the reference."""
    width = len(counts.buckets)
    wanted = np.zeros((counts.texts, classes))
    wanted[np.arange(counts.texts), labels] = 1.0

    def objective(point: _Floats) -> tuple[float, _Floats]:
        weights = point.reshape(classes - 1, width + 1)
        logits = np.zeros((counts.texts, classes))
        for column in range(classes - 1):
            products = weights[column, :-1].take(counts.columns) * counts.values
            logits[:, column + 1] = np.bincount(counts.rows, products, counts.texts) + weights[column, -1]
        logits -= logits.max(axis=1, keepdims=True)
        logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
        residues = (np.exp(logits) - wanted) * shares[:, None]
        gradient = np.empty_like(weights)
        for column in range(classes - 1):
            pulls = residues[:, column + 1]
            gradient[column, :-1] = np.bincount(counts.columns, pulls[counts.rows] * counts.values, width)
            gradient[column, -1] = pulls.sum()
        gradient[:, :-1] += l2 * weights[:, :-1]
        loss = -float(shares @ (logits * wanted).sum(axis=1)) + l2 / 2 * float((weights[:, :-1] ** 2).sum())
        return loss, gradient.ravel()

    best = _minimise(objective, np.zeros((classes - 1) * (width + 1)), epochs).reshape(classes - 1, width + 1)
    return best[:, :-1].T, best[:, -1]


def _minimise(objective: _Objective, point: _Floats, epochs: int) -> _Floats:
    """Limited-memory BFGS with a backtracking line search."""
    steps: list[tuple[_Floats, _Floats]] = []
    loss, gradient = objective(point)
    for _ in range(epochs):
        direction = _direction(gradient, steps)
        slope = float(direction @ gradient)
        length = 1.0 if steps else 1.0 / max(float(np.linalg.norm(gradient)), _CONVERGED)
        while True:
            new_point = point + length * direction
            new_loss, new_gradient = objective(new_point)
            if new_loss <= loss + _ARMIJO * length * slope or length < _SMALLEST_STEP:
                break
            length /= 2
        moved, turned = new_point - point, new_gradient - gradient
        if float(moved @ turned) > 0:
            steps = [*steps, (moved, turned)][-_MEMORY:]
        converged = loss - new_loss <= _CONVERGED * max(1.0, abs(loss))
        point, loss, gradient = new_point, new_loss, new_gradient
        if converged:
            break
    return point


def _direction(gradient: _Floats, steps: list[tuple[_Floats, _Floats]]) -> _Floats:
    """Return the downhill direction after the two-loop recursion."""
    direction = -gradient
    factors: list[float] = []
    for moved, turned in reversed(steps):
        factor = float(moved @ direction) / float(moved @ turned)
        direction = direction - factor * turned
        factors.append(factor)
    if steps:
        moved, turned = steps[-1]
        direction = direction * (float(moved @ turned) / float(turned @ turned))
    for (moved, turned), factor in zip(steps, reversed(factors), strict=True):
        direction = direction + moved * (factor - float(turned @ direction) / float(moved @ turned))
    return direction
