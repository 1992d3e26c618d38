//! Takes runs of decoded frames from the decoder thread; gives the device its samples. Everything that runs in the
//! device callback is in this folder, and what the two sides of it share.
//! Never allocates, frees, locks, logs, reads a file or waits in the callback: `allocations` counts, `tests/rooms.rs` reads.
//!
//! ```text
//! player  -- Dials (atomics) -------------------------------v
//! decoder -- Run (ring, clock) --> Door --fresh runs--> Outlet --> device
//!                                   ^------spent runs------'
//! ```

mod chain;
mod dials;
mod door;
mod meter;
mod outlet;
mod ramp;
mod run;
#[cfg(test)]
mod tests;

pub(crate) use dials::{Bell, Dials};
pub(crate) use door::Door;
pub use meter::Level;
pub(crate) use outlet::{Outlet, outlet};
pub(crate) use run::{Run, RunClock};
