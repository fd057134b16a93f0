"""As much of Gymnasium's surface as the bridge asks for Atari, over a stand-in of the emulator with the same frames and infos. For tests only."""

import sys
import types

import ale_py

error = types.ModuleType("gymnasium.error")
for _name in ("Error",):
    setattr(error, _name, type(_name, (Exception,), {}))
for _name in ("DependencyNotInstalled", "UnregisteredEnv", "DeprecatedEnv"):
    setattr(error, _name, type(_name, (error.Error,), {}))
sys.modules["gymnasium.error"] = error
_registered = {}


def register_envs(module):
    _registered.update(module.GAMES)


def spec(name):
    if name not in _registered:
        raise error.UnregisteredEnv("%s is not registered" % name)
    return types.SimpleNamespace(entry_point=_registered[name])


def make(name, disable_env_checker=None, render_mode=None, **arguments):
    return spec(name).entry_point(render_mode=render_mode, **arguments)
