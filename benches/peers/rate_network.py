"""One Euler step of tau dv/dt = -v + tanh(M v) + h in NumPy, in microseconds of CPU time: rate_network.py N STEPS"""

import sys
import time

import numpy as np

n, steps = int(sys.argv[1]), int(sys.argv[2])
m = np.random.RandomState(1).randn(n, n) * 1.5 / np.sqrt(n)
v = np.random.RandomState(2).randn(n) * 0.1
h, y, a = np.zeros(n), np.empty(n), 1e-4 / 1e-2


def run(v, steps):
    for _ in range(steps):
        np.dot(m, v, out=y)
        np.tanh(y, out=y)
        np.add(y, h, out=y)
        np.subtract(y, v, out=y)
        np.multiply(y, a, out=y)
        v += y


run(v.copy(), 20)
start = time.process_time()
run(v, steps)
print((time.process_time() - start) / steps * 1e6)
