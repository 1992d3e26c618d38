//! Takes the terminal: raw mode, another screen, the mouse; gives it back as it was: at the end, in a panic, and while the
//! program is stopped.
//! Never draws.
//!
//! After `kill -9` nobody is left to give it back: `reset` in the shell does, and so does the next start and end of tonearm.

use std::io::{self, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicU8, Ordering};

use crossterm::{cursor, queue, terminal};

use super::aside;
use crate::guard;

/// What was taken of the terminal, to be given back.
static TAKEN: AtomicU8 = AtomicU8::new(NOTHING);
const NOTHING: u8 = 0;
const KEYS: u8 = 1;
const SCREEN: u8 = 2;
const DUMB_KEYS: u8 = 3;

/// Presses and the wheel of the mouse, with places as numbers (xterm, "Mouse Tracking"): no moves, which would be many.
const MOUSE: (&str, &str) = ("\x1b[?1000h\x1b[?1006h", "\x1b[?1006l\x1b[?1000l");

/// Whether the terminal says that it obeys nothing but line breaks, as an editor's may: nothing is coloured there, and
/// nothing drawn over.
pub fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Takes the keys, and hides the cursor where that can be: for a line that is written over and over.
///
/// # Errors
/// When the terminal does not let it.
pub fn take_keys() -> io::Result<()> {
    restore_on_panic();
    terminal::enable_raw_mode()?;
    if is_dumb() {
        TAKEN.store(DUMB_KEYS, Ordering::SeqCst);
        return Ok(());
    }
    TAKEN.store(KEYS, Ordering::SeqCst);
    queue!(io::stdout(), cursor::Hide)
}

/// Takes the keys, and another screen: what stood on the first comes back.
///
/// # Errors
/// When the terminal does not let it.
pub fn take_screen() -> io::Result<()> {
    restore_on_panic();
    terminal::enable_raw_mode()?;
    TAKEN.store(SCREEN, Ordering::SeqCst); // gives back what it has taken, should the rest fail
    queue!(io::stdout(), terminal::EnterAlternateScreen, cursor::Hide)?;
    io::stdout().flush()
}

/// Listens to the mouse, too.
///
/// # Errors
/// When the terminal cannot be written to.
pub(super) fn take_mouse() -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(MOUSE.0.as_bytes())?;
    out.flush()
}

/// Whether the other screen is there to be drawn on.
pub(super) fn has_screen() -> bool {
    TAKEN.load(Ordering::SeqCst) == SCREEN
}

/// Gives back what was taken; nothing, if nothing was.
pub fn restore() {
    aside::give_back();
    let taken = TAKEN.swap(NOTHING, Ordering::SeqCst);
    let mut out = io::stdout();
    if taken == SCREEN {
        let _ = out.write_all(format!("\x1b[?2026l\x1b[0m{}", MOUSE.1).as_bytes());
        let _ = queue!(out, terminal::LeaveAlternateScreen);
    }
    if taken != NOTHING {
        let _ = terminal::disable_raw_mode();
        if taken != DUMB_KEYS {
            let _ = queue!(out, cursor::Show);
        }
        let _ = out.flush();
    }
}

/// A panic in any thread is printed on a terminal that works.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !guard::is_guarded() {
                restore();
            }
            print(panic);
        }));
    });
}

/// Stops the program, and all that was started with it in one line of a shell, until the shell lets it go on. Comes back
/// at once where no shell waits for that.
#[cfg(unix)]
pub(super) fn stop() {
    let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
}

/// Other systems have no such thing.
#[cfg(not(unix))]
pub(super) fn stop() {}
