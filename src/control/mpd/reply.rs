//! Takes the parts of an answer; gives its bytes to the client, a buffer at a time. An answer however long takes no
//! more memory than the buffer.
//! Never lets a value break the lines of the protocol; says of a client that is gone, and is silent from then on.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};

/// Bytes that are collected before they are sent.
const BUFFER: usize = 16 << 10;

/// Where answers go.
pub(super) struct Reply {
    to: Box<dyn Write + Send>,
    buffer: Vec<u8>,
    is_broken: bool,
}

impl Reply {
    pub(super) fn new(to: impl Write + Send + 'static) -> Self {
        Self { to: Box::new(to), buffer: Vec::new(), is_broken: false }
    }

    /// `key: value`
    pub(super) fn pair(&mut self, key: &str, value: impl Display) {
        let value = value.to_string();
        self.bytes(key.as_bytes());
        self.bytes(b": ");
        self.bytes(one_line(&value).as_bytes());
        self.bytes(b"\n");
    }

    /// The same, where there is a value.
    pub(super) fn pair_of(&mut self, key: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.pair(key, value);
        }
    }

    /// A piece of something that is not text.
    pub(super) fn binary(&mut self, bytes: &[u8]) {
        self.pair("binary", bytes.len());
        self.bytes(bytes);
        self.bytes(b"\n");
    }

    /// A line or more, as they are.
    pub(super) fn raw(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        if self.is_broken {
            return;
        }
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER {
            self.flush();
        }
    }

    /// Sends what is collected.
    pub(super) fn flush(&mut self) {
        if !self.is_broken && !self.buffer.is_empty() {
            self.is_broken = send(&mut self.to, &self.buffer).is_err();
        }
        self.buffer.clear();
        self.buffer.shrink_to(BUFFER);
    }

    /// Whether the client is gone, or does not read.
    pub(super) fn is_broken(&self) -> bool {
        self.is_broken
    }
}

fn send(to: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes)?;
    to.flush()
}

/// A value without what would end its line.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What was sent.
    #[derive(Clone, Default)]
    pub(in crate::control::mpd) struct Sent(Arc<Mutex<Vec<u8>>>);

    impl Write for Sent {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What an answer says.
    pub(in crate::control::mpd) fn said(answer: impl FnOnce(&mut Reply)) -> String {
        let sent = Sent::default();
        let mut reply = Reply::new(sent.clone());
        answer(&mut reply);
        reply.flush();
        let bytes = sent.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn no_value_breaks_its_line() {
        let text = said(|reply| {
            reply.pair("Title", "a\nOK\nb\u{85}c");
            reply.binary(b"1\n2");
        });
        assert_eq!(text, "Title: a OK b c\nbinary: 3\n1\n2\n");
    }

    #[test]
    fn a_long_answer_is_sent_in_pieces() {
        let sent = Sent::default();
        let mut reply = Reply::new(sent.clone());
        for n in 0..100_000 {
            reply.pair("n", n);
            assert!(reply.buffer.len() < BUFFER);
        }
        assert!(sent.0.lock().unwrap().len() > 800_000);
    }

    #[test]
    fn a_client_that_is_gone_is_told_no_more() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut reply = Reply::new(Gone);
        reply.raw("OK\n");
        assert!(!reply.is_broken());
        reply.flush();
        assert!(reply.is_broken());
        reply.raw("OK\n");
        assert!(reply.buffer.is_empty());
    }
}
