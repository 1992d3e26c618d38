//! Takes the headers of a Vorbis stream; gives them with the coupled channels in the order in which
//! symphonia 0.6.1 undoes the coupling: it goes from the first pair to the last, where the format wants the
//! last first. Changes nothing else, and nothing at all in stereo.
//!
//! Header: Vorbis I specification, 4.2.4; bits are packed from the lowest up (2.1.4).

/// The headers as a container keeps them (identification and setup, perhaps with lacing and comment), with
/// the pairs of every mapping reversed. `None` where they are not understood, and where a mapping couples no
/// channels: short blocks of more than two of those come out wrong (symphonia 0.6.1).
pub(super) fn reversed(headers: &[u8], channels: u32) -> Option<Vec<u8>> {
    let setup = setup_at(headers)?;
    let mut bits = Bits { bytes: headers.get(setup..)?, at: 7 * 8 };
    let mut reversed = headers.to_vec();
    for pairs in couplings(&mut bits, channels)? {
        if pairs.count == 0 {
            return None;
        }
        swap(&mut reversed[setup..], &pairs);
    }
    Some(reversed)
}

/// How much sound a packet brings, which takes the packet before it too.
#[derive(Debug)]
pub(super) struct Lengths {
    /// Frames of a short and of a long block.
    blocks: [u64; 2],
    /// Whether the packets of a mode are long.
    modes: Vec<bool>,
    before: Option<u64>,
}

impl Lengths {
    /// Reads the headers as a container keeps them.
    pub(super) fn read(headers: &[u8], channels: u32) -> Option<Self> {
        let setup = setup_at(headers)?;
        let identification = headers.windows(7).position(|window| window == b"\x01vorbis")?;
        let sizes = *headers.get(identification + 28)?;
        let mut bits = Bits { bytes: headers.get(setup..)?, at: 7 * 8 };
        couplings(&mut bits, channels)?;
        let mut modes = Vec::new();
        for _ in 0..bits.count(6)? {
            modes.push(bits.take(1)? == 1);
            bits.skip(16 + 16 + 8)?;
        }
        Some(Self { blocks: [1 << (sizes & 15), 1 << (sizes >> 4)], modes, before: None })
    }

    /// Frames that the next packet brings: half of what it overlaps with the one before; the first brings none.
    pub(super) fn next(&mut self, packet: &[u8]) -> Option<u64> {
        let mut bits = Bits { bytes: packet, at: 0 };
        if bits.take(1)? != 0 {
            return None;
        }
        let mode = bits.take(width(self.modes.len() as u32 - 1))?;
        let block = self.blocks[usize::from(*self.modes.get(mode as usize)?)];
        Some(self.before.replace(block).map_or(0, |before| before / 4 + block / 4))
    }
}

/// Where the setup header begins.
fn setup_at(headers: &[u8]) -> Option<usize> {
    if headers.starts_with(b"\x01vorbis") {
        return is_setup(headers, 30).then_some(30);
    }
    // Xiph lacing: packets less one, then the lengths of all but the last.
    let (&2, mut lacing) = headers.split_first()? else { return None };
    let mut len = 0;
    for _ in 0..2 {
        loop {
            let (&byte, rest) = lacing.split_first()?;
            lacing = rest;
            len += usize::from(byte);
            if byte < 255 {
                break;
            }
        }
    }
    let at = headers.len() - lacing.len() + len;
    is_setup(headers, at).then_some(at)
}

fn is_setup(headers: &[u8], at: usize) -> bool {
    headers.get(at..).is_some_and(|setup| setup.starts_with(b"\x05vorbis"))
}

/// The pairs of one mapping: where each begins, and its bits.
struct Pairs {
    at: usize,
    count: usize,
    bits: usize,
}

fn swap(setup: &mut [u8], pairs: &Pairs) {
    let bit = |bytes: &[u8], at: usize| bytes[at / 8] >> (at % 8) & 1;
    for (front, back) in (0..pairs.count / 2).map(|n| (n, pairs.count - 1 - n)) {
        for offset in 0..pairs.bits {
            let (a, b) = (pairs.at + front * pairs.bits + offset, pairs.at + back * pairs.bits + offset);
            if bit(setup, a) != bit(setup, b) {
                setup[a / 8] ^= 1 << (a % 8);
                setup[b / 8] ^= 1 << (b % 8);
            }
        }
    }
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// A number of up to 32 bits.
    fn take(&mut self, bits: usize) -> Option<u32> {
        let mut value = 0;
        for bit in 0..bits {
            let byte = *self.bytes.get(self.at / 8)?;
            value |= u32::from(byte >> (self.at % 8) & 1) << bit;
            self.at += 1;
        }
        Some(value)
    }

    fn skip(&mut self, bits: usize) -> Option<()> {
        self.at = self.at.checked_add(bits)?;
        (self.at <= self.bytes.len() * 8).then_some(())
    }

    /// A number of things, written less one.
    fn count(&mut self, bits: usize) -> Option<u32> {
        Some(self.take(bits)? + 1)
    }
}

