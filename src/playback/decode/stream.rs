//! The [`Decoder`] of real files: demuxer, codec and trim window in one pull. Takes an open file; gives
//! its music block by block, and goes to any frame of it exactly. Never knows how a container says
//! where music begins, and never touches a sample.

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::formats::well_known::*;
use symphonia::core::packet::Packet;

use super::codec::{self, Codec, Pcm};
use super::convert::Convert;
use super::demux::{Clock, Demuxer, Next};
use super::extent::{self, Extent};
use super::frame_index::mpeg_kind;
use super::mkv_index::MkvIndex;
use super::names::{self, Family};
use super::source::Source;
use super::trim::{Cut, Trim};
use super::{DecodeError, Decoder, Format};

mod seek;

use seek::Seeking;

/// Frames given at once; larger blocks and silence come in parts.
const LARGEST_BLOCK: usize = 8192;

/// Packets in a row that give no sound before a file is given up.
const MOST_BARREN: u32 = 1000;

/// The longest damage that is filled with silence, in seconds.
const LONGEST_GAP: u64 = 60;

/// Frames that may be missing at the end before a file is called cut: some encoders count a frame of
/// MPEG too many.
const CUT: u64 = 2304;

/// A stream's place in its container's time, and the music in it.
#[derive(Debug, Clone, Copy)]
struct Link {
    clock: Clock,
    /// The first packet's place, in frames: decoded time counts from there.
    first: i64,
    /// Where that packet is in decoded time, where times are rounded: zero but after a jump.
    base: i64,
    /// Frames a second; of the file's first stream, what the format says.
    rate: u32,
    extent: Extent,
}

/// One open file, in samples of `S`.
pub(super) struct Stream<S> {
    source: Source,
    format: Format,
    seeking: Seeking,
    demuxer: Demuxer,
    /// Where the clusters of a Matroska file begin, once a jump has asked for it.
    clusters: Option<MkvIndex>,
    codec: Codec,
    /// Where the rate has changed within the file: the way back to the format's.
    convert: Option<Convert<S>>,
    /// The file's first stream; a chained file has more.
    head: Link,
    link: Link,
    is_chained: bool,
    trim: Trim,
    /// Where the last packet ended in decoded time; unknown after a jump.
    reached: Option<i64>,
    /// Packets that end here or before are not decoded.
    skip_to: i64,
    /// Nor those that end here or before and are soon forgotten.
    skip_brief_to: i64,
    has_skipped: bool,
    /// Where the packets end that could not be decoded since the last one that could.
    lost_until: Option<i64>,
    barren: u32,
    damaged: u64,
    /// Silence to give before `rest`, in frames.
    silence: u64,
    /// Samples to give from `rest_at` on, before anything else is decoded.
    rest: Vec<S>,
    rest_at: usize,
    has_ended: bool,
    has_sought: bool,
}

impl<S: Pcm> Stream<S> {
    /// Opens a file. `verifying` keeps a checksum of what is decoded, where the codec has one.
    ///
    /// # Errors
    /// See [`super::open`].
    pub(super) fn open(source: Source, verifying: bool) -> Result<Self, DecodeError> {
        let mut demuxer = Demuxer::open(&source)?;
        let codec = Codec::new(demuxer.params(), verifying)?;
        let (rate, channels) = spec(&codec, demuxer.params())?;
        let clock = Clock::new(demuxer.track().time_base, rate);
        let first = first_frame(&mut demuxer, clock)?;
        let extent = extent::find(&source, &mut demuxer, rate, first)?;
        let head = Link { clock, first, base: 0, rate, extent };
        let family = Family::of(demuxer.params().codec);
        let format = Format {
            codec: names::codec(demuxer.params().codec, demuxer.container()),
            rate,
            channels,
            bits: bits(demuxer.params()),
            float: family == Family::Pcm { float: true },
            frames: extent.frames,
        };
        Ok(Self {
            seeking: Seeking::of(demuxer.container(), family, clock),
            trim: Trim::new(extent.window, LONGEST_GAP * u64::from(rate)),
            source,
            format,
            demuxer,
            clusters: None,
            codec,
            convert: None,
            head,
            link: head,
            is_chained: false,
            reached: None,
            skip_to: i64::MIN,
            skip_brief_to: i64::MIN,
            has_skipped: false,
            lost_until: None,
            barren: 0,
            damaged: 0,
            silence: 0,
            rest: Vec::new(),
            rest_at: 0,
            has_ended: false,
            has_sought: false,
        })
    }

