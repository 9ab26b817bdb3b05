//! Mistakes to be found: each is a known way to get a driver wrong, planted where it would be made and switched on in a test
//! alone. A harness that does not find every one of them is too weak to be trusted with those nobody thought of.
//!
//! Outside of the crate's own tests there are none: `planted!` is then `false`, and the compiler drops what depends on it.

/// Whether this mistake is to be made here.
#[cfg(all(test, feature = "live"))]
macro_rules! planted {
    ($bug:ident) => {
        $crate::planted::is_on($crate::planted::Bug::$bug)
    };
}

/// Whether this mistake is to be made here: no.
#[cfg(not(all(test, feature = "live")))]
macro_rules! planted {
    ($bug:ident) => {
        $crate::planted::never()
    };
}

#[cfg(not(all(test, feature = "live")))]
pub(crate) const fn never() -> bool {
    false
}

#[cfg(all(test, feature = "live"))]
pub(crate) use list::{Bug, is_on, with};

#[cfg(all(test, feature = "live"))]
mod list {
    use std::cell::Cell;

    macro_rules! bugs {
        ($($list:ident: { $($bug:ident: $what:literal,)* })*) => {
            #[derive(Clone, Copy, PartialEq, Eq, Debug)]
            pub(crate) enum Bug {
                $($($bug,)*)*
            }

            impl Bug {
                $(pub(crate) const $list: &'static [(Self, &'static str)] = &[$((Self::$bug, $what),)*];)*
            }
        };
    }

    bugs! {
        DRIVER: {
        AckBeforeSync: "a batch is answered when it is appended, and synced with the next",
        OutBeforeAppend: "a batch is let out, and appended with the next",
        NoSyncOfOne: "a batch of one command is not synced",
        WrittenForStable: "the operating system's word is taken for the device's",
        RetrySync: "a sync that failed is tried again, and believed",
        BatchSplit: "a batch is appended in two parts, and synced after the first",
        GoOnAfterError: "an error of the journal is reported, and the driver goes on",
        FailedBatchReleased: "a batch is let out although the journal failed",
        StateSeenAfterError: "the engine can be looked at after an error",
        NamesSeenAfterError: "the names can be looked at after an error",
        AnswersReversed: "answers come in another order than the requests",
        RefusalsUnanswered: "a request that was refused is not answered",
        RefusedKept: "a command that was refused is written down",
        RepeatedTakesPlace: "a command sent again is written down at the next command's place",
        NameBeforeId: "the name is looked up before it is asked whether the request was done before",
        RequestIdsNotReplayed: "ids of commands in the journal are not remembered on opening",
        RequestIdsNotInSnapshot: "ids of commands before the snapshot are not remembered on opening",
        DeferredNeverWritten: "what is let out before it is written is never written",
        DeferRestarts: "each batch begins the time anew in which to write those before it",
        DeferHeldByClock: "a clock that was set back keeps what was let out from being written",
        WakeForgetsWrite: "the driver does not ask to be woken to write",
        WakeForgetsPace: "the driver asks to be woken by the engine's time instead of the clock",
        CloseForgetsUnwritten: "closing does not write what was let out before it was written",
        CloseForgetsMark: "closing does not keep what was delivered when nothing else is new",
        SnapshotBeforeWrite: "a snapshot is saved before the entries that it stands on",
        FenceIgnored: "a writer that another has taken over from is let write",
        OpenedWithoutSync: "what a dead process left to the operating system is taken for stable",
        EndNotCompared: "it is not noticed that a journal gave fewer entries than it has",
        LastEntrySkipped: "the last entry is not folded",
        PlanForSnapshot: "a snapshot that is damaged is replaced by the plan",
        DamagedSnapshotEndsIt: "a snapshot that is damaged keeps the journal from being opened",
        NamesNotReplayed: "names in the journal are not taken over on opening",
        NamesNotFreedInReplay: "names of contacts that ended in the journal are not freed on opening",
        NamesNotInSnapshot: "names are not kept in snapshots",
        NameNeverFreed: "a name is not freed when its contact ends",
        NameFreedEarly: "a name is freed when its contact goes to wrap-up",
        ContactIdsBeginAgain: "contacts are given ids anew from 1 after a snapshot",
        MarkForgotten: "what the gateway was given is not written down",
        MarkAhead: "what was let out is written down as given to the gateway",
        MarkNotReplayed: "what entries say of deliveries is not read",
        MarkNotInSnapshot: "what was delivered is not kept in snapshots",
        TimersNotFired: "what fell due while nobody drove is not fired on opening",
        FiredAtOpening: "what fell due while nobody drove is stamped with the time of opening",
        TimeGoesBack: "after opening the engine's time is the clock's, though the journal is ahead of it",
        ClockFollowedBack: "the engine's time follows a clock that is set back",
        RevokeIgnored: "offers ring on that were to be taken back",
        KeepIgnored: "offers are taken back that were to ring on",
        RevokeBeforeDue: "offers are taken back before those that rang out meanwhile are",
        OffersUntold: "the host is not told which offers still ring",
        }
        THREADS: {
        DeliveryWaits: "the engine waits for room on its way to the gateway",
        GatewayQueuesUp: "requests of the gateway wait for room with all others",
        LooksTooEarly: "the gateway looks whether the engine waits for it, and then says how far it is",
        NewWakeForgotten: "a wake-up that the engine asks for anew is forgotten with the one before it",
        SentTooLate: "a request that is sent while the engine ends is left lying",
        StopWakesNobody: "the engine is not woken when the switchboard is to stop",
        CallbackForgotten: "a callback is not called when the switchboard stops first",
        NewBeforeOld: "what is new is delivered before what is delivered again",
        MarkedBeforeDelivered: "a command counts as delivered before the gateway was given it",
        DeliversAfterStop: "what is left is delivered after an accident, while another opening delivers it again",
        OutboxKept: "the way to the gateway is kept open while its end is waited for",
        JoinsItself: "the last owner, in a callback, waits for the thread it is on",
        }
    }

    thread_local! {
        static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
    }

    pub(crate) fn is_on(bug: Bug) -> bool {
        PLANTED.get() == Some(bug)
    }

    /// Runs with a mistake planted, or with none.
    pub(crate) fn with<T>(bug: Option<Bug>, run: impl FnOnce() -> T) -> T {
        struct Dug(Option<Bug>);
        impl Drop for Dug {
            fn drop(&mut self) {
                PLANTED.set(self.0);
            }
        }
        let _before = Dug(PLANTED.replace(bug));
        run()
    }
}
