"""A whole city for browsers: real gunicorn, RQ worker and timers on their own PostgreSQL and Valkey, and a real Chromium."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from service_desk.local.stack import embedded_servers
from service_desk.local.state import free_port

sys.path.insert(0, str(Path(__file__).parent))
from screens import PHONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parent.parent.parent
#: what comes, comes at once; a busy machine may take this long (ms)
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)

FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _wait(address: str) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"{address} did not answer")


@contextmanager
def running_city(folder: Path, *seeds: list[str]) -> Iterator[str]:
    """Give the address of a running, freshly founded city. seeds: words of further commands before it opens."""
    with ExitStack() as ending, embedded_servers(folder) as servers:
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        environ = {
            **os.environ,
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "SECRET_KEY": secrets.token_hex(32),
            "PUBLIC_BASE_URL": address,
            "KESHET_DEMO": "1",
            "QUIET_HOURS": "0",
            "PHOTO_DIR": str(folder / "photos"),
            "LOG_LEVEL": "WARNING",
            "RATELIMIT_ENABLED": "0",
        }
        service_desk = [sys.executable, "-m", "service_desk"]
        for words in (["db", "upgrade"], ["seed", "rehovot"], *seeds):
            subprocess.run([*service_desk, *words], cwd=ROOT, env=environ, check=True, capture_output=True)
        web = [
            sys.executable,
            "-m",
            "gunicorn",
            "wsgi:app",
            "--bind",
            f"127.0.0.1:{port}",
            "--threads",
            "8",
            "--no-control-socket",
        ]
        log = (folder / "site.log").open("wb")
        ending.callback(log.close)
        for words in (web, [*service_desk, "worker"], [*service_desk, "timers"]):
            process = subprocess.Popen(words, cwd=ROOT, env=environ, stdout=log, stderr=log)
            ending.callback(process.wait, 60)
            ending.callback(process.terminate)
        _wait(address)
        yield address
        ending.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[str]:
    """The address of a running city in which nothing has happened yet."""
    with running_city(tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "the browser tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """A person at a browser. problems: console errors and policy violations seen so far."""

    def __init__(self, context: BrowserContext, site: str, *, scripts: bool = True) -> None:
        self.context, self.site, self.scripts = context, site, scripts
        self.problems: list[str] = []
        self.page: Page = context.new_page()
        self.page.on(
            "console", lambda message: self.problems.append(message.text) if message.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def go(self, path: str) -> Page:
        """Open a page of the city, and wait until its scripts listen."""
        self.page.goto(self.site + path)
        if self.scripts and self.page.locator("script[src*='js/main']").count():
            self.page.locator("html[data-started]").wait_for(state="attached")
        return self.page

    def axe(self) -> list[str]:
        """Return what axe finds wrong on the page, as «rule: where»."""
        source = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
        self.page.evaluate(source + "; 0")
        found = self.page.evaluate(
            "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        )
        return [
            f"{each['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
            for each in found["violations"]
            for node in each["nodes"]
        ]


@pytest.fixture
def visit(chromium, site) -> Iterator[object]:
    """Make a visitor: visit(viewport, locale="he", scripts=True)."""
    contexts = []

    def make(viewport=PHONE, locale="he", *, scripts=True, **more) -> Visitor:
        spoken = {"he": "he-IL", "en": "en-GB", "ru": "ru-RU", "ar": "ar", "am": "am"}[locale]
        context = chromium.new_context(
            viewport=viewport,
            locale=spoken,
            timezone_id="Asia/Jerusalem",
            java_script_enabled=scripts,
            **more,
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return Visitor(context, site, scripts=scripts)

    yield make
    for context in contexts:
        context.close()
