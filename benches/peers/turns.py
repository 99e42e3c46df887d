"""The peer's side of a comparison: one run for each line that is read, its milliseconds as the answer."""

import sys
import time


def serve(run, clock=time.process_time, repeats=1):
    """Answers with the time of `run()` by CPU time, or by wall time with `clock=time.perf_counter`; the mean of `repeats`."""
    run()
    print("ready", flush=True)
    for _ in sys.stdin:
        start = clock()
        for _ in range(repeats):
            run()
        print(1e3 * (clock() - start) / repeats, flush=True)