fn couplings(bits: &mut Bits<'_>, channels: u32) -> Option<Vec<Pairs>> {
    for _ in 0..bits.count(8)? {
        codebook(bits)?;
    }
    for _ in 0..bits.count(6)? {
        bits.skip(16)?;
    }
    for _ in 0..bits.count(6)? {
        floor(bits)?;
    }
    for _ in 0..bits.count(6)? {
        residue(bits)?;
    }
    let mappings = bits.count(6)?;
    (0..mappings).map(|_| mapping(bits, channels)).collect()
}

/// 3.2.1
fn codebook(bits: &mut Bits<'_>) -> Option<()> {
    if bits.take(24)? != 0x56_4342 {
        return None;
    }
    let (dimensions, entries) = (bits.take(16)?, bits.take(24)?);
    if bits.take(1)? == 1 {
        bits.skip(5)?;
        let mut entry = 0;
        while entry < entries {
            entry = entry.checked_add(bits.take(width(entries - entry))?)?;
        }
    } else {
        let is_sparse = bits.take(1)? == 1;
        for _ in 0..entries {
            if !is_sparse || bits.take(1)? == 1 {
                bits.skip(5)?;
            }
        }
    }
    let lookup = bits.take(4)?;
    if lookup == 0 {
        return Some(());
    }
    bits.skip(64)?;
    let value_bits = bits.count(4)? as usize;
    bits.skip(1)?;
    let values = match lookup {
        1 => largest_root(entries, dimensions)?,
        2 => entries.checked_mul(dimensions)?,
        _ => return None,
    };
    bits.skip(value_bits.checked_mul(values as usize)?)
}

/// 7.2.2 for type 1, 6.2.1 for type 0.
fn floor(bits: &mut Bits<'_>) -> Option<()> {
    match bits.take(16)? {
        0 => {
            bits.skip(8 + 16 + 16 + 6 + 8)?;
            let books = bits.count(4)? as usize;
            bits.skip(books * 8)
        }
        1 => {
            let partitions = bits.take(5)?;
            let classes: Option<Vec<usize>> = (0..partitions).map(|_| Some(bits.take(4)? as usize)).collect();
            let classes = classes?;
            let mut dimensions = Vec::new();
            for _ in 0..classes.iter().max().map_or(0, |largest| largest + 1) {
                dimensions.push(bits.count(3)? as usize);
                let subclasses = bits.take(2)?;
                bits.skip(if subclasses > 0 { 8 } else { 0 })?;
                bits.skip(8 << subclasses)?;
            }
            bits.skip(2)?;
            let range = bits.take(4)? as usize;
            let points: usize = classes.iter().map(|class| dimensions[*class]).sum();
            bits.skip(points * range)
        }
        _ => None,
    }
}

/// 8.6.1
fn residue(bits: &mut Bits<'_>) -> Option<()> {
    bits.skip(16 + 3 * 24)?;
    let classes = bits.count(6)?;
    bits.skip(8)?;
    let mut books = 0;
    for _ in 0..classes {
        books += bits.take(3)?.count_ones() as usize;
        if bits.take(1)? == 1 {
            books += bits.take(5)?.count_ones() as usize;
        }
    }
    bits.skip(books * 8)
}

/// 4.2.4, mappings
fn mapping(bits: &mut Bits<'_>, channels: u32) -> Option<Pairs> {
    if bits.take(16)? != 0 {
        return None;
    }
    let submaps = if bits.take(1)? == 1 { bits.count(4)? } else { 1 };
    let count = if bits.take(1)? == 1 { bits.count(8)? as usize } else { 0 };
    let pairs = Pairs { at: bits.at, count, bits: 2 * width(channels.checked_sub(1)?) };
    bits.skip(pairs.count * pairs.bits)?;
    bits.skip(2)?;
    if submaps > 1 {
        bits.skip(channels as usize * 4)?;
    }
    bits.skip(submaps as usize * 24)?;
    Some(pairs)
}

/// Bits that a number takes (9.2.1, `ilog`).
fn width(number: u32) -> usize {
    (32 - number.leading_zeros()) as usize
}

