"""Steps environments that another process serves, such as ``agents serve-env MinAtar/Breakout-v1``, with Gymnasium's API.

Where Gymnasium is installed, ``Env`` and ``VectorEnv`` are subclasses of its classes and use its spaces, and ``gymnasium.make(ID, address=…)``
and ``gymnasium.make_vec(ID, num_envs, address=…)`` make them; without it they follow the same API.
"""

import itertools
import json
import os
import queue

import numpy as np

from agents_bridge import channels, messages, spaces
from agents_bridge.failures import BridgeError

try:
    import gymnasium
    from gymnasium import spaces
    from gymnasium.vector import AutoresetMode
    from gymnasium.vector import VectorEnv as _VectorBase

    _Base = gymnasium.Env
    _SAME_STEP = AutoresetMode.SAME_STEP
except ImportError:
    gymnasium = None
    _Base = _VectorBase = object
    _SAME_STEP = "SameStep"

ID = "agents_bridge/Remote-v0"
MAX_MESSAGE = 64 << 20

if gymnasium is not None:
    gymnasium.register(ID, "agents_bridge.client:Env", vector_entry_point="agents_bridge.client:VectorEnv")


class Session:
    """One stream with one batch of copies."""

    def __init__(self, address, name="", copies=1, max_episode_steps=0, token=None, authority=None, timeout=60.0):
        options = [("grpc.max_receive_message_length", MAX_MESSAGE), ("grpc.max_send_message_length", MAX_MESSAGE)]
        target, secure = _target(address)
        pem = None
        if secure and authority:
            with open(authority, "rb") as file:
                pem = file.read()
        self._channel = channels.open(target, secure, pem, options)
        token = token or os.environ.get("AGENTS_BRIDGE_TOKEN")
        metadata = [("authorization", "Bearer " + token)] if token else None
        method = self._channel.stream_stream(
            "/" + messages.SERVICE + "/Session", messages.SessionRequest.SerializeToString, messages.SessionReply.FromString
        )
        self._requests, self._timeout = queue.Queue(), timeout
        self._replies = method(iter(self._requests.get, None), metadata=metadata, wait_for_ready=False)
        request = messages.SessionRequest()
        request.open.source.protocol_version, request.open.source.id = messages.PROTOCOL_VERSION, name
        request.open.copies, request.open.max_episode_steps = copies, max_episode_steps
        self.copies, self._seeds = copies, np.random.default_rng()
        self.description = self._ask(request).opened
        self.element = np.dtype(np.uint8 if self.description.byte_observations else "<f4")
        self.observation_form = Form(self.description.observation_space)
        self.action_form = Form(self.description.action_space)

    def reset(self, seed, options=None):
        """Without a seed, the next one of the sequence that the last seed began."""
        if seed is None:
            seed = self._seeds.integers(1 << 56)
        else:
            self._seeds = np.random.default_rng(seed)
        request = messages.SessionRequest()
        request.reset.seed = int(seed)
        request.reset.options_json = json.dumps(options) if options else ""
        return self._results(self._ask(request))

    def step(self, actions, final_pictures=False):
        """actions: float32 [B, row]."""
        request = messages.SessionRequest()
        request.step.actions = np.ascontiguousarray(actions, "<f4").tobytes()
        request.step.final_pictures = final_pictures
        return self._results(self._ask(request))

    def metadata(self):
        rate = self.description.render_frames_per_second
        return {"render_modes": ["rgb_array"] if rate else [], "render_fps": rate or 30}

    def render(self, copy):
        request = messages.SessionRequest()
        request.render.copy = copy
        picture = self._ask(request).picture
        return np.frombuffer(picture.rgb, np.uint8).reshape(picture.height, picture.width, 3)

    def close(self):
        self._requests.put(None)
        self._channel.close()

    def _ask(self, request):
        self._requests.put(request)
        try:
            reply = next(self._replies)
        except StopIteration:
            raise BridgeError("REQUEST", "the server ended the stream") from None
        if reply.HasField("failure"):
            raise BridgeError(messages.FAILURE_KINDS[reply.failure.kind], reply.failure.message)
        return reply

    def _results(self, reply):
        results, copies = reply.results, self.copies
        observations = np.frombuffer(results.observations, self.element).reshape(copies, -1)
        rewards = np.frombuffer(results.rewards, "<f4")
        terminated = np.frombuffer(results.terminated, np.uint8).astype(bool)
        truncated = np.frombuffer(results.truncated, np.uint8).astype(bool)
        ended = terminated | truncated
        finals = np.frombuffer(results.final_observations, self.element).reshape(int(ended.sum()), -1) if ended.any() else None
        return observations, rewards, terminated, truncated, ended, finals


