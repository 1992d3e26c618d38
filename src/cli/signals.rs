//! Takes the signals of the system that ask a program to end, or say that it goes on after a stop; gives them to whoever
//! listens. Never ends anything itself.

use std::sync::mpsc::Sender;

#[cfg(unix)]
use signal_hook::consts::SIGHUP;
use signal_hook::consts::{SIGINT, SIGTERM};

use super::attend::Happening;

/// Those that ask to end.
#[cfg(unix)]
pub(super) const ENDING: &[i32] = &[SIGINT, SIGTERM, SIGHUP];
/// Those that ask to end: a terminal that goes away says so otherwise on other systems.
#[cfg(not(unix))]
pub(super) const ENDING: &[i32] = &[SIGINT, SIGTERM];

/// Says so from a thread, so that the music ends with a fade instead of a click.
///
/// # Errors
/// When the system does not let it.
#[cfg(unix)]
pub(super) fn watch(say: Sender<Happening>) -> anyhow::Result<()> {
    use signal_hook::consts::SIGCONT;
    let mut signals = signal_hook::iterator::Signals::new(ENDING.iter().chain([&SIGCONT]))?;
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        for signal in &mut signals {
            let happening = if signal == SIGCONT { Happening::Woken } else { Happening::Signal };
            if say.send(happening).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}

/// The same where a signal wakes nobody: it is looked for.
///
/// # Errors
/// When the system does not let it.
#[cfg(not(unix))]
pub(super) fn watch(say: Sender<Happening>) -> anyhow::Result<()> {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;
    let has_come = Arc::new(AtomicBool::new(false));
    for signal in ENDING {
        signal_hook::flag::register(*signal, Arc::clone(&has_come))?;
    }
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        while !has_come.swap(false, Ordering::Relaxed) || say.send(Happening::Signal).is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
    })?;
    Ok(())
}
