//! The feed, stepped by hand: tracks are whole numbers at 10 Hz, so that a join reads like a story.
#![allow(clippy::unwrap_used)]
use std::path::PathBuf;
use std::sync::Mutex;

use super::*;
use crate::cue::{Sector, Span};
use crate::playback::decode::Format;
use crate::playback::realtime::{self, Outlet};

/// A track of whole numbers: first + 1, first + 2, ... in blocks of three frames at 10 Hz, mono.
struct Numbers {
    format: Format,
    first: u64,
    frame: u64,
    breaks_at: Option<u64>,
}

impl Decoder for Numbers {
    fn format(&self) -> &Format {
        &self.format
    }

    fn decode(&mut self, out: &mut Vec<f32>) -> Result<usize, DecodeError> {
        if self.breaks_at.is_some_and(|at| self.frame >= at) {
            return Err(DecodeError::Damaged("torn".into()));
        }
        let end = self.format.frames.unwrap().min(self.frame + 3);
        out.extend((self.frame..end).map(|frame| (self.first + frame + 1) as f32 / 1024.0));
        let frames = end - self.frame;
        self.frame = end;
        Ok(frames as usize)
    }

    fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
        self.frame = frame.min(self.format.frames.unwrap());
        Ok(())
    }
}

/// Opens "100+7": seven frames that begin at 101. "100+7!4" breaks at frame 4; "100+7@20" has 20 Hz.
fn open(path: &Path) -> Result<Box<dyn Decoder>, DecodeError> {
    let name = path.to_str().unwrap();
    let (name, rate) = name.split_once('@').unwrap_or((name, "10"));
    let (name, breaks_at) = match name.split_once('!') {
        Some((name, at)) => (name, Some(at.parse().unwrap())),
        None => (name, None),
    };
    let (first, frames) = name.split_once('+').ok_or(DecodeError::NotAudio)?;
    let format = Format {
        codec: "numbers",
        rate: rate.parse().unwrap(),
        channels: 1,
        bits: Some(16),
        float: false,
        frames: Some(frames.parse().unwrap()),
    };
    Ok(Box::new(Numbers { format, first: first.parse().unwrap(), frame: 0, breaks_at }))
}

struct Desk {
    feed: Feed,
    outlet: Outlet,
    reports: Arc<Mutex<Vec<Report>>>,
}

fn media(key: u64, name: &str) -> Media {
    Media::new(Key(key), PathBuf::from(name))
}

impl Desk {
    fn new() -> Self {
        Self::of_rate(10)
    }

    fn of_rate(rate: u32) -> Self {
        let dials = Arc::new(Dials::new());
        let reports = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&reports);
        let tell = Box::new(move |report| told.lock().unwrap().push(report));
        let mut feed = Feed::new(Box::new(open), tell, Arc::clone(&dials));
        let (outlet, door) = realtime::outlet(rate, 1, dials);
        feed.obey(Order::Outlet {
            line: Line::FIRST,
            door,
            rate,
            channels: 1,
            latency: Duration::ZERO,
            rewinds: false,
        });
        Self { feed, outlet, reports }
    }

    fn play(&mut self, key: u64, name: &str, from: u64) {
        self.feed.obey(Order::Play { media: media(key, name), from: Place::Frame(from) });
    }

    /// Steps until nothing can be done without an order, answering each question from `names`.
    fn settle(&mut self, names: &mut Vec<&str>) {
        let named = (101..).zip(names.drain(..)).map(|(key, name)| media(key, name));
        self.settle_with(named.collect());
    }

    /// As [`Desk::settle`], with answers of any kind.
    fn settle_with(&mut self, answers: Vec<Media>) {
        let mut answers = answers.into_iter();
        for _ in 0..10_000 {
            let step = self.feed.step();
            let asked = {
                let mut reports = self.reports.lock().unwrap();
                let before = reports.len();
                reports.retain(|report| !matches!(report, Report::Wanted { .. }));
                before > reports.len()
            };
            if asked {
                self.feed.obey(Order::Follow(answers.next()));
            } else if step != Step::Continue {
                return;
            }
        }
        panic!("the feed never rests");
    }

    /// The numbers heard, silence left out.
    fn hear(&mut self, frames: usize) -> Vec<u32> {
        let mut out = vec![0.0; frames];
        self.outlet.fill(&mut out);
        out.iter().map(|sample| (sample * 1024.0) as u32).filter(|number| *number > 0).collect()
    }

    fn log(&self) -> Vec<String> {
        let reports = self.reports.lock().unwrap();
        reports
            .iter()
            .map(|report| match report {
                Report::Begins(m) => format!("{} begins at {} with {}", m.key.0, m.at, m.track_frame),
                Report::Wanted { .. } => "wanted".into(),
                Report::Failed { key, error } => format!("{} failed: {error}", key.0),
                Report::Ends { at, .. } => format!("ends at {at}"),
                Report::Rate(rate) => format!("wants {rate} Hz"),
                Report::Keeps { line, up } => format!("{} keeps up: {up}", line.0),
            })
            .collect()
    }
}

