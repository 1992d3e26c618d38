//! Takes the player's orders; gives them to the engine, or to whatever stands in its place.
//! Never decides anything.

use crate::playback::level::Leveller;
use crate::playback::output::{OutputError, Target};
use crate::playback::{Engine, Hand, Media, Outlet, OutputId, Place, Position, Switch};

/// What the player needs of an engine; tests put a plain recorder in its place.
pub(in crate::player) trait Sound {
    fn play(&mut self, media: Media, from: Place);
    fn follow(&mut self, media: Option<Media>);
    fn instead(&mut self, media: Option<Media>);
    fn halt(&mut self);
    fn set_playing(&mut self, playing: bool);
    fn set_gain(&mut self, gain: f32);
    fn hand(&self) -> Option<Hand>;
    fn taken(&self) -> Option<Position>;
    fn set_levelling(&mut self, leveller: Leveller);
    fn outputs(&self) -> Vec<Outlet>;
    fn switch(&mut self, id: OutputId, switch: Switch) -> Result<(), OutputError>;
    fn output_called(&mut self, target: Target) -> OutputId;
}

impl Sound for Engine {
    fn play(&mut self, media: Media, from: Place) {
        self.play(media, from);
    }
    fn follow(&mut self, media: Option<Media>) {
        self.follow(media);
    }
    fn instead(&mut self, media: Option<Media>) {
        self.instead(media);
    }
    fn halt(&mut self) {
        self.halt();
    }
    fn set_playing(&mut self, playing: bool) {
        self.set_playing(playing);
    }
    fn set_gain(&mut self, gain: f32) {
        self.set_gain(gain);
    }
    fn hand(&self) -> Option<Hand> {
        self.hand()
    }
    fn taken(&self) -> Option<Position> {
        self.taken()
    }
    fn set_levelling(&mut self, leveller: Leveller) {
        self.set_levelling(leveller);
    }
    fn outputs(&self) -> Vec<Outlet> {
        self.outputs()
    }
    fn switch(&mut self, id: OutputId, switch: Switch) -> Result<(), OutputError> {
        self.switch(id, switch)
    }
    fn output_called(&mut self, target: Target) -> OutputId {
        self.output_called(target)
    }
}
