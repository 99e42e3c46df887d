"""The first K Lyapunov exponents of x' = -x + W tanh x, N = 200, in NumPy, by wall time: lyapunov.py K"""

import sys
import time

import numpy as np
from turns import serve

n, k, dt = 200, int(sys.argv[1]), 0.1
rng = np.random.default_rng(0)
w = 2 * rng.standard_normal((n, n)) / np.sqrt(n)
start, directions = rng.standard_normal(n), np.linalg.qr(rng.standard_normal((n, k)))[0]


def f(x):
    return -x + w @ np.tanh(x)


def both(x, q):
    r = np.tanh(x)
    return -x + w @ r, -q + w @ ((1 - r * r)[:, None] * q)


def run():
    x, q, logs = start, directions, np.zeros(k)
    for _ in range(1000):
        a = f(x)
        b = f(x + dt / 2 * a)
        c = f(x + dt / 2 * b)
        x = x + dt / 6 * (a + 2 * b + 2 * c + f(x + dt * c))
    for i in range(1000):
        a, s = both(x, q)
        b, t = both(x + dt / 2 * a, q + dt / 2 * s)
        c, u = both(x + dt / 2 * b, q + dt / 2 * t)
        d, v = both(x + dt * c, q + dt * u)
        x, q = x + dt / 6 * (a + 2 * b + 2 * c + d), q + dt / 6 * (s + 2 * t + 2 * u + v)
        if i % 10 == 9:
            q, r = np.linalg.qr(q)
            logs += np.log(np.abs(np.diag(r)))


serve(run, time.perf_counter)
