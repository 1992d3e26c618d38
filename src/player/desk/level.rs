//! Takes how tracks are to be made equally loud; gives that to the engine, and has measured what no tags speak of.
//! Never knows a level.

use std::sync::Arc;

use super::{Desk, Sound};
use crate::playback::Place;
use crate::playback::level::{Levelling, Measurer};
use crate::player::{Change, Event};

impl<S: Sound> Desk<S> {
    /// Has the music made equally loud in another way, what plays too.
    pub(super) fn level(&mut self, levelling: Levelling) {
        if self.leveller.levelling == levelling {
            return;
        }
        self.leveller.levelling = levelling;
        self.now.levelling = levelling;
        self.sound.set_levelling(self.leveller.clone());
        self.measure();
        // From where the device is; the cross-fade hides it. What is not heard yet begins with the new gain anyway.
        if let (Some(position), Some(media), true) =
            (self.sound.taken(), self.now.item.and_then(|id| self.media(id)), self.now.going_to.is_none())
        {
            self.forget_named();
            self.sound.play(media, Place::Frame(position.frame));
        }
        self.say(Event::Changed(Change::Ending));
    }

    /// Has measured what is to be made equally loud.
    pub(in crate::player) fn measure(&mut self) {
        let memory = self.leveller.memory.as_ref().filter(|_| !self.leveller.is_off());
        match memory {
            None => self.measurer = None,
            Some(memory) if self.measurer.is_none() => {
                self.measurer = Some(Measurer::start(Arc::clone(memory)));
                self.measure_ahead();
            }
            Some(_) => {}
        }
    }
}
