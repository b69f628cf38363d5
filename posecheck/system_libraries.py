"""Which shared libraries of a Linux system are missing, and the line that installs them."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MissingLibraries:
    """File names such as ``libEGL.so.1``; both empty on macOS and Windows."""

    needed: list[str]
    for_window: list[str]


_MANAGERS = {
    "apt": "apt install",
    "dnf": "dnf install",
    "pacman": "pacman -S",
    "zypper": "zypper install",
    "apk": "apk add",
}

# library: its package for each manager above, in that order
_NEEDED = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd", "libglvnd", "mesa-egl"),
    "libGLESv2.so.2": ("libgles2", "libglvnd-gles", "libglvnd", "libglvnd", "mesa-gles"),
}
_FOR_WINDOW = {
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd", "libglvnd", "mesa-gl"),
    "libX11.so.6": ("libx11-6", "libX11", "libx11", "libX11-6", "libx11"),
    "libxcb.so.1": ("libxcb1", "libxcb", "libxcb", "libxcb1", "libxcb"),
    "libXext.so.6": ("libxext6", "libXext", "libxext", "libXext6", "libxext"),
}
_PACKAGES = _NEEDED | _FOR_WINDOW

_DISTRIBUTIONS = {
    "debian": "apt",
    "ubuntu": "apt",
    "fedora": "dnf",
    "rhel": "dnf",
    "centos": "dnf",
    "arch": "pacman",
    "suse": "zypper",
    "opensuse": "zypper",
    "alpine": "apk",
}


def missing_libraries() -> MissingLibraries:
    """What mediapipe and the window (OpenCV, SDL) need and cannot be loaded here."""
    if sys.platform != "linux":
        return MissingLibraries([], [])
    return MissingLibraries(
        [name for name in _NEEDED if not _loads(name)],
        [name for name in _FOR_WINDOW if not _loads(name)],
    )


def install_line(missing: Iterable[str]) -> str:
    """Return the command that installs the libraries on this system; empty for none."""
    names = list(missing)
    if not names:
        return ""
    manager = _package_manager()
    if manager is None:
        return f"install the packages of your system that hold {', '.join(names)}"
    column = list(_MANAGERS).index(manager)
    packages = dict.fromkeys(_PACKAGES[name][column] for name in names)
    sudo = "" if getattr(os, "geteuid", lambda: 1)() == 0 else "sudo "
    return f"{sudo}{_MANAGERS[manager]} {' '.join(packages)}"


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _package_manager() -> str | None:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return None
    family = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    return next((_DISTRIBUTIONS[name] for name in family if name in _DISTRIBUTIONS), None)
