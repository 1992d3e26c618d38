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
use std::time::Duration;

use crate::playback::decode::mock::MockDecoder;
use crate::playback::feed::{Feed, Line, Order, Report, Step};
use crate::playback::realtime::{self, Dials, Door, Outlet};
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

/// There is a device, and this is the door to it.
fn opened(line: Line, door: Door) -> Order {
    let (rate, channels, latency, rewinds) = (RATE, CHANNELS, Duration::ZERO, false);
    Order::Outlet { line, door, rate, channels, latency, rewinds }
}

impl<S: Iterator<Item = f32>> Stage<S> {
    /// `plug` makes a device of an outlet.
    fn new(plug: impl FnOnce(Outlet) -> S) -> Self {
        Self::new_with(|outlet, _| plug(outlet))
    }

    fn new_with(plug: impl FnOnce(Outlet, Arc<Dials>) -> S) -> Self {
        let (say, reports) = mpsc::channel();
        let dials = Arc::new(Dials::new());
        let open = |_: &std::path::Path| {
            let track = MockDecoder::new(u64::from(RATE) * 3 / 2).rate(RATE).channels(CHANNELS);
            Ok(Box::new(track) as Box<_>)
        };
        let tell = Box::new(move |report| say.send(report).unwrap());
        let mut feed = Feed::new(Box::new(open), tell, Arc::clone(&dials));
        let (outlet, door) = realtime::outlet(RATE, CHANNELS, Arc::clone(&dials));
        feed.obey(opened(Line::FIRST, door));
        let device = plug(outlet, Arc::clone(&dials));
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
                    Report::Wanted { .. } => asked = true,
                    Report::Begins(_) => self.joins += 1,
                    Report::Failed { error, .. } => panic!("{error}"),
                    Report::Rate(_) => panic!("nobody asks for rates"),
                    Report::Keeps { .. } => panic!("nobody is beside it"),
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
            self.dials.levels(0); // so that the callback measures, too
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

        self.play(0);
        for _ in 0..2 {
            self.feed.obey(Order::Instead { begun: 1, media: Some(Media::new(Key(2), PathBuf::new())) });
            self.decode();
            self.pull(BUFFER);
        }
        self.run(2.0);

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
        assert_eq!(self.dials.levels(0).len(), usize::from(CHANNELS));
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

/// A sound server that holds half a second, asks for more when half of that is played, and lets itself be written over.
struct Server {
    outlet: Outlet,
    dials: Arc<Dials>,
    bytes: Vec<u8>,
    /// Frames that it has and has not played.
    has: u64,
}

/// Frames that the server holds.
const HELD: u64 = RATE as u64 / 2;

impl Server {
    fn new(outlet: Outlet, dials: Arc<Dials>) -> Self {
        Self { outlet: outlet.held(HELD as usize), dials, bytes: vec![0; 1 << 14], has: 0 }
    }

    fn turn(&mut self) {
        let margin = u64::from(RATE) / 40;
        let back = self.outlet.turn_back(self.has.saturating_sub(margin) as usize);
        self.has -= back as u64;
        self.outlet.turn();
        if !self.dials.playing() {
            self.take();
            self.outlet.shut();
        }
        if let Some(clock) = self.outlet.clock() {
            clock.flow(self.has as i64, RATE);
        }
    }

    fn take(&mut self) {
        let frame = u64::from(CHANNELS) * size_of::<f32>() as u64;
        while self.has < HELD {
            let room = (((HELD - self.has) * frame) as usize).min(self.bytes.len());
            let filled = self.outlet.fill_sounding(&mut self.bytes[..room]);
            if filled == 0 {
                return;
            }
            self.has += filled as u64 / frame;
        }
    }
}

impl Iterator for Server {
    type Item = f32;

    /// One sample, of which nobody wants to know the value.
    fn next(&mut self) -> Option<f32> {
        if self.outlet.wants_turn() {
            self.turn();
        }
        if self.has <= HELD / 2 {
            self.take();
        }
        self.has = self.has.saturating_sub(1);
        Some(0.0)
    }
}

#[test]
fn nor_does_a_server_that_is_written_over() {
    let mut stage = Stage::new_with(Server::new);
    stage.ten_seconds();
    assert_eq!(stage.spent, Counts::default());
}

/// Two devices that ask for their samples in turn.
struct Two {
    main: Outlet,
    beside: Option<Outlet>,
}

impl Iterator for Two {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if let Some(beside) = &mut self.beside {
            black_box(beside.next());
        }
        self.main.next()
    }
}

#[test]
fn nor_does_an_output_beside_the_main_one() {
    let mut stage = Stage::new(|main| Two { main, beside: None });
    let (line, dials) = (Line(1), Arc::new(Dials::new()));
    let (outlet, door) = realtime::outlet(RATE, CHANNELS, Arc::clone(&dials));
    stage.feed.obey(Order::Join { line, dials: Arc::clone(&dials) });
    stage.feed.obey(opened(line, door));
    stage.device.beside = Some(outlet);
    stage.ten_seconds();
    assert_eq!(stage.spent, Counts::default());
    assert!(!dials.silent(), "it plays too");
    assert!(dials.underruns() > 0, "it was brought back to where the music is");
}

#[test]
fn nor_does_the_loss_of_a_device_in_the_middle_of_a_skip() {
    let mut stage = Stage::new_with(Server::new);
    stage.play(0);
    stage.run(1.0);
    // Lost with a fresh run in front of the door, a cross-fade under way, and the ring half full.
    stage.play(20_000);
    stage.pull(7);
    stage.play(30_000);
    let (outlet, door) = realtime::outlet(RATE, CHANNELS, Arc::clone(&stage.dials));
    let lost = std::mem::replace(&mut stage.device, Server::new(outlet, Arc::clone(&stage.dials)));
    // The old device is dropped by the thread that owns it, never by the callback, which is no more.
    drop(lost);
    stage.feed.obey(opened(Line::FIRST, door));
    stage.pull(u64::from(RATE) / 10);
    stage.play(30_000);
    stage.run(1.0);
    assert_eq!(stage.spent, Counts::default());
    assert!(!stage.dials.silent(), "it plays on the new one");
}
