//! Takes what belongs to the track that plays beside its names; gives its words, its levels, and room for its cover.
//! Each has room only where the list keeps enough.

use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::{Brush, take_bottom};
use crate::tui::lyrics::LyricsView;
use crate::tui::meters::MeterBars;
use crate::tui::pane::Tone;
use crate::tui::view::View;

/// Columns that a list keeps beside a cover.
const LIST: u16 = 48;

/// The smallest cover, in columns.
const SMALLEST: u16 = 16;

/// The levels, below the list. All channels of a surround set are seen on a high screen only.
pub(super) fn meters(view: &View, screen: Rect, left: &mut Rect, brush: &mut Brush<'_>) {
    let Some(meters) = &view.extras.meters else { return };
    let most = match screen.height {
        ..14 => return,
        14..20 => 1,
        20..34 => 2,
        34.. => 8,
    };
    // Before the first look it is not known how many channels there are: two are usual.
    let rows = match meters.channels() {
        0 => most.min(2),
        channels => u16::try_from(channels).unwrap_or(most).min(most),
    };
    let area = take_bottom(left, rows);
    let styles = (brush.theme.done(), brush.theme.tone(Tone::Faint));
    MeterBars::new(meters).styles(styles.0, styles.1).render(area, brush.buffer);
}

/// Room for the cover, right of the list.
pub(super) fn cover(view: &View, left: &mut Rect) -> Rect {
    // Twice as wide as high is about a square.
    let width = left.width.saturating_sub(LIST + 1).min(2 * left.height);
    if view.extras.cover().is_none() || width < SMALLEST {
        return Rect::default();
    }
    left.width -= width + 1;
    Rect { x: left.right() + 1, width, ..*left }
}

/// The words, in the place of the list.
pub(super) fn lyrics(view: &View, area: Rect, brush: &mut Brush<'_>) {
    let area = Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area };
    if let Some(lyrics) = view.extras.lyrics() {
        let words = LyricsView::new(lyrics, view.extras.place, view.extras.scroll);
        return words.styles(brush.theme.tone(Tone::Plain), brush.theme.current()).render(area, brush.buffer);
    }
    let words = match (&view.now, view.extras.waits_for_lyrics()) {
        (None, _) => "nothing plays",
        (_, true) => "looking for words",
        (_, false) => "no words are known: they come from the file's tags, or an .lrc file beside it",
    };
    brush.write((area.x, area.y), area.width, words, brush.theme.tone(Tone::Faint));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;
    use std::time::Duration;

    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;

    use crate::library::Lyrics;
    use crate::player::{ItemId, Level, Waveform};
    use crate::tui::draw::{Areas, draw};
    use crate::tui::keys::Page;
    use crate::tui::sleeve::Sleeve;
    use crate::tui::view::{Now, View};
    use crate::tui::Theme;

    /// Something plays that has a shape, levels and words.
    fn view() -> View {
        let now = Now {
            playing: true,
            artist: "Survivor".into(),
            title: "Burning Heart".into(),
            elapsed: "1:57".into(),
            length: "3:53".into(),
            share: Some(0.5),
            ..Now::default()
        };
        let mut view = View::default();
        view.now = Some(now);
        let samples: Vec<f32> = (0..64_000).map(|n| (n as f32 / 20_000.0).sin().abs()).collect();
        let lyrics = Lyrics::parse("[00:01]In the warrior's code\n[00:03]There's no surrender\n[00:09]東京");
        let sleeve = Sleeve { lyrics, cover: None };
        let shape = Some(Arc::new(Waveform::of_samples(1, &samples)));
        view.extras.turn_to(Some(ItemId(0)), shape, Some(Arc::new(sleeve)));
        view.extras.place = Duration::from_secs(4);
        view
    }

    fn seen(view: &View, width: u16, height: u16) -> (Vec<String>, Areas) {
        let mut cells = Buffer::empty(Rect::new(0, 0, width, height));
        let areas = draw(view, Theme { colour: false }, &mut cells);
        let row = |y| (0..width).map(|x| cells[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        ((0..height).map(row).collect(), areas)
    }

    #[test]
    fn the_words_stand_where_the_list_does_and_the_shape_is_the_seek_bar() {
        let mut view = view();
        view.open(Page::Lyrics);
        let (rows, areas) = seen(&view, 44, 12);
        assert_eq!(rows[1..=7], ["", "", "   In the warrior's code", " › There's no surrender", "   東 京", "", ""]);
        assert_eq!(areas.list, Rect::default());
        assert_eq!(rows[9], "1:57 ▁▂▃▄▅▆▆▇███▇▆▆▅▄▃⡀⠀ 3:53");
        assert_eq!((areas.seek.height, areas.seek.width), (1, 34));
        let (rows, areas) = seen(&view, 60, 30);
        assert_eq!(areas.seek.height, 2);
        assert!(rows[areas.seek.y as usize].contains('█') && rows[areas.seek.y as usize + 1].contains('⣿'));
    }

    #[test]
    fn levels_take_rows_below_the_list_while_they_are_wanted() {
        let mut view = view();
        let (before, _) = seen(&view, 60, 24);
        view.extras.toggle_meters();
        view.extras.meters.as_mut().unwrap().look(&[Level { peak: 0.5, rms: 0.25 }; 2], Duration::ZERO);
        let (rows, _) = seen(&view, 60, 24);
        let meters: Vec<&String> = rows.iter().filter(|row| row.contains('░')).collect();
        assert_eq!(meters.len(), 2);
        assert!(meters[0].starts_with("L ███") && meters[1].ends_with("-6.0"), "{meters:?}");
        view.extras.toggle_meters();
        assert_eq!(seen(&view, 60, 24).0, before);
    }

    #[test]
    fn without_words_it_is_said_why() {
        let mut view = View::default();
        view.open(Page::Lyrics);
        assert!(seen(&view, 60, 12).0.iter().any(|row| row.contains("nothing plays")));
        view.now = Some(Now::default());
        assert!(seen(&view, 90, 12).0.iter().any(|row| row.contains("no words are known")));
        view.extras.turn_to(Some(ItemId(3)), None, None);
        assert!(seen(&view, 60, 12).0.iter().any(|row| row.contains("looking for words")));
    }

    #[cfg(feature = "art")]
    #[test]
    fn a_cover_has_room_beside_a_list_that_keeps_its_own() {
        let mut view = view();
        let picture = crate::tui::Picture::decode(include_bytes!("../../../tests/fixtures/two_colours.jpg")).unwrap();
        let sleeve = Sleeve { lyrics: None, cover: Some(Arc::new(picture)) };
        view.extras.turn_to(Some(ItemId(0)), None, Some(Arc::new(sleeve)));
        let cover = |view: &View, width, height| seen(view, width, height).1.cover;
        let wide = cover(&view, 120, 24);
        assert!(wide.width >= 20 && wide.right() == 120 && !wide.is_empty(), "{wide:?}");
        assert_eq!(cover(&view, 60, 24), Rect::default(), "the list needs it");
        let list = seen(&view, 120, 24).1.list;
        assert!(list.right() < wide.x && list.width >= super::LIST);
        view.extras.hides_cover = true;
        assert_eq!(cover(&view, 120, 24), Rect::default());
    }
}
