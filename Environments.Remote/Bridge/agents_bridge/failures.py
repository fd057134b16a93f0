"""What goes wrong, as the other side will read it: one line, and a traceback where somebody's code raised."""

import traceback

from agents_bridge import messages

# What Python says to code that must run on the main thread: signal, asyncio's current loop, and packages of windows.
_MAIN_THREAD = ("main thread", "no current event loop")


class BridgeError(Exception):
    """A failure with its kind, one of messages.FAILURE_KINDS."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def sendable(text):
    """Text that a message can hold: what UTF-8 has no form for, such as a file's name of other bytes, stands as \\udce9."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def describe(error):
    """An exception as one line, without the traceback."""
    try:
        text = " ".join(str(error).split())
    except Exception as another:  # an exception may fail to say what is wrong
        text = "(its text raised %s)" % type(another).__name__
    return type(error).__name__ + (": " + text if text else "")


def needs_main_thread(error):
    """Whether somebody's code failed for running beside the main thread."""
    return isinstance(error, (ValueError, RuntimeError)) and any(words in describe(error) for words in _MAIN_THREAD)


def to_message(error):
    """An exception as a Failure."""
    cause = error.__cause__
    if isinstance(error, BridgeError):
        kind, text = error.kind, str(error)
        trace = "" if cause is None else _traceback(cause)
    else:
        kind, text, trace = "ENVIRONMENT", describe(error), _traceback(error)
    return messages.Failure(
        kind=messages.FAILURE_KINDS.index(kind), message=sendable(" ".join(text.split())), traceback=sendable(trace)
    )


def _traceback(error):
    try:
        return "".join(traceback.format_exception(type(error), error, error.__traceback__))
    except Exception:  # see describe
        return "".join(traceback.format_tb(error.__traceback__)) + describe(error)
