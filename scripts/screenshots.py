"""Take the pictures of docs/images from a running portal: `make demo` in one terminal, this in another.

Usage: python scripts/screenshots.py [ADDRESS]    (default http://localhost:8000)

Last needed when the look of the register's front page changed.
"""

import shutil
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Error, sync_playwright

_IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"
_CHROMIUMS: Final = ("chromium", "chromium-browser", "google-chrome")
_LARGEST: Final = 300_000
_SHOTS: Final = {"register.png": ("/", "zh-CN"), "register-en.png": ("/", "en")}


def _take(browser: Browser, address: str, language: str, target: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, locale=language, color_scheme="light")
    page.goto(address, wait_until="networkidle")
    page.screenshot(path=target, full_page=True)
    page.close()


def main(address: str) -> int:
    """Take every picture; return the exit status."""
    chromium = next(filter(None, map(shutil.which, _CHROMIUMS)), None)
    if chromium is None:
        print("No Chromium is installed; install the system package `chromium`.", file=sys.stderr)
        return 3
    _IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, (path, language) in _SHOTS.items():
            try:
                _take(browser, address + path, language, _IMAGES / name)
            except Error as error:
                print(
                    f"{address}{path} can't be opened ({error.message}); start the portal.", file=sys.stderr
                )
                return 3
            size = (_IMAGES / name).stat().st_size
            print(f"{_IMAGES / name}: {size:,} bytes")
            if size > _LARGEST:
                print(f"{name} is larger than {_LARGEST:,} bytes; make it smaller.", file=sys.stderr)
                return 1
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://localhost:8000"))
