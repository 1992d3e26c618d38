//! Takes what is set; gives it as text that is a settings file itself, and as JSON.
//! Never shows what is secret.

use serde_json::json;

use crate::config::{Config, Kind, SETTINGS, Set, Setting, Source, Value};
use crate::paths::Paths;
use crate::sanitise;

/// `gain = "album"   # /home/u/.config/tonearm/config.toml, line 3`; what is not set is a comment.
pub(super) fn as_text(config: &Config, paths: &Paths) -> String {
    let rows: Vec<(String, String)> = SETTINGS
        .iter()
        .map(|setting| match config.get(setting.name) {
            Some(_) if setting.kind == Kind::Secret => {
                (format!("# {} is not shown", setting.name), source(config, setting))
            }
            Some(set) => (format!("{} = {}", setting.name, toml(setting, set)), source(config, setting)),
            None => (format!("# {}: {}", setting.name, default(setting, paths)), "default".into()),
        })
        .map(|(left, right)| (sanitise::line(&left).into_owned(), sanitise::line(&right).into_owned()))
        .collect();
    // One long value must not push all sources out of sight.
    let widths = rows.iter().map(|(left, _)| left.chars().count());
    let width = widths.filter(|width| *width <= 48).max().unwrap_or(0);
    rows.iter().map(|(left, right)| format!("{left:width$}  # {right}\n")).collect()
}

fn source(config: &Config, setting: &Setting) -> String {
    config.get(setting.name).map(|set| set.source.to_string()).unwrap_or_default()
}

/// What holds where it is not set.
fn default(setting: &Setting, paths: &Paths) -> String {
    match (setting.name, paths.music_folder()) {
        ("music", Some(folder)) => format!("{}, {}", setting.default, folder.display()),
        _ => setting.default.to_owned(),
    }
}

fn toml(setting: &Setting, set: &Set) -> String {
    match &set.value {
        Value::Folders(folders) => {
            let folders: toml_edit::Array =
                folders.iter().map(|folder| folder.to_string_lossy().into_owned()).collect();
            folders.to_string()
        }
        Value::Texts(texts) => match &texts[..] {
            [one] => toml_edit::Value::from(one.as_str()).to_string(),
            several => several.iter().map(String::as_str).collect::<toml_edit::Array>().to_string(),
        },
        Value::Keys(keys) => {
            let rows = keys.iter().map(|of| {
                (of.action.as_str(), of.keys.iter().map(String::as_str).collect::<toml_edit::Array>())
            });
            rows.collect::<toml_edit::InlineTable>().to_string()
        }
        Value::Text(text) => {
            let is_bare = match setting.kind {
                Kind::Decibels(_) => true,
                Kind::Place => text.bytes().all(|byte| byte.is_ascii_digit()),
                _ => false,
            };
            if is_bare {
                text.trim_start_matches('+').to_owned()
            } else {
                toml_edit::Value::from(text.as_str()).to_string()
            }
        }
    }
}

/// One object a setting: `value` is null where it is not set or secret.
pub(super) fn as_json(config: &Config, paths: &Paths) -> serde_json::Value {
    SETTINGS
        .iter()
        .map(|setting| {
            let set = config.get(setting.name);
            let value = match set.map(|set| &set.value).filter(|_| setting.kind != Kind::Secret) {
                None => json!(null),
                Some(Value::Folders(folders)) => {
                    json!(folders.iter().map(|folder| folder.to_string_lossy()).collect::<Vec<_>>())
                }
                Some(Value::Texts(texts)) => json!(texts),
                Some(Value::Keys(keys)) => {
                    let rows = keys.iter().map(|of| (of.action.clone(), json!(of.keys)));
                    json!(rows.collect::<serde_json::Map<_, _>>())
                }
                Some(Value::Text(text)) => match (setting.kind, text.parse::<f64>()) {
                    (Kind::Decibels(_), Ok(number)) => json!(number),
                    _ => json!(text),
                },
            };
            let (source, place) = match set.map(|set| &set.source) {
                None => ("default", json!(null)),
                Some(Source::File { path, line }) => {
                    ("file", json!({ "file": path.to_string_lossy(), "line": line }))
                }
                Some(Source::Variable(name)) => ("environment", json!(name)),
                Some(Source::Option(name)) => ("command line", json!(format!("--{name}"))),
            };
            json!({
                "name": setting.name, "value": value, "source": source, "place": place,
                "default": default(setting, paths), "help": setting.help,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use super::*;
    use crate::paths::Environment;

    #[test]
    fn what_is_shown_is_a_settings_file_that_sets_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let text = "music = ['/a \"b\"', '/c\u{202e}d']\nmpd = 6600\npreamp = -3.5\noutput = [\"pipe:/x\\ty\", \"null\"]\nmpd_password = \"swordfish\"\nkeys = { mute = \"M\", pause = [] }\n";
        std::fs::write(&file, text).unwrap();
        let config = Config::load(&file, None, &|_| None).unwrap();
        let paths = Paths::new(&Environment { tonearm_home: Some("/t".into()), user: None }).unwrap();

        let shown = as_text(&config, &paths);
        assert!(!shown.contains("swordfish") && !as_json(&config, &paths).to_string().contains("swordfish"));
        assert!(!shown.contains('\u{202e}'));
        std::fs::write(&file, &shown).unwrap();
        let again = Config::load(&file, None, &|_| None).unwrap();
        for name in ["mpd", "preamp", "output"] {
            assert_eq!(again.get(name).unwrap().value, config.get(name).unwrap().value, "{name}");
        }
        let keys = |config: &Config| {
            config.keys().iter().map(|of| (of.action.clone(), of.keys.clone())).collect::<Vec<_>>()
        };
        assert_eq!(keys(&again), keys(&config));
        assert_eq!(again.music()[0], Path::new("/a \"b\""));
    }
}
