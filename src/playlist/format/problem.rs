//! Takes what goes wrong while a listing is read or written; gives it a place, a kind and, in
//! one `Display`, its wording. Never decides what is wrong.

use std::fmt;

/// The largest listing that is read: 64 MiB.
pub const MAX_BYTES: usize = 64 << 20;

/// Why no listing could be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Nothing but white space.
    #[error("the listing is empty")]
    Empty,
    /// Sound, pictures, archives: anything that is not text.
    #[error("this is not text")]
    Binary,
    /// More than is read, 64 MiB.
    #[error("the listing has {bytes} bytes; at most {MAX_BYTES} are read")]
    TooLarge {
        /// The size of the input.
        bytes: usize,
    },
    /// The text breaks the rules of its format.
    #[error("{}", join(problems))]
    Malformed {
        /// The name of the format.
        format: &'static str,
        /// What is wrong, in the order of lines; at least one.
        problems: Vec<Problem>,
    },
}

fn join(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

/// Why a listing could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// No format has this name.
    #[error("there is no format {0:?}")]
    UnknownFormat(String),
    /// The format is read, not written.
    #[error("{0} is read, not written")]
    ReadOnly(&'static str),
}

/// One thing wrong with a listing, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the input, from 1.
    pub line: usize,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What can be wrong with a line of a strict format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// The text is no TOML; the parser's own words.
    Syntax(String),
    /// A key that the format does not have.
    UnknownKey {
        /// The key as written.
        key: String,
        /// The known key that is most like it.
        nearest: Option<&'static str>,
    },
    /// A value of the wrong type or out of range.
    WrongType {
        /// The key.
        key: String,
        /// What the key takes.
        expected: &'static str,
    },
    /// A track without this key.
    MissingKey(&'static str),
    /// A document type: never needed in a playlist, and the door of entity bombs.
    Doctype,
    /// The root is no playlist of the XSPF namespace.
    NoPlaylist,
    /// An element that its parent does not have.
    UnknownElement {
        /// The element.
        element: String,
        /// The element around it.
        parent: &'static str,
    },
    /// An element that its parent has once.
    RepeatedElement(String),
    /// An element that has to be there.
    MissingElement(&'static str),
    /// An attribute that its element does not have.
    UnknownAttribute(String),
    /// An attribute that its element has to have.
    MissingAttribute(&'static str),
    /// Text between elements.
    StrayText(&'static str),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.kind {
            ProblemKind::Syntax(message) => write!(f, "{message}"),
            ProblemKind::UnknownKey { key, nearest: Some(nearest) } => {
                write!(f, "there is no key {key:?}; did you mean {nearest:?}?")
            }
            ProblemKind::UnknownKey { key, nearest: None } => write!(f, "there is no key {key:?}"),
            ProblemKind::WrongType { key, expected } => write!(f, "{key:?} takes {expected}"),
            ProblemKind::Doctype => {
                write!(f, "a document type (DOCTYPE) is not accepted: no playlist needs one")
            }
            ProblemKind::NoPlaylist => {
                write!(f, "the outermost element is no <playlist> of the namespace http://xspf.org/ns/0/")
            }
            ProblemKind::UnknownElement { element, parent } => {
                write!(f, "<{parent}> has no element {element:?}")
            }
            ProblemKind::RepeatedElement(element) => write!(f, "there may be one <{element}> only"),
            ProblemKind::MissingElement(element) => write!(f, "there is no <{element}>"),
            ProblemKind::UnknownAttribute(name) => write!(f, "there is no attribute {name:?} here"),
            ProblemKind::MissingAttribute(name) => write!(f, "the attribute {name:?} is missing"),
            ProblemKind::StrayText(parent) => write!(f, "<{parent}> holds elements, not text"),
            ProblemKind::MissingKey(key) => write!(f, "this track has no {key:?}"),
        }
    }
}
