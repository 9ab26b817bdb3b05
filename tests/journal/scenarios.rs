//! The text scenarios of `tests/scenarios` as journals: each rule of the engine leaves its entries.

use std::fs;
use std::path::Path;

use cordboard::{
    Applied, Command, CommandId, ContactId, Digest, Entry, Event, Plan, PlanDocument, Preset, Router, Seq, Snapshot,
    Stamped, Timestamp,
};

use crate::language::{Line, read_line};
use crate::names::Names;

/// One scenario's journal.
pub(crate) struct Life {
    pub(crate) name: String,
    pub(crate) first: Snapshot,
    pub(crate) entries: Vec<Entry>,
    pub(crate) last: Snapshot,
    /// Of the engine at the end.
    pub(crate) digest: Digest,
}

/// The first word of what is printed for debugging: the variant's name.
pub(crate) fn kind(of: &impl std::fmt::Debug) -> String {
    format!("{of:?}").chars().take_while(|c| c.is_alphanumeric()).collect()
}

pub(crate) fn snapshot(router: &Router) -> Snapshot {
    let (seq, next_contact) = (router.seq(), ContactId(1 << 40));
    Snapshot { seq, checkpoint: router.checkpoint(), keys: Vec::new(), next_contact, delivered: seq }
}

/// The journals of all scenarios, but of those whose plan asks for policies of the host.
pub(crate) fn lives() -> Vec<Life> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder of scenarios is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    files.iter().filter_map(|path| live(path)).collect()
}

fn live(path: &Path) -> Option<Life> {
    let text = fs::read_to_string(path).expect("a scenario is text");
    let mut lines = text.lines().peekable();
    let (mut names, mut now) = (Names::default(), Timestamp::ZERO);
    let mut stage: Option<(Router, Life)> = None;
    while let Some(line) = lines.next() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut input = vec![line];
        input.extend(lines.by_ref().take_while(|line| *line != "----"));
        // What follows is told by another test.
        while lines.next_if(|line| !line.is_empty()).is_some() {}
        match (&mut stage, line) {
            (None, _) => {
                let plan = Plan::from_document(&document(&input)).expect("a scenario's plan is correct");
                let preset = line.strip_prefix("plan under ").map(|name| name.parse::<Preset>().expect("it is one"));
                let plan = preset.map_or(plan.clone(), |preset| preset.apply(&plan));
                let router = Router::new(plan).ok()?;
                let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let first = snapshot(&router);
                let life = Life { name, last: first.clone(), first, entries: Vec::new(), digest: router.digest() };
                stage = Some((router, life));
            }
            (Some((router, life)), "configure") => {
                let plan = router.plan().revise(&document(&input)).expect("a scenario's plan is correct");
                life.apply(router, CommandId::ANONYMOUS, now, Command::Configure { plan: Box::new(plan) });
            }
            (Some((router, life)), _) => {
                for line in input {
                    match read_line(line, &mut names, router.plan(), now).expect("a scenario's lines are correct") {
                        Line::Command { id, command } => life.apply(router, id, now, *command),
                        Line::At(at) => {
                            now = at;
                            life.apply(router, CommandId::ANONYMOUS, now, Command::AdvanceTime);
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    stage.map(|(_, life)| life)
}

fn document(input: &[&str]) -> PlanDocument {
    toml::from_str(&input[1..].join("\n")).expect("a scenario's plan is TOML")
}

impl Life {
    fn apply(&mut self, router: &mut Router, id: CommandId, at: Timestamp, command: Command) {
        // A command that is refused, or repeated, leaves no entry and takes no number.
        let seq = Seq(self.entries.len() as u64 + 1);
        let input = Stamped { seq, id, at, command };
        let mut events: Vec<Event> = Vec::new();
        if router.apply(&input, &mut events) == Ok(Applied::Done) {
            let key =
                matches!(input.command, Command::Enqueue { .. }).then(|| format!("{}-{}", self.name, seq.0).into());
            self.entries.push(Entry { input, events, key, delivered: Seq(seq.0 - 1) });
            (self.last, self.digest) = (snapshot(router), router.digest());
        }
    }
}
