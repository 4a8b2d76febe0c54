//! Creating tickets over HTTP, durable, five policies asked; and the limit, in the same run.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::{fields, limit};
use crate::Bench;
use crate::desk::{Desk, lead};
use crate::load::{self, Target};

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let folder = tempfile::tempdir()?;
    let desk = Desk::create(bench, &folder.path().join("desk"))?;
    let bare = limit::start(&folder.path().join("limit"))?;
    let (mut create, mut limit) = (Vec::new(), Vec::new());
    for &connections in &bench.connections {
        let created = Target { address: desk.address, path: "/v1/tickets", authorization: desk.bearer(), body: lead };
        for (rows, target) in [(&mut limit, bare.target()), (&mut create, created)] {
            rows.push(bench.runtime.block_on(load::run(target, connections, bench.seconds))?);
        }
    }
    Ok(fields(json!({ "create": create, "limit": limit, "policies": desk.policies })))
}
