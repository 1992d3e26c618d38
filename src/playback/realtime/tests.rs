//! Takes runs of readable numbers; gives the proof that every frame comes out once, in order, and where ramps stand.
//! Small and pure: no thread, no device, no clock but one.
//! Never measures time.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::door::RUNS;
use super::outlet::CEILING;
use super::*;

/// 1 kHz, so that a ramp is ten frames and a millisecond is one.
fn desk() -> (Outlet, Door, Arc<Dials>) {
    let dials = Arc::new(Dials::new());
    let (outlet, door) = outlet(1000, 1, Arc::clone(&dials));
    (outlet, door, dials)
}

fn run_of(samples: &[f32]) -> (Arc<RunClock>, Run) {
    let (mut writer, clock, run) = Run::new(samples.len(), 1);
    writer.push_entire_slice(samples).unwrap();
    (clock, run)
}

fn take(outlet: &mut Outlet, frames: usize) -> Vec<f32> {
    let mut out = vec![9.0; frames];
    outlet.fill(&mut out);
    out
}

#[test]
fn unity_gain_leaves_every_sample_as_it_is() {
    let (mut outlet, mut door, dials) = desk();
    let samples: Vec<f32> = (0..600).map(|n| n as f32 / 600.0).collect();
    let (clock, run) = run_of(&samples);
    door.hand_over(run).unwrap();
    assert_eq!(take(&mut outlet, 600), samples);
    assert_eq!(clock.played(), 600);
    assert_eq!(dials.underruns(), 0);
}

#[test]
fn an_empty_ring_is_silence_and_a_count() {
    let (mut outlet, mut door, dials) = desk();
    let (clock, run) = run_of(&[0.5, 0.25]);
    door.hand_over(run).unwrap();
    assert_eq!(take(&mut outlet, 4), [0.5, 0.25, 0.0, 0.0]);
    assert_eq!(dials.underruns(), 1);
    clock.finish();
    assert_eq!(take(&mut outlet, 2), [0.0, 0.0]);
    assert_eq!(dials.underruns(), 1, "the end is no underrun");
}

#[test]
fn a_skip_fades_over_in_ten_milliseconds_and_the_old_run_goes_home() {
    let (mut outlet, mut door, _) = desk();
    let (_, old) = run_of(&[1.0; 40]);
    door.hand_over(old).unwrap();
    take(&mut outlet, 4);
    let (_, new) = run_of(&[0.0; 40]);
    door.hand_over(new).unwrap();
    let faded = take(&mut outlet, 12);
    assert_eq!(faded[0], CEILING);
    assert!(faded.windows(2).all(|pair| pair[1] <= pair[0] && pair[0] - pair[1] < 0.11), "{faded:?}");
    assert_eq!(faded[10..], [0.0, 0.0]);
    assert_eq!(door.alive, 2);
    let (_, third) = run_of(&[0.0; 4]);
    door.hand_over(third).unwrap();
    assert_eq!(door.alive, 2, "the first one came back and was freed here");
}

#[test]
fn fading_between_the_same_music_changes_nothing() {
    let (mut outlet, mut door, _) = desk();
    let music: Vec<f32> = (0..40).map(|n| (n as f32 * 0.7).sin() * 0.5).collect();
    let (_, old) = run_of(&music);
    door.hand_over(old).unwrap();
    take(&mut outlet, 10);
    let (_, new) = run_of(&music[10..]);
    door.hand_over(new).unwrap();
    assert_eq!(take(&mut outlet, 30), music[10..]);
}

#[test]
fn pause_fades_out_consumes_nothing_and_resumes_where_it_was() {
    let (mut outlet, mut door, dials) = desk();
    let (clock, run) = run_of(&[0.5; 100]);
    door.hand_over(run).unwrap();
    take(&mut outlet, 10);
    dials.set_playing(false);
    let fading = take(&mut outlet, 10);
    assert!(fading[0] < 0.5 && fading[9] == 0.0, "{fading:?}");
    let at_pause = clock.played();
    assert_eq!(take(&mut outlet, 50), [0.0; 50]);
    assert!(dials.silent());
    assert_eq!(clock.played(), at_pause);
    dials.set_playing(true);
    assert_eq!(take(&mut outlet, 20)[10..], [0.5; 10]);
    assert_eq!(clock.played(), at_pause + 20);
}

