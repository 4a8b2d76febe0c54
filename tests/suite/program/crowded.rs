//! A process that may open few files, and more clients than that: the store keeps what it needs, and good clients come in.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::place::Place;

/// So many the process may open; some 44 of them are left for clients.
const FILES: u32 = 300;
/// Clients that connect and say nothing.
const SILENT: usize = 400;
/// Far longer than it takes; the silent ones alone would hold their places for 10 s.
const SOON: Duration = Duration::from_secs(8);

#[test]
fn silent_clients_take_no_file_from_the_store_and_keep_nobody_out() {
    let place = Place::empty();
    let made = place.run(&["--json", "init"]).good().json();
    let key = made["key"]["secret"].as_str().unwrap().to_owned();
    let served = place.serve_with_files(FILES);
    let mut silent: Vec<TcpStream> = Vec::new();
    for round in 0..4 {
        silent.extend((0..SILENT / 4).map(|_| TcpStream::connect(served.address()).unwrap()));
        let begun = Instant::now();
        let mut good = TcpStream::connect(served.address()).unwrap();
        good.set_read_timeout(Some(SOON)).unwrap();
        let body = format!("{{\"subject\":\"round {round}\"}}");
        let head = format!(
            "POST /v1/tickets HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        good.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        good.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
        assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
        let open = std::fs::read_dir(format!("/proc/{}/fd", served.pid())).unwrap().count();
        assert!(open < FILES as usize - 64, "{open} files are open");
    }
    place.run(&["verify"]).good();
    assert_eq!(served.end(), Some(0));
}
