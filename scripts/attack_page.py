"""The page of attacks on the gate, read from the tests that are marked as one."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["parts"]

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("gate/tests", "tests/unit/trust")
INTRODUCTION = (
    "由标有 `@pytest.mark.attack` 的测试生成；`pytest -m attack` 全部运行。"
    "一行一种攻击，测试之名即其结果。\n\n"
    "Made from the tests marked `@pytest.mark.attack`; `pytest -m attack` runs them all. "
    "A line is an attack; the name of its test says what becomes of it."
)
LIMITS = """## 挡不住的 · What it does not stop

- 已经开始的应答：反向代理与 ASGI、WSGI 中间件会在下一片段前中止；nginx 与 Envoy 只在请求开始时核验，撤销自下一请求起生效。 An answer that has begun is ended at its next piece by the proxy and the middleware; nginx and Envoy ask once a request, so there a revocation counts from the next request on.
- PDF 页面若为图片，或在真实内容之外另加文字，程序看不出来；核验者应以命令所示为准。 A page that is a picture, or says more besides, only a reader can tell from what the command shows.
- 尚未有见证的日志可以两面示人；请至少设一位登记机关之外的见证。 A log without a witness can show two faces; have at least one outside the register.
- LiteLLM 管理员可以为某个密钥或团队关闭护栏；操作者若允许调用者自带凭据（`allow_client_side_credentials`），模型之名便不可信。 An administrator of LiteLLM can switch the guardrail off for a key or a team, and `allow_client_side_credentials` lets a caller point a model's name elsewhere.
- 登记机关自己签发的错误快照。 What the register itself signs wrongly."""  # noqa: E501  one line, one item


class Attack(NamedTuple):
    """One attack and the test of it."""

    zh: str
    en: str
    test: str
    where: str


def parts() -> list[str]:
    """Return the paragraphs of the page."""
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("test_*.py"))]
    found = [attack for path in files for attack in _in(path)]
    rows = [f"| {one.zh} | {one.en} | {one.test} | `{one.where}` |" for one in found]
    table = "\n".join(["| 攻击 | attack | 结果 · what becomes of it | test |", "|---|---|---|---|", *rows])
    return ["# 对网关的攻击 · Attacks on the gate", INTRODUCTION, table, LIMITS]


def _in(path: Path) -> Iterator[Attack]:
    """Yield the attacks tested in one file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) in ("attack", "pytest.mark.attack"):
                zh, en = (str(ast.literal_eval(argument)) for argument in mark.args)
                words = node.name.removeprefix("test_").replace("_", " ")
                yield Attack(zh, en, words, path.name)
