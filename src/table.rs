//! Takes sections of bytes; gives them as one file that is read in place, and small tables in such
//! sections: numbers, lists by key, counts by key.
//! Never trusts a file: whatever its bytes, reading gives a value or none, never a panic.
//!
//! Layout, little-endian: a name of 16 bytes that holds kind and version; the file's length; a stamp of the
//! writer's choice; a sum over all that follows the header; the number of sections; offset and length of each;
//! a sum over the header. Sections begin at multiples of eight.
//!
//! Opening costs the same for every size: it checks the header and that the file is as long as it says. The sum
//! over the rest is for those who have the time ([`TableFile::is_whole`]), or is taken beside the work
//! ([`TableFile::open_checked`]). A file is only ever replaced by
//! another, never written into, so that whoever has it open keeps what was there.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::{Deref, Range};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};

/// Bytes of the name of a kind of file.
pub const NAME: usize = 16;
/// Header before the table of sections.
const FIXED: usize = NAME + 8 + 8 + 8 + 8;
/// More sections than any file has.
const MOST_SECTIONS: usize = 64;

/// Where the bytes are.
#[derive(Debug)]
enum Bytes {
    Owned(Vec<u8>),
    Mapped(memmap2::Mmap),
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            Self::Mapped(map) => map,
        }
    }
}

/// A file of sections, opened. Copies share it.
#[derive(Debug, Clone)]
pub struct TableFile {
    bytes: Arc<Bytes>,
    stamp: u64,
    sum: u64,
    body: usize,
    sections: Arc<[Range<usize>]>,
}

/// One section of a file; keeps the file open.
#[derive(Debug, Clone)]
pub struct Section {
    bytes: Arc<Bytes>,
    range: Range<usize>,
}

impl Default for Section {
    fn default() -> Self {
        Self { bytes: Arc::new(Bytes::Owned(Vec::new())), range: 0..0 }
    }
}

impl Deref for Section {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(self.range.clone()).unwrap_or_default()
    }
}

impl Section {
    /// The same bytes for whoever keeps them for long: of a file that stands in memory the others are not kept with them.
    pub fn alone(&self) -> Self {
        match &*self.bytes {
            Bytes::Mapped(_) => self.clone(),
            Bytes::Owned(_) => Self { bytes: Arc::new(Bytes::Owned(self.to_vec())), range: 0..self.len() },
        }
    }

    /// Gives back the memory that the whole file takes; what is read again comes from the disk's cache.
    #[cfg(unix)]
    #[allow(unsafe_code)]
    pub fn rest(&self) {
        if let Bytes::Mapped(map) = &*self.bytes {
            // SAFETY: what is given back of a mapping is read from its file again. This is a mapping of a file that
            // is never changed (see `map`) and was never written to, so that the same bytes come back.
            let rested = unsafe { map.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) };
            if let Err(error) = rested {
                tracing::debug!(%error, "a file keeps its memory");
            }
        }
    }

    /// Other systems see to it by themselves.
    #[cfg(not(unix))]
    pub fn rest(&self) {}
}

impl TableFile {
    /// Opens the file at `path` if it is one of kind `name` and as long as it says.
    ///
    /// # Errors
    /// When it cannot be opened or mapped, or is no such file (`InvalidData`).
    pub fn open(path: &Path, name: &[u8; NAME]) -> io::Result<Self> {
        Self::of_file(&File::open(path)?, name)
    }

    fn of_file(file: &File, name: &[u8; NAME]) -> io::Result<Self> {
        if !file.metadata()?.is_file() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Self::read(Bytes::Mapped(map(file)?), name).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// The same; a thread beside reads the whole file to tell whether it is as it was written. It reads through a
    /// small buffer, so that what nobody asks for takes no memory.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub fn open_checked(path: &Path, name: &[u8; NAME]) -> io::Result<(Self, Check)> {
        let file = File::open(path)?;
        let table = Self::of_file(&file, name)?;
        let (body, sum, length) = (table.body, table.sum, table.bytes.len());
        let work = move || sum_of(&file, body, length).is_ok_and(|found| found == sum);
        let thread = thread::Builder::new().name("check".into()).spawn(work);
        // Without a thread the next one to ask pays.
        let whole = thread.is_err().then(|| table.is_whole());
        let check = Check {
            whole: whole.map_or_else(OnceLock::new, OnceLock::from),
            thread: Mutex::new(thread.ok()),
        };
        Ok((table, check))
    }

    /// The same for a file that stands in memory.
    pub fn of_bytes(bytes: Vec<u8>, name: &[u8; NAME]) -> Option<Self> {
        Self::read(Bytes::Owned(bytes), name)
    }

