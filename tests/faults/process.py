"""A process that has the product in memory and forks workers and sweeps of it, so that a test can kill many of them.

Reads lines of its input: «worker CALL», «sweep»; answers each with the pid. CALL says where a worker kills itself:
never, before or after its first call to the carrier. Waits that are minutes in life are tenths of a second here.
"""

import os
import signal
import sys
import time
from datetime import timedelta

from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from service_desk import clock, jobs, work
from service_desk.flow.sweep import sweep
from service_desk.messages import rules
from service_desk.messages.channels.twilio import Twilio

#: ends in this: the worker has a fault of its own with the message
POISONED = "666"


def hurry():
    """Make a lease 2 s, a back-off a fifth of a second, and ask the carrier within seconds."""
    rules.LEASE = timedelta(seconds=2)
    rules.RECONCILE_AFTER = tuple(timedelta(seconds=each) for each in (0.3, 0.6, 1.0))
    rules.ASK_AFTER = tuple(timedelta(seconds=each) for each in (0.6, 2, 4))
    rules._BACK_OFF_SECONDS = (0.2, 0.4, 0.8)


def be_worker(moment):
    """Work on the real queue until killed."""
    send = Twilio.send

    def faulty(self, envelope):
        if envelope.address.endswith(POISONED):
            raise KeyError("poison")
        if moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        sent = send(self, envelope)
        if moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return sent

    Twilio.send = faulty
    line = Redis.from_url(os.environ["REDIS_URL"])
    queue = Queue("keshet", connection=line, serializer=JSONSerializer)
    SimpleWorker([queue], connection=line, serializer=JSONSerializer, worker_ttl=30).work(
        logging_level="ERROR"
    )


def be_sweep():
    """Sweep every fifth of a second until killed; what fails is tried again, as the timetable does."""
    with jobs._app().app_context():
        while True:
            jobs._run(jobs.Timer("sweep", 0, lambda: sweep(clock.now()), for_all=True))
            time.sleep(0.2)


def main():
    """Fork what is asked for."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    hurry()
    jobs._app()
    assert work.present_tenant() is None
    for line in sys.stdin:
        kind, _, moment = line.strip().partition(" ")
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(2, 1)
            be_worker(moment) if kind == "worker" else be_sweep()
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