#[test]
fn beyond_full_scale_is_clamped_and_counted() {
    let (mut outlet, mut door, dials) = desk();
    let (_, run) = run_of(&[1.5, -1.5, 0.1]);
    door.hand_over(run).unwrap();
    assert_eq!(take(&mut outlet, 3), [CEILING, -1.0, 0.1]);
    assert_eq!(dials.clipped(), 2);
}

#[test]
fn too_many_skips_at_once_are_refused_not_freed_in_the_callback() {
    let (mut outlet, mut door, _) = desk();
    let refused = (0..RUNS).filter(|_| door.hand_over(run_of(&[0.0]).1).is_err()).count();
    assert_eq!(refused, 1);
    take(&mut outlet, 1);
    take(&mut outlet, 20);
    assert!(door.hand_over(run_of(&[0.0]).1).is_ok());
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

#[test]
fn an_output_that_can_wait_gets_the_samples_there_are_and_no_silence() {
    let (mut outlet, mut door, dials) = desk();
    let mut bytes = vec![9; 4003];
    assert_eq!(outlet.fill_sounding(&mut bytes), 0, "no run yet");
    let samples: Vec<f32> = (0..600).map(|n| n as f32 / 600.0).collect();
    let (clock, run) = run_of(&samples);
    door.hand_over(run).unwrap();
    let filled = outlet.fill_sounding(&mut bytes);
    assert_eq!(floats(&bytes[..filled]), samples);
    assert_eq!((clock.played(), dials.underruns()), (600, 0));
    assert!(!dials.silent());
    assert_eq!(outlet.fill_sounding(&mut bytes), 0);
    assert!(dials.silent());
}

#[test]
fn an_output_that_can_wait_gets_the_fade_of_a_pause_and_then_nothing() {
    let (mut outlet, mut door, dials) = desk();
    door.hand_over(run_of(&[0.5; 100]).1).unwrap();
    let mut bytes = vec![0; 40];
    assert_eq!(outlet.fill_sounding(&mut bytes), 40);
    dials.set_playing(false);
    let mut bytes = vec![0; 400];
    let filled = outlet.fill_sounding(&mut bytes);
    assert!((40..=44).contains(&filled), "{filled}");
    assert_eq!(floats(&bytes[..filled]).last(), Some(&0.0));
    assert_eq!(outlet.fill_sounding(&mut bytes), 0);
    dials.set_playing(true);
    assert_eq!(outlet.fill_sounding(&mut bytes), (90 - filled / 4) * 4);
}

#[test]
fn a_starved_output_is_woken_by_what_it_waits_for() {
    let (mut outlet, _door, dials) = desk();
    let count = Arc::new(AtomicU64::new(0));
    let rung = Arc::clone(&count);
    dials.hang(Box::new(move || {
        rung.fetch_add(1, Ordering::Relaxed);
    }));
    dials.wake();
    assert_eq!(count.load(Ordering::Relaxed), 0, "nobody waits");
    outlet.fill_sounding(&mut [0; 40]);
    dials.wake();
    dials.wake();
    assert_eq!(count.load(Ordering::Relaxed), 1, "once for each time it waits");
    dials.set_playing(false);
    assert_eq!(count.load(Ordering::Relaxed), 2, "a pause is always told");
}

/// An outlet whose last 100 frames can be turned back, playing `samples`.
fn held(samples: &[f32]) -> (Outlet, Door, Arc<Dials>, Arc<RunClock>) {
    let (outlet, mut door, dials) = desk();
    let mut outlet = outlet.held(100);
    let (clock, run) = run_of(samples);
    door.hand_over(run).unwrap();
    outlet.turn();
    (outlet, door, dials, clock)
}

fn ramp(frames: usize) -> Vec<f32> {
    (0..frames).map(|n| n as f32 / 1000.0).collect()
}

#[test]
fn what_was_given_can_be_turned_back_and_given_again() {
    let samples = ramp(300);
    let (mut outlet, _door, _, clock) = held(&samples);
    assert_eq!(take(&mut outlet, 150), samples[..150]);
    assert_eq!(outlet.turn_back(40), 40);
    assert_eq!(clock.played(), 110);
    assert_eq!(take(&mut outlet, 100), samples[110..210]);
    assert_eq!(outlet.turn_back(1000), 100, "no more than is held");
    assert_eq!(take(&mut outlet, 190), samples[110..300]);
    assert_eq!(clock.played(), 300);
}

#[test]
fn turned_back_the_ring_gives_again_what_lies_across_its_end() {
    let (mut outlet, mut door, _) = desk();
    let (mut writer, _, run) = Run::new(128, 1);
    let samples = ramp(1000);
    let mut written = 0;
    outlet = outlet.held(50);
    door.hand_over(run).unwrap();
    outlet.turn();
    let mut at = 0;
    while at + 60 < samples.len() {
        written += writer.push_partial_slice(&samples[written..]).0.len();
        assert_eq!(take(&mut outlet, 60), samples[at..at + 60]);
        at += 60 - outlet.turn_back(23);
    }
}

/// What takes the place of a run's end, from its frame `from` on.
fn end_of(clock: &Arc<RunClock>, from: u64, samples: &[f32]) -> Run {
    let (mut writer, run) = Run::anew(clock, from, samples.len(), 1);
    writer.push_entire_slice(samples).unwrap();
    run
}

#[test]
fn an_end_that_is_replaced_joins_exactly_and_can_be_turned_back_over() {
    let samples = ramp(300);
    let other: Vec<f32> = samples.iter().map(|sample| -sample).collect();
    let (mut outlet, mut door, _, clock) = held(&samples);
    take(&mut outlet, 150);
    for end in [&samples, &other] {
        door.hand_over(end_of(&clock, 200, end)).unwrap();
        assert!(!outlet.wants_turn(), "nothing is given that would be wrong");
    }
    assert_eq!(outlet.sounding(), 350);
    let whole = [&samples[..200], &other].concat();
    assert_eq!(take(&mut outlet, 90), whole[150..240]);
    assert_eq!(outlet.turn_back(80), 80);
    assert_eq!((clock.played(), outlet.sounding()), (160, 340));
    assert_eq!(take(&mut outlet, 340), whole[160..]);
    assert_eq!(clock.played(), 500);
    door.hand_over(run_of(&[0.0; 4]).1).unwrap();
    assert_eq!(door.alive, 2, "the first head and the end that nobody heard went home");
}

#[test]
fn an_end_that_comes_late_follows_at_once() {
    let (mut outlet, mut door, dials) = desk();
    let (clock, run) = run_of(&ramp(300));
    door.hand_over(run).unwrap();
    take(&mut outlet, 150);
    door.hand_over(end_of(&clock, 100, &[0.75; 40])).unwrap();
    assert_eq!(take(&mut outlet, 40), [0.75; 40]);
    clock.finish();
    assert_eq!((outlet.is_finished(), dials.underruns()), (true, 0));
}

#[test]
fn a_held_outlet_pauses_only_where_it_turns() {
    let (mut outlet, _door, dials, clock) = held(&[0.5; 300]);
    take(&mut outlet, 100);
    dials.set_playing(false);
    assert!(outlet.wants_turn());
    assert_eq!(take(&mut outlet, 20), [0.5; 20]);
    assert_eq!(outlet.turn_back(70), 70);
    outlet.turn();
    assert!(!outlet.wants_turn());
    assert_eq!(outlet.sounding(), 10, "the fade");
    let fade = take(&mut outlet, 10);
    assert!(fade[0] < 0.5 && fade[9].abs() < 1e-6, "{fade:?}");
    assert_eq!((outlet.sounding(), clock.played()), (0, 60));
    outlet.shut();
    dials.set_playing(true);
    outlet.turn();
    let back = take(&mut outlet, 20);
    assert!(back[0] < 0.1 && back[10..] == [0.5; 10], "{back:?}");
    assert_eq!(clock.played(), 80);
}

#[test]
fn a_skip_in_a_held_outlet_fades_from_where_it_was_turned_back_to() {
    let (mut outlet, mut door, _, old) = held(&[1.0; 300]);
    take(&mut outlet, 100);
    door.hand_over(run_of(&[0.0; 300]).1).unwrap();
    assert_eq!(take(&mut outlet, 5), [CEILING; 5], "not before it turns");
    outlet.turn_back(65);
    outlet.turn();
    assert_eq!(old.played(), 40);
    let faded = take(&mut outlet, 12);
    assert_eq!(faded[0], CEILING);
    assert!(faded.windows(2).all(|pair| pair[1] <= pair[0]) && faded[10..] == [0.0; 2], "{faded:?}");
    assert_eq!(old.played(), 50);
}

#[test]
fn two_skips_at_the_same_place_fade_from_what_is_heard_before_them() {
    let (mut outlet, mut door, _, _) = held(&[1.0; 300]);
    take(&mut outlet, 100);
    door.hand_over(run_of(&[-1.0; 300]).1).unwrap();
    outlet.turn_back(50);
    outlet.turn();
    take(&mut outlet, 50);
    door.hand_over(run_of(&[0.5; 300]).1).unwrap();
    assert_eq!(outlet.turn_back(99), 50, "not back beyond the skip before");
    outlet.turn();
    // The first skip's fade is over when the second comes, and yet nothing of it was heard.
    let faded = take(&mut outlet, 12);
    assert!(faded.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.3), "{faded:?}");
    assert_eq!(faded[10..], [0.5; 2]);
}

