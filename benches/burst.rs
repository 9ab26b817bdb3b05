//! The burst: 1,000 agents become free while 1,000 or 2,000 contacts wait. Asterisk's app_queue takes 20 to 56 seconds
//! to connect 980 of them, at 1,000 callers and at 2,000.

mod world;

use std::time::{Duration, Instant};

use cordboard::{AgentId, ChannelSet, Command, ReasonId};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use world::{Size, World};

const AGENTS: u32 = 1_000;

/// Everybody not ready, and this many waiting.
fn before_the_burst(waiting: u32) -> World {
    let mut world = World::new(Size { agents: AGENTS, waiting: 0, classes: 100, all_different: false });
    presence(&mut world, false);
    (0..waiting).for_each(|_| world.arrive());
    world
}

fn presence(world: &mut World, ready: bool) {
    for agent in 0..u64::from(AGENTS) {
        let (agent, channels, reason) = (AgentId(agent), ChannelSet::ALL, ReasonId::NONE);
        world.apply(Command::SetPresence { agent, channels, ready, reason });
        if ready {
            world.accept();
        }
    }
}

fn burst(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("burst");
    group.sample_size(10);
    for waiting in [1_000, 2_000] {
        let name = format!("{AGENTS} agents become free before {waiting} waiting");
        let before = before_the_burst(waiting);
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter_custom(|bursts| {
                let mut spent = Duration::ZERO;
                for _ in 0..bursts {
                    let mut world = before.clone();
                    let start = Instant::now();
                    presence(&mut world, true);
                    spent += start.elapsed();
                }
                spent
            });
        });
    }
    group.finish();
}

criterion_group!(benches, burst);
criterion_main!(benches);
