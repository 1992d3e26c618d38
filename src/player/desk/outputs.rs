//! Takes which outputs are to play; gives that to the engine, and says where the sound goes.
//! Never opens one.

use super::{Desk, Sound};
use crate::playback::output::{OutputError, Target};
use crate::player::{Change, Event, OutputId, Switch};

impl<S: Sound> Desk<S> {
    /// Switches an output by its name.
    pub(in crate::player) fn switch(&mut self, target: Target, switch: Switch) -> Result<(), OutputError> {
        let id = self.sound.output_called(target);
        let outcome = self.sound.switch(id, switch);
        self.say(Event::Changed(Change::Outputs));
        outcome
    }

    pub(super) fn switch_output(&mut self, id: OutputId, switch: Switch) {
        match self.sound.switch(id, switch) {
            Ok(()) => self.say(Event::Changed(Change::Outputs)),
            Err(error) => self.say(Event::OutputRefused(error)),
        }
    }

    /// Outputs change when somebody says so, and when they say so themselves.
    pub(super) fn look_at_outputs(&mut self, event: &Event) {
        let changes = matches!(
            event,
            Event::Changed(Change::Outputs)
                | Event::Beside(..)
                | Event::OutputLost(_)
                | Event::OutputBack
                | Event::OutputMoved
                | Event::OutputBroken(_)
        );
        if changes || self.now.outputs.is_empty() {
            self.now.outputs = self.sound.outputs().into();
        }
    }
}
