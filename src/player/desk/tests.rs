//! What the player decides, with a recorder in the place of the engine.
#![allow(clippy::unwrap_used)]
use std::sync::mpsc::{self, Receiver};

use super::*;
use crate::playback::decode::{DecodeError, Format};
use crate::playback::level::Leveller;
use crate::playback::output::OutputError;
use crate::playback::output::Target;
use crate::playback::{Hand, Key, Media, Outlet, OutputId, Position, RatePolicy, Shape, Switch};
use crate::player::{Edit, Kept};
use crate::queue::{Repeat, Shuffle};

/// Notes what it is told: "play 2 from 0", "follow 3", ...
#[derive(Default)]
pub(super) struct Recorder {
    notes: Vec<String>,
}

impl Sound for Recorder {
    fn play(&mut self, media: Media, from: Place) {
        self.notes.push(match from {
            Place::Frame(frame) => format!("play {} from {frame}", media.key.0),
            Place::Time(time) => format!("play {} at {} ms", media.key.0, time.as_millis()),
        });
    }
    fn follow(&mut self, media: Option<Media>) {
        self.notes.push(media.map_or("follow nothing".into(), |media| format!("follow {}", media.key.0)));
    }
    fn halt(&mut self) {
        self.notes.push("halt".into());
    }
    fn set_playing(&mut self, playing: bool) {
        self.notes.push(if playing { "go on".into() } else { "pause".into() });
    }
    fn set_gain(&mut self, gain: f32) {
        self.notes.push(format!("gain {gain:.3}"));
    }
    fn hand(&self) -> Option<Hand> {
        None
    }
    fn taken(&self) -> Option<Position> {
        Some(Position { key: Key(0), frame: 77, rate: 10 })
    }
    fn instead(&mut self, media: Option<Media>) {
        self.notes.push(media.map_or("nothing instead".into(), |media| format!("{} instead", media.key.0)));
    }
    fn set_levelling(&mut self, leveller: Leveller) {
        self.notes.push(format!("level {:?}", leveller.levelling));
    }
    fn outputs(&self) -> Vec<Outlet> {
        Vec::new()
    }
    fn switch(&mut self, id: OutputId, switch: Switch) -> Result<(), OutputError> {
        self.notes.push(format!("output {} {switch:?}", id.0));
        Ok(())
    }
    fn output_called(&mut self, _: Target) -> OutputId {
        OutputId(7)
    }
}

pub(super) struct Case {
    pub(super) desk: Desk<Recorder>,
    pub(super) events: Receiver<Event>,
}

/// Tracks of ten seconds at 10 Hz.
fn format() -> Format {
    Format { codec: "numbers", rate: 10, channels: 1, bits: None, float: false, frames: Some(100) }
}

impl Case {
    fn new(files: usize, repeat: Repeat) -> Self {
        Self::with(Setup { repeat, ..Self::setup(files) })
    }

    /// So many files, in order.
    pub(super) fn setup(files: usize) -> Setup {
        Setup {
            items: (0..files).map(|n| Arc::new(Item::of_file(n.to_string().into()))).collect(),
            start: None,
            repeat: Repeat::Off,
            shuffle: Shuffle::Off,
            seed: 1,
            levelling: Leveller::default(),
            outputs: vec![Target::Null],
            rate: RatePolicy::Device,
            on_unplug: OnUnplug::Usual,
            shape: Shape::default(),
            origin: None,
            bookmark: None,
            keeper: None,
            sleep: None,
            is_first: false,
        }
    }

    pub(super) fn with(setup: Setup) -> Self {
        let (tell, events) = mpsc::channel();
        let tell = Box::new(move |event, _: &Status| tell.send(event).unwrap());
        let mut desk = Desk::new(Recorder::default(), setup, tell, Arc::default());
        desk.begin();
        Self { desk, events }
    }

    pub(super) fn began(&mut self, id: u64) {
        self.desk.hear(playback::Event::Began { key: Key(id), format: format() });
    }

    pub(super) fn wanted(&mut self) {
        self.desk.hear(playback::Event::Wanted);
    }

    pub(super) fn notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.desk.sound.notes)
    }

    pub(super) fn started(&self) -> Vec<u64> {
        self.events
            .try_iter()
            .filter_map(|event| if let Event::Started(id) = event { Some(id.0) } else { None })
            .collect()
    }
}

