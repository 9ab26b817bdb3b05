//! Markov chains small enough to be solved as they are.

use std::collections::BTreeMap;

/// The stationary probabilities of the chain that starts in `start` and moves from a state to others at the rates that `moves` lists:
/// Gauss and Seidel's iteration of the balance equations, until no probability changes by more than 1e-14.
pub(crate) fn stationary<S: Ord + Clone>(start: S, moves: impl Fn(&S) -> Vec<(S, f64)>) -> BTreeMap<S, f64> {
    let mut place = BTreeMap::from([(start.clone(), 0)]);
    let (mut states, mut rows) = (vec![start], Vec::new());
    while rows.len() < states.len() {
        let row = moves(&states[rows.len()]).into_iter().filter(|(_, rate)| *rate > 0.0);
        let row: Vec<(usize, f64)> = row
            .map(|(to, rate)| {
                let at = *place.entry(to.clone()).or_insert_with(|| {
                    states.push(to);
                    states.len() - 1
                });
                (at, rate)
            })
            .collect();
        rows.push(row);
    }
    let out: Vec<f64> = rows.iter().map(|row| row.iter().map(|(_, rate)| rate).sum()).collect();
    let mut into = vec![Vec::new(); states.len()];
    for (from, row) in rows.iter().enumerate() {
        row.iter().for_each(|&(to, rate)| into[to].push((from, rate)));
    }
    let mut chance = vec![1.0 / states.len() as f64; states.len()];
    loop {
        let mut change: f64 = 0.0;
        for at in 0..states.len() {
            let flow: f64 = into[at].iter().map(|&(from, rate)| chance[from] * rate).sum();
            change = change.max((flow / out[at] - chance[at]).abs());
            chance[at] = flow / out[at];
        }
        let all: f64 = chance.iter().sum();
        chance.iter_mut().for_each(|chance| *chance /= all);
        if change < 1e-14 {
            break;
        }
    }
    states.into_iter().zip(chance).collect()
}

/// The sum over all states of a quantity times its probability.
pub(crate) fn mean<S>(chain: &BTreeMap<S, f64>, of: impl Fn(&S) -> f64) -> f64 {
    chain.iter().map(|(state, chance)| of(state) * chance).sum()
}

/// A pool whose arrivals and servers change at certain instants, from empty: arrivals, those who stood in line, those who abandoned, and the
/// time averages of waiting and busy, by Runge and Kutta's method. `parts`: length, arrivals, servers (never fewer than before).
pub(crate) struct Day {
    pub(crate) waited: f64,
    pub(crate) lost: f64,
    pub(crate) waiting: f64,
    pub(crate) busy: f64,
}

impl Day {
    pub(crate) fn of(parts: &[(f64, f64, u32)], service: f64, patience: f64, most: usize) -> Self {
        let mut chance = vec![0.0; most + 1];
        chance[0] = 1.0;
        let mut day = Self { waited: 0.0, lost: 0.0, waiting: 0.0, busy: 0.0 };
        let all: f64 = parts.iter().map(|part| part.0).sum();
        let mut servers_before = 0;
        for &(length, arrivals, servers) in parts {
            assert!(servers >= servers_before, "whoever is served would have to stop");
            servers_before = servers;
            let n = f64::from(servers);
            let down = |state: f64| state.min(n) / service + (state - n).max(0.0) / patience;
            let change = |chance: &[f64]| -> Vec<f64> {
                let flow = |at: usize| if at < most { chance[at] * arrivals } else { 0.0 };
                let drop = |at: usize| chance[at] * down(at as f64);
                let into =
                    |at: usize| (if at > 0 { flow(at - 1) } else { 0.0 }) + if at < most { drop(at + 1) } else { 0.0 };
                (0..=most).map(|at| into(at) - flow(at) - drop(at)).collect()
            };
            let steps = (length * 1000.0).ceil();
            let h = length / steps;
            let moved = |by: f64, slope: &[f64], chance: &[f64]| -> Vec<f64> {
                chance.iter().zip(slope).map(|(chance, slope)| chance + by * slope).collect()
            };
            let count = |chance: &[f64], day: &mut Self, weight: f64| {
                for (at, chance) in chance.iter().enumerate() {
                    let state = at as f64;
                    day.waiting += weight * chance * (state - n).max(0.0) / all;
                    day.busy += weight * chance * state.min(n) / all;
                    day.lost += weight * chance * (state - n).max(0.0) / patience;
                    day.waited += weight * chance * if state >= n { arrivals } else { 0.0 };
                }
            };
            for _ in 0..steps as usize {
                let k1 = change(&chance);
                let middle = moved(h / 2.0, &k1, &chance);
                let k2 = change(&middle);
                let other = moved(h / 2.0, &k2, &chance);
                let k3 = change(&other);
                let end = moved(h, &k3, &chance);
                let k4 = change(&end);
                let next: Vec<f64> = (0..=most)
                    .map(|at| chance[at] + h / 6.0 * (k1[at] + 2.0 * k2[at] + 2.0 * k3[at] + k4[at]))
                    .collect();
                count(&chance, &mut day, h / 2.0);
                count(&next, &mut day, h / 2.0);
                chance = next;
            }
        }
        day
    }
}
