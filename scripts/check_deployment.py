"""Django's own deployment check, with the settings a production portal would have; any warning fails."""

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(  # noqa: S603
            [Path(sys.executable).parent / "django-admin", "check", "--deploy", "--fail-level", "WARNING"],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "openbeian.portal.settings",
                "BEIAN_HOME": home,
                "BEIAN_PRODUCTION": "1",
                "BEIAN_SECRET_KEY": secrets.token_urlsafe(64),
                "BEIAN_HOSTS": "beian.example.org",
            },
            check=False,
        )
    sys.exit(done.returncode)
