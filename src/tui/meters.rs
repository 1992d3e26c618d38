//! Takes how loud each channel is, look by look; gives a bar for each: solid up to its RMS, shaded up to its peak, and a
//! mark where the peak was highest of late. Scales and falls as studio meters do.
//! Never asks a clock: the time that has passed is told.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr;

use crate::player::Level;

/// The left end of a bar, in dBFS.
const FLOOR: f32 = -60.0;

/// How fast a bar falls, in dB a second: 20 dB in 1.7 s (IEC 60268-10, type I).
const FALL: f32 = 20.0 / 1.7;

/// How long the highest peak is marked.
const HELD: Duration = Duration::from_millis(1500);

/// Eighths of a cell, from the left.
const EIGHTHS: [&str; 8] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// What a value takes: ` -12.3`.
const VALUE: u16 = 6;

/// Narrower bars show nothing.
const NARROWEST: u16 = 10;

/// One channel, in dBFS.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Channel {
    rms: f32,
    peak: f32,
    /// The highest peak of late, and for how long it was that.
    held: f32,
    held_for: Duration,
}

impl Default for Channel {
    fn default() -> Self {
        Self { rms: FLOOR, peak: FLOOR, held: FLOOR, held_for: Duration::ZERO }
    }
}

/// What the meters show. Rises at once, falls slowly.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Meters {
    channels: Vec<Channel>,
}

fn decibels(amplitude: f32) -> f32 {
    (20.0 * amplitude.log10()).max(FLOOR).min(0.0) // silence is minus infinity, and what is no number the floor
}

impl Meters {
    /// Takes a look, so long after the one before. Without levels (nothing plays) all bars fall.
    pub fn look(&mut self, levels: &[Level], passed: Duration) {
        if !levels.is_empty() && levels.len() != self.channels.len() {
            self.channels = vec![Channel::default(); levels.len()]; // another device
        }
        let fallen = FALL * passed.as_secs_f32();
        for (at, channel) in self.channels.iter_mut().enumerate() {
            let level = levels.get(at).copied().unwrap_or_default();
            channel.rms = decibels(level.rms).max(channel.rms - fallen).max(FLOOR);
            channel.peak = decibels(level.peak).max(channel.peak - fallen).max(FLOOR);
            channel.held_for = channel.held_for.saturating_add(passed);
            if channel.peak >= channel.held {
                (channel.held, channel.held_for) = (channel.peak, Duration::ZERO);
            } else if channel.held_for > HELD {
                channel.held = channel.peak.max(channel.held - fallen);
            }
        }
    }

    /// Whether all has fallen: without sound nothing will move any more.
    pub fn is_still(&self) -> bool {
        self.channels.iter().all(|channel| channel.held <= FLOOR)
    }

    /// How many channels there are: so many rows show each of them.
    pub fn channels(&self) -> usize {
        self.channels.len()
    }

    /// The channels of row `row` of `rows`, from the first to before the last.
    fn of_row(&self, row: usize, rows: usize) -> std::ops::Range<usize> {
        let count = self.channels.len();
        row * count / rows..(row + 1) * count / rows
    }
}

/// What a channel is called, in the order of WAVE files.
fn name(channel: usize, of: usize) -> String {
    let names: &[&str] = match of {
        1 => &["M"],
        2 => &["L", "R"],
        3 => &["L", "R", "C"],
        4 => &["L", "R", "Ls", "Rs"],
        5 => &["L", "R", "C", "Ls", "Rs"],
        6 => &["L", "R", "C", "LFE", "Ls", "Rs"],
        7 => &["L", "R", "C", "LFE", "Cs", "Ls", "Rs"],
        8 => &["L", "R", "C", "LFE", "Lb", "Rb", "Ls", "Rs"],
        _ => &[],
    };
    names.get(channel).map_or_else(|| (channel + 1).to_string(), |name| (*name).to_owned())
}

/// Draws [`Meters`], a channel a row. Where there are fewer rows, neighbours share one, and the louder is seen.
#[derive(Debug, Clone, Copy)]
pub struct MeterBars<'a> {
    meters: &'a Meters,
    bar: Style,
    words: Style,
}

impl<'a> MeterBars<'a> {
    /// Of these.
    pub fn new(meters: &'a Meters) -> Self {
        Self { meters, bar: Style::new(), words: Style::new() }
    }

    /// How bars look, and the words beside them.
    pub fn styles(self, bar: Style, words: Style) -> Self {
        Self { bar, words, ..self }
    }

    fn row(&self, channels: std::ops::Range<usize>, name: &str, names: u16, area: Rect, buf: &mut Buffer) {
        let loudest = self.meters.channels[channels].iter().fold(Channel::default(), |all, one| Channel {
            rms: all.rms.max(one.rms),
            peak: all.peak.max(one.peak),
            held: all.held.max(one.held),
            held_for: Duration::ZERO,
        });
        buf.set_stringn(area.x, area.y, name, usize::from(names), self.words);
        let has_value = area.width >= names + VALUE + NARROWEST;
        let bar =
            Rect { x: area.x + names, width: area.width - names - if has_value { VALUE } else { 0 }, ..area };
        draw(&loudest, bar, self.bar, buf);
        if has_value {
            let value =
                if loudest.held > FLOOR { format!("{:6.1}", loudest.held) } else { "     -".to_owned() };
            buf.set_stringn(bar.right(), area.y, value, usize::from(VALUE), self.words);
        }
    }
}

