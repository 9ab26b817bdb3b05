//! `cordboard what-if`.

use std::io::{self, Write, stdout};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use cordboard::sim::{Answering, Departures, FigureRow, Patient, Policy, WhatIf, WhatIfError};
use cordboard::{Journal, Policies};
use serde::Serialize;

use crate::failure::Failure;
use crate::table::{new, right_aligned, seconds, thousands};
use crate::{journal, progress};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The journal, an SQLite file; it is only read
    journal: PathBuf,
    /// A policy, given once or more. `work-conserving` follows the journal's own plan; `agents:LIST` has every queue choose its agents
    /// by LIST, such as agents:least-loaded,longest-idle; `preset:NAME` decides as another engine does, such as preset:connect
    /// (`cordboard presets` lists them)
    #[arg(long = "policy", value_name = "POLICY", required = true, num_args = 1)]
    policies: Vec<Policy>,
    /// How long customers who were answered would have waited
    #[arg(long, value_enum, default_value = "estimated")]
    patience: Patience,
    /// One JSON object on standard output instead of tables
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Patience {
    /// Drawn from the Kaplan–Meier estimate, beyond the wait that each was seen to bear
    Estimated,
    /// As long as it takes: a bound
    Endless,
}

#[derive(Serialize)]
struct Report {
    journal: String,
    commands: u64,
    events: u64,
    patience: Patient,
    recorded: Vec<FigureRow>,
    /// Under the journal's own policy.
    control: Run,
    policies: Vec<Run>,
}

#[derive(Serialize)]
struct Run {
    policy: String,
    events: u64,
    /// Every event was as recorded.
    identical: bool,
    /// The instant of the first event that was not, in microseconds.
    unlike_from: Option<u64>,
    figures: Vec<FigureRow>,
    departures: Departures,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let wrong = |error: WhatIfError| journal::wrong(&arguments.journal, &error);
    let patience = match arguments.patience {
        Patience::Estimated => Patient::Estimated,
        Patience::Endless => Patient::Endless,
    };
    let mut journal = journal::read(&arguments.journal)?;
    let end = journal.end().map_err(|error| wrong(error.into()))?.0;
    let bar = progress::bar(end.saturating_mul(arguments.policies.len() as u64 + 2), "reading");
    let what_if = WhatIf::read(&mut journal, Policies::new(), &mut |read| bar.set_position(read)).map_err(wrong)?;
    let mut passes = 0;
    let mut under = |policy: &Policy| {
        passes += 1;
        bar.set_message(policy.to_string());
        let answering = what_if.run(&mut journal, policy, patience, &mut |read| bar.set_position(passes * end + read));
        answering.map_err(wrong).map(|answering| shown(&what_if, policy, answering))
    };
    let control = under(&Policy::Scheduling(what_if.plan().scheduler().policy.clone()))?;
    let policies = arguments.policies.iter().map(&mut under).collect::<Result<_, _>>()?;
    bar.finish_and_clear();
    let report = Report {
        journal: arguments.journal.display().to_string(),
        commands: what_if.commands(),
        events: what_if.events(),
        patience,
        recorded: what_if.recorded().rows(what_if.plan()),
        control,
        policies,
    };
    let mut out = stdout().lock();
    if arguments.json {
        serde_json::to_writer(&mut out, &report)?;
        writeln!(out)?;
    } else {
        show(&mut out, &report)?;
    }
    out.flush()?;
    Ok(())
}

fn shown(what_if: &WhatIf, policy: &Policy, answering: Answering) -> Run {
    let Answering { figures, departures, events, like } = answering;
    Run {
        policy: policy.to_string(),
        events,
        identical: like.is_none(),
        unlike_from: like.map(|at| at.0),
        figures: figures.rows(what_if.plan()),
        departures,
    }
}

fn show(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let Report { journal, commands, events, recorded, control, policies, .. } = report;
    writeln!(out, "{journal}: {} commands, {} events", thousands(*commands), thousands(*events))?;
    let mut header = vec!["queue", "channel", "", "contacts", "answered", "abandoned", "ended otherwise", "waiting"];
    header.extend(["service level", "mean wait", "p90", "of who left"]);
    let mut table = new(&header);
    for (at, past) in recorded.iter().enumerate() {
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "all".to_owned());
        table.add_row(row([name(&past.queue), name(&past.channel), "recorded".to_owned()], past));
        let runs = std::iter::once(("control", control)).chain(policies.iter().map(|run| (&*run.policy, run)));
        for (what, run) in runs {
            // The rows are those of the arrivals, which are the same in each.
            if let Some(figures) = run.figures.get(at) {
                table.add_row(row([String::new(), String::new(), what.to_owned()], figures));
            }
        }
    }
    writeln!(out, "{}\n", right_aligned(table))?;
    if control.identical {
        writeln!(out, "Control: under its own policy every event comes out as recorded.")?;
    } else {
        writeln!(
            out,
            "Control: under its own policy it comes out otherwise, from {} µs on: the figures of other policies are off by as much as the control's.",
            control.unlike_from.unwrap_or_default()
        )?;
    }
    for run in policies.iter().filter(|run| !run.identical) {
        writeln!(out, "{}: {}", run.policy, departures(&run.departures))?;
    }
    writeln!(
        out,
        "\nArrivals, presence and plans are as recorded. So is how long each contact was handled, by whomever: whether others would have been faster, or slower with more at once, is not known."
    )?;
    let patience = match report.patience {
        Patient::Estimated => {
            "is drawn from the Kaplan–Meier estimate of its queue and channel; who outlasts everybody recorded waits as long as it takes"
        }
        Patient::Endless => "is taken to be without end: a bound, too good to be true",
    };
    writeln!(
        out,
        "Who left leaves after the same wait. Who was answered would have waited longer: for how long {patience}. Nobody calls again who did not."
    )
}

/// What had to be made up.
fn departures(of: &Departures) -> String {
    let parts = [
        (of.handling_drawn, "contacts are handled that were not, each like another of its queue and channel"),
        (of.answers_drawn, "offers go to other agents, who answer as they answered others"),
        (of.came_to_nothing, "things done with a contact cannot be done now"),
        (of.refused_arrivals, "arrivals are refused"),
        (of.refused_from_outside, "other commands are refused"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", thousands(*count)))
        .collect();
    if parts.is_empty() { "nothing had to be made up.".to_owned() } else { format!("{}.", parts.join("; ")) }
}

fn row(names: [String; 3], of: &FigureRow) -> Vec<String> {
    let percent = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |share| format!("{:.1}%", 100.0 * share));
    let mut row = Vec::from(names);
    row.extend([of.offered, of.answered].map(thousands));
    row.push(format!("{} ({})", thousands(of.abandoned), percent(of.abandon_share)));
    row.extend([of.ended_otherwise, of.waiting_at_end].map(thousands));
    row.push(percent(of.service_level));
    row.extend([of.wait_answered_seconds, of.wait_p90_seconds, of.wait_abandoned_seconds].map(seconds));
    row
}
