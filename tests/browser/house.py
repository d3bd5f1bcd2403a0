"""The real program, as `start` starts it, on a free port, and a real browser."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Locator, Page, Playwright

ROOT = Path(__file__).parents[2]
FONTS = ROOT / "instance" / "fonts"
PASSWORD = "aixin-demo"
PATIENCE = 300  # seconds for the demo to be made and the server to answer

PHONE = {"width": 360, "height": 740}
OFFICE = {"width": 1280, "height": 800}


@contextmanager
def serving(instance: Path, *options: str) -> Iterator[str]:
    """Start the program on an instance folder, as it is; yield its address; stop it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "PORT": str(port),
        "AIXIN_INSTANCE": str(instance),
        "AIXIN_FONTS": str(FONTS),
        "AIXIN_PRINTERS": "127.0.0.0/8",
    }
    environment.pop("DATABASE_URL", None)
    flask = [sys.executable, "-m", "flask", "--app", "app"]
    with (instance / "log").open("w") as log:
        server = subprocess.Popen(
            [*flask, "start", *options], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            yield _answering(f"http://127.0.0.1:{port}", server, instance / "log")
        finally:
            server.terminate()
            server.wait(20)


def _answering(address: str, server: subprocess.Popen, log: Path) -> str:
    """The address, once it answers; the wait between two tries ends early if the server does."""
    for _try in range(PATIENCE * 4):
        try:
            urlopen(f"{address}/sign-in").close()
            return address
        except URLError:
            with suppress(subprocess.TimeoutExpired):
                server.wait(0.25)
                break
    raise AssertionError(f"the server does not answer:\n{log.read_text()}")


# The browser as people have it; and, where it is installed, the one without windows, which takes less time.
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WINDOWLESS = shutil.which("chromium-headless-shell") or CHROMIUM


def chromium(playwright: Playwright, *arguments: str, keeps_pages: bool = False) -> Browser:
    """The system's Chromium, without a window and without talking to anyone.

    With `keeps_pages` it keeps them whole in memory for who goes back, as people's browsers do.
    """
    return playwright.chromium.launch(
        executable_path=CHROMIUM if keeps_pages else WINDOWLESS,
        ignore_default_args=["--disable-back-forward-cache"] if keeps_pages else None,
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            *arguments,
        ],
    )


# What axe-core finds against WCAG 2.2, levels A and AA.
AXE = resources.files("axe_playwright_python") / "axe.min.js"


def inaccessible(contrast_of: str = ":root") -> str:
    """A script that says what breaks a rule on a page; contrast, which takes longest, in a part of it."""
    return f"""async () => {{
      const resultTypes = ["violations"];
      const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
      const rules = {{"color-contrast": {{enabled: false}}}};
      const whole = await axe.run(document, {{runOnly, rules, resultTypes}});
      const contrast = {{type: "rule", values: ["color-contrast"]}};
      const part = await axe.run("{contrast_of}", {{runOnly: contrast, resultTypes}});
      const faults = [...whole.violations, ...part.violations];
      return faults.flatMap((rule) => rule.nodes.map((node) => `${{rule.id}}: ${{node.html.slice(0, 80)}}`));
    }}"""


def expect_accessible(page: Page) -> None:
    """What a script has put on a page breaks no rule of accessibility either."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(inaccessible())
    assert found == [], found


def follow(button: Locator) -> None:
    """Press a button that leads to another page, and wait until that page is there.

    A click alone returns at once: what is read next may come from a page half loaded, and going
    elsewhere at once breaks off what was sent.
    """
    with button.page.expect_navigation():
        button.click()


def wait_for(page: Page, question: str, arg: object = None) -> None:
    """Wait until an asynchronous question of the page is answered with yes, 10 seconds at most.

    `Page.wait_for_function` takes the promise itself for a yes.
    """
    page.evaluate(
        f"""async (arg) => {{
          const end = Date.now() + 10_000;
          while (!(await ({question})(arg))) {{
            if (Date.now() > end) throw new Error("not within 10 seconds");
            await new Promise((resolve) => setTimeout(resolve, 20));
          }}
        }}""",
        arg,
    )


def signed_in(
    browser: Browser, address: str, name: str, size: dict[str, int] = OFFICE, script: bool = True
) -> Page:
    """A window of one's own in which somebody of the demo is signed in."""
    page = browser.new_context(
        viewport=size, locale="zh-CN", base_url=address, java_script_enabled=script
    ).new_page()
    page.goto("/sign-in")
    page.get_by_label("登录名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    follow(page.get_by_role("button", name="登录"))
    return page


def gun(page: Page, code: str) -> None:
    """What a scanner gun does: it types, wherever the focus is, and presses Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")
