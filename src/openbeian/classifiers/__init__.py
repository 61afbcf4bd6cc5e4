"""Small local classifiers: hashed n-grams, a linear model, no download, no dependency beyond numpy.

`features` turns texts into bucket numbers, `linear` trains, stores and applies the model, and each judge
built on them has a module of its own (`refusal`). Every shipped model carries its measured figures.
"""

__all__: list[str] = []
