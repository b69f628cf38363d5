import ctypes
import os
import platform
import sys

import pytest

from posecheck.system_libraries import install_line, missing_libraries

EGL_AND_GLES = ["libEGL.so.1", "libGLESv2.so.2"]


def nothing_loads(name: str) -> None:
    raise OSError(f"{name}: cannot open shared object file")


@pytest.fixture
def on_linux(monkeypatch):
    """A function that makes this a Linux of the given os-release."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)

    def set_release(**release: str) -> None:
        monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)

    return set_release


def test_says_what_cannot_be_loaded(on_linux, monkeypatch):
    on_linux(ID="debian")
    monkeypatch.setattr(ctypes, "CDLL", nothing_loads)
    missing = missing_libraries()
    assert missing.needed == EGL_AND_GLES
    assert "libGL.so.1" in missing.for_window
    monkeypatch.setattr(ctypes, "CDLL", lambda name: name)
    assert (missing_libraries().needed, missing_libraries().for_window) == ([], [])


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_need_nothing(system, monkeypatch):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(ctypes, "CDLL", nothing_loads)
    assert (missing_libraries().needed, missing_libraries().for_window) == ([], [])


@pytest.mark.parametrize(
    ("release", "line"),
    [
        ({"ID": "debian"}, "sudo apt install libegl1 libgles2"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "sudo apt install libegl1 libgles2"),
        ({"ID": "fedora"}, "sudo dnf install libglvnd-egl libglvnd-gles"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos"}, "sudo dnf install libglvnd-egl libglvnd-gles"),
        ({"ID": "arch"}, "sudo pacman -S libglvnd"),
        ({"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"}, "sudo zypper install libglvnd"),
        ({"ID": "alpine"}, "sudo apk add mesa-egl mesa-gles"),
    ],
)
def test_the_line_is_that_of_the_system(on_linux, release, line):
    on_linux(**release)
    assert install_line(EGL_AND_GLES) == line


def test_an_unknown_system_is_told_the_libraries(on_linux):
    on_linux(ID="something")
    assert "libEGL.so.1, libGLESv2.so.2" in install_line(EGL_AND_GLES)


def test_root_needs_no_sudo(on_linux, monkeypatch):
    on_linux(ID="debian")
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert install_line(EGL_AND_GLES) == "apt install libegl1 libgles2"


def test_nothing_missing_is_nothing_to_install():
    assert install_line([]) == ""