/// The largest number whose power is no more than the entries (9.2.3, `lookup1_values`).
fn largest_root(entries: u32, dimensions: u32) -> Option<u32> {
    if dimensions == 0 {
        return None;
    }
    let fits = |root: u32| {
        let power = (0..dimensions).try_fold(1_u64, |power, _| {
            power.checked_mul(u64::from(root)).filter(|power| *power <= u64::from(entries))
        });
        power.is_some()
    };
    if dimensions == 1 {
        return Some(entries);
    }
    (0..=entries.min(1 << 13)).take_while(|root| *root == 0 || fits(*root)).last()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[derive(Default)]
    struct Writer(Vec<bool>);

    impl Writer {
        fn put(&mut self, value: u32, bits: usize) -> &mut Self {
            self.0.extend((0..bits).map(|bit| value >> bit & 1 == 1));
            self
        }

        fn bytes(&self) -> Vec<u8> {
            let byte =
                |bits: &[bool]| bits.iter().enumerate().fold(0, |byte, (n, bit)| byte | u8::from(*bit) << n);
            self.0.chunks(8).map(byte).collect()
        }
    }

    /// The smallest setup of six channels, coupled as given, behind an identification header.
    fn headers(pairs: &[(u32, u32)]) -> Vec<u8> {
        let mut setup = Writer::default();
        // One codebook of eight entries, ordered, with a lookup of 2 x 2 values of four bits.
        setup.put(0, 8).put(0x56_4342, 24).put(2, 16).put(8, 24).put(1, 1).put(2, 5).put(8, 4);
        setup.put(1, 4).put(0, 32).put(0, 32).put(3, 4).put(0, 1).put(0, 8);
        setup.put(0, 6).put(0, 16);
        // A floor with two partitions of one class with a master book and two subclasses.
        setup.put(0, 6).put(1, 16).put(2, 5).put(0, 4).put(0, 4);
        setup.put(2, 3).put(1, 2).put(0, 8).put(0, 16).put(1, 2).put(7, 4).put(0, 32).put(0, 10);
        setup.put(0, 6).put(2, 16).put(0, 32).put(0, 32).put(0, 8).put(1, 6).put(0, 8);
        setup.put(5, 3).put(0, 1).put(1, 3).put(1, 1).put(3, 5).put(0, 32).put(0, 8);
        setup.put(0, 6).put(0, 16).put(1, 1).put(1, 4).put(u32::from(!pairs.is_empty()), 1);
        if let Some(less_one) = pairs.len().checked_sub(1) {
            setup.put(less_one as u32, 8);
        }
        for (magnitude, angle) in pairs {
            setup.put(*magnitude, 3).put(*angle, 3);
        }
        setup.put(0, 2).put(0, 24).put(0, 24).put(0, 24);
        setup.put(0, 6).put(0, 1).put(0, 32).put(0, 8).put(1, 1);
        let mut identification = b"\x01vorbis".to_vec();
        identification.resize(30, 0);
        [identification, b"\x05vorbis".to_vec(), setup.bytes()].concat()
    }

    #[test]
    fn pairs_come_in_the_other_order_and_nothing_else_changes() {
        let forward = headers(&[(0, 2), (0, 1), (3, 4), (0, 3)]);
        let backward = headers(&[(0, 3), (3, 4), (0, 1), (0, 2)]);
        assert_eq!(reversed(&forward, 6).unwrap(), backward);
        assert_eq!(reversed(&backward, 6).unwrap(), forward);
        let one = headers(&[(0, 1)]);
        assert_eq!(reversed(&one, 6).unwrap(), one);
    }

    #[test]
    fn matroska_laces_the_three_headers() {
        let plain = headers(&[(0, 2), (0, 1)]);
        let comment = vec![3; 300];
        let laced =
            |headers: &[u8]| [&[2, 30, 255, 45][..], &headers[..30], &comment, &headers[30..]].concat();
        let want = laced(&reversed(&plain, 6).unwrap());
        assert_eq!(reversed(&laced(&plain), 6).unwrap(), want);
    }

    #[test]
    fn packets_tell_their_length() {
        let mut headers = headers(&[(0, 2), (0, 1)]);
        headers[28] = 0xb8;
        let mut lengths = Lengths::read(&headers, 6).unwrap();
        assert_eq!(lengths.modes, [false]);
        lengths.modes.push(true);
        let frames = [0b00, 0b10, 0b10, 0b00].map(|packet| lengths.next(&[packet]).unwrap());
        assert_eq!(frames, [0, 64 + 512, 1024, 64 + 512]);
        assert_eq!(lengths.next(&[1]), None);
    }

    #[test]
    fn what_is_not_understood_stays_away() {
        assert_eq!(reversed(b"", 6), None);
        assert_eq!(reversed(&headers(&[]), 6), None);
        assert!(Lengths::read(&headers(&[]), 6).is_some());
        assert_eq!(reversed(&headers(&[(0, 1)])[..60], 6), None);
    }

    #[test]
    fn roots_are_whole() {
        assert_eq!(
            [(8, 2), (9, 2), (81, 4), (80, 4), (7, 1)].map(|(e, d)| largest_root(e, d).unwrap()),
            [2, 3, 3, 2, 7]
        );
    }

    proptest! {
        #[test]
        fn never_panics(at in 0_usize..120, value in any::<u8>(), channels in 0_u32..10) {
            let mut headers = headers(&[(0, 2), (0, 1), (3, 4)]);
            let len = headers.len();
            headers[at % len] = value;
            let _ = reversed(&headers, channels);
        }
    }
}
