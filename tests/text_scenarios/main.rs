//! Scenarios in plain text, `tests/scenarios/*.txt`: each shows one rule, on the engine and on the naive
//! reference. A file is comments, then blocks: input lines, `----`, what follows from them, an empty line.
//! It begins with its `plan`, or a `plan under` a preset: what vendors publish of how their engines decide.
//! The words are explained in `language.rs` and `telling.rs`, and by the scenarios.
//!
//! `CORDBOARD_REWRITE=1 cargo test --test text_scenarios` writes what follows into the files; it is then to
//! be read and judged against `docs/semantics.md` like any other text.

mod language;
mod names;
#[path = "../reference/mod.rs"]
mod reference;
mod telling;

use std::fs;
use std::path::{Path, PathBuf};

use cordboard::{
    Applied, Command, CommandId, ContactId, Event, Plan, PlanDocument, Preset, Router, Seq, Stamped, Timestamp,
};

use language::{Line, read_line};
use names::Names;
use reference::{HostPolicies, Reference};

/// A piece of a file, in order.
enum Part {
    /// Comments and empty lines, as they are.
    Prose(String),
    /// Input, and what is said to follow.
    Block { line: usize, input: Vec<String>, expected: Vec<String> },
}

#[test]
fn every_scenario_goes_as_written() {
    let rewrite = std::env::var_os("CORDBOARD_REWRITE").is_some();
    let mut files: Vec<PathBuf> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios"))
        .expect("the folder of scenarios is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    assert!(files.len() >= 50, "only {} scenarios were found", files.len());
    let mut wrong = String::new();
    for path in &files {
        let text = fs::read_to_string(path).expect("a scenario is text");
        let (rewritten, problems) = play(&text);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if rewrite && problems.iter().all(|problem| problem.is_expectation) {
            fs::write(path, rewritten).expect("a scenario can be written");
        } else {
            for problem in problems {
                wrong += &format!("{name}:{}: {}\n", problem.line, problem.what);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

struct Problem {
    line: usize,
    what: String,
    /// What follows is not what was written, and rewriting would mend it.
    is_expectation: bool,
}

/// Plays a scenario: its text with what really follows, and what is wrong with it.
fn play(text: &str) -> (String, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut rewritten = String::new();
    let mut stage = None;
    if !text.starts_with("# ") {
        problems.push(Problem { line: 1, what: "say in a comment what it shows".into(), is_expectation: false });
    }
    for part in parts(text) {
        let (line, input, expected) = match part {
            Part::Prose(prose) => {
                rewritten += &prose;
                continue;
            }
            Part::Block { line, input, expected } => (line, input, expected),
        };
        let said = match run(&mut stage, &input) {
            Ok(said) => said,
            Err(what) => {
                problems.push(Problem { line, what, is_expectation: false });
                break;
            }
        };
        if said != expected {
            let what = format!("expected\n    {}\n  and got\n    {}", expected.join("\n    "), said.join("\n    "));
            problems.push(Problem { line, what, is_expectation: true });
        }
        for line in input.iter().map(String::as_str).chain(["----"]).chain(said.iter().map(String::as_str)) {
            rewritten += line;
            rewritten += "\n";
        }
    }
    (rewritten, problems)
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        if line.is_empty() || line.starts_with('#') {
            parts.push(Part::Prose(format!("{line}\n")));
            continue;
        }
        let mut input = vec![line.to_owned()];
        input.extend(lines.by_ref().map(|(_, line)| line.to_owned()).take_while(|line| line != "----"));
        let mut expected = Vec::new();
        while let Some((_, line)) = lines.next_if(|(_, line)| !line.is_empty()) {
            expected.push(line.to_owned());
        }
        parts.push(Part::Block { line: at + 1, input, expected });
    }
    parts
}

/// Both engines, and what the names of the scenario stand for.
struct Stage {
    engine: Router,
    reference: Reference,
    names: Names,
    seq: u64,
    now: Timestamp,
}

fn run(stage: &mut Option<Stage>, input: &[String]) -> Result<Vec<String>, String> {
    let first = input.first().map(String::as_str).unwrap_or_default();
    let (first, preset) = match first.strip_prefix("plan under ") {
        Some(name) => ("plan", Some(name.parse::<Preset>().map_err(|why| why.to_string())?)),
        None => (first, None),
    };
    if first == "plan" || first == "configure" {
        let document: PlanDocument = toml::from_str(&input[1..].join("\n")).map_err(|error| error.to_string())?;
        return match stage {
            None if first == "plan" => {
                let plan = Plan::from_document(&document).map_err(|problems| problems.to_string())?;
                let plan = preset.map_or(plan.clone(), |preset| preset.apply(&plan));
                *stage = Some(Stage::new(plan)?);
                Ok(Vec::new())
            }
            Some(stage) if first == "configure" => {
                let plan = stage.engine.plan().revise(&document).map_err(|problems| problems.to_string())?;
                stage.apply(CommandId::ANONYMOUS, Command::Configure { plan: Box::new(plan) })
            }
            _ => Err("a scenario has one plan, first of all; later ones are `configure`".into()),
        };
    }
    let stage = stage.as_mut().ok_or("a scenario begins with its plan")?;
    let mut said = Vec::new();
    for line in input {
        match read_line(line, &mut stage.names, stage.engine.plan(), stage.now)? {
            Line::Command { id, command } => said.extend(stage.apply(id, *command)?),
            Line::At(at) => {
                stage.now = at;
                said.extend(stage.apply(CommandId::ANONYMOUS, Command::AdvanceTime)?);
            }
            Line::Load(agent) => said.push(stage.load(agent)?),
            Line::MayClaim(agent) => said.push(stage.may_claim(agent)?),
            Line::Why(contact) => said.extend(stage.explain(contact)?),
            Line::Read(contact) => {
                let context = stage.engine.context(contact).map(String::from_utf8_lossy);
                said.push(context.map_or_else(|| "nothing".into(), |text| format!("it reads: {text}")));
            }
            Line::Who(customer) => said.push(stage.known(customer)),
        }
    }
    if said.is_empty() {
        said.push("nothing happens".into());
    }
    Ok(said)
}

impl Stage {
    fn new(plan: Plan) -> Result<Self, String> {
        Ok(Self {
            engine: Router::new(plan.clone()).map_err(|rejected| rejected.to_string())?,
            reference: Reference::new(plan, HostPolicies::default()),
            names: Names::default(),
            seq: 0,
            now: Timestamp::ZERO,
        })
    }

    /// What follows from a command, by both engines.
    fn apply(&mut self, id: CommandId, command: Command) -> Result<Vec<String>, String> {
        self.seq += 1;
        let passing = command == Command::AdvanceTime;
        let input = Stamped { seq: Seq(self.seq), id, at: self.now, command };
        let (mut by_engine, mut by_reference) = (Vec::new(), Vec::new());
        let answer = self.engine.apply(&input, &mut by_engine);
        let expected = self.reference.apply(&input, &mut by_reference);
        if answer.is_ok() != expected.is_ok() || by_engine != by_reference {
            return Err(format!(
                "the engine says {answer:?}\n{}  the reference says {expected:?}\n{}",
                listed(&by_engine),
                listed(&by_reference)
            ));
        }
        self.engine.check_invariants().map_err(|broken| broken.to_string())?;
        Ok(match answer {
            Err(rejected) => {
                vec![format!("refused: {}", self.names.put_into(&rejected.to_string(), self.engine.plan()))]
            }
            Ok(Applied::Repeated) => vec!["repeated: it was applied before".into()],
            Ok(Applied::Done) => {
                let told = by_engine.iter().map(|event| {
                    let told = telling::tell(&event.what, &self.names, self.engine.plan());
                    if passing { format!("{}: {told}", event.at) } else { told }
                });
                told.collect()
            }
        })
    }

    /// The engine's explanation, and its place in line.
    fn explain(&self, contact: ContactId) -> Result<Vec<String>, String> {
        let told = self.engine.explain(contact).ok_or("the contact is not there")?;
        let mut lines: Vec<_> = told.to_string().split("; ").map(str::to_owned).collect();
        if let Some(position) = self.engine.position(contact) {
            lines.push(format!("{position} before it"));
        }
        Ok(lines.iter().map(|line| self.names.put_into(line, self.engine.plan())).collect())
    }

    fn known(&self, id: cordboard::CustomerId) -> String {
        let Some(known) = self.engine.customer(id) else { return format!("customer {} is not known", id.0) };
        let contacts: Vec<_> = known.contacts.iter().map(|&contact| self.names.contact(contact)).collect();
        let had = |(agent, at)| format!(", {} had it last, at {at}", self.names.agent(agent));
        let last = known.last_agent.map(had).unwrap_or_default();
        let completed = known.last_completed.map(|at| format!(", completed at {at}")).unwrap_or_default();
        let contacts = if contacts.is_empty() { "nothing".into() } else { contacts.join(", ") };
        format!("customer {}: {contacts}{last}{completed}", id.0)
    }

    fn may_claim(&self, agent: cordboard::AgentId) -> Result<String, String> {
        let seen = self.engine.claimable(agent, 10);
        let at = self.reference.agent_at(agent).ok_or("the agent is not signed in")?;
        if seen != self.reference.claimable(&self.reference.agents[at]) {
            return Err(format!("the engine shows {seen:?}, the reference something else"));
        }
        let seen: Vec<_> = seen.iter().map(|&contact| self.names.contact(contact)).collect();
        let seen = if seen.is_empty() { "nothing".into() } else { seen.join(", ") };
        Ok(format!("{} may claim {seen}", self.names.agent(agent)))
    }

    fn load(&self, agent: cordboard::AgentId) -> Result<String, String> {
        let at = self.reference.agent_at(agent).ok_or("the agent is not signed in")?;
        let agent = &self.reference.agents[at];
        let load = cordboard::Load(u32::try_from(self.reference.load(agent)).unwrap_or(u32::MAX));
        let held = agent
            .holds
            .iter()
            .map(|held| format!("{} {}", self.names.contact(held.contact.id), telling::stage(held.stage)));
        let held: Vec<_> = held.collect();
        let held = if held.is_empty() { "nothing".into() } else { held.join(", ") };
        Ok(format!("{} at {load}: {held}", self.names.agent(agent.id)))
    }
}

fn listed(events: &[Event]) -> String {
    events.iter().map(|event| format!("    {} {:?}\n", event.at, event.what)).collect()
}
