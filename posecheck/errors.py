"""What can go wrong for the person at the keyboard; each message says what, where, what to do."""


class PosecheckError(Exception):
    """The work could not be done (exit code 1). The message is shown to the user as it stands."""

    exit_code = 1


class UsageError(PosecheckError):
    """The request itself is wrong: a bad option, a missing file (exit code 2)."""

    exit_code = 2


class SourceError(PosecheckError):
    """A clip or picture could not be read."""


class ModelError(PosecheckError):
    """The pose model is missing, damaged, or could not be fetched."""


class OutputError(PosecheckError):
    """A result could not be written: folder not writable, disk full."""
