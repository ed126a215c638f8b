"""python -m research [--times N] [--seed S]: all tables of the simulations, one after another.

N is by how many made-up people each number is made, and by how many whole pilots in the inventory's table.
"""

import sys
from typing import Final

from research import factor_simulation, inventory_sample, notice_simulation, strain_simulation

SIMULATIONS: Final = (strain_simulation, notice_simulation, factor_simulation, inventory_sample)

if __name__ == "__main__":
    for simulation in SIMULATIONS:
        simulation.main(sys.argv[1:])
        print()