    fn read(bytes: Bytes, name: &[u8; NAME]) -> Option<Self> {
        if bytes.get(..NAME)? != name || read_u64(&bytes, NAME)? != bytes.len() as u64 {
            return None;
        }
        let count = usize::try_from(read_u64(&bytes, NAME + 24)?).ok().filter(|n| *n <= MOST_SECTIONS)?;
        let table = FIXED + count * 16;
        if read_u64(&bytes, table)? != sum(bytes.get(..table)?) {
            return None;
        }
        let sections = (0..count).map(|at| {
            let start = usize::try_from(read_u64(&bytes, FIXED + at * 16)?).ok()?;
            let end = start.checked_add(usize::try_from(read_u64(&bytes, FIXED + at * 16 + 8)?).ok()?)?;
            (end <= bytes.len()).then_some(start..end)
        });
        let sections: Arc<[Range<usize>]> = sections.collect::<Option<Vec<_>>>()?.into();
        let (stamp, sum) = (read_u64(&bytes, NAME + 8)?, read_u64(&bytes, NAME + 16)?);
        Some(Self { bytes: Arc::new(bytes), stamp, sum, body: table + 8, sections })
    }

    /// What its writer marked it with.
    pub fn stamp(&self) -> u64 {
        self.stamp
    }

    /// The sum over all that follows its header: another for another file.
    pub fn sum(&self) -> u64 {
        self.sum
    }

    /// Whether it is the file of this [`image`], as far as its header tells, which has a sum over all the rest.
    pub fn is_of(&self, image: &[u8]) -> bool {
        image.get(..self.body).is_some_and(|head| self.bytes.get(..self.body) == Some(head))
    }

    /// Whether every byte is as it was written. Reads the whole file.
    pub fn is_whole(&self) -> bool {
        self.bytes.get(self.body..).is_some_and(|body| sum(body) == self.sum)
    }

    /// A section by its place; an empty one where there is none.
    pub fn section(&self, at: usize) -> Section {
        let range = self.sections.get(at).cloned().unwrap_or_default();
        Section { bytes: Arc::clone(&self.bytes), range }
    }
}

/// Whether a file is as it was written, once that is known.
#[derive(Debug)]
pub struct Check {
    whole: OnceLock<bool>,
    thread: Mutex<Option<JoinHandle<bool>>>,
}

impl Check {
    /// The answer; waits for it.
    pub fn is_whole(&self) -> bool {
        let join = || {
            let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
            thread.is_some_and(|thread| thread.join().unwrap_or(false))
        };
        *self.whole.get_or_init(join)
    }
}

/// The sum over a file from `body` to its end at `length`.
fn sum_of(mut file: &File, body: usize, length: usize) -> io::Result<u64> {
    const BLOCK: usize = 1 << 16;
    file.seek(SeekFrom::Start(body as u64))?;
    let mut left = length.saturating_sub(body);
    let mut sum = Sum::begun(left);
    let mut block = vec![0; BLOCK];
    while left > 0 {
        let block = &mut block[..left.min(BLOCK)];
        file.read_exact(block)?;
        sum.go_on(block);
        left -= block.len();
    }
    Ok(sum.0)
}

#[allow(unsafe_code)]
fn map(file: &File) -> io::Result<memmap2::Mmap> {
    // SAFETY: a mapping is unsound if its file is written into or cut short. These files are private to the
    // program, which only ever puts a new file in the place of the old (the shelf for paths does): the file that is
    // mapped here is never changed again, and lives until the mapping ends.
    unsafe { memmap2::Mmap::map(file) }
}

/// The bytes of a file of these sections.
pub fn image(name: &[u8; NAME], stamp: u64, sections: &[Vec<u8>]) -> Vec<u8> {
    let body = FIXED + sections.len() * 16 + 8;
    let total: usize = body + sections.iter().map(|section| section.len().next_multiple_of(8)).sum::<usize>();
    let mut bytes = Vec::with_capacity(total);
    bytes.resize(body, 0);
    let mut table = Vec::new();
    for section in sections {
        table.extend([bytes.len() as u64, section.len() as u64]);
        bytes.extend_from_slice(section);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
    }
    let head = [bytes.len() as u64, stamp, sum(&bytes[body..]), sections.len() as u64];
    bytes[..NAME].copy_from_slice(name);
    let fields = head.into_iter().chain(table).flat_map(u64::to_le_bytes);
    bytes[NAME..body - 8].iter_mut().zip(fields).for_each(|(to, from)| *to = from);
    let own = sum(&bytes[..body - 8]);
    bytes[body - 8..body].copy_from_slice(&own.to_le_bytes());
    bytes
}

