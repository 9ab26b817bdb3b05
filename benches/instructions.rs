//! A contact's life in machine instructions, which no neighbour on the machine disturbs. Counts are the difference of two runs:
//!
//! ```sh
//! cargo bench --bench instructions --no-run     # prints the path of the program
//! valgrind --tool=callgrind PROGRAM 0           # note "Collected"
//! valgrind --tool=callgrind PROGRAM 10000       # the difference is that of 10,000 lives
//! ```

mod world;

use world::{Size, World};

fn main() {
    let lives = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(10_000);
    let waiting = std::env::args().skip(2).find_map(|argument| argument.parse().ok()).unwrap_or(1_000);
    let mut world = World::new(Size { agents: 1_000, waiting, classes: 100, all_different: false });
    (0..2_000).for_each(|_| world.life());
    for _ in 0..lives {
        world.life();
    }
}
