"""The gRPC service: one stream, one batch of copies."""

import hmac
import sys
import threading
import time
from concurrent import futures

import grpc
import numpy as np

from agents_bridge import batch as batches
from agents_bridge import failures, making, messages, shared_memory
from agents_bridge.failures import BridgeError
from agents_bridge.main_thread import MainThread

MAX_MESSAGE = 64 << 20
MAX_COPIES = 65536
SILENCE = 15  # seconds that a client may be there without asking for anything


class Service:
    """What is served.

    only: the one id that is served, None for any; arguments and wrappers of it; copies: what a client gets that does not say, and the
    most that it may ask for; token: what callers must know, None for nothing.
    """

    def __init__(self, only=None, arguments=None, wrappers=(), copies=None, token=None, shares_memory=True):
        self.only, self.arguments, self.wrappers = only, dict(arguments or {}), list(wrappers)
        self.copies, self.token, self.shares_memory = copies, token, shares_memory
        self._folder, self._lock = None, threading.Lock()

    def close(self):
        """Removes what memory was shared through."""
        with self._lock:
            if self._folder is not None:
                self._folder.close()
            self._folder, self.shares_memory = None, False

    def describe(self, source, context):
        self._check(context)
        try:
            batch = self._open(source, 1, 0)
            try:
                return messages.DescribeReply(description=batch.describe())
            finally:
                batch.close()
        except Exception as error:
            return messages.DescribeReply(failure=failures.to_message(error))

    def session(self, requests, context):
        self._check(context)
        session = _Session(self)
        silence = threading.Timer(SILENCE, context.cancel)  # a stream that asks for nothing would keep its thread
        silence.daemon = True
        silence.start()
        try:
            for request in requests:
                silence.cancel()
                yield session.answer(request)
        except grpc.RpcError:
            pass  # the client is gone
        except Exception as error:
            failure = failures.to_message(error)
            print("agents-bridge: %s" % failure.message, file=sys.stderr, flush=True)
            yield messages.SessionReply(failure=failure)
        finally:
            silence.cancel()
            session.close()

    def handlers(self):
        def method(make, function, request, reply):
            return make(function, request_deserializer=request.FromString, response_serializer=reply.SerializeToString)

        return grpc.method_handlers_generic_handler(
            messages.SERVICE,
            {
                "Describe": method(grpc.unary_unary_rpc_method_handler, self.describe, messages.Source, messages.DescribeReply),
                "Session": method(
                    grpc.stream_stream_rpc_method_handler, self.session, messages.SessionRequest, messages.SessionReply
                ),
            },
        )

    def share(self, batch):
        """Memory for a batch; None where there is none to share."""
        with self._lock:
            if not self.shares_memory:
                return None
            self._folder = self._folder or shared_memory.open_folder()
            if self._folder is None:
                return None
            try:
                return shared_memory.Memory(self._folder, batch)
            except (OSError, ValueError):
                return None

    def _check(self, context):
        if self.token is None:
            return
        given = dict(context.invocation_metadata()).get("authorization", "")
        if not hmac.compare_digest(given.encode(), ("Bearer " + self.token).encode()):
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "the token is missing or wrong")

    def _open(self, source, copies, limit):
        if source.protocol_version != messages.PROTOCOL_VERSION:
            raise BridgeError(
                "REQUEST",
                "this bridge speaks protocol %d, the client %d; install the bridge that came with the client"
                % (messages.PROTOCOL_VERSION, source.protocol_version),
            )
        copies = copies or self.copies or 1
        if copies > (self.copies or MAX_COPIES):
            raise BridgeError("REQUEST", "%d copies were asked for; at most %d are served" % (copies, self.copies or MAX_COPIES))
        arguments = {**self.arguments, **making.parse(source.arguments_json, "the arguments")}
        name, wrappers = source.id, self.wrappers + list(source.wrappers)
        if self.only is not None:
            if name not in ("", self.only):
                raise BridgeError("NOT_FOUND", "'%s' is not served here; %s is" % (name, self.only))
            if source.arguments_json or source.wrappers:
                raise BridgeError("REQUEST", "%s is served as it is; arguments and wrappers are set where it is served" % self.only)
            name = self.only
        return batches.Batch(name, arguments, wrappers, copies, limit)


