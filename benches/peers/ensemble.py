"""10 000 trajectories of FitzHugh and Nagumo's equations to T = 50, rtol 1e-6, atol 1e-9: ensemble.py {diffrax | stacked | loop}

`stacked` is one system of 20 000 variables in SciPy: one step for all, and so less accuracy for each. `loop` is one
trajectory after the other, of which 50 are run and the time is multiplied.
"""

import sys
import time

import numpy as np
from turns import serve

grid = np.linspace(-3, 3, 100)
V, W = [a.ravel() for a in np.meshgrid(grid, grid)]
settings = dict(rtol=1e-6, atol=1e-9)


def field(v, w):
    return v - v * v * v / 3 - w + 0.5, 0.08 * (v + 0.7 - 0.8 * w)


if sys.argv[1] == "diffrax":
    import diffrax
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    term = diffrax.ODETerm(lambda t, y, args: jnp.stack(field(y[0], y[1])))
    control = diffrax.PIDController(**settings)

    def one(y0):
        return diffrax.diffeqsolve(
            term, diffrax.Tsit5(), 0.0, 50.0, None, y0, stepsize_controller=control, max_steps=4096
        ).ys[0]

    all_of_them = jax.jit(jax.vmap(one))
    starts = jnp.stack([jnp.array(V), jnp.array(W)], 1)
    serve(lambda: jax.block_until_ready(all_of_them(starts)), time.perf_counter)
else:
    from scipy.integrate import solve_ivp

    if sys.argv[1] == "stacked":
        both = np.concatenate([V, W])
        stacked = lambda t, y: np.concatenate(field(y[:10000], y[10000:]))
        serve(lambda: solve_ivp(stacked, (0, 50), both, **settings), time.perf_counter)
    else:
        single = lambda t, y: field(y[0], y[1])
        some = [(V[i], W[i]) for i in range(0, 10000, 200)]
        clock = lambda: 200 * time.perf_counter()
        serve(lambda: [solve_ivp(single, (0, 50), s, **settings) for s in some], clock)