#[test]
fn tracks_join_without_a_frame_lost_or_added() {
    let mut desk = Desk::new();
    desk.play(1, "0+7", 0);
    desk.settle(&mut vec!["100+4", "200+2"]);
    assert_eq!(desk.hear(15), [1, 2, 3, 4, 5, 6, 7, 101, 102, 103, 104, 201, 202]);
    assert_eq!(
        desk.log(),
        ["1 begins at 0 with 0", "101 begins at 7 with 0", "102 begins at 11 with 0", "ends at 13"]
    );
}

#[test]
fn the_next_part_of_a_file_goes_on_in_the_open_decoder() {
    let mut desk = Desk::of_rate(75);
    let opened = Arc::new(Mutex::new(0));
    let count = Arc::clone(&opened);
    desk.feed.open = Box::new(move |path| {
        *count.lock().unwrap() += 1;
        open(path)
    });
    let part = |key: u64, from: u32, to: Option<u32>| {
        let span = Span::new(Sector(from), to.map(Sector));
        Media { part: Part { span, ..PathBuf::from("0+30@75").into() }, ..media(key, "") }
    };
    desk.feed.obey(Order::Play { media: part(1, 0, Some(10)), from: Place::START });
    desk.settle_with(vec![part(2, 10, Some(25)), part(3, 25, None), part(4, 5, Some(7))]);
    assert_eq!(desk.hear(40), (1..=30).chain(6..=7).collect::<Vec<u32>>());
    assert_eq!(
        desk.log(),
        [
            "1 begins at 0 with 0",
            "2 begins at 10 with 0",
            "3 begins at 25 with 0",
            "4 begins at 30 with 0",
            "ends at 32"
        ]
    );
    assert_eq!(*opened.lock().unwrap(), 2, "once for the disc, once to go back in it");
}

#[test]
fn a_seek_begins_at_its_frame_in_a_fresh_run() {
    let mut desk = Desk::new();
    desk.play(1, "0+9", 0);
    desk.settle(&mut vec![]);
    desk.play(1, "0+9", 5);
    desk.settle(&mut vec![]);
    assert_eq!(desk.hear(9), [6, 7, 8, 9]);
    assert_eq!(desk.log(), ["1 begins at 0 with 0", "ends at 9", "1 begins at 0 with 5", "ends at 4"]);
}

#[test]
fn a_file_that_does_not_open_is_reported_and_the_next_one_joins() {
    let mut desk = Desk::new();
    desk.play(1, "0+2", 0);
    desk.settle(&mut vec!["no audio", "100+2"]);
    assert_eq!(desk.hear(6), [1, 2, 101, 102]);
    assert_eq!(desk.log()[1], "101 failed: is not audio in any format tonearm knows");
}

#[test]
fn the_first_file_may_fail_too() {
    let mut desk = Desk::new();
    desk.play(1, "no audio", 0);
    desk.settle(&mut vec!["100+2"]);
    assert_eq!(desk.hear(4), [101, 102]);
}

#[test]
fn a_file_that_breaks_plays_up_to_there_and_the_music_goes_on() {
    let mut desk = Desk::new();
    desk.play(1, "0+9!3", 0);
    desk.settle(&mut vec!["100+2"]);
    assert_eq!(desk.hear(9), [1, 2, 3, 101, 102]);
    assert_eq!(desk.log()[1], "1 failed: is damaged: torn");
}

