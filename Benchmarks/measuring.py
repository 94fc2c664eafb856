"""Runs commands in turn and keeps how long each took and how much memory it had."""
import os
import platform
import statistics
import subprocess
import time


class Measured:
    """Medians over the runs of one command: wall-clock seconds, processor seconds; megabytes at the peak."""

    def __init__(self, runs):
        self.seconds = statistics.median(run[0] for run in runs)
        self.processor = statistics.median(run[1] for run in runs)
        self.megabytes = max(run[2] for run in runs)
        self.runs = len(runs)


def run(command, statuses=(0, 1)):
    """(seconds, processor seconds, megabytes at the peak) of a command, its output thrown away."""
    began = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in statuses:
        raise SystemExit(f"bench: ended with {process.returncode}: {' '.join(map(str, command))}")
    unit = 1 if platform.system() == "Darwin" else 1024  # bytes there, kilobytes here
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6


def measure(commands, runs, slow=()):
    """Alternates the commands, so that a busy machine is equally unfair to all; the first round is not counted.

    A command named in `slow` runs three times at most. Gives {name: Measured}.
    """
    taken = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            if name in slow and number > 3:
                continue
            result = run(command)
            if number:
                taken[name].append(result)
    return {name: Measured(results) for name, results in taken.items()}
