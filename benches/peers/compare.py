"""Runs the same centres in cordboard and in its peers, checks that all agree, and prints how fast each is.

usage: compare.py CORDBOARD, from the repository's root
"""

import importlib.util
import json
import os
import resource
import subprocess
import sys

import measured

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = "examples/scenarios"
# Programs and minutes simulated: some ten seconds each.
MODELS = [
    ("M/M/100+M", "pool-of-100.toml", [("SimPy", "simpy", "pool_simpy.py", 5_000), ("Ciw", "ciw", "pool_ciw.py", 2_500)]),
    ("three types, two groups", "three-types-two-groups.toml", [("SimPy", "simpy", "types_simpy.py", 60_000)]),
]


def cordboard(binary, scenario):
    """Arrivals and ends, processor seconds of the whole process, and by stream the share that left."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [binary, "simulate", f"{SCENARIOS}/{scenario}", "--threads", "1", "--json"]
    out = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # Of four replications, as the scenarios have them, the interval is printed for 95 %.
    wider = measured.T999[3] / 3.182
    shares = {name: of["abandon_share"] for name, of in out["streams"].items()}
    return out["commands"], seconds, {name: (of["mean"], wider * of["half_width"]) for name, of in shares.items()}


def peer(program, minutes):
    command = [sys.executable, os.path.join(HERE, program), str(minutes)]
    out = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return out["events"], out["seconds"], {name: tuple(share) for name, share in out["left"].items()}


def main(binary):
    agree = True
    for model, scenario, peers in MODELS:
        runs = [("cordboard", cordboard(binary, scenario))]
        for name, package, program, minutes in peers:
            if importlib.util.find_spec(package) is None:
                print(f"{model}: {name} is skipped: the Python package {package} is not installed", file=sys.stderr)
            else:
                runs.append((name, peer(program, minutes)))
        if model == "M/M/100+M":
            exact = {"calls": (measured.erlang_a(100.0, 1.0, 1.0, 100), 0.0)}
            print(f"{model}: {100 * exact['calls'][0]:.2f} % leave by Erlang A")
        else:
            exact = runs[0][1][2]
            print(f"{model}: there is no closed form, and the peers are held against cordboard")
        print("\n| engine | arrivals and ends a second | cordboard is faster by | leave | |\n|---|--:|--:|--:|---|")
        own = runs[0][1][0] / runs[0][1][1]
        for name, (events, seconds, left) in runs:
            inside = all(abs(left[of][0] - exact[of][0]) <= left[of][1] + exact[of][1] for of in exact)
            agree &= inside
            shares = ", ".join(f"{100 * mean:.2f} ± {100 * half:.2f} %" for mean, half in left.values())
            rate, judged = events / seconds, "agrees" if inside else "DISAGREES"
            print(f"| {name} | {rate:,.0f} | {own / rate:.1f} | {shares} | {judged} |")
        print()
    return 0 if agree else 1


sys.exit(main(sys.argv[1]))