#[test]
fn a_change_of_mind_before_the_join_is_heard() {
    let mut desk = Desk::new();
    desk.play(1, "0+3", 0);
    assert_eq!(desk.feed.step(), Step::Continue);
    desk.feed.obey(Order::Follow(Some(media(7, "100+2"))));
    desk.feed.obey(Order::Follow(Some(media(8, "200+2"))));
    desk.reports.lock().unwrap().clear();
    desk.settle(&mut vec![]);
    assert_eq!(desk.hear(6), [1, 2, 3, 201, 202]);
}

/// What is decoded is written anew behind what stays, before and after the callback has it.
#[test]
fn a_change_of_mind_after_the_join_is_heard_and_what_sounds_is_not_touched() {
    for (heard_before, has_it) in [(0, false), (0, true), (2, true), (3, true)] {
        let mut desk = Desk::new();
        desk.play(1, "0+5", 0);
        if !has_it {
            while desk.log().len() < 2 {
                let step = desk.feed.step();
                assert_ne!(step, Step::Idle);
                desk.feed.obey(Order::Follow(Some(media(7, "100+4"))));
                desk.reports.lock().unwrap().retain(|report| !matches!(report, Report::Wanted { .. }));
            }
        } else {
            desk.settle(&mut vec!["100+4", "150+3"]);
        }
        let mut heard = desk.hear(heard_before);
        for name in ["200+9", "300+2", "400+3"] {
            desk.feed.obey(Order::Instead { begun: 1, media: Some(media(8, name)) });
            desk.settle(&mut vec!["500+2"]);
        }
        heard.extend(desk.hear(20));
        assert_eq!(heard, [1, 2, 3, 4, 5, 401, 402, 403, 501, 502], "{heard_before} {has_it}");
        let log = desk.log();
        assert_eq!(log[log.len() - 3..], ["8 begins at 5 with 0", "101 begins at 8 with 0", "ends at 10"]);
    }
}

#[test]
fn what_comes_late_follows_at_once_and_what_ended_goes_on() {
    let mut desk = Desk::new();
    desk.play(1, "0+3", 0);
    desk.settle(&mut vec!["100+9"]);
    let mut heard = desk.hear(5);
    desk.feed.obey(Order::Instead { begun: 1, media: Some(media(8, "200+2")) });
    desk.settle(&mut vec![]);
    heard.extend(desk.hear(5));
    assert_eq!(heard, [1, 2, 3, 101, 102, 201, 202]);
    desk.feed.obey(Order::Instead { begun: 2, media: Some(media(9, "300+2")) });
    desk.settle(&mut vec![]);
    assert_eq!(desk.hear(4), [301, 302]);
    let mut desk = Desk::new();
    desk.play(1, "0+3", 0);
    desk.settle(&mut vec!["100+9"]);
    desk.feed.obey(Order::Instead { begun: 1, media: None });
    desk.settle(&mut vec![]);
    assert_eq!(desk.hear(9), [1, 2, 3]);
    assert_eq!(desk.log().last().unwrap(), "ends at 3");
}

#[test]
fn a_seam_under_another_rate_keeps_the_length() {
    let mut desk = Desk::of_rate(20);
    desk.play(1, "0+7", 0);
    desk.settle(&mut vec!["100+4"]);
    desk.feed.obey(Order::Instead { begun: 1, media: Some(media(8, "200+5")) });
    desk.settle(&mut vec![]);
    let log = desk.log();
    assert_eq!(log[log.len() - 2..], ["8 begins at 14 with 0", "ends at 24"]);
}

#[test]
fn a_full_ring_waits_and_goes_on_where_it_stopped() {
    let mut desk = Desk::new();
    desk.play(1, "0+100", 0);
    desk.settle(&mut vec![]);
    assert_eq!(desk.feed.step(), Step::Wait(Duration::from_secs(1)));
    let mut heard = Vec::new();
    while heard.len() < 100 {
        heard.extend(desk.hear(4));
        desk.settle(&mut vec![]);
    }
    assert_eq!(heard, (1..=100).collect::<Vec<u32>>());
}

#[test]
fn a_paused_player_is_not_woken() {
    let mut desk = Desk::new();
    desk.feed.dials.set_playing(false);
    desk.play(1, "0+100", 0);
    desk.settle(&mut vec![]);
    assert_eq!(desk.feed.step(), Step::Idle);
}

