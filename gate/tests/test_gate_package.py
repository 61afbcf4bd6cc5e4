"""The package as such: it stands alone, and its public names are those it lists."""

import importlib
import pkgutil
import re
import subprocess
import sys
import sysconfig
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import openbeian_gate
from openbeian_gate.text import Text

ROOT = Path(__file__).parents[2]
MODULES = [
    "openbeian_gate",
    *(module.name for module in pkgutil.walk_packages(openbeian_gate.__path__, "openbeian_gate.")),
]


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_is_listed_and_every_listed_name_is_there(name):
    module = importlib.import_module(name)
    if name in ("openbeian_gate.repository", "openbeian_gate.verify", "openbeian_gate.witness"):
        return  # namespaces with a docstring
    own = {
        key
        for key, value in vars(module).items()
        if not key.startswith("_") and getattr(value, "__module__", None) == name
    }
    assert own <= set(module.__all__)
    assert all(hasattr(module, key) for key in module.__all__)


def test_the_gate_loads_without_openbeian_and_without_any_framework():
    parts = ("cli", "server", "wsgi", "repository.source")
    code = f"import sys, {', '.join(f'openbeian_gate.{part}' for part in parts)}; print(*sys.modules)"
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


def _of_requirements() -> set[str]:
    """Return the top-level modules of what requirements/gate.txt installs."""
    lines = (ROOT / "requirements" / "gate.txt").read_text(encoding="utf-8")
    required = set(re.findall(r"^([a-z0-9-]+)==", lines, re.MULTILINE))
    return {
        module
        for module, names in packages_distributions().items()
        if required & {name.lower().replace("_", "-") for name in names}
    }


PROBE = """
import importlib, pkgutil, sys
wheel, site = sys.argv[1:]
sys.path += [wheel, site]
import openbeian_gate.cli
assert openbeian_gate.__file__.startswith(wheel), openbeian_gate.__file__
for module in pkgutil.walk_packages(openbeian_gate.__path__, "openbeian_gate."):
    importlib.import_module(module.name)
sys.exit(openbeian_gate.cli.main(["status", "--snapshot", "away", "--keys", "away"]))
"""


def test_the_wheel_holds_everything_and_imports_only_what_it_declares(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT / "gate", check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    declared = tmp_path / "site"
    declared.mkdir()
    for module in _of_requirements():
        for found in Path(sysconfig.get_path("purelib")).glob(f"{module}*"):
            if found.name.partition(".")[0] == module:
                (declared / found.name).symlink_to(found)
    # Without `site` there is the standard library, and what is added to the path.
    probe = [sys.executable, "-I", "-S", "-c", PROBE, str(wheel), str(declared)]
    done = subprocess.run(probe, capture_output=True, text=True, check=False)
    assert (done.returncode, "cannot be used" in done.stderr) == (2, True), done.stderr


def test_the_verifying_half_reaches_no_network():
    names = [name for name in MODULES if name.startswith("openbeian_gate.verify")]
    code = f"import sys, {', '.join(names)}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not set(loaded.split()) & {"socket", "ssl", "http.client", "urllib.request", "urllib3", "tuf"}