    /// Gives silence and samples that wait, as far as one block goes.
    fn give_waiting(&mut self, out: &mut Vec<S>) -> usize {
        let channels = usize::from(self.format.channels);
        if self.silence > 0 {
            let frames = self.silence.min(LARGEST_BLOCK as u64);
            self.silence -= frames;
            out.resize(out.len() + frames as usize * channels, S::default());
            return frames as usize;
        }
        let waiting = &self.rest[self.rest_at..];
        let samples = waiting.len().min(LARGEST_BLOCK * channels);
        out.extend_from_slice(&waiting[..samples]);
        self.rest_at += samples;
        samples / channels
    }

    fn forget_waiting(&mut self) {
        self.silence = 0;
        self.rest.clear();
        self.rest_at = 0;
    }

    /// Reads and decodes one packet; says how many frames went to `out`.
    fn step(&mut self, out: &mut Vec<S>) -> Result<usize, DecodeError> {
        // Behind the music of an Ogg stream another may follow.
        if self.trim.is_done() && self.demuxer.container() != FORMAT_ID_OGG {
            self.has_ended = true;
            return Ok(0);
        }
        let next = self.demuxer.next();
        // After an error nothing more comes; a seek opens the file anew.
        self.has_ended |= next.is_err();
        match next? {
            Next::Packet(packet) => self.decode_packet(&packet, out),
            Next::NewStream => {
                self.pad_lost_end();
                self.start_link()?;
                Ok(0)
            }
            Next::End => {
                self.pad_lost_end();
                self.finish_convert();
                self.notice_cut();
                self.has_ended = true;
                Ok(0)
            }
        }
    }

    fn decode_packet(&mut self, packet: &Packet, out: &mut Vec<S>) -> Result<usize, DecodeError> {
        let mut at = self.place(packet);
        let told = self.codec.packet_frames(packet);
        let told = told.and_then(|frames| i64::try_from(frames).ok());
        let frames = told.unwrap_or_else(|| {
            let ticks = i64::try_from(packet.block_dur().get()).unwrap_or(i64::MAX);
            self.link.clock.frames(ticks)
        });
        let end = at.saturating_add(frames);
        if self.trim.is_done() || (frames > 0 && self.is_passed_over(packet, end)) {
            self.reached = Some(end);
            self.has_skipped = true;
            return Ok(0);
        }
        // What follows a decoded packet is decoded.
        (self.skip_to, self.skip_brief_to) = (i64::MIN, i64::MIN);
        let has_hole = self.link.clock.is_exact() && self.reached.is_some_and(|reached| at > reached);
        if self.has_skipped || (has_hole && self.codec.overlaps()) {
            self.codec.reset()?;
            self.has_skipped = false;
        }
        if self.codec.is_of_another_kind(packet) && self.goes_on_like(packet)? {
            self.codec.renew()?;
        }
        match self.codec.decode(packet).map(|block| (block.frames, block.rate)) {
            Ok((0, _)) => {
                let to = if self.link.clock.is_exact() { end } else { at };
                self.reached = self.reached.map(|_| to);
                self.count_barren(DecodeError::Damaged("its packets hold no sound".into()))?;
                Ok(0)
            }
            Ok((frames, rate)) => {
                if rate != self.link.rate {
                    self.change_rate(at, rate);
                    at = 0;
                }
                self.reached = Some(at.saturating_add_unsigned(frames as u64));
                self.barren = 0;
                self.learn_end(at, frames)?;
                let cut = self.trim.place(at, frames);
                if cut.silence > 0 && self.lost_until.is_none() {
                    // The demuxer found its way again without a word.
                    self.damaged += 1;
                }
                self.lost_until = None;
                Ok(self.take(cut, out))
            }
            Err(error) => {
                self.damaged += 1;
                self.reached = Some(end);
                self.lost_until = Some(end);
                self.count_barren(error)?;
                Ok(0)
            }
        }
    }

    /// Whether the next packet of MPEG audio is of the same kind: a damaged header stands alone.
    fn goes_on_like(&mut self, packet: &Packet) -> Result<bool, DecodeError> {
        let kind = mpeg_kind(&packet.data);
        Ok(matches!(self.demuxer.peek()?, Next::Packet(next) if mpeg_kind(&next.data) == kind))
    }

