//! Processes: killed at any moment, two at one file, and a file system that is full.
//!
//! More of it: `CORDBOARD_FAULTS_KILLS=1000 cargo test --release -p cordboard-faults --test processes`.

use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use cordboard::{Journal, Seq, SqliteJournal};
use cordboard_faults::{Chance, report, seed, setting};
use tempfile::TempDir;

/// Kills of a run of the suite, when nothing else is asked for.
const KILLS: u64 = 20;

const APPENDER: &str = env!("CARGO_BIN_EXE_appender");

fn appender(file: &Path, writer: u32, group: usize) -> Child {
    let mut command = Command::new(APPENDER);
    command.arg("run").arg(file).args([writer.to_string(), group.to_string()]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the appender starts")
}

/// Kills it, and returns what it had said: the ends of the groups that were acknowledged.
fn kill(mut child: Child) -> Vec<u64> {
    child.kill().expect("it runs");
    let mut complaint = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut complaint).expect("it writes text");
    assert_eq!(complaint, "", "the appender failed");
    let said = BufReader::new(child.stdout.take().expect("piped")).lines().map(|line| line.expect("it writes text"));
    // The last line may have been cut.
    let mut acknowledged: Vec<u64> = said.filter_map(|line| line.parse().ok()).collect();
    child.wait().expect("it ends");
    if acknowledged.len() > 1 && acknowledged.last() < acknowledged.get(acknowledged.len() - 2) {
        acknowledged.pop();
    }
    acknowledged
}

/// Who wrote each entry.
fn writers(file: &Path) -> Vec<u32> {
    let mut journal = SqliteJournal::open(file).expect("it opens after a kill");
    let mut writers = Vec::new();
    let read = journal.replay(Seq(0), &mut |entry| {
        assert_eq!(entry.input.id.number, entry.input.seq.0);
        writers.push(entry.input.id.source);
        ControlFlow::Continue(())
    });
    read.expect("every entry can be read");
    writers
}

#[test]
fn a_killed_process_loses_nothing_that_it_acknowledged() {
    let (kills, mut chance) = (setting("CORDBOARD_FAULTS_KILLS", KILLS), Chance::new(seed()));
    let folder = TempDir::new().expect("there is room for one");
    let file = folder.path().join("calls.cordboard");
    let (mut last, mut early, mut round) = (0, 0, 0);
    // On a slow machine, some more, until half of them came when something had been acknowledged.
    while round < kills || (early * 2 > round && round < 20 * kills) {
        round += 1;
        let child = appender(&file, 1, 1 + chance.below(40));
        sleep(Duration::from_micros(20_000 + chance.below(80_000) as u64));
        let acknowledged = kill(child).last().copied().unwrap_or(last);
        early += u64::from(acknowledged == last);
        let found = writers(&file).len() as u64;
        assert!(found >= acknowledged, "kill {round}: {acknowledged} was acknowledged, and {found} entries are there");
        last = found;
    }
    report(format_args!(
        "kills: {round} ({early} before anything was acknowledged), {last} entries; nothing acknowledged was lost"
    ));
    assert!(early * 2 <= round, "the kills came too early to show anything");
}

#[test]
fn of_two_processes_only_one_wins_each_place() {
    let (rounds, mut chance) = (setting("CORDBOARD_FAULTS_KILLS", KILLS) / 4, Chance::new(seed()));
    let folder = TempDir::new().expect("there is room for one");
    let file = folder.path().join("calls.cordboard");
    let (mut wins, mut handovers, mut round) = ([0, 0], 0, 0);
    // On a slow machine, some more, until the two have met.
    while round < rounds || (handovers == 0 && round < 20 * rounds) {
        round += 1;
        let sizes = [1 + chance.below(8) as u64, 1 + chance.below(8) as u64];
        let children = [0, 1].map(|at| appender(&file, at as u32 + 1, sizes[at] as usize));
        sleep(Duration::from_millis(300));
        let said = children.map(kill);
        let writers = writers(&file);
        for (at, size) in sizes.into_iter().enumerate() {
            for &end in &said[at] {
                wins[at] += 1;
                let group = &writers[(end - size) as usize..end as usize];
                let own = group.iter().all(|&writer| writer == at as u32 + 1);
                assert!(own, "writer {} was told that it wrote up to {end}; there is {group:?}", at + 1);
            }
        }
        handovers = writers.windows(2).filter(|pair| pair[0] != pair[1]).count();
    }
    report(format_args!(
        "two writers: {} and {} groups acknowledged, {handovers} times the other one went on; no place was won twice",
        wins[0], wins[1]
    ));
    assert!(handovers > 0, "the two never met");
}

/// A real file system of one megabyte, in a mount namespace of its own.
#[test]
fn a_full_file_system_loses_nothing_acknowledged() {
    let script = r#"mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" fill "$1""#;
    let folder = TempDir::new().expect("there is room for one");
    let may = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "tmpfs"]).arg(folder.path()).output();
    if !may.is_ok_and(|tried| tried.status.success()) {
        report(format_args!(
            "full file system: skipped, since this user may not mount one (`unshare -rm mount` failed)"
        ));
        return;
    }
    let filled = Command::new("unshare")
        .args(["-rm", "sh", "-c", script, "sh"])
        .arg(folder.path())
        .arg(APPENDER)
        .output()
        .expect("unshare starts");
    let (said, complaint) = (String::from_utf8_lossy(&filled.stdout), String::from_utf8_lossy(&filled.stderr));
    assert!(filled.status.success(), "{complaint}");
    report(format_args!("full file system: {}", said.trim()));
}
