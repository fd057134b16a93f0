"""Between values of spaces and rows of numbers. Spaces are told by their attributes, so Gymnasium's and look-alikes both do."""

from collections.abc import Sequence

import numpy as np

from agents_bridge import messages
from agents_bridge.failures import BridgeError, sendable


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


# Every form has
#   size            numbers in a row
#   is_bytes        whether a row is of uint8 and not of float32
#   limits          first and last whole number of each column, two arrays; None where a written row needs no look
#   describe()      the space as a message
#   write(v, row)   a value into a row
#   read_many(rows) the values of many rows, as a list; new ones, which whoever gets them may keep
#   complain(c, x)  what is wrong with the number x in column c


class BoxRow:
    """A box, row-major."""

    def __init__(self, space):
        self.shape, self.dtype = tuple(space.shape), np.dtype(space.dtype)
        self.size = int(np.prod(self.shape, dtype=np.int64))
        self._bounds = tuple(np.broadcast_to(np.asarray(bound), self.shape) for bound in (space.low, space.high))
        self.low, self.high = (bound.astype(self.dtype) for bound in self._bounds)
        self.is_bytes = self.dtype == np.uint8
        self.limits = None
        if self.is_bytes and not (np.all(self.low == 0) and np.all(self.high == 255)):
            self.limits = self.low.reshape(-1), self.high.reshape(-1)
        self._first, self._last = (_uniform(bound) for bound in (self.low, self.high))

    def describe(self):
        message = messages.Space()
        message.box.shape.extend(self.shape if self.shape else (1,))
        message.box.low, message.box.high = map(_float32, self._bounds)
        message.box.is_bytes = bool(self.is_bytes)
        return message

    def write(self, value, row):
        # What has another shape is a mistake of the environment, though numpy would often broadcast it.
        value = np.asarray(value)
        if value.shape != self.shape:
            raise BridgeError("ENVIRONMENT", "a value of shape %s, but the space has %s" % (value.shape, self.shape))
        if self.is_bytes and value.dtype != np.uint8:
            value = self._to_bytes(value)
        row[:] = value.reshape(-1)

    def read_many(self, rows):
        """Numbers beyond the bounds become the bounds themselves: in the space's own type, since float32 rounds many of them outwards."""
        if np.issubdtype(self.dtype, np.floating):
            values = rows.astype(self.dtype)
        else:
            values = np.clip(np.rint(rows.astype(np.float64)), *_range(self.dtype)).astype(self.dtype)
        values = values.reshape((len(rows),) + self.shape)
        return list(np.minimum(np.maximum(values, self._first), self._last))

    def complain(self, column, number):
        where = "" if self.size == 1 else " at %s" % list(map(int, np.unravel_index(column, self.shape)))
        return "the value %s%s, which is not in Box(%s, %s, %s, %s)" % (
            number, where, self.low.min(), self.high.max(), self.shape, self.dtype,
        )

    def _to_bytes(self, value):
        with np.errstate(invalid="ignore"):
            narrow = value.astype(np.uint8)
        same = narrow == value
        if not same.all():
            column = int(np.argmin(same.reshape(-1)))
            raise BridgeError("ENVIRONMENT", self.complain(column, value.reshape(-1)[column]))
        return narrow


class DiscreteRow:
    """One integer, counted from 0."""

    is_bytes, size, limits = False, 1, None

    def __init__(self, space):
        self.count, self.start = int(space.n), int(getattr(space, "start", 0))

    def describe(self):
        return messages.Space(discrete=self.count)

    def write(self, value, row):
        number = value if type(value) is int or np.ndim(value) != 0 else np.asarray(value).item()
        if np.ndim(number) != 0 or not 0 <= number - self.start < self.count or int(number) != number:
            raise BridgeError("ENVIRONMENT", self.complain(0, value))
        row[0] = int(number) - self.start

    def read_many(self, rows):
        return [int(number) + self.start for number in rows[:, 0].tolist()]

    def complain(self, _, number):
        space = "Discrete(%d%s)" % (self.count, ", start=%d" % self.start if self.start else "")
        return "the value %s, which is not in %s" % (number, space)


class _Numbers:
    """Several whole numbers, each counted from 0."""

    is_bytes = False

    def __init__(self, name, counts, start, dtype):
        self.name, self.counts, self.start, self.dtype = name, counts, start, dtype
        self.shape, self.size = counts.shape, int(counts.size)
        self.limits = np.zeros(self.size), counts.reshape(-1) - 1

    def write(self, value, row):
        value = np.asarray(value)
        if value.shape != self.shape:
            raise BridgeError("ENVIRONMENT", "a value of shape %s, but the space has %s" % (value.shape, self.shape))
        row[:] = (value - self.start).reshape(-1)

    def read_many(self, rows):
        return list(rows.reshape((len(rows),) + self.shape).astype(self.dtype) + self.start)

    def complain(self, column, number):
        where = list(map(int, np.unravel_index(column, self.shape)))
        number = float(number) + float(self.start.reshape(-1)[column])
        return "the value %s at %s, which is not in %s" % (int(number) if number.is_integer() else number, where, self.name)


