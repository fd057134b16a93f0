"""Copies for a .NET program that runs Python within itself: arrays are its memory, and a step is one call."""

import ctypes
import time

import numpy as np

from agents_bridge import batch as batches
from agents_bridge import failures, making, messages


class Lane:
    """One batch. Methods return the number of episodes that ended, or -1 after a failure, which ``failure`` then holds."""

    def __init__(self, name, arguments, wrappers, copies, limit):
        self.failure, self.batch, self._ended, self._pictures = None, None, [], []
        self._run(lambda: self._open(name, arguments, wrappers, copies, limit))

    def describe(self):
        """The description, serialised."""
        return self.batch.describe().SerializeToString()

    def attach(self, seconds, actions, active, rewards, terminated, truncated, observations, final_observations):
        """Takes addresses of arrays that outlive this object's last call."""
        batch = self.batch
        copies, rows = (batch.count,), (batch.count, batch.observations.size)
        self._seconds = _array(seconds, np.float64, (1,))
        self._actions = _array(actions, np.float32, (batch.count, batch.actions.size))
        self._active = _array(active, np.uint8, copies)
        self._slot = batches.Slot(
            _array(rewards, np.float32, copies), _array(terminated, np.uint8, copies), _array(truncated, np.uint8, copies),
            _array(observations, batch.element, rows), _array(final_observations, batch.element, rows),
        )

    def reset(self, seed):
        return self._run(lambda: self.batch.reset(seed, {}, self._slot))

    def step(self, masked, final_pictures):
        started = time.perf_counter()
        try:
            self._ended, self._pictures = self.batch.step(
                self._actions, self._active if masked else None, self._slot, final_pictures
            )
            self._seconds[0] = time.perf_counter() - started
            return len(self._ended)
        except Exception as error:
            self.failure = failures.to_message(error).SerializeToString()
            return -1

    def render(self, copy):
        """A picture, serialised; None after a failure."""
        pictures = []
        self._run(lambda: pictures.append(self.batch.render(copy).SerializeToString()))
        return pictures[0] if pictures else None

    def ended(self):
        """What there is to say about the episodes that ended, as results, serialised."""
        results = messages.Results()
        for copy, info in self._ended:
            results.final_infos.add(copy=copy, json=batches.info_json(info))
        results.final_pictures.extend(self._pictures)
        return results.SerializeToString()

    def close(self):
        if self.batch is not None:
            self.batch.close()

    def _open(self, name, arguments, wrappers, copies, limit):
        self.batch = batches.Batch(name, making.parse(arguments, "the arguments"), list(wrappers), copies, limit)

    def _run(self, action):
        try:
            action()
            return 0
        except Exception as error:
            self.failure = failures.to_message(error).SerializeToString()
            return -1


def _array(address, kind, shape):
    length = int(np.prod(shape)) * np.dtype(kind).itemsize
    return np.frombuffer((ctypes.c_char * length).from_address(address), kind).reshape(shape)
