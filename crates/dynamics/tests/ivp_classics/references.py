"""The references of these tests: Radau IIA of order 17 in 40 digits, its step chosen by comparison with order 13.

    python references.py [PROBLEM ...]

The collocation equations are solved by Newton's method: residuals in 40 digits, the matrix in double precision, repeated
until nothing changes. Needs NumPy and mpmath.
"""

import sys

import mpmath as mp
import numpy as np

mp.mp.dps = 40


def radau(s):
    """Nodes and matrix of Radau IIA with s stages."""
    mp.mp.dps = 80
    # d^(s-1)/dx^(s-1) of x^(s-1) (x-1)^s
    poly = [mp.binomial(s, k) * (-1) ** (s - k) for k in range(s + 1)]  # of x^k in (x-1)^s
    coeff = {k + s - 1: c for k, c in enumerate(poly)}
    for _ in range(s - 1):
        coeff = {k - 1: c * k for k, c in coeff.items() if k > 0}
    c = sorted(mp.re(r) for r in mp.polyroots([coeff.get(k, 0) for k in range(s, -1, -1)], maxsteps=500, extraprec=400))
    c[-1] = mp.mpf(1)
    vandermonde = mp.matrix(s, s)
    integrals = mp.matrix(s, s)
    for i in range(s):
        for k in range(s):
            vandermonde[i, k] = c[i] ** k
            integrals[i, k] = c[i] ** (k + 1) / (k + 1)
    a = integrals * vandermonde**-1
    mp.mp.dps = 40
    return [+x for x in c], [[+a[i, j] for j in range(s)] for i in range(s)]


METHODS = {s: radau(s) for s in (7, 9)}


def step(f, jac, t, y, h, s, floor):
    c, a = METHODS[s]
    n = len(y)
    z = [[mp.mpf(0)] * n for _ in range(s)]
    a64 = np.array([[float(v) for v in row] for row in a])
    scale = np.array([abs(float(v)) + abs(float(h * w)) + floor for v, w in zip(y, f(t, y))])
    last = np.inf
    for turn in range(60):
        states = [[y[k] + z[i][k] for k in range(n)] for i in range(s)]
        slopes = [f(t + c[i] * h, states[i]) for i in range(s)]
        residual = [
            [z[i][k] - h * mp.fdot((a[i][j], slopes[j][k]) for j in range(s)) for k in range(n)] for i in range(s)
        ]
        m = np.eye(s * n)
        for j in range(s):
            jacobian = np.array(jac(float(t), [float(v) for v in states[j]]), dtype=float)
            for i in range(s):
                m[i * n : (i + 1) * n, j * n : (j + 1) * n] -= float(h) * a64[i, j] * jacobian
        size = max(max(abs(float(r)) for r in row) for row in residual)
        if size == 0:
            break
        unit = mp.mpf(2) ** int(np.floor(np.log2(size)))
        right = np.array([float(r / unit) for row in residual for r in row])
        # Scaling keeps small species from being lost in the large ones.
        weights = np.tile(scale, s)
        d = np.linalg.solve(m / weights[:, None] * weights[None, :], right / weights) * weights
        for i in range(s):
            for k in range(n):
                z[i][k] -= unit * mp.mpf(d[i * n + k])
        change = max(abs(float(unit) * v) / w for v, w in zip(d, weights))
        if not np.isfinite(change) or turn > 8 and change > last and change > 1e-25:
            return None
        if change < 1e-30:
            break
        last = change
    return [y[k] + z[-1][k] for k in range(n)]


def solve(f, jac, y, t1, floor=1e-25):
    t, t1, h, tol = mp.mpf(0), mp.mpf(t1), mp.mpf(10) ** -6, 1e-22
    y = [mp.mpf(v) for v in y]
    steps = 0
    while t < t1:
        h = min(h, t1 - t)
        fine, coarse = step(f, jac, t, y, h, 9, floor), step(f, jac, t, y, h, 7, floor)
        if fine is None or coarse is None:
            h /= 4
            continue
        error = float(max(abs(a - b) / (abs(a) + abs(c) + floor) for a, b, c in zip(fine, coarse, y))) / tol
        if error <= 1:
            t, y, steps = t + h, fine, steps + 1
        h *= mp.mpf(min(5.0, max(0.2, 0.9 * (error + 1e-30) ** (-1 / 14))))
    print(f"# {steps} steps")
    return y


