"""Environments by name: Gymnasium's ids, and classes that follow its API."""

import importlib
import json
import sys

from agents_bridge import atari
from agents_bridge.failures import BridgeError, describe

_WRAPPERS = {"atari": atari.AtariPreprocessing}


def make(name, arguments, wrappers):
    """One copy of an environment, with its wrappers around it."""
    env = _make_class(name, arguments) if ":" in name else _make_gymnasium(name, arguments)
    for wrapper in wrappers:
        env = _wrap(env, wrapper)
    return env


def limit_of(env):
    """Steps after which an episode is truncated, as the environment says it; 0 for none."""
    spec = getattr(env, "spec", None)
    limit = getattr(spec, "max_episode_steps", None) or getattr(env, "max_episode_steps", None)
    return int(limit) if limit else 0


def threshold_of(env):
    """Mean return from which the task counts as solved; None where there is no mark."""
    spec = getattr(env, "spec", None)
    threshold = getattr(spec, "reward_threshold", None)
    return getattr(env, "reward_threshold", None) if threshold is None else threshold


def rate_of(env):
    """Pictures per second; 0 where it draws none."""
    if getattr(env, "render_mode", None) != "rgb_array":
        return 0
    return max(1, int((getattr(env, "metadata", None) or {}).get("render_fps") or 30))


def parse(text, what):
    """Arguments, one JSON object."""
    if not text:
        return {}
    try:
        value = json.loads(text)
    except ValueError as error:
        raise BridgeError("REQUEST", "%s are no JSON: %s" % (what, error)) from None
    if not isinstance(value, dict):
        raise BridgeError("REQUEST", "%s are no JSON object" % what)
    return value


def parse_value(text):
    """A number, truth value or null where the text is one, else the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _make_gymnasium(name, arguments):
    gymnasium = _package("gymnasium", "gymnasium")
    if name.startswith("ALE/"):
        gymnasium.register_envs(_package("ale_py", "ale-py"))
    error = gymnasium.error
    try:
        try:
            return gymnasium.make(name, disable_env_checker=True, **{"render_mode": "rgb_array", **arguments})
        except TypeError as mistake:
            if "render_mode" not in str(mistake) or "render_mode" in arguments:
                raise
            return gymnasium.make(name, disable_env_checker=True, **arguments)
    except error.DependencyNotInstalled as missing:
        raise BridgeError("MISSING_PACKAGE", "%s needs a package: %s" % (name, missing)) from missing
    except (error.UnregisteredEnv, error.DeprecatedEnv) as unknown:
        raise BridgeError("NOT_FOUND", "Gymnasium does not know '%s': %s" % (name, unknown)) from None
    except (TypeError, error.Error) as mistake:
        raise BridgeError("NOT_FOUND", "%s cannot be made with %s: %s" % (name, arguments, describe(mistake))) from mistake


def _make_class(name, arguments):
    kind = _class(name)
    try:
        return kind(**arguments)
    except TypeError as mistake:
        raise BridgeError("NOT_FOUND", "%s cannot be made with %s: %s" % (name, arguments, describe(mistake))) from mistake


def _wrap(env, wrapper):
    name, _, query = wrapper.partition("?")
    kind = _WRAPPERS[name] if name in _WRAPPERS else _class(name) if ":" in name else None
    if kind is None:
        raise BridgeError("NOT_FOUND", "there is no wrapper '%s'; use %s or module:Class" % (name, ", ".join(_WRAPPERS)))
    pairs = (part.partition("=") for part in query.split("&") if part)
    arguments = {key: parse_value(value) for key, _, value in pairs}
    try:
        return kind(env, **arguments)
    except TypeError as mistake:
        raise BridgeError("NOT_FOUND", "the wrapper '%s' cannot be made: %s" % (wrapper, describe(mistake))) from mistake


def _class(name):
    module_name, _, class_name = name.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as missing:
        if missing.name and module_name.split(".")[0] == missing.name.split(".")[0]:
            raise BridgeError("NOT_FOUND", "there is no module '%s' on the path of %s" % (module_name, sys.executable)) from None
        raise BridgeError("MISSING_PACKAGE", "%s needs the package '%s'" % (module_name, missing.name)) from missing
    kind = getattr(module, class_name, None)
    # Names come from settings and saved policies: nothing is called that is no environment.
    if not (isinstance(kind, type) and callable(getattr(kind, "reset", None)) and callable(getattr(kind, "step", None))):
        raise BridgeError("NOT_FOUND", "%s is no class with reset and step" % name)
    return kind


def _package(module, package):
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name != module:
            raise
        message = "the package %s is missing: %s -m pip install %s" % (package, sys.executable, package)
        raise BridgeError("MISSING_PACKAGE", message) from None