class Form:
    """A space as a message, as Gymnasium's, and between rows and values of both one copy and many."""

    def __init__(self, message):
        self.kind = message.WhichOneof("kind")
        if self.kind == "dict":
            self.parts, first = [], 0
            for entry in message.dict.entries:
                part = Form(entry.space)
                self.parts.append((entry.name, part, slice(first, first + part.size)))
                first += part.size
            self.size, self.space = first, spaces.Dict({name: part.space for name, part, _ in self.parts})
        elif self.kind == "box":
            box = message.box
            self.shape, self.dtype = tuple(box.shape), np.dtype(np.uint8 if box.is_bytes else np.float32)
            low, high = (_bounds(data, self.shape).astype(self.dtype) for data in (box.low, box.high))
            self.size, self.space = int(np.prod(self.shape)), spaces.Box(low, high, self.shape, self.dtype.type)
        elif self.kind == "discrete":
            self.size, self.space = 1, spaces.Discrete(message.discrete)
        elif self.kind == "multi_discrete":
            self.size, self.space = len(message.multi_discrete.counts), spaces.MultiDiscrete(list(message.multi_discrete.counts))
        elif self.kind == "multi_binary":
            self.size, self.space = message.multi_binary, spaces.MultiBinary(message.multi_binary)
        else:
            raise BridgeError("REQUEST", "the server describes a space that this client does not know")

    def read(self, row):
        """The value of one row."""
        if self.kind == "dict":
            return {name: part.read(row[where]) for name, part, where in self.parts}
        if self.kind == "box":
            return row.reshape(self.shape).astype(self.dtype)
        if self.kind == "discrete":
            return np.int64(row[0])
        return row.astype(np.int64 if self.kind == "multi_discrete" else np.int8)

    def read_many(self, rows):
        """The values of many rows, the copy first."""
        if self.kind == "dict":
            return {name: part.read_many(rows[:, where]) for name, part, where in self.parts}
        if self.kind == "box":
            return rows.reshape((len(rows),) + self.shape).astype(self.dtype)
        if self.kind == "discrete":
            return rows[:, 0].astype(np.int64)
        return rows.astype(np.int64 if self.kind == "multi_discrete" else np.int8)

    def write(self, value):
        """The row of a value."""
        if self.kind == "dict":
            return np.concatenate([part.write(value[name]) for name, part, _ in self.parts])
        return np.asarray(value, np.float32).reshape(-1)

    def write_many(self, values):
        """The rows of many values, the copy first."""
        if self.kind == "dict":
            return np.concatenate([part.write_many(values[name]) for name, part, _ in self.parts], axis=1)
        values = np.asarray(values, np.float32)
        return values.reshape(len(values), -1)

    def batched(self, count):
        """The space of many values."""
        if gymnasium is not None:
            return gymnasium.vector.utils.batch_space(self.space, count)
        if self.kind == "dict":
            return spaces.Dict({name: part.batched(count) for name, part, _ in self.parts})
        if self.kind == "discrete":
            return spaces.MultiDiscrete([self.space.n] * count)
        if self.kind == "box":
            return spaces.Box(np.stack([self.space.low] * count), np.stack([self.space.high] * count), None, self.dtype)
        if self.kind == "multi_discrete":
            return spaces.MultiDiscrete(np.stack([self.space.nvec] * count))
        return spaces.MultiBinary((count, self.size))