/// A sum over bytes, eight at a time: against accidents of the disk, not malice.
pub fn sum(bytes: &[u8]) -> u64 {
    let mut sum = Sum::default();
    sum.add(bytes);
    sum.0
}

/// The sum of several pieces of bytes in a row; other pieces of the same bytes have another sum.
#[derive(Debug, Clone, Copy)]
pub struct Sum(pub u64);

impl Default for Sum {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Sum {
    /// Adds a piece.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0 ^= bytes.len() as u64;
        self.go_on(bytes);
    }

    /// That of a piece of `length` bytes of which none was added yet.
    fn begun(length: usize) -> Self {
        Self(Self::default().0 ^ length as u64)
    }

    /// Adds bytes of a piece that has begun, eight at a time but for the last.
    fn go_on(&mut self, bytes: &[u8]) {
        const PRIME: u64 = 0x0000_0100_0000_01B3;
        let mut hash = self.0;
        for chunk in bytes.chunks(8) {
            let mut word = [0_u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(PRIME);
            hash ^= hash >> 29;
        }
        self.0 = hash;
    }
}

/// The number that stands at byte `at`.
pub fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// The same for eight bytes.
pub fn read_u64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// Appends a number in seven bits a byte, the low ones first; the high bit says that more follow.
pub fn push_short(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push((number & 0x7F) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes such a number off the front.
pub fn take_short(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0_u32;
    for shift in [0, 7, 14, 21, 28] {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Appends an ascending list: its length, then the gaps.
pub fn push_list(bytes: &mut Vec<u8>, ids: &[u32]) {
    push_short(bytes, u32::try_from(ids.len()).unwrap_or(u32::MAX));
    let mut last = 0;
    for id in ids {
        push_short(bytes, id.wrapping_sub(last));
        last = *id;
    }
}

/// An ascending list as it stands in a section. Ends early where the bytes make no sense.
#[derive(Debug, Clone, Default)]
pub struct Ids<'a> {
    bytes: &'a [u8],
    left: u32,
    last: u32,
    below: u32,
}

impl<'a> Ids<'a> {
    /// The list at the front of `bytes`; of its numbers, those less than `below`.
    pub fn new(mut bytes: &'a [u8], below: u32) -> Self {
        let left = take_short(&mut bytes).unwrap_or(0);
        Self { bytes, left, last: 0, below }
    }

    /// How many numbers the list says it holds.
    pub fn size(&self) -> u32 {
        self.left
    }
}

impl Iterator for Ids<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        self.left = self.left.checked_sub(1)?;
        let gap = match self.bytes.split_first() {
            Some((byte, rest)) if *byte < 0x80 => {
                self.bytes = rest;
                u32::from(*byte)
            }
            _ => take_short(&mut self.bytes)?,
        };
        self.last = self.last.checked_add(gap)?;
        (self.last < self.below).then_some(self.last)
    }
}

/// A number by key, in a section: slots of twelve bytes (key, number), the first free one behind the key's own.
#[derive(Debug, Clone, Default)]
pub struct Numbers(Section);

/// What stands in a free slot.
const FREE: u32 = u32::MAX;
const SLOT: usize = 12;

impl Numbers {
    /// Reads a section that [`numbers`] made.
    pub fn new(section: Section) -> Self {
        Self(section)
    }

    /// The number of `key`. Keys must be well mixed.
    #[inline]
    pub fn of(&self, key: u64) -> Option<u32> {
        let slots: &[u8] = &self.0;
        let count = slots.len() / SLOT;
        let first = (key as usize) & count.checked_sub(1)?;
        (first..count).chain(0..first).find_map(|at| {
            let slot: &[u8; SLOT] = slots.get(at * SLOT..)?.first_chunk()?;
            let [a, b, c, d, e, f, g, h, number @ ..] = *slot;
            let number = u32::from_le_bytes(number);
            let same = u64::from_le_bytes([a, b, c, d, e, f, g, h]) == key;
            (same || number == FREE).then_some((number != FREE).then_some(number))
        })?
    }
}

/// The section of a table of numbers by key. A key that comes twice keeps its first number.
pub fn numbers(pairs: impl ExactSizeIterator<Item = (u64, u32)>) -> Vec<u8> {
    let count = (pairs.len() + pairs.len() / 2).next_power_of_two().max(2);
    let mut slots = vec![0xFF_u8; count * SLOT];
    for (key, number) in pairs {
        let mut at = (key as usize) & (count - 1);
        while read_u32(&slots, at * SLOT + 8) != Some(FREE) && read_u64(&slots, at * SLOT) != Some(key) {
            at = (at + 1) & (count - 1);
        }
        let slot = &mut slots[at * SLOT..][..SLOT];
        if slot[8..] == FREE.to_le_bytes() {
            slot[..8].copy_from_slice(&key.to_le_bytes());
            slot[8..].copy_from_slice(&number.to_le_bytes());
        }
    }
    slots
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    const KIND: &[u8; NAME] = b"tonearm tests 1\n";

    #[test]
    fn sections_come_back() {
        let sections = [b"abc".to_vec(), Vec::new(), vec![7; 20]];
        let bytes = image(KIND, 42, &sections);
        let file = TableFile::of_bytes(bytes.clone(), KIND).unwrap();
        assert_eq!(file.stamp(), 42);
        assert!(file.is_whole());
        for (at, section) in sections.iter().enumerate() {
            assert_eq!(*file.section(at), **section);
        }
        assert!(file.section(3).is_empty());
        assert!(TableFile::of_bytes(bytes, b"tonearm tests 2\n").is_none());
    }

    #[test]
    fn what_is_kept_alone_keeps_nothing_else_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table");
        let bytes = image(KIND, 1, &[vec![1; 1000], vec![2; 10]]);
        std::fs::write(&path, &bytes).unwrap();
        let mapped = TableFile::open(&path, KIND).unwrap().section(1);
        assert!(std::ptr::eq(&*mapped.alone(), &*mapped), "what is mapped is no memory");
        let alone = TableFile::of_bytes(bytes, KIND).unwrap().section(1).alone();
        assert_eq!((alone.bytes.len(), &*alone), (10, &[2; 10][..]));
    }

    #[test]
    fn any_damage_is_seen_by_who_looks() {
        let good = image(KIND, 1, &[vec![1; 9], vec![2; 3]]);
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            assert!(TableFile::of_bytes(bad, KIND).is_none_or(|file| !file.is_whole()), "byte {at} changed");
            assert!(TableFile::of_bytes(good[..at].to_vec(), KIND).is_none(), "cut at {at}");
        }
    }