#[test]
fn many_entries_go_or_change_places_while_the_music_goes_on() {
    let mut case = Case::new(6, Repeat::Off);
    case.began(0);
    case.desk.sound.notes.clear();
    let order = |case: &Case| case.desk.view().items.iter().map(|(id, _)| id.0).collect::<Vec<_>>();
    case.desk.edit(Edit::Arrange(vec![ItemId(2), ItemId(1), ItemId(0)]));
    assert_eq!(order(&case), [2, 1, 0, 3, 4, 5]);
    case.desk.edit(Edit::Remove(vec![ItemId(2), ItemId(9)]));
    assert!(!case.desk.sound.notes.iter().any(|note| note.starts_with("play")), "what plays goes on");
    case.desk.edit(Edit::Remove(vec![ItemId(0), ItemId(3)]));
    assert!(case.desk.sound.notes.iter().any(|note| note == "play 4 from 0"), "{:?}", case.desk.sound.notes);
    case.desk.edit(Edit::Remove([1, 4, 5].map(ItemId).into()));
    assert_eq!((case.desk.now.item, order(&case).len()), (None, 0));
    assert!(case.desk.sound.notes.iter().any(|note| note == "halt"));
    let ids = case.desk.add(vec![Item::of_file("c".into())], super::super::Place::Append);
    case.desk.obey(Command::Play);
    assert_eq!((case.desk.now.item, ids[0]), (Some(ItemId(6)), ItemId(6)));
}

#[test]
fn another_part_of_an_entry_is_played_when_its_turn_comes() {
    use crate::cue::{Sector, Span};
    let mut case = Case::new(3, Repeat::Off);
    case.began(0);
    case.wanted();
    case.notes();
    let span = Span::new(Sector(75), Some(Sector(150)));
    let part = |case: &Case, id| case.desk.media(ItemId(id)).unwrap().part.span;
    case.desk.edit(Edit::Cut(ItemId(2), span));
    assert_eq!((case.notes(), part(&case, 2)), (Vec::new(), span), "its turn is not yet");
    let version = case.desk.now.version;
    case.desk.edit(Edit::Cut(ItemId(1), span));
    assert_eq!((case.notes(), part(&case, 1)), (vec!["1 instead".into()], span));
    assert!(case.desk.now.version > version, "the queue has changed");
    case.desk.edit(Edit::Cut(ItemId(1), span));
    assert_eq!(case.notes(), Vec::<String>::new(), "nothing has changed");
    case.desk.edit(Edit::Cut(ItemId(0), span));
    case.desk.edit(Edit::Cut(ItemId(9), span));
    assert_eq!((case.notes(), part(&case, 0)), (Vec::new(), None), "what plays stays as it is");
}

#[test]
fn a_list_plays_through_and_finishes() {
    let mut case = Case::new(2, Repeat::Off);
    case.began(0);
    case.wanted();
    case.began(1);
    case.wanted();
    case.desk.hear(playback::Event::Ended);
    assert_eq!(case.notes(), ["play 0 from 0", "follow 1", "follow nothing"]);
    let events: Vec<_> = case.events.try_iter().collect();
    assert!(matches!(events.last(), Some(Event::Finished)), "{events:?}");
    assert_eq!(case.desk.now.item, None);
}

#[test]
fn tracks_shorter_than_the_ring_are_named_ahead_of_what_is_heard() {
    let mut case = Case::new(4, Repeat::Off);
    case.wanted();
    case.wanted();
    case.wanted();
    assert_eq!(case.notes(), ["play 0 from 0", "follow 1", "follow 2", "follow 3"]);
    case.began(0);
    case.began(1);
    case.began(2);
    assert_eq!(case.desk.queue.current(), Some(ItemId(2)));
    assert_eq!(case.started(), [0, 1, 2]);
}

#[test]
fn one_track_on_repeat_starts_again_and_says_so() {
    let mut case = Case::new(2, Repeat::One);
    case.began(0);
    case.wanted();
    case.began(0);
    assert_eq!(case.notes(), ["play 0 from 0", "follow 0"]);
    assert_eq!(case.started(), [0, 0]);
}

#[test]
fn a_file_that_does_not_open_is_passed_over() {
    let mut case = Case::new(3, Repeat::All);
    case.began(0);
    case.wanted();
    case.desk.hear(playback::Event::Failed { key: Key(1), error: DecodeError::Empty });
    case.wanted();
    case.began(2);
    case.wanted();
    assert_eq!(case.notes(), ["play 0 from 0", "follow 1", "follow 2", "follow 0"]);
}

