//! Takes the outputs that sound and those that the system has; gives their page, and switches between them.
//! Never waits for a device: what may be slow is done in a thread.

use super::Full;
use crate::cli::attend::Happening;
use crate::cli::panes;
use crate::playback::output::{self, Device};
use crate::player::Switch;
use crate::tui::Said;
use crate::tui::keys::Page;

impl Full<'_> {
    /// Asks the system, from a thread: some answer slowly.
    pub(super) fn look_for_outputs(&mut self) {
        let say = self.say.clone();
        let looking = std::thread::Builder::new().name("outputs".into()).spawn(move || {
            let _ = say.send(Happening::Outputs(output::devices()));
        });
        if let Err(error) = looking {
            self.say(&error.to_string());
        }
    }

    /// The outputs there are.
    pub(in crate::cli) fn outputs(&mut self, devices: Vec<Device>) {
        self.devices = devices;
        self.outputs_changed();
    }

    /// The sound goes elsewhere, or could.
    pub(in crate::cli) fn outputs_changed(&mut self) {
        self.outward = panes::outward(&self.room.remote.status().outputs, &self.devices);
        self.view.set(Page::Outputs, panes::outputs(&self.outward));
        self.changed();
    }

    /// Switches an output, in a thread: a device may take its time.
    pub(super) fn switch(&mut self, output: usize, switch: Switch) {
        let Some(place) = self.outward.get(output) else { return };
        let (target, remote, say) = (place.target.clone(), self.room.remote.clone(), self.say.clone());
        let switching = std::thread::Builder::new().name("switch".into()).spawn(move || {
            if let Err(error) = remote.switch(target, switch) {
                let _ = say.send(Happening::Said(Said::Words(format!("! {error}"))));
            }
        });
        if let Err(error) = switching {
            self.say(&error.to_string());
        }
    }
}
