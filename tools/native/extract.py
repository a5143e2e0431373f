"""Unpacks chosen files of a wheel and checks each against the wheel's RECORD.

Arguments: wheel, target folder, then PREFIX=REPLACEMENT pairs: a file whose name begins with PREFIX is written under the
target as REPLACEMENT followed by the rest. Prints a JSON object of the SHA-256 (hex) by path, or one line on stderr.
"""

import base64
import csv
import hashlib
import io
import json
import os
import sys
import zipfile


def main(wheel, target, pairs):
    made = {}
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        record = next(n for n in names if n.endswith(".dist-info/RECORD") and n.count("/") == 1)
        rows = csv.reader(io.StringIO(archive.read(record).decode("utf-8")))
        expected = {row[0]: row[1] for row in rows if len(row) > 1}
        for name in names:
            pair = next((p for p in pairs if name.startswith(p[0])), None)
            if pair is None or name.endswith("/"):
                continue
            relative = pair[1] + name[len(pair[0]):]
            path = os.path.join(target, relative)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            digest = hashlib.sha256()
            with archive.open(name) as source, open(path, "wb") as out:
                while chunk := source.read(1 << 20):
                    digest.update(chunk)
                    out.write(chunk)
            mode = archive.getinfo(name).external_attr >> 16
            if mode & 0o111:
                os.chmod(path, 0o755)
            want = expected.get(name, "")
            have = "sha256=" + base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
            if want != have:
                sys.exit(f"{name}: expected {want or 'a hash in RECORD'}, received {have}")
            made[relative] = digest.hexdigest()
    json.dump(made, sys.stdout)


main(sys.argv[1], sys.argv[2], [tuple(p.split("=", 1)) for p in sys.argv[3:]])