    #[test]
    fn a_file_that_is_replaced_stays_readable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table");
        let write = |stamp, section: &[u8]| {
            let beside = folder.path().join("beside");
            std::fs::write(&beside, image(KIND, stamp, &[section.to_vec()])).unwrap();
            std::fs::rename(beside, &path).unwrap();
        };
        write(1, b"old");
        let old = TableFile::open(&path, KIND).unwrap();
        write(2, b"new");
        assert_eq!(*old.section(0), *b"old");
        assert_eq!(*TableFile::open(&path, KIND).unwrap().section(0), *b"new");
        std::fs::write(&path, b"").unwrap();
        assert!(TableFile::open(&path, KIND).is_err());
        assert!(TableFile::open(folder.path(), KIND).is_err());
    }

    proptest! {
        #[test]
        fn lists_come_back(mut ids in proptest::collection::vec(any::<u32>(), 0..50)) {
            ids.sort_unstable();
            let mut bytes = Vec::new();
            push_list(&mut bytes, &ids);
            let wanted: Vec<u32> = ids.iter().copied().filter(|id| *id < u32::MAX).collect();
            prop_assert_eq!(Ids::new(&bytes, u32::MAX).collect::<Vec<_>>(), wanted);
        }

        #[test]
        fn hostile_bytes_are_no_trouble(bytes in proptest::collection::vec(any::<u8>(), 0..200), key: u64) {
            prop_assert!(Ids::new(&bytes, 100).all(|id| id < 100));
            let _ = TableFile::of_bytes(bytes.clone(), KIND);
            let mut named = KIND.to_vec();
            named.extend_from_slice(&bytes);
            prop_assert!(TableFile::of_bytes(named, KIND).is_none());
            let whole = 0..bytes.len();
            let _ = Numbers::new(Section { bytes: Arc::new(Bytes::Owned(bytes)), range: whole }).of(key);
        }

        #[test]
        fn numbers_are_found_by_key(keys in proptest::collection::hash_set(any::<u64>(), 0..60), other: u64) {
            let pairs: Vec<(u64, u32)> = keys.iter().copied().zip(0..).collect();
            let bytes = numbers(pairs.iter().copied());
            let range = 0..bytes.len();
            let table = Numbers::new(Section { bytes: Arc::new(Bytes::Owned(bytes)), range });
            for (key, number) in &pairs {
                prop_assert_eq!(table.of(*key), Some(*number));
            }
            prop_assert_eq!(table.of(other), keys.contains(&other).then(|| pairs.iter().find(|p| p.0 == other).unwrap().1));
        }
    }
}
