//! Takes a picture as large as it is to be seen; gives it in sixels (DEC STD 070; VT330/VT340 manual, chapter 14).
//! Never uses more than the 256 colours that every such terminal has.

use std::fmt::Write;

use super::Picture;

/// Steps of red, green and blue: 252 colours; the eye sees green best.
const STEPS: [u16; 3] = [6, 7, 6];

/// Rows of a band: a sixel is six pixels, one above the other.
const BAND: usize = 6;

pub(super) fn encode(picture: &Picture) -> Vec<u8> {
    let (width, height) = picture.size();
    let colours = dithered(picture);
    let mut said = format!("\x1bP0;1;0q\"1;1;{width};{height}");
    for colour in 0..STEPS.iter().product::<u16>() {
        let [red, green, blue] = parts(colour).map(|(part, steps)| part * 100 / (steps - 1));
        let _ = write!(said, "#{colour};2;{red};{green};{blue}"); // a string takes everything
    }
    for band in colours.chunks(BAND * width) {
        encode_band(band, width, &mut said);
        said.push('-');
    }
    said.push_str("\x1b\\");
    said.into_bytes()
}

/// A band, colour by colour, each from the left again.
fn encode_band(band: &[u8], width: usize, said: &mut String) {
    let mut used = [false; 256];
    band.iter().for_each(|colour| used[usize::from(*colour)] = true);
    for colour in (0..=u8::MAX).filter(|colour| used[usize::from(*colour)]) {
        let _ = write!(said, "#{colour}");
        let sixel = |x: usize| {
            let rows = band.chunks(width).enumerate();
            rows.fold(0, |bits, (y, row)| bits | u8::from(row[x] == colour) << y)
        };
        let mut run = (sixel(0), 0);
        for x in 0..width {
            let bits = sixel(x);
            if bits == run.0 {
                run.1 += 1;
            } else {
                push_run(run, said);
                run = (bits, 1);
            }
        }
        if run.0 != 0 {
            push_run(run, said);
        }
        said.push('$');
    }
}

fn push_run((bits, count): (u8, usize), said: &mut String) {
    let sixel = char::from(b'?' + bits);
    if count > 3 {
        let _ = write!(said, "!{count}{sixel}");
    } else {
        said.extend(std::iter::repeat_n(sixel, count));
    }
}

/// The steps of a colour's parts, and how many there are of each.
fn parts(colour: u16) -> [(u16, u16); 3] {
    let [reds, greens, blues] = STEPS;
    [(colour / (greens * blues) % reds, reds), (colour / blues % greens, greens), (colour % blues, blues)]
}

/// The colour of each pixel; what it lacks is given to its neighbours (Floyd and Steinberg, 1976).
fn dithered(picture: &Picture) -> Vec<u8> {
    let (width, height) = picture.size();
    let mut colours = Vec::with_capacity(width * height);
    // What the pixels of this row and the next are to be brighter by, in sixteenths; a place more at both ends.
    let mut now = vec![[0_i32; 3]; width + 2];
    let mut next = now.clone();
    for row in picture.rgb().chunks(width) {
        for (x, pixel) in row.iter().enumerate() {
            let mut colour = 0;
            for part in 0..3 {
                let steps = i32::from(STEPS[part]) - 1;
                let wanted = (i32::from(pixel[part]) + now[x + 1][part] / 16).clamp(0, 255);
                let step = (wanted * steps + 127) / 255;
                colour = colour * (steps + 1) + step;
                let lacks = wanted - step * 255 / steps;
                now[x + 2][part] += 7 * lacks;
                next[x][part] += 3 * lacks;
                next[x + 1][part] += 5 * lacks;
                next[x + 2][part] += lacks;
            }
            colours.push(colour as u8); // fewer than 256
        }
        std::mem::swap(&mut now, &mut next);
        next.fill([0; 3]);
    }
    colours
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// What a terminal makes of it: the number of each pixel's colour.
    fn seen(said: &str, width: usize, height: usize) -> Vec<u16> {
        let body = said.strip_suffix("\x1b\\").unwrap().split_once("q\"").unwrap().1;
        let mut pixels = vec![u16::MAX; width * height];
        let (mut x, mut y, mut colour, mut count) = (0, 0, 0, 1);
        let mut rest = body.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        while let Some(c) = rest.chars().next() {
            rest = &rest[1..];
            let number = |rest: &mut &str| {
                let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap();
                let number: usize = rest[..end].parse().unwrap();
                *rest = &rest[end..];
                number
            };
            match c {
                '#' => {
                    colour = number(&mut rest) as u16;
                    while rest.starts_with(';') {
                        rest = &rest[1..];
                        assert!(number(&mut rest) <= 100);
                    }
                }
                '!' => count = number(&mut rest),
                '$' => x = 0,
                '-' => (x, y) = (0, y + BAND),
                sixel => {
                    let bits = sixel as u8 - b'?';
                    for _ in 0..std::mem::replace(&mut count, 1) {
                        for row in (0..BAND).filter(|row| bits >> row & 1 == 1) {
                            pixels[(y + row) * width + x] = colour;
                        }
                        x += 1;
                    }
                }
            }
        }
        pixels
    }

    #[test]
    fn every_pixel_comes_out_in_its_colour() {
        let picture = Picture::of(23, 14, |x, y| [(x * 11) as u8, (y * 18) as u8, ((x + y) * 6) as u8]);
        let said = String::from_utf8(encode(&picture)).unwrap();
        assert!(said.starts_with("\x1bP0;1;0q\"1;1;23;14#0;2;0;0;0"));
        let wanted: Vec<u16> = dithered(&picture).into_iter().map(u16::from).collect();
        assert_eq!(seen(&said, 23, 14), wanted);
    }

    #[test]
    fn plain_colours_stay_plain_and_between_them_the_mean_is_right() {
        assert!(dithered(&Picture::of(8, 8, |_, _| [255; 3])).iter().all(|colour| *colour == 251));
        assert!(dithered(&Picture::of(8, 8, |_, _| [0; 3])).iter().all(|colour| *colour == 0));
        let grey = dithered(&Picture::of(60, 60, |_, _| [100; 3]));
        let reds: u32 = grey.iter().map(|colour| u32::from(parts(u16::from(*colour))[0].0) * 51).sum();
        assert!(reds.abs_diff(100 * 3600) < 2 * 3600, "{}", reds / 3600);
    }
}