class _Session:
    """A stream's batch and where its results go."""

    def __init__(self, service):
        self._service, self._batch, self._own, self._shared, self._turn = service, None, None, None, 0
        self._memory = None

    def answer(self, request):
        kind = request.WhichOneof("request")
        if kind == "open" and self._batch is None:
            self._batch = self._service._open(request.open.source, request.open.copies, request.open.max_episode_steps)
            self._own = batches.Slot.allocate(self._batch)
            return messages.SessionReply(opened=self._batch.describe())
        if self._batch is None or kind in ("open", None):
            raise BridgeError("REQUEST", "a stream begins with one Open; this request is %s" % (kind or "empty or newer than this bridge"))
        if kind == "step":
            return self._step(request.step)
        if kind == "reset":
            return self._reset(request.reset)
        return messages.SessionReply(picture=self._batch.render(request.render.copy))

    def close(self):
        self._forget()
        if self._batch is not None:
            self._batch.close()

    def _forget(self):
        if self._memory is not None:
            self._memory.hide()
        self._memory, self._shared = None, None

    def _reset(self, request):
        self._forget()
        self._turn = 0
        if request.wants_shared_memory:
            self._memory = self._service.share(self._batch)
            self._shared = self._memory and self._memory.slots
        slot = self._next_slot()
        started = time.perf_counter()
        self._batch.reset(request.seed, making.parse(request.options_json, "the options"), slot)
        reply = self._results(slot, [], [], started)
        if self._memory is not None:
            reply.results.shared_memory.path, reply.results.shared_memory.proof = self._memory.path, self._memory.proof
            reply.results.shared_memory.slot_size = self._memory.slot_size
        return reply

    def _step(self, request):
        batch = self._batch
        if self._memory is not None:
            self._memory.hide()  # the client has it open by now, or will never have
        actions = np.frombuffer(request.actions, "<f4")
        active = np.frombuffer(request.active, np.uint8) if request.active else None
        if actions.size != batch.count * batch.actions.size or (active is not None and active.size != batch.count):
            raise BridgeError(
                "REQUEST",
                "%d numbers and %s flags were sent for %d actions of %d"
                % (actions.size, "no" if active is None else active.size, batch.count, batch.actions.size),
            )
        slot = self._next_slot()
        started = time.perf_counter()
        ended, pictures = batch.step(actions.reshape(batch.count, -1), active, slot, request.final_pictures)
        return self._results(slot, ended, pictures, started)

    def _next_slot(self):
        if self._shared is None:
            return self._own
        slot = self._shared[self._turn]
        self._turn ^= 1
        return slot

    def _results(self, slot, ended, pictures, started):
        reply = messages.SessionReply()
        results = reply.results
        results.server_seconds = time.perf_counter() - started
        if self._shared is None:
            results.observations, results.rewards = slot.observations.tobytes(), slot.rewards.tobytes()
            results.terminated, results.truncated = slot.terminated.tobytes(), slot.truncated.tobytes()
            if ended:
                results.final_observations = slot.final_observations[[copy for copy, _ in ended]].tobytes()
        else:
            results.shares_memory = True
        for copy, info in ended:
            results.final_infos.add(copy=copy, json=batches.info_json(info))
        if pictures:
            results.final_pictures.extend(pictures)
        return reply


def create(service, max_clients):
    """A server without a port, and what answers its calls: where there is one client the main thread, once it runs it, else many threads."""
    options = [
        ("grpc.max_receive_message_length", MAX_MESSAGE),
        ("grpc.max_send_message_length", MAX_MESSAGE),
        ("grpc.so_reuseport", 0),
        ("grpc.http2.min_ping_interval_without_data_ms", 5000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_ping_strikes", 0),
        ("grpc.server_handshake_timeout_ms", 1000 * SILENCE),
        ("grpc.max_connection_idle_ms", 1000 * SILENCE),  # without a stream
    ]
    answering = MainThread() if max_clients == 1 else futures.ThreadPoolExecutor(max_workers=max_clients)
    server = grpc.server(answering, options=options)
    server.add_generic_rpc_handlers((service.handlers(),))
    return server, answering
