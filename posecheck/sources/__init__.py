"""Where pictures come from. Every source is a context manager that yields `Frame`s."""

from posecheck.sources.base import Frame, Source, SourceInfo

__all__ = ["Frame", "Source", "SourceInfo"]