#[test]
fn what_is_heard_follows_the_time_and_stands_when_told() {
    let clock = RunClock::default();
    assert_eq!(clock.heard(1000), None, "nobody has told");
    clock.played.store(500, Ordering::Release);
    clock.flow(600, 1000);
    assert_eq!(clock.heard(1000), Some(0), "the first frame is still to come");
    clock.flow(0, 1000);
    assert_eq!(clock.heard(1000), Some(500), "no more than was given");
    clock.flow(400, 1000);
    let heard = clock.heard(1000).unwrap();
    assert!((100..=500).contains(&heard), "{heard}");
    clock.stand(77);
    assert_eq!(clock.heard(1000), Some(77));
}

/// The peak that a meter shows at a frame of a run.
fn peak(dials: &Dials, clock: &RunClock, frame: u64) -> f32 {
    dials.levels(clock.outlet_frame(frame))[0].peak
}

#[test]
fn a_meter_shows_the_frame_of_the_run_that_is_heard_with_its_volume() {
    let (mut outlet, mut door, dials) = desk();
    dials.levels(0);
    let (clock, run) = run_of(&[[0.5; 300], [0.25; 300]].concat());
    door.hand_over(run).unwrap();
    take(&mut outlet, 600);
    assert_eq!((peak(&dials, &clock, 299), peak(&dials, &clock, 500)), (0.5, 0.25));
    let (clock, run) = run_of(&[0.5; 600]);
    dials.set_volume(0.5);
    door.hand_over(run).unwrap();
    take(&mut outlet, 600);
    assert_eq!(peak(&dials, &clock, 400), 0.25, "the second run's own frames");
}

