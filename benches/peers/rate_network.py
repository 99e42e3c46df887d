"""One Euler step of tau dv/dt = -v + tanh(M v) + h in NumPy, in milliseconds of CPU time: rate_network.py N STEPS"""

import sys
import time

import numpy as np
from turns import serve

n, steps = int(sys.argv[1]), int(sys.argv[2])
m = np.random.RandomState(1).randn(n, n) * 1.5 / np.sqrt(n)
start = np.random.RandomState(2).randn(n) * 0.1
h, y, a = np.zeros(n), np.empty(n), 1e-4 / 1e-2


def run():
    v = start.copy()
    for _ in range(steps):
        np.dot(m, v, out=y)
        np.tanh(y, out=y)
        np.add(y, h, out=y)
        np.subtract(y, v, out=y)
        np.multiply(y, a, out=y)
        v += y


serve(run, lambda: time.process_time() / steps)
