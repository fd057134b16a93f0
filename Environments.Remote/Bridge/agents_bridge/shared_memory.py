"""Memory that client and server map both, when they are on one machine.

The server makes it, in a folder that is its own alone, and tells the client the name: whoever asks cannot name a file.
"""

import fcntl
import mmap
import os
import secrets
import stat
import tempfile

import numpy as np

from agents_bridge.batch import Slot

HEADER = 64
PROOF = 32
ROOT = "/dev/shm"
PREFIX = "agents-bridge-"


def slot_layout(count, row_bytes):
    """Offsets of a slot's five arrays, and its size."""
    offsets, position = [], 0
    for size in (4 * count, count, count, count * row_bytes, count * row_bytes):
        offsets.append(position)
        position += (size + 63) & ~63
    return offsets, position


class Folder:
    """The folder of one server. It is locked while the server lives, so that others know what was left behind."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix=PREFIX, dir=ROOT)  # nobody else's to enter
        self._descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def create(self, size):
        """A new file of a size, whose memory is there for certain: its name, and its descriptor, which the caller closes."""
        name = secrets.token_hex(8)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(name, flags, 0o600, dir_fd=self._descriptor)
        try:
            os.posix_fallocate(descriptor, 0, size)
        except OSError:
            os.close(descriptor)
            self.remove(name)
            raise
        return name, descriptor

    def remove(self, name):
        try:
            os.unlink(name, dir_fd=self._descriptor)
        except OSError:
            pass

    def close(self):
        """Removes it with all that is in it."""
        _empty(self._descriptor)
        try:
            os.rmdir(self.path)
        except OSError:
            pass
        os.close(self._descriptor)


class Memory:
    """Two slots in a file. The name is there until the client has had its chance to open it."""

    def __init__(self, folder, batch):
        row_bytes = batch.observations.size * np.dtype(batch.element).itemsize
        self._offsets, self.slot_size = slot_layout(batch.count, row_bytes)
        self.proof = secrets.token_bytes(PROOF)
        size = HEADER + 2 * self.slot_size
        if room() < 2 * size:
            raise OSError("there is no room in %s" % ROOT)
        self._folder = folder
        self._name, descriptor = folder.create(size)
        self.path = os.path.join(folder.path, self._name)
        try:
            self._memory = mmap.mmap(descriptor, size)
        except (OSError, ValueError):
            self.hide()
            raise
        finally:
            os.close(descriptor)
        self._memory[:PROOF] = self.proof
        copies, matrix = (batch.count,), (batch.count, batch.observations.size)
        kinds = ("<f4", "u1", "u1", batch.element, batch.element)
        shapes = (copies, copies, copies, matrix, matrix)
        self.slots = [Slot(*(self._array(slot, i, kinds[i], shapes[i]) for i in range(5))) for slot in (0, 1)]

    def hide(self):
        """Takes the name away; whoever has opened the file keeps it."""
        if self._name is not None:
            self._folder.remove(self._name)
            self._name = None

    def _array(self, slot, index, kind, shape):
        start = HEADER + slot * self.slot_size + self._offsets[index]
        return np.frombuffer(self._memory, kind, int(np.prod(shape)), start).reshape(shape)


def room():
    status = os.statvfs(ROOT)
    return status.f_bavail * status.f_frsize


def open_folder():
    """A folder for this server; None where the machine has none. Removes those that killed servers left behind."""
    try:
        for entry in os.scandir(ROOT):
            if entry.name.startswith(PREFIX):
                _remove_left_over(entry.path)
        return Folder()
    except OSError:
        return None


def _remove_left_over(path):
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if os.fstat(descriptor).st_uid == os.getuid():
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while its server lives
            _empty(descriptor)
            os.rmdir(path)
    except OSError:
        pass
    finally:
        os.close(descriptor)


def _empty(descriptor):
    for name in os.listdir(descriptor):
        try:
            if stat.S_ISREG(os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode):
                os.unlink(name, dir_fd=descriptor)
        except OSError:
            pass