/// A bar of one row.
fn draw(channel: &Channel, area: Rect, style: Style, buf: &mut Buffer) {
    let eighths = |level: f32| {
        let share = (level - FLOOR) / -FLOOR;
        (share * f32::from(area.width) * 8.0).round() as u16
    };
    let (rms, peak) = (eighths(channel.rms), eighths(channel.peak));
    // The mark stands in the cell that its peak ends in.
    let mark = (channel.held > FLOOR).then(|| eighths(channel.held).div_ceil(8).max(1) - 1);
    for column in 0..area.width {
        let here = rms.saturating_sub(8 * column).min(8);
        let symbol = match here {
            8 => "█",
            _ if mark == Some(column) => "│",
            0 if peak > 8 * column => "░",
            0 => " ",
            part => EIGHTHS[usize::from(part)],
        };
        buf[(area.x + column, area.y)].set_symbol(symbol).set_style(style);
    }
}

impl Widget for MeterBars<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        let count = self.meters.channels();
        let rows = count.min(usize::from(area.height));
        let called = |row: usize| {
            let names: Vec<String> =
                self.meters.of_row(row, rows).map(|channel| name(channel, count)).collect();
            names.join("/")
        };
        let names: Vec<String> = (0..rows).map(called).collect();
        let widest = names.iter().map(|name| name.width()).max().unwrap_or(0).min(7) as u16 + 1;
        if area.width <= widest {
            return;
        }
        for (row, name) in names.iter().enumerate() {
            // No more rows than the area has.
            let place = Rect { y: area.y + row as u16, height: 1, ..area };
            self.row(self.meters.of_row(row, rows), name, widest, place, buf);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::drawn;

    const SECOND: Duration = Duration::from_secs(1);

    fn level(peak_db: f32, rms_db: f32) -> Level {
        Level { peak: 10_f32.powf(peak_db / 20.0), rms: 10_f32.powf(rms_db / 20.0) }
    }

    fn meters(levels: &[Level]) -> Meters {
        let mut meters = Meters::default();
        meters.look(levels, Duration::ZERO);
        meters
    }

    fn bars(width: u16, rows: u16, meters: &Meters) -> Vec<String> {
        drawn(width, rows, MeterBars::new(meters))
    }

    #[test]
    fn stereo_is_two_bars() {
        let meters = meters(&[level(-6.0, -18.0), level(0.0, -31.0)]);
        assert_eq!(
            bars(38, 2, &meters),
            ["L █████████████████████░░░░░│     -6.0", "R ██████████████▌░░░░░░░░░░░░░░│   0.0"]
        );
        assert_eq!(bars(14, 2, &meters), ["L ████████▍░│ ", "R █████▊░░░░░│"], "no room for a value");
        assert_eq!(bars(24, 1, &meters), ["L/R █████████▊░░░│   0.0"], "one row for both");
    }

    #[test]
    fn mono_and_surround_have_their_names() {
        assert_eq!(bars(20, 1, &meters(&[level(-30.0, -30.0)])), ["M ██████       -30.0"]);
        let surround = meters(&[level(-12.0, -24.0); 6]);
        let names: Vec<String> = bars(20, 6, &surround).iter().map(|row| row[..4].to_owned()).collect();
        assert_eq!(names, ["L   ", "R   ", "C   ", "LFE ", "Ls  ", "Rs  "]);
        let names: Vec<String> = bars(24, 3, &surround).iter().map(|row| row[..6].to_owned()).collect();
        assert_eq!(names, ["L/R   ", "C/LFE ", "Ls/Rs "]);
        assert_eq!(bars(10, 20, &meters(&[level(0.0, 0.0); 12])).len(), 20);
    }

    #[test]
    fn silence_is_empty() {
        let meters = meters(&[Level::default(); 2]);
        assert!(meters.is_still());
        assert_eq!(bars(20, 2, &meters), ["L                  -", "R                  -"]);
        assert_eq!(bars(20, 1, &Meters::default()), ["                    "]);
        let odd = self::meters(&[Level { peak: f32::NAN, rms: f32::NEG_INFINITY }]);
        assert!(odd.is_still());
    }

    #[test]
    fn it_rises_at_once_falls_slowly_and_marks_the_highest() {
        let mut meters = meters(&[level(-10.0, -20.0)]);
        meters.look(&[Level::default()], SECOND);
        let shown = meters.channels[0];
        assert!(
            (shown.peak + 10.0 + FALL).abs() < 0.01 && (shown.rms + 20.0 + FALL).abs() < 0.01,
            "{shown:?}"
        );
        assert!((shown.held + 10.0).abs() < 0.01);
        meters.look(&[level(-40.0, -40.0)], SECOND);
        assert!(meters.channels[0].held < -20.0, "after its time the mark falls, too");
        meters.look(&[level(-1.0, -3.0)], Duration::ZERO);
        assert!((meters.channels[0].held + 1.0).abs() < 0.01 && (meters.channels[0].rms + 3.0).abs() < 0.01);
    }

    #[test]
    fn without_sound_it_comes_to_rest_and_another_device_begins_anew() {
        let mut meters = meters(&[level(0.0, 0.0); 2]);
        for _ in 0..20 {
            meters.look(&[], SECOND / 2);
        }
        assert!(meters.is_still());
        assert_eq!(meters.channels(), 2);
        meters.look(&[level(-3.0, -3.0); 6], SECOND);
        assert_eq!(meters.channels(), 6);
    }

    #[test]
    fn no_area_is_too_small() {
        let meters = meters(&[level(0.0, -3.0); 2]);
        for width in 0..30 {
            for rows in 0..4 {
                bars(width, rows, &meters);
            }
        }
    }
}