#[test]
fn a_meter_stays_in_step_when_the_ring_runs_dry() {
    let (mut outlet, mut door, dials) = desk();
    dials.levels(0);
    let (mut writer, clock, run) = Run::new(1000, 1);
    door.hand_over(run).unwrap();
    writer.push_entire_slice(&[0.5; 300]).unwrap();
    take(&mut outlet, 800);
    writer.push_entire_slice(&[0.25; 300]).unwrap();
    take(&mut outlet, 300);
    assert_eq!(clock.played(), 600);
    assert_eq!(peak(&dials, &clock, 500), 0.25);
}

#[test]
fn a_meter_follows_what_is_written_over() {
    let (mut outlet, _door, dials, clock) = held(&[0.5; 600]);
    dials.levels(0);
    take(&mut outlet, 300);
    dials.set_volume(0.0);
    outlet.turn_back(100);
    outlet.turn();
    take(&mut outlet, 300);
    assert_eq!((peak(&dials, &clock, 190), peak(&dials, &clock, 400)), (0.5, 0.0));
}

#[test]
fn nothing_is_measured_while_nobody_looks() {
    let (mut outlet, mut door, dials) = desk();
    let (clock, run) = run_of(&[0.5; 300]);
    door.hand_over(run).unwrap();
    take(&mut outlet, 300);
    assert_eq!(peak(&dials, &clock, 200), 0.0);
}

#[test]
fn a_device_reads_sample_by_sample_what_fill_gives() {
    let (mut outlet, mut door, _) = desk();
    let samples: Vec<f32> = (0..1000).map(|n| n as f32 / 1000.0).collect();
    door.hand_over(run_of(&samples).1).unwrap();
    let heard: Vec<f32> = outlet.by_ref().take(1000).collect();
    assert_eq!(heard, samples);
}
