"""python -m research [--people N] [--seed S]: all tables of the simulations, one after another."""

import sys
from typing import Final

from research import notice_simulation, strain_simulation

SIMULATIONS: Final = (strain_simulation, notice_simulation)

if __name__ == "__main__":
    for simulation in SIMULATIONS:
        simulation.main(sys.argv[1:])
        print()
