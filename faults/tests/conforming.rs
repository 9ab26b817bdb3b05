//! The journal in SQLite conforms on this disk too, where the power can fail and the device break down.

use cordboard::{JournalPoint, check_journal};
use cordboard_faults::Disk;

#[test]
fn sqlite_conforms_through_power_loss_and_broken_devices() {
    let checked = check_journal(Disk::new).unwrap_or_else(|fault| panic!("{fault}"));
    use JournalPoint::{Durable, ErrorsStick, Fence, Order, PowerLoss, Snapshots};
    assert_eq!(checked, [Order, Fence, Durable, PowerLoss, Snapshots, ErrorsStick]);
}
