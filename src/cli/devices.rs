//! `tonearm devices`: takes nothing; gives the outputs there are, the default marked.
//! Never opens one.

use super::exit::Exit;
use super::say;
use crate::playback::output::{self, Device};
use crate::sanitise;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> anyhow::Result<Exit> {
    let devices = output::devices();
    if options.json {
        say::line(&say::json(&as_json(&devices))?);
    } else {
        say::data(&as_text(&devices));
    }
    Ok(if devices.is_empty() { Exit::NoOutput } else { Exit::Done })
}

fn as_json(devices: &[Device]) -> serde_json::Value {
    devices
        .iter()
        .map(|device| {
            serde_json::json!({
                "output": device.output, "name": device.name, "system": device.system,
                "default": device.is_default,
                "rate": device.shape.map(|(rate, _)| rate),
                "channels": device.shape.map(|(_, channels)| channels),
            })
        })
        .collect()
}

fn as_text(devices: &[Device]) -> String {
    if devices.is_empty() {
        return "There is no audio output here. `--output null` plays without sound.\n".into();
    }
    let width = devices.iter().map(|device| device.output.chars().count()).max().unwrap_or(0);
    let lines = devices.iter().map(|device| {
        let mark = if device.is_default { '*' } else { ' ' };
        let shape = device.shape.map(|(rate, channels)| format!(", {rate} Hz, {channels} channels"));
        format!(
            "{mark} {:width$}  {} ({}{})\n",
            sanitise::line(&device.output),
            sanitise::line(&device.name),
            device.system,
            shape.unwrap_or_default()
        )
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_marked_and_names_are_made_safe() {
        let device = |output: &str, is_default| Device {
            output: output.into(),
            name: "Front\x1b[31m speakers".into(),
            system: "ALSA".into(),
            is_default,
            shape: Some((48_000, 2)),
        };
        let text = as_text(&[device("alsa", true), device("alsa:hw:1", false)]);
        assert_eq!(
            text,
            "* alsa       Front[31m speakers (ALSA, 48000 Hz, 2 channels)\n\
             \x20 alsa:hw:1  Front[31m speakers (ALSA, 48000 Hz, 2 channels)\n"
        );
    }
}
