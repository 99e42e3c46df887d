"""exp(t A) in SciPy, A a stable random rate network: expm.py N T REPEATS"""

import sys

import numpy as np
from scipy.linalg import expm
from turns import serve

n, t = int(sys.argv[1]), float(sys.argv[2])
A = t * (0.9 * np.random.default_rng(0).standard_normal((n, n)) / np.sqrt(n) - np.eye(n))
serve(lambda: expm(A), repeats=int(sys.argv[3]))
