//! Why a command did not do what it was asked, and the exit code for it.

use std::io::{self, Write};
use std::process::ExitCode;

use cordboard::sim::RunError;

/// A failure.
pub(crate) enum Failure {
    /// The run itself failed: code 1.
    Run(String),
    /// The input is wrong: code 2.
    Input(String),
    /// What was looked for was found, and has been shown: code 1.
    Found,
    /// Whoever read our output has stopped reading: nothing is left to say.
    Closed,
}

impl Failure {
    /// The same, said to be at some place.
    pub(crate) fn at(self, place: &str) -> Self {
        match self {
            Self::Input(message) => Self::Input(format!("with {place}:\n{message}")),
            other => other,
        }
    }

    /// Says what is wrong on standard error.
    pub(crate) fn report(self) -> ExitCode {
        let (message, code) = match self {
            Self::Run(message) => (message, 1),
            Self::Input(message) => (message, 2),
            Self::Found => return ExitCode::from(1),
            Self::Closed => return ExitCode::SUCCESS,
        };
        // Where standard error is closed too, the exit code has to do.
        let _ = writeln!(io::stderr(), "{message}");
        ExitCode::from(code)
    }
}

impl From<io::Error> for Failure {
    /// Of writing the results.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Run(format!("the results could not be written: {error}")),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::from(io::Error::from(error))
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Plan(_) => Self::Input(error.to_string()),
            RunError::Refused { .. } | RunError::Journal(_) => Self::Run(error.to_string()),
        }
    }
}
