"""The jobs of this process: one renders, a few wait, the last ones are kept. Nothing survives a restart."""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from .model import Clip

QUEUED, IN_PROGRESS, COMPLETED, FAILED = "queued", "in_progress", "completed", "failed"


class QueueFull(Exception):
    """As many jobs wait as may; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("the queue is full")
        self.retry_after = retry_after


@dataclass
class Job:
    clip: Clip
    seconds: str
    id: str = field(default_factory=lambda: f"video_{uuid.uuid4().hex}")
    status: str = QUEUED
    created_at: float = field(default_factory=time.time)
    started: float | None = None
    ended: float | None = None
    completed_at: float | None = None
    steps_done: int = 0
    steps: int = 0
    error: dict[str, str] | None = None
    file: Path | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def progress(self) -> int:
        """Steps are 95 of 100; what is left is decoding and encoding."""
        if self.status == COMPLETED:
            return 100
        return 95 * self.steps_done // self.steps if self.steps else 0

    def seconds_left(self) -> float:
        if self.started is None or self.steps_done == 0:
            return 10.0
        elapsed = time.monotonic() - self.started
        return elapsed * (self.steps - self.steps_done) / self.steps_done + 1


class Jobs:
    """Thread-safe. Handlers add, look and remove; one renderer takes and ends."""

    def __init__(self, queue: int, keep_jobs: int, keep_seconds: int) -> None:
        self._waiting_max = queue
        self._keep_jobs, self._keep_seconds = keep_jobs, keep_seconds
        self._jobs: dict[str, Job] = {}
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._changed = threading.Condition()

    def add(self, job: Job) -> None:
        with self._changed:
            # With nothing to do, the renderer takes it at once: only then is there a place beyond the queue.
            room = self._waiting_max + (1 if self._running is None else 0)
            if len(self._waiting) >= room:
                raise QueueFull(max(1, round(self._running.seconds_left())) if self._running else 1)
            self._jobs[job.id] = job
            self._waiting.append(job)
            self._changed.notify_all()

    def get(self, job_id: str) -> Job | None:
        with self._changed:
            self._forget_old()
            return self._jobs.get(job_id)

    def all(self) -> list[Job]:
        with self._changed:
            self._forget_old()
            return list(self._jobs.values())

    def counts(self) -> tuple[int, int]:
        with self._changed:
            return (0 if self._running is None else 1), len(self._waiting)

    def remove(self, job_id: str) -> Job | None:
        """Forgets a job at once; if it renders, it is told to stop, and `stopped` is set when it has."""
        with self._changed:
            job = self._jobs.pop(job_id, None)
            if job is None:
                return None
            job.cancelled.set()
            if job is not self._running:
                self._waiting = deque(other for other in self._waiting if other is not job)
                self._discard(job)
            return job

    def cancel_all(self) -> None:
        with self._changed:
            for job in list(self._jobs.values()):
                job.cancelled.set()
            self._changed.notify_all()

    def take(self, timeout: float) -> Job | None:
        with self._changed:
            if not self._waiting:
                self._changed.wait(timeout)
            if not self._waiting:
                return None
            job = self._running = self._waiting.popleft()
            job.status, job.started = IN_PROGRESS, time.monotonic()
            return job

    def end(self, job: Job, file: Path | None = None, error: dict[str, str] | None = None) -> None:
        with self._changed:
            self._running = None
            job.file, job.error = file, error
            job.ended, job.completed_at = time.monotonic(), time.time()
            job.status = COMPLETED if error is None else FAILED
            job.stopped.set()
            if job.id not in self._jobs:
                self._discard(job)
            self._forget_old()

    def _forget_old(self) -> None:
        ended = [job for job in self._jobs.values() if job.ended is not None]
        expired = [job for job in ended if time.monotonic() - job.ended > self._keep_seconds]
        for job in {job.id: job for job in [*ended[: -self._keep_jobs], *expired]}.values():
            del self._jobs[job.id]
            self._discard(job)

    @staticmethod
    def _discard(job: Job) -> None:
        job.stopped.set()
        if job.file:
            job.file.unlink(missing_ok=True)
