//! Takes what the client of a sound server takes; gives the answer of a system that has no such server.
//! Never plays: nothing of it can be made.
#![allow(dead_code)] // the same names as where there is one

use std::time::Instant;

use super::doorbell::Doorbell;
use super::{OutputError, Wiring};

/// A sink, of which there is none.
pub(super) struct Sink {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) rate: u32,
    pub(super) is_default: bool,
}

impl Sink {
    pub(super) fn channels(&self) -> u16 {
        0
    }
}

pub(super) fn sinks() -> Vec<Sink> {
    Vec::new()
}

/// What a server may say of its own accord.
pub(super) enum Turn {
    Quiet,
    Unplugged,
}

/// Why a stream is over.
pub(super) enum Ended {
    ServerGone,
    SinkGone,
    Reshaped,
}

/// A stream, of which there is none.
pub(super) enum Playing {}

impl Playing {
    pub(super) fn open(
        _: Option<&str>,
        _: Option<u32>,
        _: &Wiring,
        _: &Doorbell,
    ) -> Result<Self, OutputError> {
        Err(OutputError::NoServer)
    }

    pub(super) fn is_silent(&self) -> bool {
        match *self {}
    }

    pub(super) fn is_corked(&self) -> bool {
        match *self {}
    }

    pub(super) fn work(&mut self, _: Option<Instant>) -> Result<Turn, Ended> {
        match *self {}
    }
}
