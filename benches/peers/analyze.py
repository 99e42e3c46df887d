"""eig, the condition of the eigenvectors and eigvalsh of a matrix file, as a whole process: analyze.py MATRIX.npy [nothing]"""

import sys

import numpy as np

if len(sys.argv) == 2:
    A = np.load(sys.argv[1])
    values, vectors = np.linalg.eig(A)
    print(values.real.max(), np.linalg.cond(vectors), np.linalg.eigvalsh((A + A.T) / 2)[-1])
