//! Takes frames from an outlet and drops them: in real time, so that everything behaves as with a
//! device, or as fast as they come. Never makes a sound.

use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use super::{Call, Output, Wiring, wait};
use crate::playback::feed::Order;
use crate::playback::realtime::{self, Outlet};
use crate::playback::wav_file::Shape;

/// How often a real device would ask.
const PERIOD: Duration = Duration::from_millis(100);

/// How long to wait for the decoder when nothing is ready; it is woken first.
const STARVED: Duration = Duration::from_millis(1);

/// How often to look for frames beside another output, which sets the time.
const BESIDE: Duration = Duration::from_millis(50);

/// Frames taken at once when nothing keeps time.
const GULP: usize = 8192;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    Real,
    Free,
}

pub(super) fn open(shape: Shape, pace: Pace, wiring: Wiring) -> Output {
    let (calls, inbox) = mpsc::channel();
    let dials = wiring.dials.clone();
    let (outlet, door) = realtime::outlet(shape.rate, shape.channels, wiring.dials.clone());
    wiring.connect(door, shape.rate, shape.channels, Duration::ZERO);
    let thread = std::thread::Builder::new().name("output".into()).spawn(move || match pace {
        Pace::Real => in_real_time(outlet, shape, &wiring, &inbox),
        Pace::Free => drain(outlet, shape.channels, &wiring, &inbox, |_| true),
    });
    Output { calls, dials, thread: thread.ok() }
}

fn in_real_time(mut outlet: Outlet, shape: Shape, wiring: &Wiring, inbox: &Receiver<Call>) {
    let mut block = Vec::new();
    loop {
        let start = Instant::now();
        let mut taken = 0_u64;
        while wiring.dials.playing() || !wiring.dials.silent() {
            // From the clock since the start, so that rounding never adds up. What is taken is heard in the time to come.
            let until = start.elapsed() + PERIOD;
            let due = (until.as_micros() * u128::from(shape.rate) / 1_000_000) as u64;
            let frames = usize::try_from(due - taken).unwrap_or(0).min(shape.rate as usize);
            block.resize(frames * usize::from(shape.channels), 0.0);
            outlet.fill(&mut block);
            taken = due;
            if let Some(clock) = outlet.clock() {
                match wiring.dials.playing() {
                    true => clock.flow(i64::from(shape.rate) * PERIOD.as_millis() as i64 / 1000, shape.rate),
                    false => clock.stand(clock.played()),
                }
            }
            if !wait(inbox, Some(PERIOD)) {
                return;
            }
        }
        if !wait(inbox, None) {
            return;
        }
    }
}

/// Takes frames as fast as the decoder gives them, until `sink` takes no more or the output ends.
pub(super) fn drain(
    mut outlet: Outlet,
    channels: u16,
    wiring: &Wiring,
    inbox: &Receiver<Call>,
    mut sink: impl FnMut(&[f32]) -> bool,
) {
    let mut block = vec![0.0; GULP * usize::from(channels)];
    let mut ends = false;
    loop {
        let frames = outlet.ready().min(GULP);
        if frames == 0 {
            let paused = !wiring.dials.playing();
            // Beside another output the frames come when that one needs them.
            let is_asked = wiring.is_beside || wiring.orders.send(Order::Wake).is_ok();
            let patience = if wiring.is_beside { BESIDE } else { STARVED };
            if !is_asked || ends || !wait(inbox, (!paused).then_some(patience)) {
                // What was written is taken to its end.
                if ends || !wiring.is_beside {
                    return;
                }
                ends = true;
            }
            continue;
        }
        let block = &mut block[..frames * usize::from(channels)];
        outlet.fill(block);
        if !sink(block) {
            return;
        }
    }
}
