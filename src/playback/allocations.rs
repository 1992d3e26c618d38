//! Takes the callback's side of a real feed; gives the proof that it asks the allocator for nothing and
//! gives nothing back to it while music joins, pauses, skips, fades and runs dry. Tests only.
//! Never counts what other threads do, nor what the decoder's side does on this one.
#![allow(clippy::unwrap_used)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::task::{Wake, Waker};

use crate::playback::decode::mock::MockDecoder;
use crate::playback::feed::{Feed, Order, Report, Step};
use crate::playback::realtime::{self, Dials, Outlet};
use crate::playback::{Key, Media, Place};

/// The system's allocator, counted per thread.
struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

thread_local! {
    // Constant and without a destructor: reading them allocates nothing.
    static ALLOCATED: Cell<u64> = const { Cell::new(0) };
    static FREED: Cell<u64> = const { Cell::new(0) };
}

fn count(counter: &'static std::thread::LocalKey<Cell<u64>>) {
    counter.with(|count| count.set(count.get() + 1));
}

// The crate's one exemption from `unsafe_code`: an allocator cannot be written without it.
// SAFETY: every call goes unchanged to the system's allocator, which keeps the contract of `GlobalAlloc`.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(&ALLOCATED);
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc`, which is that of `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(&ALLOCATED);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(&ALLOCATED);
        count(&FREED);
        // SAFETY: `pointer` came from this allocator, which is `System`; the rest is the caller's word.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(&FREED);
        // SAFETY: `pointer` came from this allocator, which is `System`, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Allocations and frees of this thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Counts {
    allocated: u64,
    freed: u64,
}

/// What `work` does to the allocator.
fn counted(work: impl FnOnce()) -> Counts {
    let (allocated, freed) = (ALLOCATED.get(), FREED.get());
    work();
    Counts { allocated: ALLOCATED.get() - allocated, freed: FREED.get() - freed }
}

const RATE: u32 = 48_000;
const CHANNELS: u16 = 2;

/// Frames that a device asks for at once.
const BUFFER: u64 = 1024;

/// A feed, and a device that pulls from it; what the pulling costs is summed up.
struct Stage<S> {
    feed: Feed,
    reports: Receiver<Report>,
    dials: Arc<Dials>,
    device: S,
    spent: Counts,
    pulled: u64,
    joins: usize,
}

impl<S: Iterator<Item = f32>> Stage<S> {
    /// `plug` makes a device of an outlet.
    fn new(plug: impl FnOnce(Outlet) -> S) -> Self {
        let (say, reports) = mpsc::channel();
        let dials = Arc::new(Dials::new());
        let open = |_: &std::path::Path| {
            let track = MockDecoder::new(u64::from(RATE) * 3 / 2).rate(RATE).channels(CHANNELS);
            Ok(Box::new(track) as Box<_>)
        };
        let tell = Box::new(move |report| say.send(report).unwrap());
        let mut feed = Feed::new(Box::new(open), tell, Arc::clone(&dials));
        let (outlet, door) = realtime::outlet(RATE, CHANNELS, Arc::clone(&dials));
        feed.obey(Order::Outlet { door, rate: RATE, channels: CHANNELS });
        let device = plug(outlet);
        Self { feed, reports, dials, device, spent: Counts::default(), pulled: 0, joins: 0 }
    }

    fn play(&mut self, from: u64) {
        let media = Media::new(Key(0), PathBuf::new());
        self.feed.obey(Order::Play { media, from: Place::Frame(from) });
        self.decode();
        self.joins = 0;
    }

    /// The decoder thread's part: fills the ring, track after track.
    fn decode(&mut self) {
        loop {
            let step = self.feed.step();
            let mut asked = false;
            for report in self.reports.try_iter() {
                match report {
                    Report::Wanted => asked = true,
                    Report::Begins(_) => self.joins += 1,
                    Report::Failed { error, .. } => panic!("{error}"),
                    Report::Ends { .. } => panic!("the music never ends here"),
                }
            }
            if asked {
                self.feed.obey(Order::Follow(Some(Media::new(Key(1), PathBuf::new()))));
            } else if step != Step::Continue {
                return;
            }
        }
    }

