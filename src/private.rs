//! What belongs to customers and their hosts, and is not to be read in a log.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something that is kept and handed on, and never printed: its `Debug` says nothing of it, and it has no `Display`. Written in
/// a journal, it is as if it were not wrapped.
///
/// ```
/// # use cordboard::Private;
/// let key: Private<Box<str>> = "+49 30 1234567@trunk-3".into();
/// assert_eq!(format!("{key:?}"), "private");
/// assert_eq!(&**key.reveal(), "+49 30 1234567@trunk-3");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Private<T>(T);

impl<T> Private<T> {
    /// Wraps it.
    pub const fn new(it: T) -> Self {
        Self(it)
    }

    /// What it is, for whoever has a use for it.
    pub const fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("private")
    }
}

macro_rules! from {
    ($($from:ty => $to:ty),* $(,)?) => {$(
        impl From<$from> for Private<$to> {
            fn from(it: $from) -> Self {
                Self(it.into())
            }
        }
    )*};
}

from!(&str => Box<str>, String => Box<str>, Box<str> => Box<str>);
from!(&[u8] => Box<[u8]>, Vec<u8> => Box<[u8]>, Box<[u8]> => Box<[u8]>);

impl<const N: usize> From<[u8; N]> for Private<Box<[u8]>> {
    fn from(it: [u8; N]) -> Self {
        Self(it.into())
    }
}