class Env(_Base):
    """One copy. The caller resets it after its end, as always."""

    metadata = {"render_modes": ["rgb_array"]}  # of an environment that can be drawn; each has its own

    def __init__(self, address, name="", render_mode=None, **options):
        self._session = Session(address, name, 1, **options)
        self.observation_space, self.action_space = self._session.observation_form.space, self._session.action_form.space
        self.metadata, self.render_mode = self._session.metadata(), render_mode
        _check_mode(self)
        self._next = None  # the first observation of the next episode, where the server began it already

    def reset(self, *, seed=None, options=None):
        if gymnasium is not None:
            super().reset(seed=seed)
        if seed is None and not options and self._next is not None:
            row = self._next
        else:
            row = self._session.reset(seed, options)[0][0]
        self._next = None
        return self._session.observation_form.read(row), {}

    def step(self, action):
        form = self._session.action_form
        rows, rewards, terminated, truncated, ended, finals = self._session.step(form.write(action)[None])
        row = rows[0]
        if ended[0]:
            row, self._next = finals[0], rows[0]
        return self._session.observation_form.read(row), float(rewards[0]), bool(terminated[0]), bool(truncated[0]), {}

    def render(self):
        return self._session.render(0) if self.render_mode == "rgb_array" else None

    def close(self):
        self._session.close()


class VectorEnv(_VectorBase):
    """Many copies, reset in the step that ends their episode; the last observation is in the info's "final_obs"."""

    def __init__(self, address, name="", num_envs=1, render_mode=None, **options):
        self._session = Session(address, name, num_envs, **options)
        forms = self._session.observation_form, self._session.action_form
        self.num_envs, self.closed, self.spec, self.render_mode = num_envs, False, None, render_mode
        self.single_observation_space, self.single_action_space = (form.space for form in forms)
        self.observation_space, self.action_space = (form.batched(num_envs) for form in forms)
        self.metadata = {**self._session.metadata(), "autoreset_mode": _SAME_STEP}
        _check_mode(self)

    def reset(self, *, seed=None, options=None):
        if gymnasium is not None:
            super().reset(seed=seed)
        rows = self._session.reset(seed, options)[0]
        return self._session.observation_form.read_many(rows), {}

    def step(self, actions):
        form = self._session.observation_form
        rows, rewards, terminated, truncated, ended, finals = self._session.step(self._session.action_form.write_many(actions))
        info = {}
        if finals is not None:
            final = np.full(self.num_envs, None, dtype=object)
            for copy, row in zip(itertools.compress(range(self.num_envs), ended), finals):
                final[copy] = form.read(row)
            info = {"final_obs": final, "_final_obs": ended, "final_info": {}, "_final_info": ended.copy()}
        return form.read_many(rows), rewards.astype(np.float64), terminated, truncated, info

    def render(self):
        return tuple(map(self._session.render, range(self.num_envs))) if self.render_mode == "rgb_array" else None

    def close(self, **_):
        if not self.closed:
            self.closed = True
            self._session.close()


def _check_mode(env):
    modes = env.metadata["render_modes"]
    if env.render_mode not in (None, *modes):
        env.close()
        raise BridgeError("REQUEST", "render_mode can be %s" % (modes or "None only"))


def _bounds(data, shape):
    flat = np.frombuffer(data, "<f4")
    return np.broadcast_to(flat[0], shape) if flat.size == 1 else flat.reshape(shape)


def _target(address):
    """grpc's own form of http://host:port, https://host:port, unix:/path or host:port."""
    for scheme, secure in (("http://", False), ("grpc://", False), ("https://", True), ("grpcs://", True)):
        if address.startswith(scheme):
            return address[len(scheme):].rstrip("/"), secure
    return address, False
