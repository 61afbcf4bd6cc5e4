"""`beian register import`, in a portal of its own."""

import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def register(tmp_path, up_to_date):
    """Return a caller of `beian register`, its portal in a folder of its own."""

    home = up_to_date(tmp_path / "home")

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "BEIAN_HOME": str(home), "BEIAN_LANG": "en"}
        environment.pop("DATABASE_URL", None)
        return subprocess.run(
            [sys.executable, "-m", "openbeian.cli", "register", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            cwd=tmp_path,
        )

    return call


def test_lists_are_taken_over_in_their_order(register, tmp_path):
    (tmp_path / "list.csv").write_text(
        "序号,属地,模型名称,备案单位,备案时间\n1,北京,甲大模型,北京甲科技有限公司,2024/1/5\n",
        encoding="utf-8",
    )
    first = register("import", "list.csv", "--shipped", "--series", "filing", "--json")
    assert first.returncode == 0, first.stderr
    shipped, own = json.loads(first.stdout)
    assert shipped["new"] > 50
    assert (own["list"], own["new"], own["conflicting"]) == ("list.csv", 1, 0)
    assert (own["same"], own["decided"]) == (0, 0)
    again = register("classify", "--all", "--json")
    assert json.loads(again.stdout) == {"changed": 0}, again.stderr


def test_without_a_list_the_remedy_is_named(beian):
    nothing = beian("register", "import")
    assert nothing.exit_code == 2
    assert "give files, or --shipped" in nothing.stderr
