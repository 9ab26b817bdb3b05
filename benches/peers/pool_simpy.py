"""M/M/100+M in SimPy, as its users write it: a resource, and a request that is given up when patience ends.

usage: pool_simpy.py MINUTES
"""

import random
import sys
import time

import simpy

import measured


def customer(env, agents, rng, left, index):
    patience, work = rng.expovariate(1.0), rng.expovariate(1.0)
    with agents.request() as request:
        yield request | env.timeout(patience)
        if request.triggered:
            yield env.timeout(work)
        else:
            left[index] = 1


def arrivals(env, agents, rng, left):
    while True:
        yield env.timeout(rng.expovariate(100.0))
        left.append(0)
        env.process(customer(env, agents, rng, left, len(left) - 1))


def main(minutes):
    env, rng, left = simpy.Environment(), random.Random(1), []
    env.process(arrivals(env, simpy.Resource(env, 100), rng, left))
    before = time.process_time()
    env.run(until=minutes)
    seconds = time.process_time() - before
    warm = len(left) // 20
    measured.report(2 * len(left), seconds, {"calls": left[warm:]})


main(float(sys.argv[1]))
