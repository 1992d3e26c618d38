//! Takes packets; gives interleaved PCM. One face for symphonia's decoders and for Opus.
//! Never trims: symphonia's own trimming is off, and [`super::trim`] does all of it.

use std::ops::Range;

use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::audio::conv::ConvertibleSample;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3, CODEC_ID_OPUS, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::packet::Packet;

use super::demux::guard;
use super::frame_index::mpeg_kind;
use super::opus::{self, OpusDecoder, OpusHead};
use super::{DecodeError, names, vorbis_setup};

/// A decoder and the block it gave last.
pub(super) enum Codec {
    Symphonia {
        decoder: Box<dyn AudioDecoder>,
        /// The next block is half of an overlap without its other half: no sound (Vorbis only).
        lacks_overlap: bool,
        /// What all packets so far had in common (MPEG audio only).
        kind: Option<u32>,
    },
    Opus(OpusDecoder),
}

/// The shape of the block decoded last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) frames: usize,
    pub(super) rate: u32,
}

impl Codec {
    /// Makes the decoder that a track needs. One that is `verifying` keeps a checksum of what it decodes.
    ///
    /// # Errors
    /// [`DecodeError::Unsupported`] names a codec without a decoder.
    pub(super) fn new(params: &AudioCodecParameters, verifying: bool) -> Result<Self, DecodeError> {
        if params.codec == CODEC_ID_OPUS {
            let head = OpusHead::parse(params.extra_data.as_deref().unwrap_or_default())?;
            return Ok(Self::Opus(OpusDecoder::new(head)?));
        }
        if let Some(name) = names::unsupported(params) {
            return Err(DecodeError::Unsupported(name.to_owned()));
        }
        let options = AudioDecoderOptions::default().gapless(false).verify(verifying);
        let codecs = symphonia::default::get_codecs();
        let params = in_order(params)?;
        let decoder = guard(|| codecs.make_audio_decoder(&params, &options))?;
        let decoder = decoder.map_err(|error| match error {
            Error::Unsupported(what) => DecodeError::Unsupported(format!("of a rare kind ({what})")),
            error => DecodeError::Damaged(error.to_string()),
        })?;
        let lacks_overlap = params.codec == CODEC_ID_VORBIS;
        Ok(Self::Symphonia { decoder, lacks_overlap, kind: None })
    }

    /// Rate and channels as the decoder knows them before the first packet, where it does.
    pub(super) fn spec(&self) -> (Option<u32>, Option<u16>) {
        match self {
            Self::Symphonia { decoder, .. } => {
                let params = decoder.codec_params();
                let channels = params.channels.as_ref().map(|channels| channels.count() as u16);
                (params.sample_rate, channels)
            }
            Self::Opus(decoder) => (Some(opus::RATE), Some(decoder.channels())),
        }
    }

    /// Whether half of a block is lost with the packet before it.
    pub(super) fn overlaps(&self) -> bool {
        match self {
            Self::Symphonia { decoder, .. } => decoder.codec_params().codec == CODEC_ID_VORBIS,
            Self::Opus(_) => false,
        }
    }

    /// Frames that a packet holds, where that can be told without decoding it.
    pub(super) fn packet_frames(&self, packet: &Packet) -> Option<u64> {
        match self {
            Self::Symphonia { .. } => None,
            Self::Opus(_) => opus::packet_frames(&packet.data),
        }
    }

    /// Whether what follows a packet depends on it for long.
    pub(super) fn remembers_long(&self, packet: &Packet) -> bool {
        match self {
            Self::Symphonia { .. } => false,
            Self::Opus(_) => opus::is_speech(&packet.data),
        }
    }

    /// Whether a packet has another rate, layer or number of channels than those before it, which a decoder of
    /// MPEG audio takes for damage.
    pub(super) fn is_of_another_kind(&self, packet: &Packet) -> bool {
        match self {
            Self::Symphonia { decoder, kind: Some(kind), .. } => {
                mpeg_kind_of(decoder.as_ref(), packet).is_some_and(|other| other != *kind)
            }
            Self::Symphonia { .. } | Self::Opus(_) => false,
        }
    }

    /// Makes the decoder anew, for packets of another kind.
    ///
    /// # Errors
    /// None in practice: the same parameters made it before.
    pub(super) fn renew(&mut self) -> Result<(), DecodeError> {
        if let Self::Symphonia { decoder, .. } = self {
            let params = decoder.codec_params().clone();
            *self = Self::new(&params, false)?;
        }
        Ok(())
    }

    /// Decodes one packet; [`Codec::copy`] then gives its samples.
    ///
    /// # Errors
    /// [`DecodeError::Damaged`]: this packet gives nothing. [`DecodeError::Io`] never comes.
    pub(super) fn decode(&mut self, packet: &Packet) -> Result<Block, DecodeError> {
        match self {
            Self::Symphonia { decoder, lacks_overlap, kind } => {
                *kind = kind.or_else(|| mpeg_kind_of(decoder.as_ref(), packet));
                let block = guard(|| decoder.decode(packet).map(|buffer| Block::of(&buffer)))?;
                let mut block = block.map_err(|error| DecodeError::Damaged(error.to_string()))?;
                if std::mem::take(lacks_overlap) {
                    block.frames = 0;
                }
                Ok(block)
            }
            Self::Opus(decoder) => {
                Ok(Block { frames: guard(|| decoder.decode(&packet.data))??, rate: opus::RATE })
            }
        }
    }

