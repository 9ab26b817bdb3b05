"""Three types and two groups in SimPy: the model of examples/scenarios/three-types-two-groups.toml.

SimPy has no resource that knows skills, so that who serves whom is written here: one line in order of arrival, and a
count of free agents in each group.

usage: types_simpy.py MINUTES
"""

import random
import sys
import time

import simpy

import measured

PER_MINUTE = {"a": 4.2, "b": 5.1, "c": 6.3}
GROUPS = {"a": [0], "b": [0, 1], "c": [1]}
AGENTS = [12, 15]


class Centre:
    def __init__(self, env):
        self.env = env
        self.free = list(AGENTS)
        # By kind, those who wait: a dict keeps the order in which they came, and gives up anybody at once.
        self.lines = {kind: {} for kind in PER_MINUTE}
        self.arrived = 0

    def ask(self, kind):
        """An event that comes with the group which serves; at once if anybody is free."""
        self.arrived += 1
        event = self.env.event()
        for group in GROUPS[kind]:
            if self.free[group]:
                self.free[group] -= 1
                event.succeed(group)
                return event
        self.lines[kind][event] = self.arrived
        return event

    def give_up(self, kind, event):
        del self.lines[kind][event]

    def release(self, group):
        """Whoever has waited longest of those whom the group serves is next."""
        best = None
        for kind, groups in GROUPS.items():
            if group in groups and self.lines[kind]:
                event, number = next(iter(self.lines[kind].items()))
                if best is None or number < best[0]:
                    best = number, kind, event
        if best is None:
            self.free[group] += 1
        else:
            _, kind, event = best
            del self.lines[kind][event]
            event.succeed(group)


def customer(env, centre, kind, patience, work, left, index):
    event = centre.ask(kind)
    if not event.triggered:
        yield event | env.timeout(patience)
    if event.triggered:
        yield env.timeout(work)
        centre.release(event.value)
    else:
        centre.give_up(kind, event)
        left[index] = 1


def arrivals(env, centre, rng, kind, left):
    while True:
        yield env.timeout(rng.expovariate(PER_MINUTE[kind]))
        left.append(0)
        patience, work = rng.expovariate(0.3), rng.expovariate(0.5)
        env.process(customer(env, centre, kind, patience, work, left, len(left) - 1))


def main(minutes):
    env = simpy.Environment()
    centre = Centre(env)
    left = {kind: [] for kind in PER_MINUTE}
    for number, kind in enumerate(PER_MINUTE):
        env.process(arrivals(env, centre, random.Random(number), kind, left[kind]))
    before = time.process_time()
    env.run(until=minutes)
    seconds = time.process_time() - before
    events = 2 * sum(len(of_kind) for of_kind in left.values())
    measured.report(events, seconds, {kind: of_kind[len(of_kind) // 20:] for kind, of_kind in left.items()})


main(float(sys.argv[1]))
