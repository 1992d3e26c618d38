//! Takes the name of a Snapcast server; gives the format of its TCP source, as its control port tells it.
//! Never changes anything there.
//!
//! Source: Snapcast's JSON-RPC API, "Server.GetStatus"
//! <https://github.com/badaix/snapcast/blob/develop/doc/json_rpc_api/control.md>.

use std::io::{BufRead, BufReader, Read, Write};
use std::time::Duration;

use serde::Deserialize;

use super::form::Form;
use super::line::call;

/// The port of a TCP source, and that of the server's JSON-RPC over TCP.
pub(super) const SOURCE_PORT: u16 = 4953;
const CONTROL_PORT: u16 = 1705;

const PATIENCE: Duration = Duration::from_millis(500);

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 4 << 20;

#[derive(Deserialize)]
struct Answer {
    result: Outcome,
}

#[derive(Deserialize)]
struct Outcome {
    server: Server,
}

#[derive(Deserialize)]
struct Server {
    streams: Vec<Source>,
}

#[derive(Deserialize)]
struct Source {
    uri: Uri,
}

#[derive(Deserialize)]
struct Uri {
    scheme: String,
    host: String,
    #[serde(default)]
    query: Query,
}

#[derive(Deserialize, Default)]
struct Query {
    #[serde(default)]
    sampleformat: String,
}

/// The format of the source at `port`; `None` where the server does not tell.
pub(super) fn form(host: &str, port: u16) -> Option<Form> {
    let mut stream = call(host, CONTROL_PORT, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(b"{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"Server.GetStatus\"}\r\n").ok()?;
    let mut line = String::new();
    BufReader::new(stream.take(LONGEST)).read_line(&mut line).ok()?;
    told(&line, port)
}

fn told(line: &str, port: u16) -> Option<Form> {
    let answer: Answer = serde_json::from_str(line).ok()?;
    let mut uris = answer.result.server.streams.into_iter().map(|source| source.uri);
    let uri = uris.find(|uri| {
        let at = uri.host.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(SOURCE_PORT);
        uri.scheme == "tcp" && at == port
    })?;
    uri.query.sampleformat.parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_source_of_the_port_tells_its_format() {
        let stream = |scheme: &str, host: &str, format: &str| {
            format!(
                r#"{{"id":"x","status":"idle","uri":{{"scheme":"{scheme}","host":"{host}","query":{{"name":"x","sampleformat":"{format}"}}}}}}"#
            )
        };
        let streams = [
            stream("pipe", "", "48000:16:2"),
            stream("tcp", "0.0.0.0:4953", "44100:16:2"),
            stream("tcp", "0.0.0.0:5000", "96000:24:2"),
        ];
        let line = format!(
            r#"{{"id":1,"jsonrpc":"2.0","result":{{"server":{{"groups":[],"streams":[{}]}}}}}}"#,
            streams.join(",")
        );
        assert_eq!(told(&line, 4953).unwrap().to_string(), "44100:16:2");
        assert_eq!(told(&line, 5000).unwrap().to_string(), "96000:24:2");
        assert_eq!(told(&line, 7), None);
        assert_eq!(told("{}", 4953), None);
        assert_eq!(told("garbage", 4953), None);
    }
}
