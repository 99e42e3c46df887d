"""SciPy on the ensemble and the tornado: solve_ivp, one trajectory at a time, rtol 1e-6, atol 1e-9."""
import time

import numpy as np
from scipy.integrate import solve_ivp


def median(run, k=5):
    times = []
    for _ in range(k):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return 1e3 * sorted(times)[k // 2]


def fitzhugh_nagumo(t, y):
    v, w = y
    return v - v**3 / 3 - w + 0.5, 0.08 * (v + 0.7 - 0.8 * w)


grid = np.linspace(-3, 3, 100)
starts = [(v, w) for w in grid for v in grid]
A = np.array([[0.035, 10.5, 0], [-10.5, 0.035, 0], [0, 0, 0.08]])
for method in ("RK23", "RK45", "DOP853"):
    some = starts[::200]
    ms = median(lambda: [solve_ivp(fitzhugh_nagumo, (0, 50), s, method, rtol=1e-6, atol=1e-9) for s in some], 3)
    print(f"ensemble {method:7} {ms * len(starts) / len(some):10.0f} ms (extrapolated from {len(some)} trajectories)")
    ms = median(lambda: solve_ivp(lambda t, x: A @ x, (0, 30), np.ones(3), method, rtol=1e-6, atol=1e-9))
    print(f"tornado  {method:7} {ms:10.1f} ms")
