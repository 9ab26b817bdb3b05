//! The switchboard under load: how long from sending a command to its event at the gateway, how many commands a second are acknowledged
//! with a journal on a real device, and how fast a journal is recovered.
//!
//! ```sh
//! cargo bench --features sqlite --bench live                     # all; or: -- latency|processor|durable|recovery SECONDS FOLDER
//! ```

#![allow(clippy::print_stdout, reason = "a bench shows what it measured")]

mod center;
mod durable;
mod latency;
mod processor;
mod recovery;

use std::path::PathBuf;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let part = arguments.iter().find(|it| ["latency", "processor", "durable", "recovery"].contains(&&***it));
    let secs = arguments.iter().find_map(|it| it.parse().ok()).unwrap_or(5.0);
    let folder = arguments.iter().find(|it| it.contains('/')).map_or(env!("CARGO_TARGET_TMPDIR"), |it| it);
    let folder = PathBuf::from(folder).join(format!("live-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let is = |name: &str| part.is_none_or(|part| part == name);
    let run = || -> Outcome {
        if is("latency") {
            latency::run(secs)?;
        }
        if is("processor") {
            processor::run(secs)?;
        }
        if is("durable") {
            durable::run(secs, &folder)?;
        }
        if is("recovery") {
            recovery::run(&folder)?;
        }
        Ok(())
    };
    let done = run();
    std::fs::remove_dir_all(&folder)?;
    done
}
