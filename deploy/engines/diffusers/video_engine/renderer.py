"""The one thread that touches the GPU: it loads the model, then renders one job after another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import torch

from .jobs import Job, Jobs
from .model import Model, OutputInvalid
from .mp4 import write_mp4

log = logging.getLogger(__name__)

LOADING, READY, BROKEN = "loading", "ready", "broken"


class Cancelled(Exception):
    """The job was deleted, or the server stops."""


class Renderer:
    def __init__(self, jobs: Jobs, load: Callable[[], Model], work_dir: Path, on_broken: Callable[[], None]) -> None:
        self.state = LOADING
        self.model: Model | None = None
        self._jobs, self._load, self._work_dir, self._on_broken = jobs, load, work_dir, on_broken
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="renderer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """A render that is under way ends with its step."""
        self._stopping.set()
        self._jobs.cancel_all()
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            self._work_dir.mkdir(parents=True, exist_ok=True)
            for left_over in self._work_dir.glob("video_*"):
                left_over.unlink()
            self.model = self._load()
        except Exception:
            log.exception("the model could not be loaded")
            return self._break()
        self.state = READY
        log.info("ready: %s on %s, %s", self.model.name, self.model.device, ", ".join(self.model.modes))
        while not self._stopping.is_set() and self.state == READY:
            job = self._jobs.take(timeout=0.5)
            if job:
                self._work(job)

    def _work(self, job: Job) -> None:
        file = self._work_dir / f"{job.id}.mp4"
        error = None
        try:
            self._render(job, file)
        except Cancelled:
            error = {"code": "cancelled", "message": "The job was cancelled."}
        except torch.OutOfMemoryError:
            log.exception("job %s does not fit into memory", job.id)
            error = {"code": "out_of_memory", "message": "The clip does not fit into the GPU's memory."}
        except OutputInvalid as fault:
            log.exception("job %s gave no picture", job.id)
            error = {"code": "invalid_output", "message": str(fault)}
        except Exception:
            log.exception("job %s failed", job.id)
            error = {"code": "engine_error", "message": "The render failed."}
        if error:
            self._recover()
        self._jobs.end(job, file=None if error else file, error=error)
        log.info("job %s ended: %s", job.id, job.status if error is None else error["code"])

    def _render(self, job: Job, file: Path) -> None:
        def on_step(done: int, of: int) -> None:
            job.steps_done, job.steps = done, of
            self._refuse_cancelled(job)

        self._refuse_cancelled(job)
        frames = self.model.render(job.clip, on_step)
        self._refuse_cancelled(job)
        write_mp4(frames, job.clip.fps, file)

    @staticmethod
    def _refuse_cancelled(job: Job) -> None:
        if job.cancelled.is_set():
            raise Cancelled

    def _recover(self) -> None:
        """After some faults nothing works on a GPU until the process starts anew."""
        if self.model.device == "cpu":
            return
        try:
            torch.cuda.synchronize()
            torch.cuda.empty_cache()
        except RuntimeError:
            log.exception("the GPU does not answer any more")
            self._break()

    def _break(self) -> None:
        self.state = BROKEN
        self._on_broken()
