import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from video_engine.api import make_app
from video_engine.jobs import Jobs
from video_engine.model import Model, load
from video_engine.renderer import Renderer
from video_engine.settings import Settings
from video_engine.tiny import FAMILIES, save_tiny

SIZE = "64x64"


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("tiny")
    return {family: save_tiny(family, folder / f"tiny-{family}") for family in FAMILIES}.__getitem__


@pytest.fixture
def settings(tiny: Callable[[str], Path], tmp_path: Path) -> Settings:
    return Settings(model=str(tiny("ltx")), steps=3, work_dir=tmp_path / "clips", offline=True)


class Engine:
    """The whole server in this process, so that a test can hold a render at a step."""

    def __init__(self, settings: Settings, load_model: Callable[[], Model] | None = None) -> None:
        self.broken = threading.Event()
        self.jobs = Jobs(settings.queue, settings.keep_jobs, settings.keep_seconds)
        self.renderer = Renderer(self.jobs, load_model or (lambda: load(settings)), settings.work_dir, self.broken.set)
        self.http = TestClient(make_app(settings, self.jobs, self.renderer))

    def create(self, **fields) -> dict:
        answer = self.http.post("/v1/videos", json={"prompt": "a fox", "size": SIZE, "num_frames": 9, **fields})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get(self, video_id: str) -> dict:
        return self.http.get(f"/v1/videos/{video_id}").json()

    def ended(self, video_id: str) -> dict:
        job = self.jobs.get(video_id)
        assert job.stopped.wait(60), "the render has not ended within a minute"
        return self.get(video_id)

    @contextmanager
    def held(self) -> Iterator["Hold"]:
        """The transformer waits at its every call until the hold is released."""
        hold = Hold()
        pipeline = next(iter(self.renderer.model.pipelines.values()))
        hook = pipeline.transformer.register_forward_pre_hook(lambda *_: hold.arrive())
        try:
            yield hold
        finally:
            hold.release()
            hook.remove()


class Hold:
    def __init__(self) -> None:
        self._arrived, self._go = threading.Event(), threading.Event()

    def arrive(self) -> None:
        self._arrived.set()
        assert self._go.wait(60), "nobody released the render"

    def reached(self) -> None:
        assert self._arrived.wait(60), "no render has begun"

    def release(self) -> None:
        self._go.set()


def until(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        threading.Event().wait(0.02)


@pytest.fixture
def start() -> Iterator[Callable[..., Engine]]:
    engines: list[Engine] = []

    def started(settings: Settings, load_model: Callable[[], Model] | None = None, ready: bool = True) -> Engine:
        engine = Engine(settings, load_model)
        engine.http.__enter__()
        engines.append(engine)
        if ready:
            until(lambda: engine.http.get("/health").status_code == 200, "the model is loaded")
        return engine

    yield started
    for engine in engines:
        engine.http.__exit__(None, None, None)


@pytest.fixture
def engine(settings: Settings, start: Callable[..., Engine]) -> Engine:
    return start(settings)
