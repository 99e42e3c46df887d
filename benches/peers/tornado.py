"""The tornado to t = 30, rtol 1e-6, atol 1e-9: tornado.py {RK45 | DOP853 | diffrax}"""

import sys

import numpy as np
from turns import serve

a, b, l = 0.035, 10.5, 0.08
A = np.array([[a, b, 0.0], [-b, a, 0.0], [0.0, 0.0, l]])

if sys.argv[1] == "diffrax":
    import diffrax
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    matrix = jnp.array(A)

    @jax.jit
    def end(x0):
        term = diffrax.ODETerm(lambda t, x, args: matrix @ x)
        control = diffrax.PIDController(rtol=1e-6, atol=1e-9)
        return diffrax.diffeqsolve(
            term, diffrax.Tsit5(), 0.0, 30.0, None, x0, stepsize_controller=control, max_steps=100_000
        ).ys

    start = jnp.ones(3)
    serve(lambda: jax.block_until_ready(end(start)), repeats=100)
else:
    from scipy.integrate import solve_ivp

    serve(lambda: solve_ivp(lambda t, x: A @ x, (0, 30), np.ones(3), sys.argv[1], rtol=1e-6, atol=1e-9))
