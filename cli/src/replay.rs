//! `cordboard replay`.
use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Arguments {
    contacts: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let _ = &arguments.contacts;
    Ok(())
}
