//! Calls and chats under the scheduler: nobody waits without end, and an engine that follows, or was put away and taken out again,
//! decides the same.

mod fairness;
mod floor;
mod recovery;
