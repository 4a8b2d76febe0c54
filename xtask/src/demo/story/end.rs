//! The end of the story: the server is killed and comes back; what is left to try.

use anyhow::{Result, ensure};

use super::super::client::Client;
use super::super::server::Server;
use super::{chapter, items};

/// Kills the server and looks whether anything is gone.
pub fn survive(server: &mut Server) -> Result<()> {
    chapter(11, "The server is killed, and comes back with everything");
    let (tickets, events) = count(&server.client)?;
    println!("  {tickets} tickets and {events} events; now SIGKILL to process {}", server.pid());
    server.kill()?;
    server.again()?;
    let after = count(&server.client)?;
    println!("  process {}: {} tickets and {} events", server.pid(), after.0, after.1);
    // Timers and followers of the log may have told more meanwhile.
    ensure!(after.0 == tickets && after.1 >= events, "something was lost");
    Ok(())
}

/// All tickets, page by page, and the number of the last event.
fn count(client: &Client) -> Result<(usize, u64)> {
    let (mut tickets, mut after) = (0, String::new());
    loop {
        let page = client.fetch(&format!("/v1/tickets?limit=200{after}"), "en")?;
        tickets += items(&page)?.len();
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let (mut last, mut from) = (0, 0);
    loop {
        let page = client.fetch(&format!("/v1/events?limit=200&after={from}"), "en")?;
        match items(&page)?.last().and_then(|event| event["sequence"].as_u64()) {
            Some(sequence) => (last, from) = (sequence, sequence),
            None => return Ok((tickets, last)),
        }
    }
}

/// What is left to try.
pub fn farewell(server: &Server) {
    let client = &server.client;
    println!("\nThe desk keeps running at {} until Ctrl-C. In another terminal:\n", client.url);
    println!("  export KEY={}", client.key);
    println!("  curl -s '{}/v1' -H \"Authorization: Bearer $KEY\"            # what there is", client.url);
    println!("  curl -sN '{}/v1/events' -H \"Authorization: Bearer $KEY\" -H 'Accept: text/event-stream'", client.url);
    println!("  target/debug/plugdesk --folder target/demo/desk policy list");
    println!("  a reader of the whole API: {}/docs", client.url);
}
