"""The way in: gets uv where it is missing, lets uv build the environment, and starts posecheck.

    python start.py demo [options]     run the demo
    python start.py test [options]     run the tests (options go to pytest)

Any other posecheck command works too, e.g. `python start.py doctor`. Uses the standard library
only; what it fetches stays in this folder and in uv's cache.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
UV = "uv==0.13.9"
TOOLS = ROOT / ".tools" / UV.replace("==", "-")
OLDEST_PYTHON = (3, 11)


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    if sys.version_info < OLDEST_PYTHON:
        wanted, found = (".".join(map(str, v[:2])) for v in (OLDEST_PYTHON, sys.version_info))
        return complain(f"posecheck needs Python {wanted} or newer, and this is {found}")
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if arguments else 2
    uv = shutil.which("uv") or own_uv() or install_uv()
    if uv is None:
        return complain(
            "uv cannot be installed here: with a network, install it from https://docs.astral.sh/uv"
            " (on Debian or Ubuntu `sudo apt install python3-venv` is enough) and try again"
        )
    return run(uv_command(uv, arguments))


def uv_command(uv: str, arguments: list[str]) -> list[str]:
    """Return what uv is asked to do: tests run in this folder, posecheck wherever you are."""
    name, *options = arguments
    if name == "test":
        return [uv, "run", "--directory", str(ROOT), "pytest", *options]
    extra = ["--extra", "voice"] if name == "live" else []
    return [uv, "run", "--project", str(ROOT), "--no-dev", *extra, "posecheck", name, *options]


def own_uv() -> str | None:
    """Return the path of the uv that an earlier start put into .tools, if there is one."""
    places = (TOOLS / folder / name for folder in ("bin", "Scripts") for name in ("uv", "uv.exe"))
    return next((str(path) for path in places if path.is_file()), None)


def install_uv() -> str | None:
    """Install uv into .tools with pip; return its path, or None where pip cannot be had."""
    print(f"Fetching {UV} into {TOOLS}", flush=True)
    if importlib.util.find_spec("ensurepip"):
        venv = [sys.executable, "-m", "venv", "--clear", str(TOOLS)]
        python = TOOLS / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        install = [str(python), "-m", "pip", "install", UV]
        if succeeds(venv) and succeeds(install):
            return own_uv()
    # Debian keeps ensurepip in a package of its own; its pip may be there all the same.
    if succeeds([sys.executable, "-m", "pip", "install", "--upgrade", "--target", str(TOOLS), UV]):
        return own_uv()
    return None


def succeeds(command: list[str]) -> bool:
    """Run a command that says nothing unless it fails, and then only its last line."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, text=True
    )
    if done.returncode:
        print(*done.stdout.strip().splitlines()[-1:], file=sys.stderr)
    return done.returncode == 0


def run(command: list[str]) -> int:
    """Run a command in the foreground and return its exit code."""
    with subprocess.Popen(command) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue  # the child got Ctrl-C as well and ends by itself


def complain(line: str) -> int:
    """Say what is wrong; return the exit code for it."""
    print(f"start.py: {line}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