#[test]
fn a_file_that_breaks_half_way_is_offered_again_next_time() {
    let mut case = Case::new(2, Repeat::All);
    case.began(0);
    case.desk.hear(playback::Event::Failed { key: Key(0), error: DecodeError::Damaged("torn".into()) });
    case.wanted();
    case.began(1);
    case.wanted();
    assert_eq!(case.notes(), ["play 0 from 0", "follow 1", "follow 0"]);
}

#[test]
fn when_nothing_plays_the_music_ends_and_does_not_spin() {
    let mut case = Case::new(2, Repeat::All);
    case.desk.hear(playback::Event::Failed { key: Key(0), error: DecodeError::Empty });
    case.wanted();
    case.desk.hear(playback::Event::Failed { key: Key(1), error: DecodeError::Empty });
    case.wanted();
    assert_eq!(case.notes(), ["play 0 from 0", "follow 1", "follow nothing"]);
}

#[test]
fn seeks_add_up_before_the_device_has_reached_them() {
    let mut case = Case::new(2, Repeat::Off);
    case.began(0);
    case.notes();
    case.desk.obey(Command::SeekBy(4000));
    case.desk.obey(Command::SeekBy(3000));
    case.desk.obey(Command::SeekBy(-60_000));
    assert_eq!(case.notes(), ["play 0 at 4000 ms", "play 0 at 7000 ms", "play 0 at 0 ms"]);
}

#[test]
fn on_a_new_device_the_music_goes_on_where_it_was_to_be() {
    let mut case = Case::new(2, Repeat::Off);
    case.began(0);
    case.desk.obey(Command::SeekBy(4000));
    case.notes();
    case.desk.hear(playback::Event::OutputBack);
    assert_eq!(case.notes(), ["play 0 at 4000 ms"]);
}

#[test]
fn a_track_of_another_rate_begins_when_the_one_before_is_heard() {
    let mut case = Case::new(3, Repeat::Off);
    case.began(0);
    case.wanted();
    case.notes();
    case.desk.hear(playback::Event::Ended);
    assert_eq!(case.notes(), ["play 1 from 0"]);
    assert_eq!(case.desk.queue.current(), Some(ItemId(1)));
    case.desk.hear(playback::Event::OutputChanged);
    assert_eq!(case.notes(), ["play 1 at 0 ms"]);
}

#[test]
fn a_vanished_device_pauses_and_a_server_that_died_does_not() {
    let lost = |vanished| playback::Event::OutputLost { error: OutputError::NoDevice, vanished };
    for (on_unplug, vanished, plays_on) in [
        (OnUnplug::Usual, false, true),
        (OnUnplug::Usual, true, false),
        (OnUnplug::Follow, true, true),
        (OnUnplug::Pause, true, false),
        (OnUnplug::Pause, false, true),
    ] {
        let mut case = Case::new(1, Repeat::Off);
        case.desk.on_unplug = on_unplug;
        case.began(0);
        case.desk.hear(lost(vanished));
        assert_eq!(case.desk.now.playing, plays_on, "{on_unplug:?}, {vanished}");
    }
}

#[test]
fn a_loss_and_a_return_start_nothing_that_was_paused() {
    let mut case = Case::new(1, Repeat::Off);
    case.began(0);
    case.desk.obey(Command::Pause);
    case.notes();
    case.desk.hear(playback::Event::OutputLost { error: OutputError::NoServer, vanished: false });
    case.desk.hear(playback::Event::OutputBack);
    assert!(!case.desk.now.playing);
    assert_eq!(case.notes(), ["play 0 from 0"], "ready, and not heard before it goes on");
}

#[test]
fn music_that_moves_to_the_loudspeakers_goes_on_unless_told_otherwise() {
    for (on_unplug, plays_on) in [(OnUnplug::Usual, true), (OnUnplug::Follow, true), (OnUnplug::Pause, false)]
    {
        let mut case = Case::new(1, Repeat::Off);
        case.desk.on_unplug = on_unplug;
        case.began(0);
        case.desk.hear(playback::Event::OutputUnplugged);
        assert_eq!(case.desk.now.playing, plays_on, "{on_unplug:?}");
    }
}

#[test]
fn a_seek_past_the_end_is_the_next_track() {
    let mut case = Case::new(2, Repeat::Off);
    case.began(0);
    case.notes();
    case.desk.obey(Command::SeekBy(60_000));
    assert_eq!(case.notes(), ["play 1 from 0"]);
}

