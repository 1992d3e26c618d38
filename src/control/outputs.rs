//! Takes the name or the number of an output and what is wanted of it; gives that to the player, and says where the sound
//! goes. Never opens an output itself.

use serde_json::{Value, json};

use super::message;
use super::picture::Picture;
use crate::player::{Link, Outlet, Remote, Switch, Target};

/// Switches the output of that number in the list, from 1, or of that name.
pub(super) fn switch(name: &str, switch: Switch, remote: &Remote) -> Result<(), String> {
    let target = named(name, &remote.status().outputs)?;
    remote.switch(target, switch).map_err(|error| error.to_string())
}

fn named(name: &str, outputs: &[Outlet]) -> Result<Target, String> {
    match name.parse::<usize>() {
        Ok(number) => {
            let outlet = number.checked_sub(1).and_then(|at| outputs.get(at));
            let outlet = outlet.ok_or_else(|| {
                format!("there is no output {number}: `tonearm output` lists {}", outputs.len())
            })?;
            Ok(outlet.target.clone())
        }
        Err(_) => name.parse().map_err(|error: crate::player::UnknownOutput| error.to_string()),
    }
}

/// An answer with where the sound goes.
pub(super) fn told(id: &Value, remote: &Remote) -> String {
    let status = remote.settled();
    let rows: Vec<Value> = status.outputs.iter().enumerate().map(|(at, outlet)| row(at, outlet)).collect();
    message::outputs(id, &Picture::of(&status), &rows)
}

fn row(at: usize, outlet: &Outlet) -> Value {
    let (state, trouble) = match &outlet.link {
        Link::Off => ("off", None),
        Link::Open => ("open", None),
        Link::Behind => ("behind", None),
        Link::Away(why) => ("away", Some(why)),
    };
    json!({
        "number": at + 1, "output": outlet.target.to_string(), "on": outlet.is_on(), "main": outlet.leads,
        "state": state, "trouble": trouble, "gaps": outlet.gaps,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::player::OutputId;

    #[test]
    fn an_output_has_a_number_and_a_name() {
        let outlet =
            |id, target| Outlet { id: OutputId(id), target, link: Link::Open, leads: id == 0, gaps: 0 };
        let outputs = [outlet(0, Target::Auto), outlet(1, Target::Null)];
        assert_eq!(named("2", &outputs), Ok(Target::Null));
        assert_eq!(named("pulse:x", &outputs), Ok(Target::Pulse(Some("x".into()))));
        assert_eq!(named("3", &outputs), Err("there is no output 3: `tonearm output` lists 2".into()));
        assert!(named("loudspeaker", &outputs).is_err_and(|why| why.starts_with("no output is called")));
    }

    #[test]
    fn what_is_wrong_with_an_output_is_told() {
        let outlet = Outlet {
            id: OutputId(4),
            target: Target::Pulse(None),
            link: Link::Away("no sound server answers".into()),
            leads: false,
            gaps: 3,
        };
        assert_eq!(
            row(1, &outlet),
            json!({
                "number": 2, "output": "pulse", "on": true, "main": false, "state": "away",
                "trouble": "no sound server answers", "gaps": 3,
            })
        );
    }
}
