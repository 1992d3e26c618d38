//! Takes codec and container numbers; gives the words people use for them. Never opens anything.

use symphonia::core::codecs::audio::AudioCodecId;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::*;
use symphonia::core::formats::FormatId;
use symphonia::core::formats::well_known::*;

/// The family of a codec: what is common to all its bit layouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Pcm {
        float: bool,
    },
    /// G.711: 8 bits a sample, not linear.
    Law,
    Adpcm,
    Flac,
    Alac,
    Mpeg,
    Aac,
    Vorbis,
    Opus,
    Other,
}

impl Family {
    pub(super) fn of(codec: AudioCodecId) -> Self {
        match codec {
            CODEC_ID_PCM_ALAW | CODEC_ID_PCM_MULAW => Self::Law,
            CODEC_ID_FLAC => Self::Flac,
            CODEC_ID_ALAC => Self::Alac,
            CODEC_ID_MP1 | CODEC_ID_MP2 | CODEC_ID_MP3 => Self::Mpeg,
            CODEC_ID_AAC => Self::Aac,
            CODEC_ID_VORBIS => Self::Vorbis,
            CODEC_ID_OPUS => Self::Opus,
            CODEC_ID_ADPCM_G722
            | CODEC_ID_ADPCM_G726
            | CODEC_ID_ADPCM_G726LE
            | CODEC_ID_ADPCM_MS
            | CODEC_ID_ADPCM_IMA_WAV
            | CODEC_ID_ADPCM_IMA_QT => Self::Adpcm,
            _ if is_float(codec) => Self::Pcm { float: true },
            _ if is_integer(codec) => Self::Pcm { float: false },
            _ => Self::Other,
        }
    }

    /// Whether samples come out as they went in.
    pub(super) fn is_lossless(self) -> bool {
        matches!(self, Self::Pcm { .. } | Self::Flac | Self::Alac)
    }
}

fn is_float(codec: AudioCodecId) -> bool {
    (CODEC_ID_PCM_F32LE..=CODEC_ID_PCM_F64BE_PLANAR).contains(&codec)
}

fn is_integer(codec: AudioCodecId) -> bool {
    (CODEC_ID_PCM_S32LE..=CODEC_ID_PCM_U8_PLANAR).contains(&codec)
}

/// Codec and container in words.
pub(super) fn codec(codec: AudioCodecId, container: FormatId) -> &'static str {
    match (Family::of(codec), container) {
        (Family::Pcm { .. }, FORMAT_ID_WAVE) => "WAV",
        (Family::Pcm { .. }, FORMAT_ID_AIFF) => "AIFF",
        (Family::Pcm { .. }, FORMAT_ID_CAF) => "PCM in CAF",
        (Family::Pcm { .. }, FORMAT_ID_ISOMP4) => "PCM in MP4",
        (Family::Pcm { .. }, FORMAT_ID_MKV) => "PCM in Matroska",
        (Family::Pcm { .. }, _) => "PCM",
        (Family::Law, FORMAT_ID_WAVE) => "G.711 in WAV",
        (Family::Law, _) => "G.711",
        (Family::Adpcm, FORMAT_ID_WAVE) => "ADPCM in WAV",
        (Family::Adpcm, _) => "ADPCM",
        (Family::Flac, FORMAT_ID_OGG) => "FLAC in Ogg",
        (Family::Flac, FORMAT_ID_ISOMP4) => "FLAC in MP4",
        (Family::Flac, FORMAT_ID_MKV) => "FLAC in Matroska",
        (Family::Flac, _) => "FLAC",
        (Family::Alac, FORMAT_ID_ISOMP4) => "ALAC in M4A",
        (Family::Alac, FORMAT_ID_CAF) => "ALAC in CAF",
        (Family::Alac, _) => "ALAC",
        (Family::Mpeg, _) => mpeg(codec),
        (Family::Aac, FORMAT_ID_ISOMP4) => "AAC in M4A",
        (Family::Aac, FORMAT_ID_MKV) => "AAC in Matroska",
        (Family::Aac, FORMAT_ID_CAF) => "AAC in CAF",
        (Family::Aac, _) => "AAC",
        (Family::Vorbis, FORMAT_ID_OGG) => "Vorbis in Ogg",
        (Family::Vorbis, FORMAT_ID_MKV) => "Vorbis in WebM",
        (Family::Vorbis, _) => "Vorbis",
        (Family::Opus, FORMAT_ID_OGG) => "Opus in Ogg",
        (Family::Opus, FORMAT_ID_MKV) => "Opus in WebM",
        (Family::Opus, FORMAT_ID_ISOMP4) => "Opus in MP4",
        (Family::Opus, _) => "Opus",
        (Family::Other, _) => "audio",
    }
}

