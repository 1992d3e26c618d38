//! x

use super::exit::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Options {}

pub(super) fn run(_options: &Options, _quiet: bool) -> anyhow::Result<Exit> {
    Ok(Exit::Done)
}
