"""Environments by name: Gymnasium's ids, and classes that follow its API."""

import importlib
import json
import sys

from agents_bridge import atari
from agents_bridge.failures import BridgeError, describe

_WRAPPERS = {"atari": atari.AtariPreprocessing}


def make(name, arguments, wrappers):
    """One copy of an environment, with its wrappers around it."""
    env = _make_of_module(name, arguments) if ":" in name else _make_gymnasium(name, arguments)
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
        creator = _creator(gymnasium, name)
        return _construct(lambda **more: gymnasium.make(name, disable_env_checker=True, **more), creator, arguments)
    except error.DependencyNotInstalled as missing:
        raise BridgeError("MISSING_PACKAGE", "%s needs a package: %s" % (name, missing)) from missing
    except (error.UnregisteredEnv, error.DeprecatedEnv) as unknown:
        raise BridgeError("NOT_FOUND", "Gymnasium does not know '%s': %s" % (name, unknown)) from None
    except (TypeError, error.Error) as mistake:
        raise BridgeError("NOT_FOUND", "%s cannot be made with %s: %s" % (name, arguments, describe(mistake))) from mistake
    except OSError as missing:
        if not name.startswith("ALE/"):
            raise
        message = "%s cannot be read (%s); ALE_ROMS_DIR names the folder of games" % (name, describe(missing))
        raise BridgeError("MISSING_PACKAGE", message) from None


def _creator(gymnasium, name):
    """Class or function behind an id; None where making it will say what is wrong, or take the newest version."""
    try:
        entry_point = gymnasium.spec(name).entry_point
    except gymnasium.error.Error:
        return None
    return _attribute(entry_point) if isinstance(entry_point, str) else entry_point


def _make_of_module(name, arguments):
    """module:Class, or module:Id of what the module registers with Gymnasium when it is imported."""
    found = _attribute(name)
    if _is_environment(found):
        try:
            return _construct(found, found, arguments)
        except TypeError as mistake:
            raise BridgeError("NOT_FOUND", "%s cannot be made with %s: %s" % (name, arguments, describe(mistake))) from mistake
    registry = getattr(sys.modules.get("gymnasium"), "registry", {})
    module, _, registered = name.partition(":")
    if registered in registry:
        return _make_gymnasium(registered, arguments)
    raise BridgeError("NOT_FOUND", "%s has no class '%s' with reset and step, and registers no such id" % (module, registered))


def _construct(make, creator, arguments):
    """Asks for pictures where the creator's metadata offer them, or where it has none: a function, which may refuse."""
    if "render_mode" in arguments:
        return make(**arguments)
    metadata = getattr(creator, "metadata", None)
    if metadata is not None and "rgb_array" not in metadata.get("render_modes", ()):
        return make(**arguments)
    try:
        return make(render_mode="rgb_array", **arguments)
    except TypeError as mistake:
        if "render_mode" not in str(mistake) and "takes no arguments" not in str(mistake):  # of a class without a constructor
            raise
        return make(**arguments)


def _wrap(env, wrapper):
    name, _, query = wrapper.partition("?")
    kind = _WRAPPERS[name] if name in _WRAPPERS else _attribute(name) if ":" in name else None
    if kind is None or not _is_environment(kind):
        raise BridgeError("NOT_FOUND", "there is no wrapper '%s'; use %s or module:Class" % (name, ", ".join(_WRAPPERS)))
    pairs = (part.partition("=") for part in query.split(";") if part)
    arguments = {key: parse_value(value) for key, _, value in pairs}
    try:
        return kind(env, **arguments)
    except (TypeError, AssertionError) as mistake:
        raise BridgeError("NOT_FOUND", "the wrapper '%s' cannot be made: %s" % (wrapper, describe(mistake))) from mistake


def _attribute(name):
    """What a module calls by a name; None where it calls nothing so."""
    module_name, _, attribute = name.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as missing:
        if missing.name and module_name.split(".")[0] == missing.name.split(".")[0]:
            hint = "AGENTS_PYTHON_PATH, or --path where it is served, adds folders; the working directory is none of them unless named"
            raise BridgeError("NOT_FOUND", "there is no module '%s' on the path of %s. %s" % (module_name, sys.executable, hint)) from None
        raise BridgeError("MISSING_PACKAGE", "%s needs the package '%s'" % (module_name, missing.name)) from missing
    return getattr(module, attribute, None)


def _is_environment(kind):
    # Names come from settings and saved policies: nothing is called that is no environment.
    return isinstance(kind, type) and callable(getattr(kind, "reset", None)) and callable(getattr(kind, "step", None))


def _package(module, package):
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name != module:
            raise
        message = "the package %s is missing: %s -m pip install %s" % (package, sys.executable, package)
        raise BridgeError("MISSING_PACKAGE", message) from None
