"""The linear model: it learns, says the same twice, and reads no file that it didn't write."""

import io
import json
import pickle

import numpy as np
import pytest

from openbeian.classifiers.features import FeatureSpec
from openbeian.classifiers.fitting import Counts, fit
from openbeian.classifiers.linear import LinearModel, train
from openbeian.core.errors import BadInputError

SPEC = FeatureSpec(bits=12, character_orders=(2, 3), word_orders=(1,))
CATS = ["the cat purrs", "a cat sleeps", "my cat eats", "猫在睡觉", "猫吃鱼"]
DOGS = ["the dog barks", "a dog runs", "my dog digs", "狗在跑步", "狗吃肉"]
BIRDS = ["the bird sings", "a bird flies", "my bird pecks", "鸟在唱歌", "鸟吃虫"]


def trained(**options):
    return train([*CATS, *DOGS], ["cat"] * 5 + ["dog"] * 5, SPEC, min_documents=1, **options)


def test_it_learns_words_of_both_scripts():
    model = trained()
    assert model.classes == ("cat", "dog")
    scores = model.scores(["this cat", "that dog", "猫吃草", "狗吃草"])
    assert scores.shape == (4, 2)
    assert np.allclose(scores.sum(axis=1), 1, atol=1e-6)
    assert (scores.argmax(axis=1) == [0, 1, 0, 1]).all()


def test_it_tells_three_classes_apart_in_the_order_asked_for():
    model = train(
        [*CATS, *DOGS, *BIRDS],
        ["cat"] * 5 + ["dog"] * 5 + ["bird"] * 5,
        SPEC,
        classes=("dog", "bird", "cat"),
        min_documents=1,
    )
    assert (model.scores(["the dog", "鸟", "a cat"]).argmax(axis=1) == [0, 1, 2]).all()


def test_training_twice_gives_the_same_weights():
    first, second = trained(), trained()
    assert (first.weights == second.weights).all()
    assert (first.bias == second.bias).all()


def test_a_score_does_not_depend_on_the_batch():
    texts = [f"the {'cat' if n % 2 else 'dog'} number {n}" for n in range(1300)]
    model = trained()
    alone = np.concatenate([model.scores([text]) for text in texts[::97]])
    assert np.allclose(model.scores(texts)[::97], alone, atol=1e-6)
    assert model.scores([]).shape == (0, 2)


def test_stronger_regularisation_makes_smaller_weights():
    assert np.abs(trained(l2=1.0).weights).sum() < np.abs(trained(l2=1e-3).weights).sum() / 2


def test_a_bucket_met_in_one_text_only_keeps_the_weight_zero():
    kept = train([*CATS, *DOGS], ["cat"] * 5 + ["dog"] * 5, SPEC, min_documents=2).weights
    assert 0 < np.count_nonzero(kept) < np.count_nonzero(trained().weights)


def test_a_text_of_no_weight_teaches_nothing():
    weights = [1.0] * 10 + [0.0]
    labels = ["cat"] * 5 + ["dog"] * 5 + ["dog"]
    model = train([*CATS, *DOGS, "cat"], labels, SPEC, min_documents=1, sample_weights=weights)
    assert np.allclose(model.scores(["cat"]), trained().scores(["cat"]), atol=1e-3)


def test_the_fit_stands_at_the_bottom():
    rng = np.random.default_rng(7)
    dense = rng.random((40, 5)) * (rng.random((40, 5)) > 0.5)
    rows, columns = np.nonzero(dense)
    labels = (dense @ np.array([2.0, -1.0, 0.5, 0.0, -2.0]) > 0).astype(np.intp)
    counts = Counts(
        rows.astype(np.int64), columns, dense[rows, columns].astype(np.float32), np.arange(5), len(dense)
    )
    shares = np.full(40, 1 / 40)
    weights, bias = fit(counts, labels, shares, 2, l2=0.01, epochs=500)
    chance = 1 / (1 + np.exp(-(dense @ weights[:, 0] + bias[0])))
    gradient = dense.T @ ((chance - labels) * shares) + 0.01 * weights[:, 0]
    assert np.abs(gradient).max() < 1e-3
    assert abs(((chance - labels) * shares).sum()) < 1e-3