class MultiDiscreteRow(_Numbers):
    """Several integers, each counted from 0."""

    def __init__(self, space):
        counts = np.asarray(space.nvec)
        start = np.broadcast_to(np.asarray(getattr(space, "start", 0), np.int64), counts.shape)
        super().__init__("MultiDiscrete(%s)" % counts.tolist(), counts, start, np.int64)

    def describe(self):
        message = messages.Space()
        message.multi_discrete.counts.extend(int(count) for count in self.counts.reshape(-1))
        return message


class MultiBinaryRow(_Numbers):
    """Bits."""

    def __init__(self, space):
        counts = np.full(tuple(space.shape), 2)
        super().__init__("MultiBinary(%s)" % list(space.shape), counts, np.zeros(counts.shape, np.int8), np.int8)

    def describe(self):
        return messages.Space(multi_binary=self.size)


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
        self.limits = self._limits()

    def describe(self):
        message = messages.Space()
        for key, row, _ in self.parts:
            if row.size:
                message.dict.entries.add(name=sendable(str(key))).space.CopyFrom(row.describe())
        return message

    def write(self, value, row):
        for key, part, where in self.parts:
            try:
                part.write(value[key], row[where])
            except BridgeError as error:
                raise BridgeError(error.kind, "%s, in the entry %r" % (error, key)) from error.__cause__

    def read_many(self, rows):
        columns = [part.read_many(rows[:, where]) for _, part, where in self.parts]
        if self.is_tuple:
            return list(zip(*columns))
        keys = [key for key, _, _ in self.parts]
        return [dict(zip(keys, values)) for values in zip(*columns)]

    def complain(self, column, number):
        key, part, where = next(entry for entry in self.parts if column < entry[2].stop)
        return "%s, in the entry %r" % (part.complain(column - where.start, number), key)

    def _limits(self):
        if all(part.limits is None for _, part, _ in self.parts):
            return None
        free = np.inf if not self.is_bytes else 255  # nothing else is in bytes than bytes
        first, last = np.full(self.size, 0 if self.is_bytes else -free), np.full(self.size, free)
        for _, part, where in self.parts:
            if part.limits is not None:
                first[where], last[where] = part.limits
        return first, last


class Limits:
    """Looks for numbers of written rows that are not whole or not in their space, in all copies at once."""

    def __init__(self, form, copies):
        first, last = form.limits
        self._form, self._columns = form, np.flatnonzero(np.isfinite(first) | np.isfinite(last))
        kind = np.uint8 if form.is_bytes else np.float32
        # Limits and results of the full size: numpy takes a third of the time where it need not stretch or allocate.
        self._first, self._last = (np.tile(bound[self._columns].astype(kind), (copies, 1)) for bound in (first, last))
        self._near, self._good = np.empty_like(self._first), np.empty(self._first.shape, bool)
        self._all_good = np.ones(self._first.shape, bool).tobytes()

    def find(self, rows, copies=None):
        """The first bad number as (copy, complaint), of some copies only where they are given; None where all is well."""
        numbers = rows if len(self._columns) == self._form.size else rows[:, self._columns]
        near = numbers if self._form.is_bytes else np.rint(numbers, self._near)
        near = np.minimum(np.maximum(near, self._first, self._near), self._last, self._near)
        good = np.equal(near, numbers, self._good)
        if good.tobytes() == self._all_good:
            return None
        for copy in range(len(rows)) if copies is None else copies:
            if not good[copy].all():
                column = int(np.argmin(good[copy]))
                return copy, self._form.complain(int(self._columns[column]), numbers[copy, column])
        return None


def _float32(bounds):
    with np.errstate(over="ignore"):
        flat = np.ascontiguousarray(bounds, "<f4").reshape(-1)
    return flat[:1].tobytes() if np.all(flat == flat[0]) else flat.tobytes()


def _uniform(bound):
    """One number where all are the same, which is quicker to compare with."""
    return bound.reshape(-1)[0] if bound.size and np.all(bound == bound.reshape(-1)[0]) else bound


def _range(kind):
    """The first and last double that an integer type holds."""
    if kind == bool:
        return 0.0, 1.0
    info = np.iinfo(kind)
    last = float(info.max)
    return float(info.min), last if int(last) <= info.max else float(np.nextafter(last, 0))
