"""What goes wrong, as the other side will read it: one line, and a traceback where somebody's code raised."""

import traceback

from agents_bridge import messages


class BridgeError(Exception):
    """A failure with its kind, one of messages.FAILURE_KINDS."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def describe(error):
    """An exception as one line, without the traceback."""
    text = " ".join(str(error).split())
    return type(error).__name__ + (": " + text if text else "")


def to_message(error):
    """An exception as a Failure."""
    cause = error.__cause__
    if isinstance(error, BridgeError):
        kind, text = error.kind, str(error)
        trace = "" if cause is None else "".join(traceback.format_exception(type(cause), cause, cause.__traceback__))
    else:
        kind, text = "ENVIRONMENT", describe(error)
        trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return messages.Failure(kind=messages.FAILURE_KINDS.index(kind), message=" ".join(text.split()), traceback=trace)
