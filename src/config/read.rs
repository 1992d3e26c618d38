//! Takes the text of the settings file, variables, words of options; gives what each sets, or what is wrong with it, by the
//! table.
//! Never stops at the first mistake, unless it is one of TOML's grammar.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use toml_edit::{Document, Item, Value as Toml};

use super::table::{Kind, SETTINGS, Setting};
use super::{KeysOf, Mistake, Set, Source, Value};

type Span = std::ops::Range<usize>;

/// What the settings file sets.
pub(super) fn of_file(text: &str, path: &Path) -> Vec<Result<Set, Mistake>> {
    let place = |span: Option<Span>| {
        let before = &text.as_bytes()[..span.map_or(0, |span| span.start.min(text.len()))];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Source::File { path: path.to_owned(), line }
    };
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let message = error.message().replace('\n', ", ");
            return vec![Err(Mistake { place: place(error.span()), message })];
        }
    };
    let table = document.as_table();
    let set = |(name, item): (&str, &Item)| {
        let key = table.key(name).and_then(toml_edit::Key::span);
        if name == "keys" {
            return of_keys(item, key, &place);
        }
        let place = place(key);
        match SETTINGS.iter().find(|setting| setting.name == name) {
            Some(setting) => take(setting, of_toml(setting.kind, item), place),
            None => Err(Mistake { place, message: unknown(name) }),
        }
    };
    table.iter().map(set).collect()
}

/// The table of keys, which knows the line of each.
fn of_keys(item: &Item, key: Option<Span>, place: &dyn Fn(Option<Span>) -> Source) -> Result<Set, Mistake> {
    let wrong =
        |span| Mistake { place: place(span), message: format!("`keys` takes {}", Kind::Keys.takes()) };
    let table = item.as_table_like().ok_or_else(|| wrong(key.clone()))?;
    let mut all = Vec::new();
    for (action, item) in table.iter() {
        let span = table.key(action).and_then(toml_edit::Key::span);
        let keys = match item.as_value() {
            Some(Toml::String(key)) => Some(vec![key.value().clone()]),
            Some(Toml::Array(keys)) => keys.iter().map(|key| key.as_str().map(str::to_owned)).collect(),
            _ => None,
        };
        let keys = keys.ok_or_else(|| wrong(span.clone()))?;
        let line = match place(span) {
            Source::File { line, .. } => line,
            _ => 0, // the place is one of the file's
        };
        all.push(KeysOf { action: action.to_owned(), keys, line });
    }
    Ok(Set { name: "keys", value: Value::Keys(all), source: place(key) })
}

/// What the environment sets.
pub(super) fn of_environment(variable: &dyn Fn(&str) -> Option<OsString>) -> Vec<Result<Set, Mistake>> {
    let set = |setting: &'static Setting| {
        let name = setting.variable()?;
        let value = variable(&name).filter(|value| !value.is_empty())?;
        let value = match setting.kind {
            Kind::Folders => Some(Value::Folders(std::env::split_paths(&value).collect())),
            kind => of_words(kind, &value),
        };
        Some(take(setting, value, Source::Variable(name)))
    };
    SETTINGS.iter().filter_map(set).collect()
}

/// What an option of the command line sets.
pub(super) fn of_option(setting: &'static Setting, words: &[OsString]) -> Result<Set, Mistake> {
    let value = match (setting.kind, words) {
        (Kind::Folders, folders) => Some(Value::Folders(folders.iter().map(PathBuf::from).collect())),
        (Kind::Texts, texts) => {
            let texts = texts.iter().map(|text| text.to_str().map(str::to_owned));
            texts.collect::<Option<_>>().map(Value::Texts)
        }
        (kind, [.., last]) => of_words(kind, last),
        (_, []) => None,
    };
    take(setting, value, Source::Option(setting.option.unwrap_or(setting.name).to_owned()))
}

fn take(setting: &'static Setting, value: Option<Value>, place: Source) -> Result<Set, Mistake> {
    match value {
        Some(value) => Ok(Set { name: setting.name, value, source: place }),
        None => Err(Mistake { place, message: format!("`{}` takes {}", setting.name, setting.kind.takes()) }),
    }
}

fn of_toml(kind: Kind, item: &Item) -> Option<Value> {
    let value = item.as_value()?;
    match (kind, value) {
        (Kind::Folders, Toml::Array(folders)) => {
            let folders = folders.iter().map(|folder| folder.as_str().map(PathBuf::from));
            Some(Value::Folders(folders.collect::<Option<_>>()?))
        }
        (Kind::Folders, folder) => Some(Value::Folders(vec![folder.as_str()?.into()])),
        (Kind::Texts, Toml::Array(texts)) => {
            let texts = texts.iter().map(|text| text.as_str().map(str::to_owned));
            Some(Value::Texts(texts.collect::<Option<_>>()?))
        }
        (Kind::Decibels(_), Toml::Integer(number)) => of_words(kind, OsStr::new(&number.value().to_string())),
        (Kind::Decibels(_), Toml::Float(number)) => of_words(kind, OsStr::new(&number.value().to_string())),
        (Kind::Decibels(_), _) => None,
        (Kind::Place, Toml::Integer(port)) => {
            Some(Value::Text(u16::try_from(*port.value()).ok()?.to_string()))
        }
        (kind, text) => of_words(kind, OsStr::new(text.as_str()?)),
    }
}

fn of_words(kind: Kind, words: &OsStr) -> Option<Value> {
    let words = words.to_str()?;
    let fits = match kind {
        Kind::Word(known) => known.contains(&words),
        Kind::Decibels(most) => words.parse().is_ok_and(|number: f64| number.abs() <= most),
        Kind::Folders => return Some(Value::Folders(vec![words.into()])),
        Kind::Texts => return Some(Value::Texts(vec![words.to_owned()])),
        Kind::Keys => return None,
        Kind::Place | Kind::Secret => true,
    };
    fits.then(|| Value::Text(words.to_owned()))
}

/// Nearer than that two names are taken for slips of the same.
const SLIP: f64 = 0.7;

fn unknown(name: &str) -> String {
    let likeness = |setting: &&Setting| strsim::normalized_damerau_levenshtein(name, setting.name);
    let nearest = SETTINGS.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let meant = nearest.filter(|setting| likeness(setting) >= SLIP);
    let meant = meant.map(|setting| format!(", but `{}`", setting.name)).unwrap_or_default();
    let names: Vec<_> = SETTINGS.iter().map(|setting| setting.name).collect();
    format!("there is no setting `{name}`{meant}; there are {}", names.join(", "))
}
