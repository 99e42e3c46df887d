"""Initial value problems at rtol 1e-6, atol 1e-9: ivp.py {lorenz | van_der_pol | hodgkin_huxley} {METHOD of SciPy}"""

import math
import sys

from scipy.integrate import solve_ivp
from turns import serve


def lorenz(t, x):
    return [10 * (x[1] - x[0]), x[0] * (28 - x[2]) - x[1], x[0] * x[1] - 8 / 3 * x[2]]


def van_der_pol(t, x):
    return [x[1], 1000 * (1 - x[0] ** 2) * x[1] - x[0]]


def van_der_pol_jacobian(t, x):
    return [[0, 1], [-2000 * x[0] * x[1] - 1, 1000 * (1 - x[0] ** 2)]]


def hodgkin_huxley(t, x):
    v, m, h, n = x
    exp = math.exp
    am = 0.1 * (v + 40) / (1 - exp(-(v + 40) / 10))
    bm = 4 * exp(-(v + 65) / 18)
    ah = 0.07 * exp(-(v + 65) / 20)
    bh = 1 / (1 + exp(-(v + 35) / 10))
    an = 0.01 * (v + 55) / (1 - exp(-(v + 55) / 10))
    bn = 0.125 * exp(-(v + 65) / 80)
    current = 120 * m**3 * h * (v - 50) + 36 * n**4 * (v + 77) + 0.3 * (v + 54.387)
    return [10 - current, am * (1 - m) - bm * m, ah * (1 - h) - bh * h, an * (1 - n) - bn * n]


field, x0, end, more = {
    "lorenz": (lorenz, [1, 1, 1], 20, {}),
    "van_der_pol": (van_der_pol, [2, 0], 2000, {"jac": van_der_pol_jacobian}),
    "hodgkin_huxley": (hodgkin_huxley, [-65, 0.0529, 0.5961, 0.3177], 200, {}),
}[sys.argv[1]]
serve(lambda: solve_ivp(field, (0, end), x0, sys.argv[2], rtol=1e-6, atol=1e-9, **more))
