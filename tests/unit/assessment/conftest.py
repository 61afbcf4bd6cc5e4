"""What several tests of stored runs share."""

import pytest


@pytest.fixture
def out(untouched, tmp_path):
    """Lay out the files that a module's `untouched` holds, as a run that a test may spoil."""
    folder = tmp_path / "runs" / "one"
    folder.mkdir(parents=True)
    for name, data in untouched.items():
        (folder / name).write_bytes(data)
    return folder
