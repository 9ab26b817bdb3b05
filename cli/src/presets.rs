//! `cordboard presets`.

use std::io::{Write, stdout};

use cordboard::Preset;

use crate::failure::Failure;

pub(crate) fn run() -> Result<(), Failure> {
    let mut out = stdout().lock();
    let longest = Preset::ALL.iter().map(|preset| preset.name().len()).max().unwrap_or(0);
    for &preset in Preset::ALL {
        writeln!(out, "preset:{preset:<longest$}  {}", preset.about())?;
    }
    out.flush()?;
    Ok(())
}
