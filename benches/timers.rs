//! What timers cost: the same lives with no timer but the offer's and the wrap-up's, and with a longest wait and two
//! relaxation steps on every contact that waits: up to 100,000 more timers at once, most of which never fire.

mod world;

use std::time::Instant;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use world::{Size, World};

fn timers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("timers");
    group.sample_size(10);
    let size = Size { agents: 1_000, waiting: 100_000, classes: 100, all_different: false };
    for timed in [false, true] {
        let mut world = if timed { World::with_timers(size) } else { World::new(size) };
        (0..20_000).for_each(|_| world.life());
        let name = if timed { "a longest wait and steps on each" } else { "none while waiting" };
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter_custom(|lives| {
                let start = Instant::now();
                (0..lives).for_each(|_| world.life());
                start.elapsed()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, timers);
criterion_main!(benches);
