"""A process that has the product in memory and forks workers and sweeps of it, so that a test can kill many of them.

Reads lines of JSON, {"kind": worker | sweep | asker, "moment": …, "ahead": …}; answers each with the pid. moment: where a
worker kills itself: never, before or after its first call to the carrier, or its first call with a code. ahead: so many
seconds the clock of its host is wrong; at SIGUSR1 that clock is set right, in one leap. Waits that are minutes in life
are tenths of a second here; a lease of 2 s and a carrier that must answer within 1 s are for those who are hasty.
"""

import json
import os
import signal
import sys
import time
from dataclasses import replace
from datetime import timedelta

import time_machine
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from service_desk import clock, config, jobs, work
from service_desk.flow.enter import ask_code
from service_desk.flow.sweep import sweep
from service_desk.messages import rules
from service_desk.messages.channels.twilio import Twilio
from service_desk.messages.rules.entering import CODE
from service_desk.worker import Worker

#: ends in this: the worker has a fault of its own with the message
POISONED = "666"


def hurry():
    """Make a lease 2 s, a back-off a fifth of a second, and ask the carrier within seconds."""
    rules.LEASE = timedelta(seconds=2)
    rules.RECONCILE_AFTER = tuple(timedelta(seconds=each) for each in (0.3, 0.6, 4.0))
    rules.ASK_AFTER = tuple(timedelta(seconds=each) for each in (0.6, 2, 4))
    rules._BACK_OFF_SECONDS = (0.2, 0.4, 0.8)


def be_patient():
    """Give a worker as much time as a slow machine may need: nothing ends that is only late."""
    rules.LEASE = timedelta(seconds=60)
    config.use(replace(config.current(), twilio_timeout_seconds=30))


def go_wrong(ahead):
    """Let the clock of this host be wrong by so many seconds, until SIGUSR1 sets it right."""
    shown = time_machine.travel(time.time() + ahead, tick=True)
    traveller = shown.start()
    signal.signal(signal.SIGUSR1, lambda *_: traveller.shift(-ahead))


def be_worker(asked):
    """Work on the real queue until killed."""
    send = Twilio.send
    when, _, what = asked["moment"].partition(" ")

    def faulty(self, envelope):
        if envelope.address.endswith(POISONED):
            raise KeyError("poison")
        is_meant = what != "code" or envelope.event == CODE
        if when == "before" and is_meant:
            os.kill(os.getpid(), signal.SIGKILL)
        sent = send(self, envelope)
        if when == "after" and is_meant:
            os.kill(os.getpid(), signal.SIGKILL)
        return sent

    Twilio.send = faulty
    line = Redis.from_url(os.environ["REDIS_URL"])
    queue = Queue("keshet", connection=line, serializer=JSONSerializer)
    Worker([queue], connection=line, serializer=JSONSerializer, worker_ttl=30).work(logging_level="ERROR")


def be_sweep(_asked):
    """Sweep every fifth of a second until killed; what fails is tried again, as the timetable does."""
    with jobs._app().app_context():
        while True:
            jobs._run(jobs.Timer("sweep", 0, lambda: sweep(clock.now()), for_all=True))
            time.sleep(0.2)


def be_asker(asked):
    """Ask for a code, as a web of this host would; leave the browser's secret in the queue's server."""
    with jobs._app().app_context(), work.tenant(1):
        jobs._look_at_the_clock()
        secret = ask_code(asked["phone"], "10.9.9.9", "he")
    Redis.from_url(os.environ["REDIS_URL"]).set("asked", secret)


KINDS = {"worker": be_worker, "sweep": be_sweep, "asker": be_asker}


def be(asked):
    """Be what is asked for, until the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(2, 1)
    if not asked["is_hasty"]:
        be_patient()
    if asked["ahead"]:
        go_wrong(asked["ahead"])
    KINDS[asked["kind"]](asked)


def main():
    """Fork what is asked for."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    hurry()
    jobs._app()
    assert work.present_tenant() is None
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                be(json.loads(line))
            finally:
                os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
