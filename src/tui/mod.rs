//! The terminal's full screen. Takes how the player stands, as plain data; gives cells on a terminal.
//! Never decides what plays.

#[cfg(feature = "art")]
pub mod art;
pub mod lyrics;
pub mod meters;
pub mod sleeve;
pub mod waveform;

/// What a widget draws in an area of its own, row by row; behind a wide character stands a space.
#[cfg(test)]
fn drawn(width: u16, rows: u16, widget: impl ratatui::widgets::Widget) -> Vec<String> {
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, rows));
    widget.render(buffer.area, &mut buffer);
    (0..rows).map(|y| (0..width).map(|x| buffer[(x, y)].symbol()).collect()).collect()
}
