import importlib
import pkgutil

import pytest

import openbeian.core
import openbeian.standards

MODULES = [
    name
    for package in (openbeian.core, openbeian.standards)
    for _, name, _ in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
]


@pytest.mark.parametrize("name", [*MODULES, "openbeian.standards"])
def test_a_module_lists_its_public_names_and_has_them(name):
    module = importlib.import_module(name)
    assert all(hasattr(module, public) for public in module.__all__)
    own = {
        public
        for public, value in vars(module).items()
        if getattr(value, "__module__", None) == name and not public.startswith("_")
    }
    assert own <= set(module.__all__)