#[test]
fn a_new_order_renames_what_follows() {
    let mut case = Case::new(3, Repeat::Off);
    case.began(0);
    case.wanted();
    case.notes();
    case.desk.obey(Command::Repeat(Repeat::One));
    assert_eq!(case.notes(), ["0 instead"]);
    case.desk.obey(Command::Repeat(Repeat::One));
    assert_eq!(case.notes(), Vec::<String>::new(), "nothing has changed");
    case.desk.obey(Command::Repeat(Repeat::Off));
    assert_eq!(case.notes(), ["1 instead"]);
}

#[test]
fn next_while_paused_stays_paused() {
    let mut case = Case::new(3, Repeat::Off);
    case.began(0);
    case.desk.obey(Command::Pause);
    case.notes();
    case.desk.obey(Command::Next);
    assert_eq!(case.notes(), ["play 1 from 0"]);
    assert!(!case.desk.now.playing);
}

#[test]
fn previous_at_the_beginning_begins_again() {
    let mut case = Case::new(3, Repeat::Off);
    case.began(0);
    case.notes();
    case.desk.obey(Command::Previous);
    assert_eq!(case.notes(), ["play 0 from 0"]);
}

#[test]
fn full_volume_is_exactly_one_and_mute_comes_back() {
    let mut case = Case::new(1, Repeat::Off);
    assert_eq!(gain(100.0), 1.0);
    assert_eq!(gain(0.0), 0.0);
    case.notes();
    case.desk.obey(Command::VolumeBy(-50));
    case.desk.obey(Command::ToggleMute);
    case.desk.obey(Command::ToggleMute);
    case.desk.obey(Command::VolumeBy(100));
    assert_eq!(case.notes(), ["gain 0.125", "gain 0.000", "gain 0.125", "gain 1.000"]);
}

#[test]
fn what_is_added_follows_where_it_was_put() {
    let mut case = Case::new(2, Repeat::Off);
    case.began(0);
    case.wanted();
    case.notes();
    case.desk.add(vec![Item::of_file("a".into()), Item::of_file("b".into())], crate::player::Place::Next);
    case.desk.add(vec![Item::of_file("c".into())], crate::player::Place::Append);
    let order: Vec<_> = case.desk.view().items.iter().map(|(_, item)| item.label.title.clone()).collect();
    assert_eq!(order, ["0", "a", "b", "1", "c"]);
    assert_eq!(case.notes(), ["3 instead"], "a has the id 3; what is at the end changes nothing now");
}

#[test]
fn a_new_listing_plays_at_once_even_when_paused() {
    let mut case = Case::new(2, Repeat::Off);
    case.began(0);
    case.desk.obey(Command::Pause);
    case.notes();
    case.desk.add(vec![Item::of_file("a".into())], crate::player::Place::Replace);
    assert_eq!(case.notes(), ["go on", "play 2 from 0"]);
    assert_eq!((case.desk.now.number, case.desk.now.of), (Some(1), 1));
}

#[test]
fn play_after_the_end_begins_again() {
    let mut case = Case::new(1, Repeat::Off);
    case.began(0);
    case.wanted();
    case.desk.hear(playback::Event::Ended);
    case.notes();
    case.desk.obey(Command::Play);
    assert_eq!(case.notes(), ["go on", "play 0 from 0"]);
}

fn titles(case: &Case) -> Vec<String> {
    case.desk.view().items.iter().map(|(_, item)| item.label.title.clone()).collect()
}

#[test]
fn after_the_track_it_pauses_at_the_begin_of_the_next_and_once_only() {
    let mut case = Case::new(4, Repeat::Off);
    case.began(0);
    case.desk.obey(Command::StopAfter(StopAfter::Track));
    case.wanted();
    assert_eq!(case.notes(), ["play 0 from 0", "follow nothing"]);
    case.desk.hear(playback::Event::Ended);
    assert_eq!(case.notes(), ["pause", "play 1 from 0"]);
    assert!(!case.desk.now.playing);
    case.desk.obey(Command::Play);
    case.began(1);
    case.wanted();
    assert_eq!(case.notes(), ["go on", "follow 2"]);
}

#[test]
fn after_each_track_it_pauses_every_time() {
    let mut case = Case::new(3, Repeat::Off);
    case.desk.obey(Command::StopAfter(StopAfter::Each));
    for track in 0..2 {
        case.desk.obey(Command::Play);
        case.began(track);
        case.wanted();
        case.desk.hear(playback::Event::Ended);
        assert!(!case.desk.now.playing);
        assert_eq!(case.desk.now.item, Some(ItemId(track + 1)));
    }
}