    /// The callback's part, counted. No decoding meanwhile.
    fn pull(&mut self, frames: u64) {
        let device = &mut self.device;
        let samples = frames * u64::from(CHANNELS);
        let spent = counted(|| {
            for _ in 0..samples {
                black_box(device.next());
            }
        });
        self.spent.allocated += spent.allocated;
        self.spent.freed += spent.freed;
        self.pulled += frames;
    }

    /// Both in turn, for as long as `seconds` of sound last.
    fn run(&mut self, seconds: f64) {
        let end = self.pulled + (seconds * f64::from(RATE)) as u64;
        while self.pulled < end {
            self.pull(BUFFER);
            self.decode();
        }
    }

    /// Ten seconds in which everything happens that the callback knows.
    fn ten_seconds(&mut self) {
        self.play(0);
        self.run(3.0);
        assert!(self.joins > 0, "no track change");

        self.dials.set_playing(false);
        self.run(0.5);
        assert!(self.dials.silent(), "no pause");
        self.dials.set_playing(true);
        self.run(0.5);
        assert!(!self.dials.silent(), "no resume");

        for from in [100, 50_000, 0, 7] {
            self.play(from);
            self.run(0.5);
        }
        // Skips that come faster than a cross-fade is long.
        for from in [1000, 2000, 3000] {
            self.play(from);
            self.pull(100);
        }

        for gain in [0.25, 1.0, 0.0, 0.5] {
            self.dials.set_volume(gain);
            self.run(0.25);
        }

        assert_eq!(self.dials.underruns(), 0);
        self.pull(u64::from(RATE) * 5 / 2);
        // Counted, or for a device that can wait: nothing sounds any more.
        assert!(self.dials.underruns() > 0 || self.dials.silent(), "no underrun");
        self.run(0.5);
        assert!(self.pulled >= u64::from(RATE) * 10);
    }
}

#[test]
fn the_counter_counts() {
    assert_eq!(counted(|| {}), Counts::default());
    assert_eq!(counted(|| drop(black_box(Box::new(7)))), Counts { allocated: 1, freed: 1 });
    let mut kept = Vec::new();
    assert_eq!(counted(|| kept.push(7_u8)), Counts { allocated: 1, freed: 0 });
    assert_eq!(counted(|| kept.reserve_exact(4096)), Counts { allocated: 1, freed: 1 });
    assert_eq!(counted(|| drop(kept)), Counts { allocated: 0, freed: 1 });
    let elsewhere = std::thread::spawn(|| counted(|| drop(black_box(Box::new(7)))));
    assert_eq!(elsewhere.join().unwrap().allocated, 1);
}

#[test]
fn the_callback_neither_allocates_nor_frees() {
    let mut stage = Stage::new(|outlet| outlet);
    stage.ten_seconds();
    assert_eq!(stage.spent, Counts::default());
}

#[test]
fn nor_does_the_mixer_between_it_and_the_device() {
    let channels = CHANNELS.try_into().unwrap();
    let mut stage = Stage::new(|outlet| {
        let (mixer, mut mixed) = rodio::mixer::mixer(channels, RATE.try_into().unwrap());
        mixer.add(outlet);
        // The mixer takes a new source into its list with the first sample, once.
        mixed.by_ref().take(usize::from(CHANNELS)).for_each(drop);
        mixed
    });
    stage.ten_seconds();
    assert_eq!(stage.spent, Counts::default());
}

/// A device that waits where there is nothing to give, as PulseAudio's client does.
struct Waiting {
    outlet: Outlet,
    bytes: Vec<u8>,
    filled: usize,
    at: usize,
    waker: Waker,
}

impl Iterator for Waiting {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if self.at == self.filled {
            self.filled = self.outlet.fill_sounding(&mut self.bytes, &self.waker);
            self.at = 0;
        }
        let Some(sample) = self.bytes[self.at..self.filled].first_chunk() else { return Some(0.0) };
        self.at += sample.len();
        Some(f32::from_le_bytes(*sample))
    }
}

#[test]
fn nor_does_a_device_that_waits_and_is_woken() {
    struct Reactor;
    impl Wake for Reactor {
        fn wake(self: Arc<Self>) {}
    }
    let waker = Waker::from(Arc::new(Reactor));
    let mut stage = Stage::new(|outlet| Waiting { outlet, bytes: vec![0; 1 << 14], filled: 0, at: 0, waker });
    stage.ten_seconds();
    assert_eq!(stage.spent, Counts::default());
}