fn mpeg(codec: AudioCodecId) -> &'static str {
    match codec {
        CODEC_ID_MP1 => "MP1",
        CODEC_ID_MP2 => "MP2",
        _ => "MP3",
    }
}

/// The name of a codec that has no decoder here; `None` where it may have one.
pub(super) fn unsupported(params: &AudioCodecParameters) -> Option<&'static str> {
    Some(match params.codec {
        CODEC_ID_SPEEX => "Speex",
        CODEC_ID_MUSEPACK => "Musepack",
        CODEC_ID_AC3 => "Dolby Digital",
        CODEC_ID_EAC3 => "Dolby Digital Plus",
        CODEC_ID_AC4 => "Dolby AC-4",
        CODEC_ID_TRUEHD => "Dolby TrueHD",
        CODEC_ID_DCA => "DTS",
        CODEC_ID_WMA => "Windows Media Audio",
        CODEC_ID_WAVPACK => "WavPack",
        CODEC_ID_MONKEYS_AUDIO => "Monkey's Audio",
        CODEC_ID_TTA => "True Audio",
        CODEC_ID_RA10 | CODEC_ID_RA20 | CODEC_ID_SIPR | CODEC_ID_COOK | CODEC_ID_RALF => "RealAudio",
        CODEC_ID_ATRAC1 | CODEC_ID_ATRAC3 | CODEC_ID_ATRAC3PLUS | CODEC_ID_ATRAC9 => "ATRAC",
        CODEC_ID_AAC => return aac(params),
        _ => return None,
    })
}

fn channels(params: &AudioCodecParameters) -> usize {
    params.channels.as_ref().map_or(0, |channels| channels.count())
}

/// What an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1) asks for beyond AAC-LC in stereo.
fn aac(params: &AudioCodecParameters) -> Option<&'static str> {
    let config = params.extra_data.as_deref().unwrap_or_default();
    let object_type = config.first().map(|byte| byte >> 3);
    // A backward compatible header says so behind the plain one: sync word 0x2b7, then type 5.
    let hidden = config.windows(3).skip(2).any(|w| w[0] == 0x56 && w[1] == 0xe5 && w[2] & 0x80 != 0);
    match object_type {
        Some(5) => Some("HE-AAC"),
        Some(29) => Some("HE-AAC v2"),
        Some(2) if hidden => Some("HE-AAC"),
        Some(2) | None if channels(params) > 2 => Some("AAC with more than two channels"),
        Some(2) | None => None,
        Some(_) => Some("AAC of another kind than LC"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use symphonia::core::audio::Channels;

    fn config(bytes: &[u8]) -> AudioCodecParameters {
        let mut params = AudioCodecParameters::new();
        params.for_codec(CODEC_ID_AAC).with_extra_data(bytes.into());
        params
    }

    #[test]
    fn he_aac_is_named_however_it_is_signalled() {
        assert_eq!(unsupported(&config(&[0x12, 0x10])), None);
        assert_eq!(unsupported(&config(&[0x2b, 0x92, 0x08, 0x00])), Some("HE-AAC"));
        assert_eq!(unsupported(&config(&[0xeb, 0x8a, 0x08, 0x00])), Some("HE-AAC v2"));
        assert_eq!(unsupported(&config(&[0x13, 0x90, 0x56, 0xe5, 0xa5])), Some("HE-AAC"));
        // The sync word with the flag unset: plain LC.
        assert_eq!(unsupported(&config(&[0x12, 0x10, 0x56, 0xe5, 0x00])), None);
    }

    #[test]
    fn surround_that_would_sound_wrong_is_named() {
        let mut params = AudioCodecParameters::new();
        params.for_codec(CODEC_ID_AAC).with_channels(Channels::Discrete(2));
        assert_eq!(unsupported(&params), None);
        params.with_channels(Channels::Discrete(6));
        assert_eq!(unsupported(&params), Some("AAC with more than two channels"));
    }

    #[test]
    fn words_name_codec_and_container() {
        assert_eq!(codec(CODEC_ID_PCM_S16LE, FORMAT_ID_WAVE), "WAV");
        assert_eq!(codec(CODEC_ID_OPUS, FORMAT_ID_OGG), "Opus in Ogg");
        assert_eq!(codec(CODEC_ID_MP3, FORMAT_ID_MP3), "MP3");
        assert!(Family::of(CODEC_ID_PCM_F64BE_PLANAR) == Family::Pcm { float: true });
    }
}