    /// A packet's place in decoded time. Rounded times only tell of jumps; between them, frames are
    /// counted.
    fn place(&mut self, packet: &Packet) -> i64 {
        let clock = self.link.clock;
        let told = clock.frames(packet.pts.get()).saturating_sub(self.link.first);
        match self.reached {
            _ if clock.is_exact() => told,
            Some(reached) if told > reached.saturating_add(clock.slack()) => told,
            Some(reached) => reached,
            // Nothing jumps where times are rounded: this is the first packet with sound.
            None => {
                self.link.first = clock.frames(packet.pts.get()).saturating_sub(self.link.base);
                self.link.base
            }
        }
    }

    fn count_barren(&mut self, error: DecodeError) -> Result<(), DecodeError> {
        self.barren += 1;
        if self.barren > MOST_BARREN {
            self.has_ended = true;
            return Err(error);
        }
        Ok(())
    }

    /// Cuts the last packet where only its padding is known.
    fn learn_end(&mut self, at: i64, frames: usize) -> Result<(), DecodeError> {
        let padding = self.link.extent.padding;
        if padding > 0 && matches!(self.demuxer.peek()?, Next::End) {
            let end = at.saturating_add_unsigned(frames as u64);
            self.trim.end_at(end.saturating_sub_unsigned(padding));
        }
        Ok(())
    }

    /// Gives the frames of the decoded block that are music, or keeps them waiting behind silence.
    fn take(&mut self, cut: Cut, out: &mut Vec<S>) -> usize {
        let frames = cut.skip..cut.skip + cut.take;
        let (channels, wanted) = (self.codec.channels(), self.format.channels);
        let is_plain = channels == wanted && self.convert.is_none();
        if is_plain && cut.silence == 0 && cut.take <= LARGEST_BLOCK {
            self.codec.copy(frames, out);
            return cut.take;
        }
        self.forget_waiting();
        self.be_silent(cut.silence);
        if is_plain {
            self.codec.copy(frames, &mut self.rest);
            return 0;
        }
        let (mut samples, mut mixed) = (Vec::new(), Vec::new());
        self.codec.copy(frames, &mut samples);
        codec::remix(&samples, channels, wanted, &mut mixed);
        match &mut self.convert {
            Some(convert) => convert.push(&mixed, &mut self.rest),
            None => self.rest = mixed,
        }
        0
    }

    /// Silence behind what waits, in frames of the current stream.
    fn be_silent(&mut self, frames: u64) {
        match &mut self.convert {
            Some(convert) => convert.push_silence(frames, &mut self.rest),
            None => self.silence += frames,
        }
    }

    /// Fills the time of packets that were lost at a stream's very end.
    fn pad_lost_end(&mut self) {
        if let Some(until) = self.lost_until.take() {
            let missing = self.trim.pad(until);
            self.be_silent(missing);
        }
    }

    /// Counts a file that ends before its own statement as damaged, once.
    fn notice_cut(&mut self) {
        let told = self.format.frames.filter(|_| !self.is_chained);
        let missing = told.map_or(0, |told| told.saturating_sub(self.trim.given()));
        // A WAV that was streamed promises the longest length there is, and tells none.
        let is_streamed = told.is_none() && self.demuxer.container() == FORMAT_ID_WAVE;
        // The header that stands in for a larger one promises more than the view of the file has.
        let is_whole = self.source.frames().is_some() && missing == 0;
        let is_lossless = self.format.bits.is_some();
        let is_short = missing > if is_lossless { 0 } else { CUT } || (missing > 0 && self.trim.given() == 0);
        if is_short || (self.demuxer.is_cut() && !is_streamed && !is_whole) {
            self.damaged += 1;
        }
    }

    /// Goes on with the next stream of a chain.
    fn start_link(&mut self) -> Result<(), DecodeError> {
        self.codec = Codec::new(self.demuxer.params(), false)?;
        let (rate, _) = spec(&self.codec, self.demuxer.params())?;
        let clock = Clock::new(self.demuxer.track().time_base, rate);
        let first = first_frame(&mut self.demuxer, clock)?;
        let extent = extent::of_link(&self.demuxer, first);
        self.go_on_with(Link { clock, first, base: 0, rate, extent });
        Ok(())
    }

    /// Goes on at another rate from a place on, where the container says nothing of it.
    fn change_rate(&mut self, at: i64, rate: u32) {
        // Nobody tells where else it changes: from now on a seek decodes all that comes before its target.
        self.seeking = Seeking { indexed: false, pre_roll: u64::MAX, ..self.seeking };
        self.reached = Some(at);
        let first = self.link.first.saturating_add(at);
        self.go_on_with(Link { first, rate, extent: Extent::default(), ..self.link });
    }

