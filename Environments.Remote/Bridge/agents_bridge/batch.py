"""Copies of an environment that are stepped together and reset in the step that ends their episode."""

import json
import math

import numpy as np

from agents_bridge import making, messages, rows
from agents_bridge.failures import BridgeError, describe, needs_main_thread

MAX_INFO = 64 << 10
MAX_DEPTH = 8  # to which infos are told that JSON cannot tell by itself
MAX_SEED = (1 << 31) - 1  # more than that numpy's old generators, C and many games do not take

# Short, since of a message of others no more than 300 characters are shown.
MAIN_THREAD_HINT = (
    "; it needs the main thread, which it has in a process of its own, gym:NAME, or behind agents-bridge serve --max-clients 1,"
    " but not with lane=inprocess"
)


class Slot:
    """Where results go; arrays with the copy first."""

    def __init__(self, rewards, terminated, truncated, observations, final_observations):
        self.rewards, self.terminated, self.truncated = rewards, terminated, truncated
        self.observations, self.final_observations = observations, final_observations
        self.rows, self.final_rows = list(observations), list(final_observations)  # views, made once

    @staticmethod
    def allocate(batch):
        shape = (batch.count, batch.observations.size)
        return Slot(
            np.zeros(batch.count, np.float32), np.zeros(batch.count, np.uint8), np.zeros(batch.count, np.uint8),
            np.zeros(shape, batch.element), np.zeros(shape, batch.element),
        )


class Batch:
    """B copies. Not thread-safe."""

    def __init__(self, name, arguments, wrappers, count, limit=0):
        self.name, self.count = name, count
        self.envs = []
        try:
            for _ in range(count):
                self.envs.append(making.make(name, arguments, wrappers))
            first = self.envs[0]
            self.observations, self.actions = rows.make(first.observation_space), rows.make(first.action_space)
        except BaseException as error:
            made = len(self.envs)
            self.close()
            if isinstance(error, Exception) and not needs_main_thread(error):
                raise
            raise self._failed(made, error, "its constructor") from error
        self._limits = None if self.observations.limits is None else rows.Limits(self.observations, count)
        self.element = np.uint8 if self.observations.is_bytes else np.float32
        own = making.limit_of(first)
        self._limit = min(own or 1 << 62, limit or 1 << 62)
        self._own_limit = own
        self._elapsed = [0] * count
        self._steps = 0
        self._last = None  # the slot that was written last

    def describe(self):
        first = self.envs[0]
        message = messages.Description(
            observation_space=self.observations.describe(),
            action_space=self.actions.describe(),
            max_episode_steps=self._own_limit,
            byte_observations=bool(self.observations.is_bytes),
            render_frames_per_second=making.rate_of(first),
            name=self.name,
        )
        threshold = making.threshold_of(first)
        if threshold is not None:
            message.reward_threshold = float(threshold)
        return message

    def reset(self, seed, options, slot):
        """New episodes; copy b is seeded with the lowest 31 bits of seed + b."""
        self._steps = 0
        for copy in range(self.count):
            self._reset(copy, slot, seed=(seed + copy) & MAX_SEED, options=options or None)
        self._require_in_space(slot.observations)
        slot.rewards[:], slot.terminated[:], slot.truncated[:] = 0, 0, 0
        self._last = slot

    def step(self, actions, active, slot, final_pictures=False):
        """One step of the active copies. Returns those that ended, as (copy, info), and their pictures where wanted."""
        if self._last is None:
            raise BridgeError("REQUEST", "%s was stepped before its first reset" % self.name)
        self._steps += 1
        ended, pictures, last = [], [], self._last
        write, out, limit = self.observations.write, slot.rows, self._limit
        rewards, terminations, truncations = slot.rewards, slot.terminated, slot.truncated
        values = self.actions.read_many(actions)
        for copy, env in enumerate(self.envs):
            if active is not None and not active[copy]:
                rewards[copy] = terminations[copy] = truncations[copy] = 0
                if last is not slot:
                    out[copy][:] = last.rows[copy]
                continue
            try:
                observation, reward, terminated, truncated, info = env.step(values[copy])
                self._elapsed[copy] += 1
                truncated = truncated or self._elapsed[copy] >= limit
                rewards[copy], terminations[copy], truncations[copy] = reward, bool(terminated), bool(truncated)
                if not (terminated or truncated):
                    write(observation, out[copy])
                    continue
                write(observation, slot.final_rows[copy])
            except BaseException as error:  # sys.exit() in an environment is a failure of it, and no end of the bridge
                raise self._failed(copy, error) from error
            ended.append((copy, info))
            if final_pictures:
                pictures.append(self.render(copy))
            self._reset(copy, slot)
        self._last = slot
        self._require_in_space(slot.observations)
        if ended:
            self._require_in_space(slot.final_observations, [copy for copy, _ in ended])
        return ended, pictures

    def render(self, copy):
        """A copy as it is now."""
        if copy >= self.count:
            raise BridgeError("REQUEST", "there are %d copies, no copy %d" % (self.count, copy))
        if self._last is None:
            self.envs[copy].reset()
        try:
            picture = np.ascontiguousarray(self.envs[copy].render())
        except BaseException as error:
            raise self._failed(copy, error, "rendering") from error
        if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
            raise BridgeError("ENVIRONMENT", "copy %d of %s drew a picture of shape %s" % (copy, self.name, picture.shape))
        return messages.Picture(copy=copy, width=picture.shape[1], height=picture.shape[0], rgb=picture.tobytes())

    def close(self):
        for env in self.envs:
            try:
                env.close()
            except BaseException:  # what it was wanted for is over
                pass
        self.envs = []

    def _reset(self, copy, slot, **arguments):
        try:
            observation, _ = self.envs[copy].reset(**arguments)
            self.observations.write(observation, slot.rows[copy])
        except BaseException as error:
            raise self._failed(copy, error, "its reset") from error
        self._elapsed[copy] = 0

    def _failed(self, copy, error, where=None):
        where = where or "step %d" % self._steps
        what = "gave %s" % error if isinstance(error, BridgeError) else "raised %s" % describe(error)
        hint = MAIN_THREAD_HINT if needs_main_thread(error) else ""
        return BridgeError("ENVIRONMENT", "copy %d of %s %s in %s%s" % (copy, self.name, what, where, hint))

    def _require_in_space(self, observations, copies=None):
        found = self._limits and self._limits.find(observations, copies)
        if found:
            copy, complaint = found
            raise self._failed(copy, BridgeError("ENVIRONMENT", complaint))


def info_json(info):
    """An info as JSON; what has no form in JSON as its text, and nothing where it would be huge. Never raises: it is only told."""
    try:
        if info is None or len(info) == 0:
            return "{}"
        try:
            text = json.dumps(info, default=_plain, allow_nan=False)
        except Exception:  # a key that is no text, a value within itself, not a number
            text = json.dumps(_tell(info, MAX_DEPTH))
        return text if len(text) <= MAX_INFO else "{}"
    except Exception:
        return "{}"


def _plain(value):
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    return str(value)


def _tell(value, depth):
    """A value in what JSON has: keys as their texts, and as its text whatever lies too deep or is of another kind."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if depth > 0 and isinstance(value, dict):
        return {str(key): _tell(entry, depth - 1) for key, entry in value.items()}
    if depth > 0 and isinstance(value, (list, tuple)):
        return [_tell(entry, depth - 1) for entry in value]
    if value is None or isinstance(value, (bool, int, str)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    try:
        return str(value)[:MAX_INFO]
    except Exception:
        return "a " + type(value).__name__
