"""``agents-bridge``: options, parts, run."""

import sys

MISSING = 77  # exit code where a package is missing, so that whoever starts the bridge can try another interpreter

try:
    import google.protobuf  # noqa: F401
    import grpc
    import numpy  # noqa: F401
except ImportError as error:
    print("agents-bridge: the package %s is missing for %s" % (error.name or error, sys.executable), file=sys.stderr)
    sys.exit(MISSING)

import argparse
import ipaddress
import json
import os
import signal
import threading

from agents_bridge import channels, making, server
from agents_bridge.main_thread import MainThread

MIN_TOKEN = 16
MAX_CLIENTS = 64
MAX_SOCKET_PATH = 107 if sys.platform == "linux" else 103  # bytes that the system has room for
HEALTH_SECONDS = 5


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="agents-bridge", description="Environments across processes.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve environments until interrupted")
    serve.add_argument("id", nargs="?", help="the only environment to serve, an id of Gymnasium or module:Class; any where left out")
    serve.add_argument("--num-envs", type=int, help="copies of a client that does not say how many, and the most for one that does")
    serve.add_argument("--listen", default="127.0.0.1:50061", help="host:port or unix:/path (default %(default)s)")
    serve.add_argument("--arg", action="append", default=[], metavar="KEY=VALUE", help="argument of the environment")
    serve.add_argument("--wrap", action="append", default=[], metavar="NAME?KEY=VALUE;…", help="wrapper, innermost first: atari or module:Class")
    serve.add_argument("--path", action="append", default=[], metavar="FOLDER", help="folder of modules; the working directory is none unless named")
    serve.add_argument("--max-clients", type=int, help="streams at once (default 64, with --parent 1); the environments of one client alone run on the main thread")
    serve.add_argument("--no-shared-memory", action="store_true", help="send all arrays as messages, also on this machine")
    serve.add_argument("--token-file", help="file of the token that callers must know; else the variable AGENTS_BRIDGE_TOKEN")
    serve.add_argument("--certificate", help="PEM file; needed to listen beyond this machine")
    serve.add_argument("--key", help="PEM file of the certificate's key")
    serve.add_argument("--parent", action="store_true", help="stop when standard input ends, with all that environments started, and remove the socket's folder")
    health = commands.add_parser("health", help="end with 0 if a bridge listens at an address, else with 1")
    health.add_argument("address", help="host:port or unix:/path")
    health.add_argument("--authority", help="PEM file of the authority that issued the bridge's certificate, where it has one")
    options = parser.parse_args(arguments)
    try:
        _health(options) if options.command == "health" else _serve(options)
    except (OSError, ValueError, RuntimeError) as error:
        print("agents-bridge: %s" % error, file=sys.stderr)
        sys.exit(1)


def _serve(options):
    if options.parent:
        _lead_group()
    sys.path[:0] = map(os.path.abspath, options.path)
    os.umask(0o077)  # sockets are the owner's
    token = _token(options.token_file)
    credentials = _credentials(options)
    _refuse_strangers(options.listen, token, credentials)
    pairs = (text.partition("=") for text in options.arg)
    service = server.Service(
        options.id,
        {key: making.parse_value(value) for key, _, value in pairs},
        options.wrap,
        options.num_envs,
        token,
        not options.no_shared_memory,
    )
    listener, answering = server.create(service, options.max_clients or (1 if options.parent else MAX_CLIENTS))
    path = options.listen[len("unix:"):] if options.listen.startswith("unix:") else None
    if path and len(os.fsencode(path)) > MAX_SOCKET_PATH:
        raise ValueError("the path of the socket, %s, is longer than the %d bytes of one; choose a shorter folder" % (path, MAX_SOCKET_PATH))
    if path and os.path.exists(path):
        os.unlink(path)
    port = listener.add_secure_port(options.listen, credentials) if credentials else listener.add_insecure_port(options.listen)
    if not port:
        raise OSError("%s cannot be opened; choose another address, or stop what uses it" % options.listen)
    stopping = _stop_on_signals()
    listener.start()
    address = options.listen if path else "%s:%d" % (options.listen.rpartition(":")[0], port)
    print(json.dumps({"listening": address, "python": sys.version.split()[0]}), flush=True)
    if options.parent:
        os.dup2(2, 1)  # what environments print must not be taken for an answer
        threading.Thread(target=_wait_for_parent, args=(stopping,), daemon=True).start()
    end = threading.Thread(target=_end, args=(stopping, service, listener, path, options.parent))
    end.start()
    if isinstance(answering, MainThread):
        answering.run()
    end.join()