#[test]
fn a_stop_after_an_entry_waits_for_it_even_where_it_was_named() {
    let mut case = Case::new(4, Repeat::Off);
    case.began(0);
    case.wanted();
    case.desk.obey(Command::StopAfter(StopAfter::Entry(ItemId(1))));
    case.began(1);
    case.wanted();
    case.notes();
    case.desk.hear(playback::Event::Ended);
    assert_eq!(case.notes(), ["pause", "play 2 from 0"]);
}

#[test]
fn a_stop_that_is_taken_back_lets_the_next_track_join() {
    let mut case = Case::new(3, Repeat::Off);
    case.began(0);
    case.desk.obey(Command::StopAfter(StopAfter::Track));
    case.wanted();
    case.notes();
    case.desk.obey(Command::StopAfter(StopAfter::Never));
    assert_eq!(case.notes(), ["1 instead"]);
}

#[test]
fn a_track_that_is_added_while_the_last_one_plays_follows_it() {
    let mut case = Case::new(1, Repeat::Off);
    case.began(0);
    case.wanted();
    case.notes();
    case.desk.add(vec![Item::of_file("a".into())], crate::player::Place::Append);
    assert_eq!(case.notes(), ["1 instead"]);
    case.desk.hear(playback::Event::Ended);
    assert_eq!(case.notes(), ["play 1 from 0"], "the decoder had ended before it heard of it");
}

#[test]
fn sleep_fades_pauses_and_is_loud_again_after() {
    let mut case = Case::new(2, Repeat::Off);
    case.began(0);
    case.notes();
    let start = Instant::now();
    case.desk.obey(Command::Sleep(Some(Duration::from_secs(60))));
    let at = case.desk.now.sleep_at.unwrap();
    case.desk.look(start);
    assert_eq!(case.notes(), Vec::<String>::new());
    case.desk.look(at - Duration::from_secs(5));
    assert_eq!(case.desk.next_look(at - Duration::from_secs(5)), Some(Duration::from_millis(100)));
    case.desk.look(at);
    assert_eq!(case.notes(), ["gain 0.125", "pause"]);
    assert_eq!((case.desk.now.playing, case.desk.now.sleep_at), (false, None));
    case.desk.obey(Command::Play);
    assert_eq!(case.notes(), ["gain 1.000", "go on"]);
}

#[test]
fn a_sleep_that_is_called_off_while_it_fades_is_loud_at_once_and_wakes_nobody_while_paused() {
    let mut case = Case::new(2, Repeat::Off);
    case.began(0);
    case.desk.obey(Command::Sleep(Some(Duration::from_secs(60))));
    let at = case.desk.now.sleep_at.unwrap();
    case.desk.obey(Command::Pause);
    assert_eq!(case.desk.next_look(at), None);
    case.desk.obey(Command::Play);
    case.desk.look(at - Duration::from_secs(5));
    case.notes();
    case.desk.obey(Command::Sleep(None));
    case.desk.look(at);
    assert_eq!(case.notes(), ["gain 1.000"]);
}

#[test]
fn what_plays_can_be_taken_out_and_what_stands_moved() {
    let mut case = Case::new(4, Repeat::Off);
    case.began(1);
    case.desk.obey(Command::Goto(ItemId(1)));
    case.notes();
    case.desk.obey(Command::Remove(ItemId(1)));
    assert_eq!(case.notes(), ["play 2 from 0"]);
    case.desk.obey(Command::Swap(ItemId(0), ItemId(3)));
    assert_eq!(titles(&case), ["3", "2", "0"]);
    case.desk.obey(Command::Move(ItemId(3), 9));
    assert_eq!(titles(&case), ["2", "0", "3"]);
    let ids = case
        .desk
        .add(vec![Item::of_file("a".into()), Item::of_file("b".into())], crate::player::Place::At(1));
    assert_eq!(
        (titles(&case), ids),
        (["2", "a", "b", "0", "3"].map(String::from).into(), vec![ItemId(4), ItemId(5)])
    );
    case.desk.obey(Command::Clear);
    assert_eq!(case.notes(), ["halt"]);
    assert_eq!((case.desk.now.of, case.desk.now.item), (0, None));
}

