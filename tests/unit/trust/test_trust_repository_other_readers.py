"""The repository as read by a TUF client nobody here wrote: npm's tuf-js, which npm itself ships.

Where neither NODE_PATH nor npm has it, the tests say so and are passed over.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.trust.repository_made import Register, held

from openbeian.trust.repository.drafting import next_root
from openbeian.trust.repository.requests import SigningRequest
from openbeian.trust.snapshots import Status

SCRIPT = Path(__file__).parent / "node" / "read_repository.cjs"


def _environment() -> dict[str, str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    places = [os.environ.get("NODE_PATH", "")]
    if npm is not None:
        places.append(str(Path(npm).resolve().parents[1] / "node_modules"))
    environment = {**os.environ, "NODE_PATH": os.pathsep.join(places)}
    resolves = [node or "", "-e", "require.resolve('tuf-js')"]
    if node is None or subprocess.run(resolves, env=environment, capture_output=True, check=False).returncode:
        return None
    return environment


@pytest.fixture
def read(register, tmp_path) -> Callable[[], str]:
    environment = _environment()
    if environment is None:
        pytest.skip("needs node and npm's tuf-js (NODE_PATH says where)")
    root = tmp_path / "trusted.json"
    root.write_bytes(register.root)

    def read() -> str:
        arguments = ["node", SCRIPT, register.folder.path, root, tmp_path / "cache"]
        done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    return read


@pytest.fixture
def register(tmp_path) -> Register:
    register = Register(tmp_path, held(tmp_path / "held"))
    register.publish()
    return register


def test_another_client_reads_follows_and_refuses_as_ours_does(read, register):
    assert read() == "1"
    older = register.copy("older")
    root = next_root(register.folder.root().signed, "root", at=register.at)
    register.adopt(SigningRequest("root", root), ["root-2", "root-3"])
    register.publish(svc_001=Status.REVOKED)
    assert read() == "2"
    register.serve(older)
    assert read() == "refused: BadVersionError"
    timestamp = register.folder.path / "metadata/timestamp.json"
    timestamp.write_bytes(timestamp.read_bytes().replace(b'"version":1', b'"version":9'))
    assert read() == "refused: UnsignedMetadataError"
