"""What every peer's program says of its run, and the intervals it is judged by."""

import json
import math
import sys

# Student's t, two-sided 99.9 %, by degrees of freedom: what one run in a thousand misses.
T999 = {3: 12.924, 19: 3.883}
BATCHES = 20


def batch_means(outcomes):
    """Mean of `outcomes`, in order of time, and half its 99.9 % interval, from twenty batches."""
    size = len(outcomes) // BATCHES
    means = [sum(outcomes[at * size:(at + 1) * size]) / size for at in range(BATCHES)]
    mean = sum(means) / BATCHES
    variance = sum((x - mean) ** 2 for x in means) / (BATCHES - 1)
    return mean, T999[BATCHES - 1] * math.sqrt(variance / BATCHES)


def report(events, seconds, left):
    """Prints arrivals and ends, processor seconds, and by stream the share that left."""
    shares = {name: batch_means(outcomes) for name, outcomes in left.items()}
    json.dump({"events": events, "seconds": seconds, "left": shares}, sys.stdout)


def erlang_a(arrivals, service, patience, agents):
    """Share that leaves an M/M/n+M queue; rates per unit of time.

    Garnett, Mandelbaum, Reiman, "Designing a call center with impatient customers", Manufacturing & Service Operations
    Management 4 (2002): a birth-death process, whose weights are scaled by the largest.
    """
    # Beyond so many in line nobody is ever found there.
    most = agents + 4000
    weights, weight = [], 0.0
    for n in range(most + 1):
        weights.append(weight)
        weight += math.log(arrivals) - math.log(min(n + 1, agents) * service + max(n + 1 - agents, 0) * patience)
    top = max(weights)
    weights = [math.exp(weight - top) for weight in weights]
    in_line = sum(weight * (n - agents) for n, weight in enumerate(weights) if n > agents) / sum(weights)
    return patience * in_line / arrivals