#[test]
fn what_was_played_is_taken_out_where_that_is_wanted() {
    let mut case = Case::new(3, Repeat::Off);
    case.began(0);
    case.desk.obey(Command::Consume(true));
    case.wanted();
    case.began(1);
    assert_eq!(titles(&case), ["1", "2"]);
    assert_eq!((case.desk.now.number, case.desk.now.of), (Some(1), 2));
}

#[test]
fn it_goes_on_where_it_was_left() {
    let (keeper, kept) = mpsc::channel();
    let mut case = Case::new(3, Repeat::All);
    let items: Vec<Arc<Item>> = case.desk.queue.items().map(|(_, item)| Arc::clone(item)).collect();
    case.desk.origin = Some(Arc::new(Origin { inputs: Vec::new(), part: None, items: items.clone() }));
    case.desk.keeping = Some(Keeping::new(keeper));
    case.desk.obey(Command::Shuffle(Shuffle::Tracks));
    case.desk.obey(Command::Next);
    case.desk.obey(Command::Volume(50));
    case.desk.obey(Command::SeekTo(Duration::from_secs(7)));
    case.desk.quit();
    let Some(Kept::Whole { bookmark, .. }) = kept.try_iter().last() else { panic!("nothing was kept") };
    let mut again = Case::new(0, Repeat::Off);
    again.notes();
    again.desk.open(Opening { items, origin: None, bookmark: Some(bookmark) });
    assert_eq!(again.desk.queue.memory(), case.desk.queue.memory());
    let plays = case.desk.now.item.unwrap().0;
    assert_eq!(again.notes(), ["go on".to_owned(), format!("play {plays} at 7000 ms")]);
    assert_eq!((again.desk.now.shuffle, again.desk.now.repeat), (Shuffle::Tracks, Repeat::All));
}

#[test]
fn another_listing_is_counted_and_says_what_it_is_of() {
    let mut case = Case::new(2, Repeat::Off);
    assert_eq!((case.desk.now.opened, case.desk.view().origin), (0, None));
    let origin = Arc::new(Origin {
        inputs: vec![std::path::PathBuf::from("/b.txt").into()],
        part: None,
        items: Vec::new(),
    });
    let items = vec![Item::of_file("b".into())];
    let shared = items.iter().cloned().map(Arc::new).collect();
    case.desk.open(Opening { items: shared, origin: Some(Arc::clone(&origin)), bookmark: None });
    assert_eq!((case.desk.now.opened, case.desk.view().origin), (1, Some(origin)));
    case.desk.add(items.clone(), crate::player::Place::Append);
    assert_eq!(case.desk.now.opened, 1, "it is the same listing with more in it");
    case.desk.add(items, crate::player::Place::Replace);
    assert_eq!((case.desk.now.opened, case.desk.view().origin), (2, None));
}

#[test]
fn another_way_of_making_tracks_equally_loud_is_heard_at_once() {
    use crate::playback::level::Levelling;
    let mut case = Case::new(2, Repeat::Off);
    case.began(0);
    case.notes();
    case.desk.obey(Command::Level(Levelling::Track));
    assert_eq!(case.notes(), ["level Track", "play 0 from 77"]);
    assert_eq!(case.desk.now.levelling, Levelling::Track);
    case.desk.obey(Command::Level(Levelling::Track));
    assert!(case.notes().is_empty(), "it is so already");
}

#[test]
fn what_was_to_come_first_has_no_priority_any_more_once_it_plays() {
    let mut case = Case::new(3, Repeat::Off);
    case.began(0);
    case.desk.obey(Command::Priority(ItemId(1), 9));
    assert_eq!(case.desk.view().priorities, [(ItemId(1), 9)]);
    let version = case.desk.now.version;
    case.desk.obey(Command::Next);
    case.began(1);
    assert!(case.desk.view().priorities.is_empty());
    assert!(case.desk.now.version > version, "clients hear of it");
}

#[test]
fn outputs_are_switched_by_number_and_by_name() {
    let mut case = Case::new(1, Repeat::Off);
    case.notes();
    case.desk.obey(Command::Output(OutputId(2), Switch::Toggle));
    case.desk.switch(Target::Null, Switch::Only).unwrap();
    assert_eq!(case.notes(), ["output 2 Toggle", "output 7 Only"]);
    case.desk.hear(playback::Event::OutputChanged);
    assert_eq!(case.notes(), ["play 0 at 0 ms"], "what plays goes on there");
}
