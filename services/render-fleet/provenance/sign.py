"""Signs a video with a C2PA manifest, by the official library: sign.py CERTIFICATE KEY ALGORITHM TIMESTAMPS INPUT OUTPUT < manifest.json

CERTIFICATE is a PEM chain, the signer's own first; TIMESTAMPS the URL of an RFC 3161 authority, or empty. Without INPUT and OUTPUT
nothing is signed: it says whether certificate and key can sign.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "packages"))

import c2pa  # noqa: E402


def signer_of(certificate: str, key: str, algorithm: str, timestamps: str) -> c2pa.Signer:
    return c2pa.Signer.from_info(
        c2pa.C2paSignerInfo(
            algorithm.encode(),
            Path(certificate).read_bytes(),
            Path(key).read_bytes(),
            timestamps.encode() or None,
        )
    )


def main(certificate: str, key: str, algorithm: str, timestamps: str, *files: str) -> None:
    with signer_of(certificate, key, algorithm, timestamps) as signer:
        if not files:
            return
        source, target = files
        with c2pa.Builder(sys.stdin.read()) as builder, open(source, "rb") as given, open(target, "w+b") as signed:
            builder.sign(signer, "video/mp4", given, signed)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (c2pa.C2paError, OSError, TypeError, ValueError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
