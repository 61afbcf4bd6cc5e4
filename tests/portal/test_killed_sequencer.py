"""The sequencer killed with SIGKILL at every step: nothing forks, is lost, or is logged twice."""

import base64
import json
import subprocess
import sys
from pathlib import Path

from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.log import TileLog
from openbeian_gate.verify.log import verify_directory
from openbeian_gate.verify.merkle import check_consistency


def test_kill_9_at_any_step_of_tree_and_database_neither_forks_nor_loses_nor_doubles(tmp_path):
    program = Path(__file__).with_name("killed_sequencer.py")
    done = subprocess.run(
        [sys.executable, program, tmp_path], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["kills"] > 20
    signer = Ed25519Signer.load(tmp_path / "keys" / "register.pem")
    log = TileLog(tmp_path / "public" / "log", signer, origin="beian.local/log")
    final = verify_directory(tmp_path / "public" / "log", public_key_set(signer))
    rows = said["rows"]
    assert [index for index, _ in rows] == list(range(final.size))
    assert [log.leaf(index).decode() for index in range(final.size)] == [body for _, body in rows]
    promised = {int(size): base64.b64decode(root) for size, root in said["promised"].items()}
    assert len(promised) > 20
    for size, root in promised.items():
        if size:
            check_consistency(size, root, final.size, final.root, log.consistency_proof(size))
