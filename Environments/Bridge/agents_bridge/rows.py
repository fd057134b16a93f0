"""Between values of spaces and rows of numbers. Spaces are told by their attributes, so Gymnasium's and look-alikes both do."""

from collections.abc import Sequence

import numpy as np

from agents_bridge import messages
from agents_bridge.failures import BridgeError


def make(space):
    """The row form of a space."""
    row = _make(space)
    if row.size == 0:
        raise BridgeError("ENVIRONMENT", "%s holds no numbers; an agent needs something to see and to do" % type(space).__name__)
    return row


def _make(space):
    inner = getattr(space, "spaces", None)
    if hasattr(inner, "items"):
        return DictRow([(name, _make(entry)) for name, entry in inner.items()])
    if inner is not None and isinstance(space, Sequence):  # a tuple; a choice between spaces is no sequence
        return DictRow([(index, _make(entry)) for index, entry in enumerate(inner)])
    if hasattr(space, "nvec"):
        return MultiDiscreteRow(space)
    if hasattr(space, "low") and hasattr(space, "high"):
        return BoxRow(space)
    if hasattr(space, "n"):
        return MultiBinaryRow(space) if getattr(space, "shape", ()) != () else DiscreteRow(space)
    raise BridgeError("ENVIRONMENT", "%s cannot cross the bridge; Box, Discrete, MultiDiscrete, MultiBinary, Tuple and Dict can" % space)


class BoxRow:
    """A box, row-major."""

    def __init__(self, space):
        self.shape, self.dtype = tuple(space.shape), np.dtype(space.dtype)
        self.size = int(np.prod(self.shape, dtype=np.int64))
        with np.errstate(over="ignore"):
            low, high = np.asarray(space.low).astype(np.float32), np.asarray(space.high).astype(np.float32)
        self.low, self.high = np.broadcast_to(low, self.shape), np.broadcast_to(high, self.shape)
        self.is_bytes = self.dtype == np.uint8

    def describe(self):
        message = messages.Space()
        message.box.shape.extend(self.shape if self.shape else (1,))
        message.box.low, message.box.high = _bounds(self.low), _bounds(self.high)
        message.box.is_bytes = bool(self.is_bytes)
        return message

    def write(self, value, row):
        # What has another shape is a mistake of the environment, though numpy would often broadcast it.
        value = np.asarray(value)
        if value.shape != self.shape:
            raise BridgeError("ENVIRONMENT", "a value of shape %s, but the space has %s" % (value.shape, self.shape))
        row[:] = value.reshape(-1)

    def read(self, row):
        return row.reshape(self.shape).astype(self.dtype) if self.shape else self.dtype.type(row[0])


class DiscreteRow:
    """One integer, counted from 0."""

    is_bytes, size = False, 1

    def __init__(self, space):
        self.count, self.start = int(space.n), int(getattr(space, "start", 0))

    def describe(self):
        return messages.Space(discrete=self.count)

    def write(self, value, row):
        if not (np.ndim(value) == 0 and 0 <= int(value) - self.start < self.count):
            raise BridgeError("ENVIRONMENT", "the value %s, which is not in Discrete(%d)" % (value, self.count))
        row[0] = int(value) - self.start

    def read(self, row):
        return int(row[0]) + self.start


class MultiDiscreteRow:
    """Several integers, each counted from 0."""

    is_bytes = False

    def __init__(self, space):
        self.counts = np.asarray(space.nvec)
        self.start = np.broadcast_to(np.asarray(getattr(space, "start", 0)), self.counts.shape)
        self.size = int(self.counts.size)

    def describe(self):
        message = messages.Space()
        message.multi_discrete.counts.extend(int(count) for count in self.counts.reshape(-1))
        return message

    def write(self, value, row):
        value = np.asarray(value)
        if value.shape != self.counts.shape:
            raise BridgeError("ENVIRONMENT", "a value of shape %s, but the space has %s" % (value.shape, self.counts.shape))
        row[:] = (value - self.start).reshape(-1)

    def read(self, row):
        return row.reshape(self.counts.shape).astype(np.int64) + self.start


class MultiBinaryRow:
    """Bits."""

    is_bytes = False

    def __init__(self, space):
        self.shape = tuple(space.shape)
        self.size = int(np.prod(self.shape))

    def describe(self):
        return messages.Space(multi_binary=self.size)

    def write(self, value, row):
        value = np.asarray(value)
        if value.shape != self.shape:
            raise BridgeError("ENVIRONMENT", "a value of shape %s, but the space has %s" % (value.shape, self.shape))
        row[:] = value.reshape(-1)

    def read(self, row):
        return row.reshape(self.shape).astype(np.int8)


class DictRow:
    """Entries one after the other; a tuple is a dictionary with the keys 0, 1, … Entries without numbers do not cross."""

    def __init__(self, entries):
        self.parts, first = [], 0
        for key, row in entries:
            self.parts.append((key, row, slice(first, first + row.size)))
            first += row.size
        self.size = first
        self.is_bytes = all(row.is_bytes for _, row, _ in self.parts if row.size)
        self.is_tuple = bool(entries) and isinstance(entries[0][0], int)

    def describe(self):
        message = messages.Space()
        for key, row, _ in self.parts:
            if row.size:
                message.dict.entries.add(name=str(key)).space.CopyFrom(row.describe())
        return message

    def write(self, value, row):
        for key, part, where in self.parts:
            part.write(value[key], row[where])

    def read(self, row):
        values = [part.read(row[where]) for _, part, where in self.parts]
        return tuple(values) if self.is_tuple else {key: value for (key, _, _), value in zip(self.parts, values)}


def _bounds(bounds):
    flat = np.ascontiguousarray(bounds, "<f4").reshape(-1)
    return flat[:1].tobytes() if np.all(flat == flat[0]) else flat.tobytes()
