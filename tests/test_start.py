import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[1] / "start.py"


@pytest.fixture
def start(tmp_path, monkeypatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("start", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "TOOLS", tmp_path / "tools")
    return module


@pytest.fixture
def commands(start, monkeypatch) -> list[list[str]]:
    """What start would have run in the foreground; each ends with code 7."""
    run: list[list[str]] = []
    monkeypatch.setattr(start, "run", lambda command: run.append(command) or 7)
    monkeypatch.setattr(start.shutil, "which", lambda _: "/bin/uv")
    return run


def put_uv(start: ModuleType, place: str) -> str:
    path = start.TOOLS / place
    path.parent.mkdir(parents=True)
    path.write_text("")
    return str(path)


def test_demo_runs_without_the_development_tools_and_where_you_are(start, commands):
    assert start.main(["demo", "--out", "here"]) == 7
    project = str(SCRIPT.parent)
    assert commands == [
        ["/bin/uv", "run", "--project", project, "--no-dev", "posecheck", "demo", "--out", "here"]
    ]


def test_live_brings_its_voice(start, commands):
    assert start.main(["live", "--plan", "free"]) == 7
    ((*_, extra, voice, posecheck, name, _, _),) = commands
    assert (extra, voice, posecheck, name) == ("--extra", "voice", "posecheck", "live")


def test_test_runs_pytest_in_the_project(start, commands):
    assert start.main(["test", "-x"]) == 7
    assert commands == [["/bin/uv", "run", "--directory", str(SCRIPT.parent), "pytest", "-x"]]


def test_no_command_is_shown_how(start, commands, capsys):
    assert start.main([]) == 2
    assert start.main(["--help"]) == 0
    assert capsys.readouterr().out.count("python start.py demo") == 2
    assert commands == []


def test_an_old_python_is_one_clear_line(start, commands, monkeypatch, capsys):
    monkeypatch.setattr(start.sys, "version_info", (3, 9, 1))
    assert start.main(["demo"]) == 1
    line = "start.py: posecheck needs Python 3.11 or newer, and this is 3.9\n"
    assert capsys.readouterr().err == line
    assert commands == []


@pytest.mark.parametrize("place", ["bin/uv", "bin/uv.exe", "Scripts/uv.exe"])
def test_the_uv_of_an_earlier_start_is_used(start, commands, monkeypatch, place):
    monkeypatch.setattr(start.shutil, "which", lambda _: None)
    uv = put_uv(start, place)
    start.main(["demo"])
    assert commands[0][0] == uv


def fake_install(start: ModuleType, monkeypatch: pytest.MonkeyPatch, working: str) -> list[str]:
    """Only the way of installing named ``working`` brings uv; returns the ways tried."""
    tried: list[str] = []

    def succeeds(command: list[str]) -> bool:
        way = "venv" if "venv" in command else "target" if "--target" in command else "pip"
        tried.append(way)
        if way == working:
            put_uv(start, "bin/uv")
        return way == working or (way, working) == ("venv", "pip")

    monkeypatch.setattr(start, "succeeds", succeeds)
    monkeypatch.setattr(start.shutil, "which", lambda _: None)
    return tried


@pytest.mark.parametrize(
    ("working", "ways"), [("pip", ["venv", "pip"]), ("target", ["venv", "target"])]
)
def test_uv_is_installed_where_it_is_missing(start, commands, monkeypatch, working, ways):
    tried = fake_install(start, monkeypatch, working)
    assert start.main(["demo"]) == 7
    assert tried == ways
    assert commands[0][0] == str(start.TOOLS / "bin" / "uv")


@pytest.mark.usefixtures("commands")
def test_debian_without_ensurepip_goes_straight_to_pip(start, monkeypatch):
    tried = fake_install(start, monkeypatch, "target")
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda _: None)
    assert start.main(["demo"]) == 7
    assert tried == ["target"]


def test_where_uv_cannot_be_had_one_line_says_what_to_install(start, commands, monkeypatch, capsys):
    fake_install(start, monkeypatch, "none")
    assert start.main(["demo"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "https://docs.astral.sh/uv" in error
    assert commands == []


def test_the_exit_code_passes_through(start):
    assert start.run([sys.executable, "-c", "raise SystemExit(5)"]) == 5


def test_a_failing_command_says_its_last_line_only(start, capfd):
    script = "print('noise'); print('the reason'); raise SystemExit(1)"
    assert not start.succeeds([sys.executable, "-c", script])
    assert capfd.readouterr().err == "the reason\n"
    assert start.succeeds([sys.executable, "-c", "print('noise')"])
    assert capfd.readouterr().err == ""


CHILD = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(4))
print("ready", flush=True)
time.sleep(20)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal to a group")
def test_ctrl_c_is_left_to_the_command(tmp_path):
    child = tmp_path / "child.py"
    child.write_text(CHILD)
    code = f"import sys, start; sys.exit(start.run([sys.executable, {str(child)!r}]))"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=SCRIPT.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as parent:
        assert parent.stdout.readline() == "ready\n"
        os.killpg(parent.pid, signal.SIGINT)
        _, error = parent.communicate(timeout=10)
    assert parent.returncode == 4
    assert error == ""
