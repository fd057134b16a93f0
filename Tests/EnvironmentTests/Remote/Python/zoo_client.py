"""Steps the environments served at the addresses that are the arguments, and holds them to their spaces."""

import sys

import numpy as np

from agents_bridge import client


def lowest(space):
    """A member of a space."""
    if hasattr(space, "spaces"):
        return {name: lowest(entry) for name, entry in space.spaces.items()}
    if hasattr(space, "low"):
        return np.clip(space.low, -1, 1).clip(space.low, space.high).astype(space.dtype)
    return np.zeros(space.shape, np.int64) if space.shape else 0


def dtypes(space, value):
    """Whether a value has the types of its space."""
    if hasattr(space, "spaces"):
        return set(value) == set(space.spaces) and all(dtypes(entry, value[name]) for name, entry in space.spaces.items())
    return np.asarray(value).dtype == space.dtype and np.shape(value) == space.shape


for address in sys.argv[1:]:
    env = client.Env(address)
    action = lowest(env.action_space)
    assert env.action_space.contains(action), (address, action)
    observation, _ = env.reset(seed=1)
    for _ in range(20):
        assert env.observation_space.contains(observation) and dtypes(env.observation_space, observation), (env.observation_space, observation)
        observation, reward, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            assert env.observation_space.contains(observation)
            observation, _ = env.reset()
    env.close()
    print("20 steps of", address)
