"""Gymnasium's own checks of the client, against a server whose address is the first argument."""

import sys
import warnings

import gymnasium
import numpy as np
from agents_bridge import client
from gymnasium.utils.env_checker import check_env
from gymnasium.utils.env_match import check_environments_match
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import vector as wrappers

COPIES, STEPS = 3, 300
HARMLESS = ("minimum value is -infinity", "maximum value is infinity", "symmetric and normalized space", "unwrapped version")


def mode_of(address):
    """How the environment can be drawn, None for not at all."""
    env = client.Env(address)
    env.close()
    return env.metadata["render_modes"][0] if env.metadata["render_modes"] else None


def check_one(address, mode):
    """The API of one copy, as Gymnasium checks it, with nothing to complain of."""
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        env = gymnasium.make(client.ID, address=address, render_mode=mode)
        check_env(env.unwrapped)
        env.close()
    complaints = [str(complaint.message) for complaint in complaints]
    complaints = [complaint for complaint in complaints if not any(words in complaint for words in HARMLESS)]
    assert not complaints, complaints
    one, other = (gymnasium.make(client.ID, address=address) for _ in range(2))
    check_environments_match(one, other, num_steps=STEPS, seed=7)
    one.close()
    other.close()


def check_many(address, mode):
    """Many copies of the client are what Gymnasium's own vector of single ones is: spaces, values, types and infos."""
    many = gymnasium.make_vec(client.ID, COPIES, address=address, render_mode=mode)
    assert isinstance(many, client.VectorEnv) and many.metadata["autoreset_mode"] == AutoresetMode.SAME_STEP
    single = SyncVectorEnv([lambda: client.Env(address)] * COPIES, autoreset_mode=AutoresetMode.SAME_STEP)
    for name in ("observation_space", "action_space", "single_observation_space", "single_action_space", "num_envs"):
        assert getattr(many, name) == getattr(single, name), name
    many.action_space.seed(5)
    same(many.reset(seed=11), single.reset(seed=11), "reset")
    assert many.np_random_seed == 11
    ended = 0
    for _ in range(STEPS):
        actions = many.action_space.sample()
        result = many.step(actions)
        assert result[0] in many.observation_space
        same(result, single.step(actions), "step")
        ended += int(result[2].sum() + result[3].sum())
    pictures = many.render()
    assert mode is None or (len(pictures) == COPIES and pictures[0].dtype == np.uint8 and pictures[0].shape[2] == 3)
    many.close()
    many.close()
    single.close()
    return ended


def check_wrapped(address):
    """Gymnasium's record of episodes around the client counts what ended."""
    env = wrappers.RecordEpisodeStatistics(client.VectorEnv(address, num_envs=COPIES))
    env.action_space.seed(1)
    env.reset(seed=1)
    ended = 0
    for _ in range(STEPS):
        _, _, terminated, truncated, _ = env.step(env.action_space.sample())
        ended += int((terminated | truncated).sum())
    assert env.episode_count == ended, (env.episode_count, ended)
    env.close()


def check_refusals(address):
    """What the environment has not is an error, not silence."""
    for make, error in ((lambda: client.Env(address, render_mode="human"), "render_mode"),
                        (lambda: client.Env(address).reset(options={"low": 0.0}), "no options")):
        try:
            make()
        except Exception as exception:
            assert error in str(exception), exception
        else:
            raise AssertionError("nothing said about %s" % error)


def same(mine, theirs, where):
    """Equal values of equal types, whatever is inside."""
    if isinstance(mine, (tuple, list)):
        assert len(mine) == len(theirs), (where, mine, theirs)
        for index, (one, other) in enumerate(zip(mine, theirs)):
            same(one, other, "%s[%d]" % (where, index))
    elif isinstance(mine, dict):
        assert mine.keys() == theirs.keys(), (where, mine, theirs)
        for key in mine:
            same(mine[key], theirs[key], "%s[%s]" % (where, key))
    elif isinstance(mine, np.ndarray) and mine.dtype == object:
        same(list(mine), list(theirs), where)
    elif isinstance(mine, np.ndarray):
        assert mine.dtype == theirs.dtype and np.array_equal(mine, theirs), (where, mine, theirs)
    else:
        assert mine == theirs, (where, mine, theirs)


if __name__ == "__main__":
    mode = mode_of(sys.argv[1])
    check_one(sys.argv[1], mode)
    print(check_many(sys.argv[1], mode))
    check_wrapped(sys.argv[1])
    check_refusals(sys.argv[1])
