//! Decodes a file and draws its shape, as the seek bar shows it when half of the track is played.
//!
//! ```text
//! cargo run --release --example draw_waveform -- FILE [COLUMNS [ROWS]]
//! ```

use std::path::PathBuf;
use std::process::ExitCode;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;
use tonearm::playback::Part;
use tonearm::playback::decode::DecodeError;
use tonearm::playback::waveform::Waveform;
use tonearm::tui::waveform::SeekBar;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let Some(file) = args.next().map(PathBuf::from) else {
        eprintln!("usage: draw_waveform FILE [COLUMNS [ROWS]]");
        return ExitCode::from(2);
    };
    let mut number = |usual: u16| {
        let said = args.next().and_then(|word| word.to_str()?.parse().ok());
        said.filter(|number| (1..=1000).contains(number)).unwrap_or(usual)
    };
    let area = Rect::new(0, 0, number(72), number(2));
    match Waveform::of(&Part::from(file.clone()), || Ok::<(), DecodeError>(())) {
        Ok(shape) => {
            draw(&shape, area);
            let (pieces, loudest) = (shape.pieces().len(), shape.loudest());
            println!("{pieces} pieces; the loudest: peak {}, RMS {} of 255", loudest.peak, loudest.rms);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{} {error}", file.display());
            ExitCode::FAILURE
        }
    }
}

/// A widget draws into cells; here they are printed.
fn draw(shape: &Waveform, area: Rect) {
    let mut cells = Buffer::empty(area);
    SeekBar::new(Some(shape), Some(0.5)).render(area, &mut cells);
    for row in 0..area.height {
        let line: String = (0..area.width).map(|column| cells[(column, row)].symbol()).collect();
        println!("{}", line.trim_end());
    }
}
