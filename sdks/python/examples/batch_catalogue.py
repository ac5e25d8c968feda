"""A video of each product: python batch_catalogue.py products.csv videos/

The CSV file has the columns sku and prompt. Run it again after an interruption: it orders nothing twice.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from pathlib import Path

from usvideoapi import CreateVideoRequest, USVideo


def main(catalogue: Path, folder: Path) -> int:
    with open(catalogue, encoding="utf-8", newline="") as file:
        products = list(csv.DictReader(file))
    requests = [
        CreateVideoRequest(prompt=each["prompt"], resolution="480p", duration=1, metadata={"sku": each["sku"]})
        for each in products
    ]
    folder.mkdir(parents=True, exist_ok=True)
    run = hashlib.sha256(catalogue.read_bytes()).hexdigest()[:16]
    failed = 0
    with USVideo() as client:
        for result in client.batch(requests, concurrency=10, idempotency_prefix=run):
            sku = products[result.index]["sku"]
            if result.ok and result.video is not None:
                print(sku, client.videos.download(result.video, folder / f"{sku}.mp4"), result.video.cost, flush=True)
            else:
                failed += 1
                print(sku, "failed:", result.error or result.video, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
