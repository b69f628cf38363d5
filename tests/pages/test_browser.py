"""The report in a real browser, where there is one: no script fails, nothing is cut off."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from posecheck.core.events import Sensation
from posecheck.pages.pdf import _as_root, find_browser
from posecheck.pages.report import write_report
from tests.pages.made import ONE_REP, event, made, mark, stills, write
from tests.stick import rep

BROWSER = find_browser()
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no browser on this computer")
CONSOLE = re.compile(r'CONSOLE:\d+\] "(.*?)", source: ')
LAYOUT = """
<script>
const page = document.documentElement;
const drawn = [...document.querySelectorAll(".plot svg")].map((svg) => svg.getBoundingClientRect());
if (page.scrollWidth > innerWidth) console.error(`${page.scrollWidth} px in ${innerWidth}`);
if (drawn.some((box) => box.width < 50 || box.height < 50)) console.error("a chart has no room");
for (const chart of document.querySelectorAll(".chart")) {
  const plot = chart.querySelector(".plot");
  if (!plot) continue;
  const box = plot.getBoundingClientRect();
  plot.dispatchEvent(new PointerEvent("pointermove", {clientX: box.left + box.width / 2}));
  const told = chart.querySelector(".told");
  if (!told.textContent.includes(" s")) console.error("nothing is told under the pointer");
}
console.log(`looked at ${innerWidth} px`);
</script></body>"""


def shown(page: Path, own: Path, width_px: int) -> list[str]:
    """What the page said in the console, in a frame of this breadth.

    A window of its own would be 500 px broad at the least.
    """
    frame = page.with_suffix(".frame.html")
    frame.write_text(
        f'<!doctype html><iframe src="{page.name}" width="{width_px}" height="900"'
        ' style="border: 0"></iframe>',
        encoding="utf-8",
    )
    command = [str(BROWSER), "--headless", "--disable-gpu", "--no-first-run", *_as_root()]
    command += [f"--user-data-dir={own}", "--window-size=1400,1000", "--dump-dom"]
    command += ["--enable-logging=stderr", frame.resolve().as_uri()]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", timeout=120, check=True
    )
    return CONSOLE.findall(done.stderr)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports of several kinds, each of which then looks at its own layout."""
    top = tmp_path_factory.mktemp("pages")
    clip = made(
        12.0,
        ONE_REP,
        rep(7, 60, move_s=1),
        events=[event()],
        marks=[mark(Sensation.GLUTE_STRETCH)],
        seen=lambda t: not 5.5 < t < 6,
    )
    long_name = "a-clip-of-a-very-long-name-that-has-no-space-in-it-at-all" * 2 + ".mp4"
    folders = {
        "clip": [write(top / "clip", clip, long_name)],
        "untold": [write(top / "untold", made(told=False))],
        "pictures": [write(top / "pictures", stills())],
        "several": [top / "clip", top / "untold", top / "pictures"],
    }
    made_pages = {}
    for name, of in folders.items():
        page = write_report(of, top / f"{name}.html")
        text = page.read_text(encoding="utf-8")
        assert "</body>" in text
        page.write_text(text.replace("</body>", LAYOUT), encoding="utf-8")
        made_pages[name] = page
    return made_pages


@pytest.mark.parametrize("width_px", [390, 1280])
@pytest.mark.parametrize("name", ["clip", "untold", "pictures", "several"])
def test_no_script_fails_and_nothing_is_wider_than_the_page(
    pages: dict[str, Path], tmp_path: Path, name: str, width_px: int
) -> None:
    assert shown(pages[name], tmp_path, width_px) == [f"looked at {width_px} px"]


@pytest.mark.parametrize(
    ("script", "said"),
    [("nosuch();", "nosuch is not defined"), ("JSON.parse('{\"a\": NaN}')", "SyntaxError")],
)
def test_a_page_whose_script_fails_is_noticed(tmp_path: Path, script: str, said: str) -> None:
    page = tmp_path / "bad.html"
    page.write_text(f"<!doctype html><body><script>{script}</script>", encoding="utf-8")
    (complaint,) = shown(page, tmp_path / "own", 390)
    assert said in complaint


def test_a_page_that_is_too_wide_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "wide.html"
    page.write_text(
        f"<!doctype html><body style='margin: 0'><p style='width: 2000px'>wide{LAYOUT}",
        encoding="utf-8",
    )
    complaint, looked = shown(page, tmp_path / "own", 390)
    assert complaint == "2000 px in 390"
    assert looked == "looked at 390 px"
