"""M/M/100+M in Ciw: one node with reneging.

usage: pool_ciw.py MINUTES
"""

import sys
import time

import ciw

import measured


def main(minutes):
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=100.0)],
        service_distributions=[ciw.dists.Exponential(rate=1.0)],
        reneging_time_distributions=[ciw.dists.Exponential(rate=1.0)],
        number_of_servers=[100],
    )
    ciw.seed(1)
    simulation = ciw.Simulation(network)
    before = time.process_time()
    simulation.simulate_until_max_time(minutes)
    seconds = time.process_time() - before
    records = sorted(simulation.get_all_records(), key=lambda record: record.arrival_date)
    left = [int(record.record_type == "renege") for record in records]
    measured.report(2 * len(left), seconds, {"calls": left[len(left) // 20:]})


main(float(sys.argv[1]))
