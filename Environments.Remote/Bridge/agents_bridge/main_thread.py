"""The main thread as the one that answers calls: ``signal``, ``asyncio`` and windows work nowhere else."""

import queue
import sys
import traceback
from concurrent import futures


class MainThread(futures.ThreadPoolExecutor):
    """Runs jobs one after the other on the thread that calls ``run``, in place of threads of its own."""

    def __init__(self):
        super().__init__(max_workers=1)  # it starts no thread before its own submit is called
        self._jobs = queue.SimpleQueue()

    def submit(self, function, *arguments, **named):
        future = futures.Future()
        self._jobs.put((future, function, arguments, named))
        return future

    def run(self):
        """Runs jobs until the process ends."""
        while True:
            try:
                self._run_next()
            except BaseException:  # a signal's handler that an environment left behind raised between two jobs
                traceback.print_exc(file=sys.stderr)

    def _run_next(self):
        future, function, arguments, named = self._jobs.get()
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(function(*arguments, **named))
        except BaseException as error:
            future.set_exception(error)