#[test]
fn rates_change_inside_a_run_and_the_length_stays_true() {
    let mut desk = Desk::new();
    desk.play(1, "0+7", 0);
    desk.settle(&mut vec!["0+10@20", "100+2"]);
    let log = desk.log();
    assert_eq!(log[1], "101 begins at 7 with 0");
    assert_eq!(log[2], "102 begins at 12 with 0");
    assert_eq!(log[3], "ends at 14");
}

/// Tracks that begin with a 4 are to be halved, but not the release that they are.
fn gain_tags(path: &Path) -> GainTags {
    let name = path.to_str().unwrap();
    let half = level::Gain { db: 20.0 * 0.5_f64.log10(), peak: Some(1.0) };
    let is_tagged = |gain| Some(gain).filter(|_| name.starts_with('4'));
    GainTags {
        track: is_tagged(half),
        album: is_tagged(level::Gain { db: 0.0, peak: Some(1.0) }),
        release: Some(name[..1].into()),
    }
}

#[test]
fn the_gain_changes_exactly_at_the_join() {
    let mut desk = Desk::new();
    desk.feed.gain_tags = gain_tags;
    desk.feed.obey(Order::Level(level::Levelling::Track.into()));
    desk.play(1, "0+5", 0);
    desk.settle(&mut vec!["400+4", "200+2"]);
    assert_eq!(desk.hear(12), [1, 2, 3, 4, 5, 200, 201, 201, 202, 201, 202]);
}

#[test]
fn another_gain_counts_for_the_track_that_plays_once_it_is_ordered_again() {
    let mut desk = Desk::new();
    desk.feed.gain_tags = gain_tags;
    desk.play(1, "400+9", 0);
    desk.settle(&mut vec![]);
    assert_eq!(desk.hear(3), [401, 402, 403]);
    desk.feed.obey(Order::Level(level::Levelling::Track.into()));
    desk.play(1, "400+9", 3);
    desk.settle(&mut vec![]);
    assert_eq!(desk.hear(7)[1..], [202, 203, 203, 204, 204]);
}

#[test]
fn a_release_keeps_its_own_levels_among_its_tracks() {
    for (neighbours, heard) in [(["100+1", "410+1"], [401, 402]), (["100+1", "200+1"], [200, 201])] {
        let mut desk = Desk::new();
        desk.feed.gain_tags = gain_tags;
        desk.feed.obey(Order::Level(level::Levelling::Auto.into()));
        let media = Media {
            neighbours: neighbours.map(|name| PathBuf::from(name).into()).into(),
            ..media(1, "400+2")
        };
        desk.feed.obey(Order::Play { media, from: Place::START });
        desk.settle(&mut vec![]);
        assert_eq!(desk.hear(4), heard);
    }
}

#[test]
fn halt_is_silence() {
    let mut desk = Desk::new();
    desk.play(1, "0+100", 0);
    desk.settle(&mut vec![]);
    desk.hear(4);
    desk.feed.obey(Order::Halt);
    desk.settle(&mut vec![]);
    desk.hear(10);
    assert!(desk.hear(10).is_empty());
    assert_eq!(desk.feed.step(), Step::Idle);
}

#[test]
fn a_device_that_is_to_have_each_tracks_rate_is_asked_for_it_once() {
    let mut desk = Desk::new();
    desk.feed.ask_for_rates();
    let (outlet, door) = realtime::outlet(20, 1, Arc::new(Dials::new()));
    desk.outlet = outlet;
    desk.feed.obey(Order::Outlet {
        line: Line::FIRST,
        door,
        rate: 20,
        channels: 1,
        latency: Duration::ZERO,
        rewinds: false,
    });
    desk.play(1, "0+7", 0);
    desk.settle(&mut vec![]);
    assert_eq!(desk.log(), ["wants 10 Hz"]);

    // It has no other: the track plays all the same, and the next one joins.
    desk.play(1, "0+7", 0);
    desk.settle(&mut vec!["100+7"]);
    assert_eq!(desk.log()[1..], ["1 begins at 0 with 0", "101 begins at 14 with 0", "ends at 28"]);
}

