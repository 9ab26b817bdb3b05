//! A contact's life (enqueue, offer, accept, wrap-up, end) at many sizes, and beside it the floor: folding the same events.

mod world;

use std::hint::black_box;
use std::time::Instant;

use cordboard::{Event, Router, Stamped};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use world::{Size, World};

/// Lives recorded for the floor.
const RECORDED: u64 = 20_000;

fn sizes() -> Vec<Size> {
    let mut sizes = Vec::new();
    for agents in [100, 1_000, 10_000, 100_000] {
        for waiting in [0, 1_000, 100_000, 1_000_000] {
            for classes in [10, 100, 10_000] {
                sizes.push(Size { agents, waiting, classes, all_different: false });
            }
        }
    }
    sizes.push(Size { agents: 10_000, waiting: 100_000, classes: 100, all_different: true });
    sizes.push(Size { agents: 10_000, waiting: 0, classes: 100, all_different: true });
    sizes
}

fn contact_life(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("contact_life");
    group.sample_size(10);
    for size in sizes() {
        let alike = if size.all_different { "all different" } else { "in teams" };
        let name = format!("{} agents {alike}, {} waiting, {} classes", size.agents, size.waiting, size.classes);
        let mut world = World::new(size);
        for _ in 0..u64::from(size.agents).min(20_000) {
            world.life();
        }
        group.bench_function(BenchmarkId::new("apply", &name), |bencher| {
            bencher.iter_custom(|lives| {
                let start = Instant::now();
                for _ in 0..lives {
                    world.life();
                }
                start.elapsed()
            });
        });
        let before = world.router.clone();
        world.record();
        for _ in 0..RECORDED {
            world.life();
        }
        let tape = world.recorded();
        group.bench_function(BenchmarkId::new("fold", &name), |bencher| {
            bencher.iter_custom(|lives| {
                let mut spent = std::time::Duration::ZERO;
                let mut left = lives;
                while left > 0 {
                    let mut router = before.clone();
                    let part = left.min(RECORDED / 2);
                    // The first half brings the copy into the state of one that has run: warm, and with room to grow.
                    let (before, timed) = tape.split_at(tape.len() / 2);
                    let timed = &timed[..timed.len() * part as usize / (RECORDED / 2) as usize];
                    let fold = |router: &mut Router, (input, events): &(Stamped, Vec<Event>)| {
                        router.fold(input, events).expect("the tape follows from the state before it");
                    };
                    before.iter().for_each(|entry| fold(&mut router, entry));
                    let start = Instant::now();
                    timed.iter().for_each(|entry| fold(&mut router, entry));
                    spent += start.elapsed();
                    black_box(router.seq());
                    left -= part;
                }
                spent
            });
        });
    }
    group.finish();
}

criterion_group!(benches, contact_life);
criterion_main!(benches);