def test_a_saved_model_says_the_same_and_keeps_what_is_known_of_it(tmp_path):
    path = tmp_path / "model.npz"
    model = trained()
    model.save(path, about={"data": "猫狗", "n": 10})
    again = LinearModel.load(path)
    assert again.about == {"data": "猫狗", "n": 10}
    assert (again.spec, again.classes) == (model.spec, model.classes)
    assert np.allclose(again.scores(CATS), model.scores(CATS), atol=2e-3)
    first = path.read_bytes()
    model.save(path, about={"data": "猫狗", "n": 10})
    assert path.read_bytes() == first


def write(path, **changes):
    header = {
        "format": 1,
        "classes": ["a", "b"],
        "spec": {"bits": 2, "character_orders": [2], "word_orders": [1], "windows": [[None, None]]},
        "about": {},
    }
    header.update(changes.pop("header", {}))
    arrays = {
        "header": np.frombuffer(json.dumps(header).encode(), dtype=np.uint8),
        "weights": np.zeros((4, 1), dtype=np.float16),
        "bias": np.zeros(1, dtype=np.float32),
    }
    np.savez(path, **(arrays | changes))
    return path


def test_a_file_of_the_right_form_is_read(tmp_path):
    assert LinearModel.load(write(tmp_path / "m.npz")).classes == ("a", "b")


@pytest.mark.parametrize(
    "changes",
    [
        {"header": {"format": 2}},
        {"header": {"spec": {"bits": 2}}},
        {"header": {"about": 3}},
        {"header": np.frombuffer(b"[1]", dtype=np.uint8)},
        {"header": np.frombuffer(b"no json", dtype=np.uint8)},
        {"weights": np.array([print], dtype=object)},
        {"surplus": np.zeros(1)},
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path, changes):
    path = tmp_path / "m.npz"
    if isinstance(changes.get("header"), np.ndarray):
        np.savez(path, header=changes["header"], weights=np.zeros((4, 1)), bias=np.zeros(1))
    else:
        write(path, **changes)
    with pytest.raises(BadInputError, match="no classifier file of format 1"):
        LinearModel.load(path)


def test_a_pickle_is_never_opened(tmp_path):
    opened = []

    class Trap:
        def __reduce__(self):
            return (opened.append, (1,))

    buffer = io.BytesIO()
    pickle.dump(Trap(), buffer)
    path = tmp_path / "m.npz"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(BadInputError, match="no classifier file"):
        LinearModel.load(path)
    assert opened == []


def test_a_missing_or_broken_file_is_refused(tmp_path):
    with pytest.raises(BadInputError, match=r"gone\.npz is no classifier file"):
        LinearModel.load(tmp_path / "gone.npz")
    (tmp_path / "cut.npz").write_bytes(write(tmp_path / "m.npz").read_bytes()[:200])
    with pytest.raises(BadInputError, match=r"cut\.npz is no classifier file"):
        LinearModel.load(tmp_path / "cut.npz")


def test_weights_must_fit_and_be_numbers(tmp_path):
    with pytest.raises(BadInputError, match=r"shape \(5, 1\) don't fit"):
        LinearModel.load(write(tmp_path / "m.npz", weights=np.zeros((5, 1))))
    with pytest.raises(BadInputError, match="no numbers"):
        LinearModel.load(write(tmp_path / "m.npz", weights=np.full((4, 1), np.nan)))


def test_a_training_set_needs_a_label_a_text_two_classes_and_room():
    with pytest.raises(BadInputError, match="one label a text"):
        train(["a"], ["x", "y"], SPEC)
    with pytest.raises(BadInputError, match="one label a text"):
        train(["a", "b"], ["x", "x"], SPEC)
    with pytest.raises(BadInputError, match="one label a text"):
        train(["a", "b"], ["x", "z"], SPEC, classes=("x", "y"))
    with pytest.raises(BadInputError, match="exceed"):
        train(["a", "b", "c"], ["x", "y", "z"], FeatureSpec(bits=18))
