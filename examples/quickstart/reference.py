"""The same answers without servec: numpy and Python ONNX Runtime.

    pip install numpy onnxruntime
    python reference.py FILE...      # prints the answer for each file
    python reference.py --record     # writes samples/ and recorded/ anew

Features as in magika 1.0 (`Magika._extract_features_from_seekable`), written down again from its description.
"""

import io
import json
import pathlib
import struct
import sys
import zipfile
import zlib

import numpy as np
import onnxruntime

HERE = pathlib.Path(__file__).parent
LABELS = (HERE / "models/labels.txt").read_text().splitlines()
HEAD, TAIL, BLOCK, PADDING, LEAST, MIN = 1024, 1024, 4096, 256, 8, 0.01


def window(content):
    head = content[:BLOCK].lstrip()
    tail = content[max(0, len(content) - BLOCK):].rstrip()
    if len(head) < LEAST:
        raise ValueError("too little content")
    head, tail = list(head[:HEAD]), list(tail[-TAIL:])
    tokens = head + [PADDING] * (HEAD - len(head)) + [PADDING] * (TAIL - len(tail)) + tail
    return np.array([tokens], dtype=np.int32)


def answer(session, content):
    scores = session.run(["target_label"], {"bytes": window(content)})[0][0]
    order = np.argsort(-scores, kind="stable")
    best = [i for i in order if scores[i] >= MIN]
    # Engines agree to about 1e-7; an answer that hangs on less would not be worth comparing.
    assert np.abs(scores - MIN).min() > 1e-5, "a score is too close to the limit"
    assert all(scores[a] - scores[b] > 1e-5 for a, b in zip(best, best[1:])), "two scores are too close"
    return {"kinds": [{"label": LABELS[i], "score": float(str(scores[i]))} for i in best]}


def inputs():
    """Small files of several kinds, the same in every run."""
    noise = np.random.default_rng(7)
    yield b'import sys\n\n\ndef main(paths):\n    for path in paths:\n        with open(path, "rb") as file:\n' \
          b'            print(path, len(file.read()))\n\n\nif __name__ == "__main__":\n    main(sys.argv[1:])\n'
    yield json.dumps({"orders": [{"id": i, "paid": i % 3 == 0, "total": i * 1.5} for i in range(30)]}).encode()
    pixels = b"".join(b"\0" + bytes((x * y) % 256 for x in range(48)) for y in range(16))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    yield b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0)) \
        + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as entries:
        entries.writestr(zipfile.ZipInfo("notes.txt"), "buy milk\n" * 20)
    yield archive.getvalue()
    # Longer than both blocks, with white space at both ends.
    rows = "".join(f"{i},{i * i},{'north' if i % 2 else 'south'},2026-{i % 12 + 1:02}-01\n" for i in range(400))
    yield ("\n\n \t\x0bid,square,region,day\n" + rows + "   \n").encode()
    # Between one block and two, so that the head's block and the tail's overlap.
    yield b"<!doctype html>\n<html><body>\n" + b"<p>The quick brown fox jumps over the lazy dog.</p>\n" * 100 \
        + b"</body></html>\n"
    yield noise.bytes(3000)
    # Little to go by: several kinds are likely.
    yield b"let total = 0\nfor item in items {\n  total += item.price\n}\n"
    yield b"#include <stdio.h>\n\nint main(void) {\n    puts(\"hello\");\n    return 0;\n}\n"


def record(session):
    for old in (HERE / "recorded").glob("*"):
        old.unlink()
    for number, content in enumerate(inputs()):
        name = HERE / "recorded" / f"{number:02}"
        name.with_suffix(".bin").write_bytes(content)
        text = json.dumps(answer(session, content), indent=2) + "\n"
        name.with_suffix(".json").write_text(text)
        if number == 5:
            (HERE / "samples/mystery.bin").write_bytes(content)
            (HERE / "samples/mystery.json").write_text(text)
        print(name.name, text)


if __name__ == "__main__":
    session = onnxruntime.InferenceSession(HERE / "models/magika.onnx", providers=["CPUExecutionProvider"])
    if sys.argv[1:] == ["--record"]:
        record(session)
    else:
        for path in sys.argv[1:]:
            print(path, json.dumps(answer(session, pathlib.Path(path).read_bytes())))