#[test]
fn a_track_of_another_rate_does_not_join_a_run_at_the_rate_of_the_one_before() {
    let mut desk = Desk::new();
    desk.feed.ask_for_rates();
    desk.play(1, "0+7", 0);
    desk.settle(&mut vec!["100+4", "200+4@20"]);
    assert_eq!(desk.log(), ["1 begins at 0 with 0", "101 begins at 7 with 0", "ends at 11"]);
    desk.play(102, "200+4@20", 0);
    desk.settle(&mut vec![]);
    assert_eq!(desk.log()[3..], ["wants 20 Hz"]);
}

/// Another output beside the main one, with a callback of its own.
struct Aside {
    outlet: Outlet,
    dials: Arc<Dials>,
}

impl Aside {
    fn join(desk: &mut Desk, line: u32, rate: u32) -> Self {
        let (line, dials) = (Line(line), Arc::new(Dials::new()));
        let (outlet, door) = realtime::outlet(rate, 1, Arc::clone(&dials));
        desk.feed.obey(Order::Join { line, dials: Arc::clone(&dials) });
        desk.feed.obey(Order::Outlet {
            line,
            door,
            rate,
            channels: 1,
            latency: Duration::ZERO,
            rewinds: false,
        });
        Self { outlet, dials }
    }

    /// As [`Desk::hear`].
    fn hear(&mut self, frames: usize) -> Vec<u32> {
        let mut out = vec![0.0; frames];
        self.outlet.fill(&mut out);
        out.iter().map(|sample| (sample * 1024.0) as u32).filter(|number| *number > 0).collect()
    }
}

/// Both devices ask for `frames` frames, the decoder thread works in between.
fn together(desk: &mut Desk, aside: &mut Aside, frames: usize) -> (Vec<u32>, Vec<u32>) {
    let (mut main, mut other) = (Vec::new(), Vec::new());
    for _ in 0..frames {
        desk.settle(&mut vec![]);
        main.extend(desk.hear(1));
        other.extend(aside.hear(1));
    }
    (main, other)
}

#[test]
fn an_output_beside_the_main_one_gets_every_frame_too() {
    let mut desk = Desk::new();
    let mut aside = Aside::join(&mut desk, 1, 10);
    desk.play(1, "0+60", 0);
    let (main, other) = together(&mut desk, &mut aside, 70);
    assert_eq!(main, (1..=60).collect::<Vec<_>>());
    assert_eq!(other, main);
    assert_eq!(desk.log(), ["1 begins at 0 with 0", "ends at 60"]);
}