    /// Ends the current stream and begins another one where it ends.
    fn go_on_with(&mut self, link: Link) {
        let start = self.link.extent.window.start;
        let decoded = u64::try_from(self.reached.unwrap_or(0)).unwrap_or(0);
        let given = self.trim.window().frames().unwrap_or(decoded.saturating_sub(start));
        // Zero while playing on; after a seek, what is still to be passed over.
        let ahead = match self.finish_convert() {
            Some(left) => left,
            None => self.trim.given().saturating_sub(given),
        };
        let (from, to) = (link.rate, self.format.rate);
        self.link = link;
        self.is_chained = true;
        self.convert = (from != to).then(|| Convert::new(from, to, self.format.channels));
        self.begin_at(ahead);
    }

    /// Gives what a conversion still holds; says how much of it was to be passed over and is not there.
    fn finish_convert(&mut self) -> Option<u64> {
        self.convert.take().map(|convert| convert.finish(&mut self.rest))
    }

    /// Aims at a frame of the current stream, which the demuxer is about to read from its beginning.
    fn begin_at(&mut self, frame: u64) {
        let gap = LONGEST_GAP * u64::from(self.link.rate);
        self.trim = Trim::new(self.link.extent.window, gap);
        self.reached = None;
        self.has_skipped = false;
        match &mut self.convert {
            Some(convert) => {
                convert.drop_frames(frame);
                self.aim(0);
            }
            None => {
                self.aim(frame);
            }
        }
    }
}

impl<S: Pcm> Decoder<S> for Stream<S> {
    fn format(&self) -> &Format {
        &self.format
    }

    fn decode(&mut self, out: &mut Vec<S>) -> Result<usize, DecodeError> {
        loop {
            let mut frames = self.give_waiting(out);
            if frames == 0 && !self.has_ended {
                frames = self.step(out)?;
            }
            let is_waiting = self.silence > 0 || self.rest_at < self.rest.len();
            if frames > 0 || (self.has_ended && !is_waiting) {
                return Ok(frames);
            }
        }
    }

    fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
        self.go_to(frame)
    }

    fn checksum(&mut self) -> Option<bool> {
        // A seek leaves samples out of it.
        if self.has_ended && !self.has_sought { self.codec.checksum() } else { None }
    }

    fn damaged(&self) -> u64 {
        self.damaged + self.demuxer.failures()
    }
}

fn first_frame(demuxer: &mut Demuxer, clock: Clock) -> Result<i64, DecodeError> {
    let begins_late = demuxer.begins_late();
    Ok(match demuxer.peek()? {
        // What is missing before it counts too.
        Next::Packet(packet) => clock.frames(packet.pts.get()).min(if begins_late { 0 } else { i64::MAX }),
        Next::NewStream | Next::End => 0,
    })
}

/// Rate and channels: the decoder knows better than the container.
fn spec(codec: &Codec, params: &AudioCodecParameters) -> Result<(u32, u16), DecodeError> {
    let (rate, channels) = codec.spec();
    let rate = rate.or(params.sample_rate).filter(|&rate| rate > 0);
    let told = params.channels.as_ref().map(|channels| channels.count() as u16);
    let channels = channels.or(told).filter(|&channels| channels > 0);
    match (rate, channels) {
        (Some(rate), Some(channels @ 1..=32)) => Ok((rate, channels)),
        (Some(_), Some(many)) => Err(DecodeError::Unsupported(format!("a file with {many} channels"))),
        _ => Err(DecodeError::Damaged("it says neither rate nor channels".into())),
    }
}

fn bits(params: &AudioCodecParameters) -> Option<u32> {
    let family = Family::of(params.codec);
    if !family.is_lossless() {
        return None;
    }
    // The magic cookie of ALAC: frame length, version, bit depth.
    let alac = |cookie: &[u8]| {
        // In CAF it may stand behind the boxes `frma` and `alac`.
        let skip = if cookie.get(4..8) == Some(b"frma") { 24 } else { 0 };
        cookie.get(skip + 5).map(|&bits| u32::from(bits))
    };
    match family {
        Family::Alac => params.extra_data.as_deref().and_then(alac),
        _ => params.bits_per_sample,
    }
}
