//! A contact's life in machine instructions and cache misses, which no neighbour on the machine disturbs. Counts are the
//! difference of two runs:
//!
//! ```sh
//! cargo bench --bench instructions --no-run     # prints the path of the program
//! valgrind --tool=callgrind PROGRAM 0           # note "Collected"
//! valgrind --tool=callgrind PROGRAM 10000       # the difference is that of 10,000 lives
//! ```
//!
//! Further arguments are contacts waiting (1,000), agents (1,000) and kinds of needs (100). With `--cache-sim=yes` the last two
//! figures of `D1 misses` and `LL misses` are reads and writes that missed a cache.

mod world;

use world::{Size, World};

fn main() {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse().ok());
    let mut next = |default: u32| numbers.next().unwrap_or(default);
    let (lives, waiting, agents, classes) = (next(10_000), next(1_000), next(1_000), next(100));
    let mut world = World::new(Size { agents, waiting, classes, all_different: false });
    (0..2 * agents).for_each(|_| world.life());
    (0..lives).for_each(|_| world.life());
}