#[test]
fn a_change_of_mind_is_heard_on_every_output() {
    let mut desk = Desk::new();
    let mut aside = Aside::join(&mut desk, 1, 10);
    desk.play(1, "0+9", 0);
    desk.settle(&mut vec!["100+20"]);
    let (mut main, mut other) = together(&mut desk, &mut aside, 4);
    desk.feed.obey(Order::Instead { begun: 1, media: Some(media(8, "200+3")) });
    desk.settle(&mut vec!["300+2"]);
    let (rest, too) = together(&mut desk, &mut aside, 20);
    main.extend(rest);
    other.extend(too);
    assert_eq!(main, [1, 2, 3, 4, 5, 6, 7, 8, 9, 201, 202, 203, 301, 302]);
    assert_eq!(other, main);
    let mut desk = Desk::new();
    let mut aside = Aside::join(&mut desk, 1, 10);
    desk.play(1, "0+9", 0);
    desk.feed.obey(Order::Instead { begun: 1, media: None });
    assert_eq!(together(&mut desk, &mut aside, 20).1, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn an_output_has_a_rate_of_its_own() {
    let mut desk = Desk::of_rate(20);
    let mut aside = Aside::join(&mut desk, 1, 10);
    desk.play(1, "0+30", 0);
    let mut other = Vec::new();
    for _ in 0..40 {
        desk.settle(&mut vec![]);
        desk.hear(2);
        other.extend(aside.hear(1));
    }
    // The main output is resampled; this one has the rate of the track, and gets it as it is.
    assert_eq!(other, (1..=30).collect::<Vec<_>>());
}

#[test]
fn an_output_that_comes_later_begins_where_the_music_is() {
    let mut desk = Desk::new();
    let mut first = Aside::join(&mut desk, 1, 10);
    desk.play(1, "0+60", 0);
    together(&mut desk, &mut first, 8);
    let mut second = Aside::join(&mut desk, 2, 10);
    desk.settle(&mut vec![]);
    assert_eq!(second.hear(5), [9, 10, 11, 12, 13]);
    // What was decoded before there was any other is not known: it is silent until it is past.
    desk.feed.obey(Order::Leave(Line(1)));
    desk.feed.obey(Order::Leave(Line(2)));
    let mut third = Aside::join(&mut desk, 3, 10);
    desk.settle(&mut vec![]);
    let (main, other) = together(&mut desk, &mut third, 40);
    assert_eq!(main, (9..=48).collect::<Vec<_>>());
    assert!(!other.is_empty() && main.ends_with(&other), "{other:?}");
}

#[test]
fn an_output_that_takes_nothing_holds_nobody_up_and_comes_back_to_where_the_music_is() {
    let mut desk = Desk::new();
    let mut aside = Aside::join(&mut desk, 1, 10);
    desk.play(1, "0+200", 0);
    let (main, other) = together(&mut desk, &mut aside, 20);
    assert_eq!(main, other);
    let mut heard = Vec::new();
    for _ in 0..100 {
        desk.settle(&mut vec![]);
        heard.extend(desk.hear(1));
    }
    assert_eq!(heard, (21..=120).collect::<Vec<_>>());
    assert_eq!(desk.log()[1..], ["1 keeps up: false"]);
    assert_eq!(aside.dials.underruns(), 1);
    // What it had before its time stood still, then what the others hear.
    let old = aside.hear(2);
    assert_eq!(old, [21, 22]);
    let (main, other) = together(&mut desk, &mut aside, 30);
    assert_eq!(main, (121..=150).collect::<Vec<_>>());
    assert_eq!(other[10..], main[10..]);
    assert_eq!(desk.log()[1..], ["1 keeps up: false", "1 keeps up: true"]);
}

#[test]
fn an_output_whose_clock_is_another_is_brought_back() {
    let mut desk = Desk::new();
    let mut aside = Aside::join(&mut desk, 1, 10);
    desk.play(1, "0+400", 0);
    let mut apart = 0;
    for n in 0..300 {
        desk.settle(&mut vec![]);
        let main = desk.hear(1);
        // A tenth too fast: it never runs far ahead, and never dry.
        let other = aside.hear(if n % 10 == 0 { 2 } else { 1 });
        let last = (main.last().copied().unwrap(), other.last().copied().unwrap());
        apart = apart.max(last.1.abs_diff(last.0));
    }
    assert!((1..=6).contains(&apart), "{apart} frames apart");
    assert!(aside.dials.underruns() > 3, "joined again {} times", aside.dials.underruns());
}

#[test]
fn after_a_pause_all_go_on_from_the_same_frame() {
    let mut desk = Desk::new();
    let mut aside = Aside::join(&mut desk, 1, 10);
    desk.play(1, "0+100", 0);
    together(&mut desk, &mut aside, 10);
    aside.hear(3); // it had more of it, as a room far away has
    let main = Arc::clone(&desk.feed.dials);
    for dials in [&main, &aside.dials] {
        dials.set_playing(false);
    }
    desk.feed.obey(Order::Wake);
    desk.hear(2);
    aside.hear(2);
    main.set_playing(true);
    desk.feed.obey(Order::Wake);
    let (one, other) = together(&mut desk, &mut aside, 20);
    assert_eq!(one[2..], other[2..]);
}

#[test]
fn another_output_leads_from_the_frame_that_it_is_told() {
    let mut desk = Desk::new();
    let mut aside = Aside::join(&mut desk, 1, 10);
    desk.play(1, "0+100", 0);
    together(&mut desk, &mut aside, 10);
    desk.feed.obey(Order::Lead(Line(1)));
    desk.play(1, "0+100", 10);
    let (other, main) = together(&mut desk, &mut aside, 10);
    assert_eq!(main[1..], (12..=20).collect::<Vec<_>>());
    assert_eq!(other[1..], main[1..], "the one that led plays beside it");
    desk.feed.obey(Order::Leave(Line::FIRST));
    desk.settle(&mut vec![]);
    assert_eq!(aside.hear(5), [21, 22, 23, 24, 25]);
}
