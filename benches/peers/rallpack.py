"""Rallpack 1 or 3 with 1000 compartments, 0.25 s, dt 0.05 ms, by Arbor: rallpack.py {rallpack1 | rallpack3}"""

import sys

import arbor as A
from arbor import units as U
from turns import serve

N = 1000


class Cable(A.recipe):
    def __init__(self):
        A.recipe.__init__(self)
        self.properties = A.neuron_cable_properties()

    def num_cells(self):
        return 1

    def cell_kind(self, gid):
        return A.cell_kind.cable

    def global_properties(self, kind):
        return self.properties

    def probes(self, gid):
        at = lambda x, tag: A.cable_probe_membrane_voltage(f"(location 0 {x})", tag)
        return [at(0.5 / N, "near"), at(1 - 0.5 / N, "far")]

    def cell_description(self, gid):
        tree = A.segment_tree()
        tree.append(A.mnpos, (0, 0, 0, 0.5), (1000, 0, 0, 0.5), tag=1)
        decor = A.decor().set_property(Vm=-65 * U.mV, cm=0.01 * U.F / U.m2, rL=100 * U.Ohm * U.cm)
        if sys.argv[1] == "rallpack1":
            decor = decor.paint("(all)", A.density("pas/e=-65", g=2.5e-5))
        else:
            decor = decor.set_ion("na", rev_pot=50 * U.mV).set_ion("k", rev_pot=-77 * U.mV)
            decor = decor.paint("(all)", A.density("hh", dict(gnabar=0.12, gkbar=0.036, gl=2.5e-5, el=-65)))
        decor = decor.place("(location 0 0)", A.i_clamp(0 * U.ms, 1e9 * U.ms, 0.1 * U.nA))
        return A.cable_cell(tree, decor, A.label_dict(), A.cv_policy_fixed_per_branch(N))


recipe = Cable()
context = A.context(threads=1)
simulation = A.simulation(recipe, context, A.partition_load_balance(recipe, context))
handles = [simulation.sample((0, tag), A.regular_schedule(0.05 * U.ms)) for tag in ("near", "far")]


def once():
    simulation.reset()
    simulation.run(250 * U.ms, 0.05 * U.ms)


serve(once)