def numeric(f):
    """The Jacobian by differences in 40 digits."""

    def jac(t, y):
        y = [mp.mpf(v) for v in y]
        f0 = f(mp.mpf(t), y)
        columns = []
        for k in range(len(y)):
            d = abs(y[k]) * mp.mpf(10) ** -15 + mp.mpf(10) ** -26
            moved = f(mp.mpf(t), y[:k] + [y[k] + d] + y[k + 1 :])
            columns.append([float((a - b) / d) for a, b in zip(moved, f0)])
        return [list(row) for row in zip(*columns)]

    return jac


def robertson(t, y):
    r1, r2, r3 = mp.mpf("0.04") * y[0], mp.mpf(10) ** 4 * y[1] * y[2], 3 * mp.mpf(10) ** 7 * y[1] ** 2
    return [-r1 + r2, r1 - r2 - r3, r3]


def hires(t, y):
    m = mp.mpf
    r = 280 * y[5] * y[7]
    return [
        -m("1.71") * y[0] + m("0.43") * y[1] + m("8.32") * y[2] + m("0.0007"),
        m("1.71") * y[0] - m("8.75") * y[1],
        -m("10.03") * y[2] + m("0.43") * y[3] + m("0.035") * y[4],
        m("8.32") * y[1] + m("1.71") * y[2] - m("1.12") * y[3],
        -m("1.745") * y[4] + m("0.43") * y[5] + m("0.43") * y[6],
        -r + m("0.69") * y[3] + m("1.71") * y[4] - m("0.43") * y[5] + m("0.69") * y[6],
        r - m("1.81") * y[6],
        -r + m("1.81") * y[6],
    ]


def oregonator(t, y):
    s, q, w = mp.mpf("77.27"), mp.mpf("8.375e-6"), mp.mpf("0.161")
    return [s * (y[1] + y[0] * (1 - q * y[0] - y[1])), (y[2] - (1 + y[0]) * y[1]) / s, w * (y[0] - y[2])]


def van_der_pol(t, y):
    return [y[1], 1000 * (1 - y[0] ** 2) * y[1] - y[0]]


def e5(t, y):
    a, b, c, m = mp.mpf("7.89e-10"), mp.mpf("1.1e7"), mp.mpf("1.13e3"), mp.mpf(10) ** 6
    r1, r2, r3, r4 = a * y[0], b * y[0] * y[2], m * c * y[1] * y[2], c * y[3]
    return [-r1 - r2, r1 - r3, r1 - r2 + r4 - r3, r2 - r4]


def lorenz(t, y):
    return [10 * (y[1] - y[0]), y[0] * (28 - y[2]) - y[1], y[0] * y[1] - 8 * y[2] / 3]


PROBLEMS = {
    "robertson_40": (robertson, [1, 0, 0], 40),
    "robertson": (robertson, [1, 0, 0], mp.mpf(10) ** 11),
    "hires": (hires, [1, 0, 0, 0, 0, 0, 0, mp.mpf("0.0057")], mp.mpf("321.8122")),
    "oregonator": (oregonator, [1, 2, 3], 360),
    "van_der_pol": (van_der_pol, [2, 0], 2000),
    "e5": (e5, [mp.mpf("1.76e-3"), 0, 0, 0], mp.mpf(10) ** 7, 1e-30),
    "lorenz": (lorenz, [1, 1, 1], 20),
}

for name in sys.argv[1:] or PROBLEMS:
    f, y0, t1, *floor = PROBLEMS[name]
    print(name, [mp.nstr(v, 20) for v in solve(f, numeric(f), y0, t1, *floor)], flush=True)
