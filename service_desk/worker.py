"""The worker's process: RQ's own worker, whose lines go into the log and carry the job's id."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rq import SimpleWorker
from rq.cli.workers import worker as rq_worker

from service_desk import config, telemetry

if TYPE_CHECKING:
    from rq import Queue
    from rq.job import Job


class Worker(SimpleWorker):
    """RQ's worker that works on jobs in its own process, so that the app is loaded once."""

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Work on a job; what is written meanwhile carries its id."""
        with telemetry.during(job.id):
            super().execute_job(job, queue)


def main() -> None:
    """Work on the queue until SIGTERM, with time-outs so that a killed worker's job is taken up within two minutes."""
    settings = config.read()
    telemetry.serve(settings.log_level)  # before RQ looks whether somebody takes its lines
    rq_worker(
        [
            "keshet",
            "--url",
            settings.redis_url,
            "--serializer",
            "json",
            "--worker-ttl",
            "30",
            "--maintenance-interval",
            "15",
            "--worker-class",
            "service_desk.worker.Worker",
            *sys.argv[1:],
        ]
    )


if __name__ == "__main__":
    main()
