"""Our preprocessing of Atari frames beside that of the emulator's own vector environment and of Gymnasium's wrapper, on the test cartridge.

Prints the largest differences in grey levels, as JSON; null where OpenCV, or a build with it, is missing.
"""

import json

import gymnasium
import numpy as np
from agents_bridge import atari
from gymnasium.wrappers import AtariPreprocessing

STEPS, FIRE, ACTIONS = 400, 1, (0, 2, 3, 4)
ID, RAW = "ALE/Tetris-v5", {"frameskip": 1, "repeat_action_probability": 0.0}


def main():
    gymnasium.register_envs(__import__("ale_py"))
    print(json.dumps({"resize": resize(), "vector": play(vector()), "wrapper": play(wrapper())}))


def resize():
    """Noise of both screen heights, by area."""
    try:
        import cv2
    except ImportError:
        return None
    random, worst = np.random.default_rng(0), 0
    for height in (210, 250):
        screen = random.integers(0, 256, (height, 160), np.uint8)
        grey = np.rint(atari.area_weights(height, 84) @ screen.astype(np.float32) @ atari.area_weights(160, 84).T)
        worst = max(worst, np.abs(grey - cv2.resize(screen, (84, 84), interpolation=cv2.INTER_AREA)).max())
    return int(worst)


def vector():
    try:
        from ale_py import ALEVectorInterface  # noqa: F401
        from ale_py import AtariVectorEnv
    except ImportError:
        return None
    env = AtariVectorEnv(
        "tetris", 1, stack_num=1, noop_max=0, use_fire_reset=False, reward_clipping=False, autoreset_mode="SameStep"
    )

    def step(action):
        screens, rewards, terminated, _, _ = env.step(np.array([action]))
        return screens[0, 0], rewards[0], terminated[0]

    return lambda: env.reset(seed=0)[0][0, 0], step


def wrapper():
    try:
        env = AtariPreprocessing(gymnasium.make(ID, **RAW), noop_max=0)
    except gymnasium.error.DependencyNotInstalled:
        return None

    def step(action):
        screen, reward, terminated, _, _ = env.step(action)
        return env.reset()[0] if terminated else screen, reward, terminated

    return lambda: env.reset(seed=0)[0], step


def play(other):
    """The largest difference of screens; rewards and ends have to be equal."""
    if other is None:
        return None
    env = atari.AtariPreprocessing(gymnasium.make(ID, obs_type="grayscale", **RAW), noop_max=0)
    reset, step = other
    random = np.random.default_rng(1)
    screen, theirs = env.reset(seed=0)[0], reset()
    worst, ends = difference(screen, theirs), 0
    for t in range(STEPS):
        action = FIRE if t % 100 == 99 else int(random.choice(ACTIONS))
        screen, reward, terminated, _, _ = env.step(action)
        theirs, their_reward, their_end = step(action)
        assert (reward, terminated) == (their_reward, their_end), (t, reward, their_reward, terminated, their_end)
        if terminated:
            screen, ends = env.reset()[0], ends + 1
        worst = max(worst, difference(screen, theirs))
    assert ends == STEPS // 100, ends
    return worst


def difference(screen, other):
    return int(np.abs(screen[:, :, 0].astype(int) - other).max())


if __name__ == "__main__":
    main()
