"""The package as such: it stands alone, and its public names are those it lists."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

import openbeian_gate
from openbeian_gate.text import Text

MODULES = [
    "openbeian_gate",
    *(module.name for module in pkgutil.walk_packages(openbeian_gate.__path__, "openbeian_gate.")),
]


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_is_listed_and_every_listed_name_is_there(name):
    module = importlib.import_module(name)
    if name in ("openbeian_gate.verify", "openbeian_gate.witness"):
        return  # namespaces with a docstring
    own = {
        key
        for key, value in vars(module).items()
        if not key.startswith("_") and getattr(value, "__module__", None) == name
    }
    assert own <= set(module.__all__)
    assert all(hasattr(module, key) for key in module.__all__)


def test_the_gate_loads_without_openbeian_and_without_any_framework():
    code = "import sys, openbeian_gate.cli, openbeian_gate.server, openbeian_gate.wsgi; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    roots = {name.partition(".")[0] for name in loaded.split()}
    assert not roots & {"openbeian", "django", "aiohttp", "uvicorn", "typer", "yaml"}


def test_text_speaks_english_when_asked_and_chinese_otherwise():
    text = Text("备案", "filing")
    assert [text.in_(language) for language in ("en", "en-GB", "zh", "")] == [
        "filing",
        "filing",
        "备案",
        "备案",
    ]
