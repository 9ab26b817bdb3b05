//! The `cordboard` command line: simulates, compares, replays and checks scenarios; verifies journals, and runs them under
//! other policies.
//!
//! Exit code 0: done. 1: the run failed, or `verify` found a difference. 2: the input is wrong; everything wrong with it is
//! on standard error.

mod check;
mod compare;
mod failure;
mod figure;
mod input;
mod journal;
mod leaderboard;
mod log;
mod new;
mod presets;
mod progress;
mod replay;
mod report;
mod rows;
mod schema;
mod simulate;
mod sweep;
mod table;
mod verify;
mod warmup;
mod what_if;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Routes customer contacts: simulates, compares, replays and checks contact-centre scenarios; verifies journals and
/// runs them under other policies.
#[derive(Parser)]
#[command(name = "cordboard", version, about, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a scenario through the engine on a virtual clock and shows waits, service levels and occupancy.
    Simulate(simulate::Arguments),
    /// Runs a scenario under several policies with the same randomness and shows the paired differences.
    Compare(compare::Arguments),
    /// Runs a scenario once for each value of one of its keys, and shows what comes of it.
    Sweep(sweep::Arguments),
    /// Runs every policy on small pools solved exactly, on the shipped scenarios, and by how many agents a centre needs.
    Leaderboard(leaderboard::Arguments),
    /// Sends recorded contacts through the engine and shows recorded waits beside routed ones.
    Replay(replay::Arguments),
    /// Writes a scenario to begin with, in which every key says its unit and range.
    New(new::Arguments),
    /// Prints a JSON schema of scenarios, with which editors complete and check them.
    Schema,
    /// Lists the presets: policies that decide as other engines do.
    Presets,
    /// Judges how long a warm-up a scenario needs, by its course from the beginning.
    Warmup(warmup::Arguments),
    /// Checks a scenario and says everything that is wrong with it.
    Check(check::Arguments),
    /// Runs a journal again and folds it, and says whether everything comes out as recorded.
    Verify(verify::Arguments),
    /// Runs a journal's day under other policies and shows what would have become of its contacts.
    WhatIf(what_if::Arguments),
    /// Tells the story of one contact of a journal.
    Log(log::Arguments),
}

fn main() -> ExitCode {
    // Clap itself leaves with code 2 where arguments are wrong.
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Command::Simulate(arguments) => simulate::run(arguments),
        Command::Compare(arguments) => compare::run(arguments),
        Command::Sweep(arguments) => sweep::run(arguments),
        Command::Leaderboard(arguments) => leaderboard::run(arguments),
        Command::Replay(arguments) => replay::run(arguments),
        Command::New(arguments) => new::run(arguments),
        Command::Schema => schema::run(),
        Command::Presets => presets::run(),
        Command::Warmup(arguments) => warmup::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Verify(arguments) => verify::run(arguments),
        Command::WhatIf(arguments) => what_if::run(arguments),
        Command::Log(arguments) => log::run(arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