    /// Channels of the block decoded last.
    pub(super) fn channels(&self) -> u16 {
        match self {
            Self::Symphonia { decoder, .. } => decoder.last_decoded().num_planes() as u16,
            Self::Opus(decoder) => decoder.channels(),
        }
    }

    /// Appends frames of the block decoded last, interleaved.
    pub(super) fn copy<S: Pcm>(&self, frames: Range<usize>, out: &mut Vec<S>) {
        match self {
            Self::Symphonia { decoder, .. } => copy(&decoder.last_decoded(), frames, out),
            Self::Opus(decoder) => {
                let channels = usize::from(decoder.channels());
                let samples = frames.start * channels..frames.end * channels;
                out.extend(decoder.block()[samples].iter().map(|&sample| S::from_sample(sample)));
            }
        }
    }

    /// Whether all that was decoded has the checksum that the track states; `None` where there is none.
    pub(super) fn checksum(&mut self) -> Option<bool> {
        match self {
            Self::Symphonia { decoder, .. } => guard(|| decoder.finalize().verify_ok).ok().flatten(),
            Self::Opus(_) => None,
        }
    }

    /// Forgets the past, as after a jump in time.
    ///
    /// # Errors
    /// [`DecodeError::Damaged`] when the decoder breaks at it.
    pub(super) fn reset(&mut self) -> Result<(), DecodeError> {
        match self {
            Self::Symphonia { decoder, lacks_overlap, .. } => {
                *lacks_overlap = decoder.codec_params().codec == CODEC_ID_VORBIS;
                guard(|| decoder.reset())
            }
            Self::Opus(decoder) => decoder.reset(),
        }
    }
}

fn mpeg_kind_of(decoder: &dyn AudioDecoder, packet: &Packet) -> Option<u32> {
    let codec = decoder.codec_params().codec;
    let is_mpeg = [CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3].contains(&codec);
    mpeg_kind(&packet.data).filter(|_| is_mpeg)
}

/// Parameters as the decoder wants them: see [`vorbis_setup`].
fn in_order(params: &AudioCodecParameters) -> Result<AudioCodecParameters, DecodeError> {
    let mut params = params.clone();
    let channels = params.channels.as_ref().map_or(0, |channels| channels.count() as u32);
    if params.codec == CODEC_ID_VORBIS && channels > 2 {
        let headers = params.extra_data.as_deref().unwrap_or_default();
        let headers = vorbis_setup::reversed(headers, channels)
            .ok_or_else(|| DecodeError::Unsupported("Vorbis in surround without coupled channels".into()))?;
        params.with_extra_data(headers.into());
    }
    Ok(params)
}

impl Block {
    fn of(buffer: &GenericAudioBufferRef<'_>) -> Self {
        Self { frames: buffer.frames(), rate: buffer.spec().rate() }
    }
}

/// A sample as it is given on.
pub(super) trait Pcm: ConvertibleSample + Send {
    /// Half of two samples.
    fn mean(self, other: Self) -> Self;

    /// With full scale at 1.0.
    fn to_f32(self) -> f32;
}

/// Holds integers exactly up to 24 bits: `i16 / 2^15`, `i24 / 2^23`.
impl Pcm for f32 {
    fn mean(self, other: Self) -> Self {
        (self + other) / 2.0
    }

    fn to_f32(self) -> f32 {
        self
    }
}

/// Holds all integers exactly: those of fewer bits stand in the upper ones.
impl Pcm for i32 {
    fn mean(self, other: Self) -> Self {
        self / 2 + other / 2
    }

    fn to_f32(self) -> f32 {
        (f64::from(self) / 2_147_483_648.0) as f32
    }
}

fn copy<S: Pcm>(buffer: &GenericAudioBufferRef<'_>, frames: Range<usize>, out: &mut Vec<S>) {
    let start = out.len();
    out.resize(start + frames.len() * buffer.num_planes(), S::default());
    let into = &mut out[start..];
    if frames.len() == buffer.frames() {
        buffer.copy_to_slice_interleaved(into);
    } else {
        buffer.slice(frames).copy_to_slice_interleaved(into);
    }
}

/// Turns frames of `from` channels into frames of `to`, for the rare file that changes within: mono
/// fills all, stereo folds into mono, else channels that both have stay.
pub(super) fn remix<S: Pcm>(samples: &[S], from: u16, to: u16, out: &mut Vec<S>) {
    let (from, to) = (usize::from(from.max(1)), usize::from(to));
    for frame in samples.chunks_exact(from) {
        match (frame, to) {
            (&[left, right], 1) => out.push(left.mean(right)),
            (&[mono], to) => out.extend(std::iter::repeat_n(mono, to)),
            (frame, to) => out.extend((0..to).map(|at| frame.get(at).copied().unwrap_or_default())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_changed_simply() {
        let remixed = |samples: &[f32], from, to| {
            let mut out = Vec::new();
            remix(samples, from, to, &mut out);
            out
        };
        assert_eq!(remixed(&[1.0, 2.0], 1, 2), [1.0, 1.0, 2.0, 2.0]);
        assert_eq!(remixed(&[1.0, 3.0], 2, 1), [2.0]);
        assert_eq!(remixed(&[1.0, 2.0, 3.0], 3, 2), [1.0, 2.0]);
        assert_eq!(remixed(&[1.0, 2.0], 2, 3), [1.0, 2.0, 0.0]);
    }
}
