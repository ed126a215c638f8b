"""python -m research [--people N] [--seed S]: all tables of the simulations, one after another.

N is how often each number is drawn anew: by people, and by whole pilots in the inventory's table.
"""

import sys
from typing import Final

from research import factor_simulation, inventory_sample, notice_simulation, strain_simulation

SIMULATIONS: Final = (strain_simulation, notice_simulation, factor_simulation)

if __name__ == "__main__":
    for simulation in SIMULATIONS:
        simulation.main(sys.argv[1:])
        print()
    inventory_sample.main([word.replace("--people", "--pilots") for word in sys.argv[1:]])
