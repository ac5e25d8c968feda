"""`python -m video_engine`: serves the model of ENGINE_MODEL."""

import logging
import sys

import uvicorn
from pydantic import ValidationError

from .settings import Settings


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = Settings()
    except ValidationError as fault:
        for error in fault.errors(include_url=False, include_input=False):
            name = "_".join(str(part) for part in error["loc"])
            print(f"ENGINE_{name.upper()}: {error['msg']}", file=sys.stderr)
        return 2
    return serve(settings)


def serve(settings: Settings) -> int:
    # Importing diffusers takes seconds, which a faulty setting need not wait for.
    from .api import make_app
    from .jobs import Jobs
    from .model import load
    from .renderer import BROKEN, Renderer

    def end() -> None:
        # Whoever watches the process starts it anew, which a broken GPU needs.
        server.should_exit = True

    jobs = Jobs(settings.queue, settings.keep_jobs, settings.keep_seconds)
    renderer = Renderer(jobs, lambda: load(settings), settings.work_dir, on_broken=end)
    config = uvicorn.Config(
        make_app(settings, jobs, renderer), host=settings.host, port=settings.port, log_config=None,
        access_log=False, timeout_graceful_shutdown=5,
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.run()
    return 1 if renderer.state == BROKEN else 0


if __name__ == "__main__":
    sys.exit(main())
