"""Makes a script a contender: it says its name, then does what each line of its standard input asks (see serve-tasks.ts)."""

import json
import multiprocessing
import os
import re
import sys
import time


def forget_peak():
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass  # Other systems have no such file; peak_bytes gives None there.


def cpu_seconds():
    """Of this process, and of the processes that it has started and that still run."""
    seconds = time.process_time()
    for child in multiprocessing.active_children():
        try:
            with open(f"/proc/{child.pid}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


def peak_bytes():
    """None where processes share the memory: their peaks can't be added."""
    if multiprocessing.active_children():
        return None
    try:
        with open("/proc/self/status") as file:
            found = re.search(r"^VmHWM:\s+(\d+) kB$", file.read(), re.M)
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None


def serve(name, perform):
    """Answers each line of standard input, a request as JSON, with how long `perform(request)` took."""
    answer = sys.stdout
    sys.stdout = sys.stderr  # What libraries print would be taken for an answer.
    print(json.dumps({"name": name}), file=answer, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        forget_peak()
        cpu, wall = cpu_seconds(), time.perf_counter()
        perform(request)
        wall_ms = 1000 * (time.perf_counter() - wall)
        cpu_ms = 1000 * (cpu_seconds() - cpu)
        print(json.dumps({"wallMs": wall_ms, "cpuMs": cpu_ms, "peakBytes": peak_bytes()}), file=answer, flush=True)
