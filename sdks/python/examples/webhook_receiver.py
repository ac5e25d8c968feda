"""Listens for the end of jobs: USVIDEO_WEBHOOK_SECRET=whsec_… python webhook_receiver.py 8000

Give its address as webhook_url. While you rotate the secret, name both, separated by a space.
"""

from __future__ import annotations

import os
import sys
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from usvideoapi import WebhookVerificationError, verify_webhook

BODY_BYTES_MAX = 1024 * 1024
SEEN_MAX = 10_000

secrets = os.environ["USVIDEO_WEBHOOK_SECRET"].split()
seen: OrderedDict[str, None] = OrderedDict()


class Receiver(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        if length > BODY_BYTES_MAX:
            return self.answer(413)
        body = self.rfile.read(length)
        try:
            event = verify_webhook(body, dict(self.headers), secrets)
        except WebhookVerificationError as error:
            print("refused:", error, flush=True)
            return self.answer(400)
        # Deliveries come at least once.
        if event.id not in seen:
            seen[event.id] = None
            while len(seen) > SEEN_MAX:
                seen.popitem(last=False)
            print(event.type, event.video.id if event.video else event.id, flush=True)
        return self.answer(204)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Only events are said."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
