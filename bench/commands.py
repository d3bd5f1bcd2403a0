"""What a command takes in a process of its own: processor time and memory."""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.sites import ROOT

LOOK_EVERY_SECONDS = 0.05
PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True)
class Used:
    """Seconds of processor time and those that were waited, and megabytes of memory at the most."""

    seconds: float
    waited: float
    megabytes: float


def run(*command: str) -> Used:
    """Run a module of Python. RuntimeError when it fails.

    What Linux says at the end of the memory of a process counts what its parent had, so it is looked at
    while it runs.
    """
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, stdout=subprocess.DEVNULL)
    peak_kilobytes, began = 0, time.perf_counter()
    while True:
        if found := PEAK.search(Path(f"/proc/{process.pid}/status").read_text()):
            peak_kilobytes = max(peak_kilobytes, int(found[1]))
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        time.sleep(LOOK_EVERY_SECONDS)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    waited = time.perf_counter() - began
    return Used(used.ru_utime + used.ru_stime, waited, peak_kilobytes / 1024)


def flask(*command: str) -> Used:
    """Run a command of the program."""
    return run("flask", "--app", "app", *command)
