//! `cordboard new`: a scenario to begin with.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write, stdout};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Where to write it
    #[arg(default_value = "scenario.toml")]
    file: PathBuf,
    /// What it is about
    #[arg(long, value_enum, default_value_t = Kind::Blended)]
    kind: Kind,
    /// Writes over a file that is there
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Calls, two shifts, two skills
    Voice,
    /// Calls, chats and emails on the same agents
    Blended,
    /// Conversations in writing, many of them open at once
    Messaging,
    /// Everything through one queue, in two languages
    Omnichannel,
}

impl Kind {
    fn text(self) -> &'static str {
        match self {
            Self::Voice => include_str!("new/voice.toml"),
            Self::Blended => include_str!("new/blended.toml"),
            Self::Messaging => include_str!("new/messaging.toml"),
            Self::Omnichannel => include_str!("new/omnichannel.toml"),
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = arguments.file.display().to_string();
    let mut open = OpenOptions::new();
    // Whoever made a file of that name in the meantime keeps it.
    let opened = if arguments.force {
        open.write(true).create(true).truncate(true).open(&arguments.file)
    } else {
        open.write(true).create_new(true).open(&arguments.file)
    };
    let mut out = opened.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::Input(format!("{file} is there already; give another name, or --force to write over it"))
        }
        _ => Failure::Input(format!("{file}: {error}")),
    })?;
    let text = arguments.kind.text().replace("FILE", &file);
    out.write_all(text.as_bytes()).map_err(|error| Failure::Run(format!("{file}: {error}")))?;
    writeln!(
        stdout(),
        "{file} is written. Next: cordboard check {file}; cordboard simulate {file} --report report.html"
    )?;
    Ok(())
}