def _end(stopping, service, listener, path, is_child):
    """Waits for the end and ends the process, whatever its other threads are doing."""
    stopping.wait()
    service.close()  # first, since whoever waits for the end may not wait for long
    listener.stop(0 if is_child else 2).wait(5)
    if path and os.path.exists(path):
        os.unlink(path)
    if path and is_child:
        try:
            os.rmdir(os.path.dirname(path))
        except OSError:
            pass
    sys.stderr.flush()
    if is_child and _leads_group():
        os.killpg(0, signal.SIGKILL)  # processes that environments started and left behind end with this one
    os._exit(0)  # a hanging environment must not keep the process


def _stop_on_signals():
    """An event that SIGINT and SIGTERM set, also while the main thread is busy in an environment that never returns."""
    stopping = threading.Event()
    numbers = signal.SIGINT, signal.SIGTERM
    for number in numbers:
        signal.signal(number, lambda *_: stopping.set())
    if os.name == "nt":
        return stopping
    # Handlers wait for the main thread; the numbers of signals are written here at once.
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)

    def wait():
        while not any(number in numbers for number in os.read(reading, 64)):
            pass
        stopping.set()

    threading.Thread(target=wait, daemon=True).start()
    return stopping


def _lead_group():
    """A group of processes of one's own, so that whoever started this one can end it with all that environments start."""
    try:
        os.setsid()
    except (AttributeError, OSError):
        pass  # Windows has none, and a shell may have made one already


def _leads_group():
    return hasattr(os, "getpgrp") and os.getpgrp() == os.getpid()


def _health(options):
    authority = None
    if options.authority:
        with open(options.authority, "rb") as file:
            authority = file.read()
    channel = channels.open(options.address, authority is not None, authority)
    try:
        grpc.channel_ready_future(channel).result(HEALTH_SECONDS)
    except grpc.FutureTimeoutError:
        raise OSError("%s does not answer within %d seconds" % (options.address, HEALTH_SECONDS)) from None
    finally:
        channel.close()


def _wait_for_parent(stopping):
    while os.read(0, 4096):
        pass
    stopping.set()


def _token(file):
    if file:
        with open(file, encoding="utf-8") as stream:
            return stream.read().strip()
    return os.environ.get("AGENTS_BRIDGE_TOKEN") or None


def _credentials(options):
    if not options.certificate and not options.key:
        return None
    if not (options.certificate and options.key):
        raise ValueError("--certificate and --key belong together")
    with open(options.key, "rb") as key, open(options.certificate, "rb") as certificate:
        return grpc.ssl_server_credentials([(key.read(), certificate.read())])


def _refuse_strangers(listen, token, credentials):
    if token is not None and len(token) < MIN_TOKEN:
        raise ValueError("a token of %d characters can be guessed; use %d or more" % (len(token), MIN_TOKEN))
    if listen.startswith("unix:"):
        return
    host = listen.rpartition(":")[0].strip("[]")
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        raise ValueError("'%s' is no address to listen on; use host:port, such as 127.0.0.1:50061, or unix:/path" % listen) from None
    if not local and (token is None or credentials is None):
        raise ValueError(
            "%s would be open to everybody on the network; use --certificate, --key and --token-file, or listen on 127.0.0.1 or unix:/path"
            % listen
        )
