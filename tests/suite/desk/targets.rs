//! Addresses that people give: nothing that leads into the operator's own network is taken, however it is written.

use std::net::IpAddr;

use plugdesk_desk::target::{Allowed, Target, closed, host_admits};

/// Addresses that are refused when a webhook is made, each with a word of the reason.
const HOSTILE: &[(&str, &str)] = &[
    // other schemes, and none
    ("http://example.com/hook", "https"),
    ("ftp://example.com/", "https"),
    ("file:///etc/passwd", "host"),
    ("gopher://example.com/", "https"),
    ("javascript:alert(1)", "host"),
    ("data:text/plain,x", "host"),
    ("example.com/hook", "address"),
    ("//example.com/hook", "address"),
    ("", "bytes"),
    ("https://", "address"),
    // this machine, in every writing
    ("https://localhost/", "whole name"),
    ("https://LOCALHOST:9000/", "whole name"),
    ("https://a.localhost/", "localhost"),
    ("https://localhost.localdomain/", "localdomain"),
    ("https://127.0.0.1/", "this machine"),
    ("https://127.1/", "this machine"),
    ("https://127.255.255.254:8443/", "this machine"),
    ("https://2130706433/", "this machine"),
    ("https://0x7f000001/", "this machine"),
    ("https://0x7f.1/", "this machine"),
    ("https://0177.0.0.1/", "this machine"),
    ("https://017700000001/", "this machine"),
    ("https://127.0.0.1./", "this machine"),
    ("https://１２７.０.０.１/", "this machine"),
    ("https://127。0。0。1/", "this machine"),
    ("https://%31%32%37.0.0.1/", "this machine"),
    ("https://[::1]/", "this machine"),
    ("https://[0:0:0:0:0:0:0:1]:9000/", "this machine"),
    ("https://[::]/", "this machine"),
    ("https://0.0.0.0/", "this network"),
    ("https://0/", "this network"),
    ("https://127.0.1/", "this machine"),
    ("https://0177.0x0.0.1/", "this machine"),
    ("https://127.0.0.1。/", "this machine"),
    ("https://127.0.0.1%00.example.com/", "address"),
    ("https://127.0.0.1#.example.com/", "`#`"),
    ("https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "whole name"),
    ("https://LocalHost.LocalDomain/", "localdomain"),
    // private networks
    ("https://10.0.0.1/", "private"),
    ("https://10.1/", "private"),
    ("https://172.16.0.1/", "private"),
    ("https://172.31.255.255/", "private"),
    ("https://192.168.1.1/", "private"),
    ("https://3232235777/", "private"),
    ("https://0xC0A80101/", "private"),
    ("https://0300.0250.1.1/", "private"),
    ("https://192.168.257/", "private"),
    ("https://①⑨②.①⑥⑧.①.①/", "private"),
    ("https://100.64.0.1/", "carrier"),
    ("https://100.127.255.255/", "carrier"),
    ("https://[fc00::1]/", "private"),
    ("https://[fd12:3456:789a::1]/", "private"),
    ("https://[fec0::1]/", "site-local"),
    // link-local, and where clouds keep their metadata
    ("https://169.254.169.254/latest/meta-data/", "link-local"),
    ("https://2852039166/", "link-local"),
    ("https://0xa9fea9fe/", "link-local"),
    ("https://169.254.43518/", "link-local"),
    ("https://0251.0376.0251.0376/", "link-local"),
    ("https://①⑥⑨。②⑤④。①⑥⑨。②⑤④/", "link-local"),
    ("https://100.100.100.200/latest/meta-data/", "carrier"),
    ("https://192.0.0.192/opc/v2/", "protocols"),
    ("https://168.63.129.16/machine", "cloud"),
    ("https://[fd20:ce::254]/", "private"),
    ("https://metadata/", "whole name"),
    ("https://instance-data.ec2.internal/", "internal"),
    ("https://host.docker.internal/", "internal"),
    ("https://kubernetes.default.svc.cluster.local/", "local"),
    ("https://[fe80::1]/", "link-local"),
    ("https://[fe80::1%25eth0]/", "address"),
    ("https://[fd00:ec2::254]/", "private"),
    ("https://metadata.google.internal/", "internal"),
    ("https://printer.local/", "local"),
    ("https://router.home.arpa/", "home.arpa"),
    ("https://router.lan/", "lan"),
    // IPv4 in the coat of IPv6
    ("https://[::ffff:127.0.0.1]/", "another form"),
    ("https://[::ffff:a9fe:a9fe]/", "another form"),
    ("https://[::ffff:93.184.215.14]/", "another form"),
    ("https://[::127.0.0.1]/", "another form"),
    ("https://[::ffff:7f00:1]/", "another form"),
    ("https://[0:0:0:0:0:ffff:192.168.1.1]/", "another form"),
    ("https://[::ffff:0:10.0.0.1]/", "not part of the open network"),
    ("https://[64:ff9b::7f00:1]/", "NAT64"),
    ("https://[64:ff9b::169.254.169.254]/", "NAT64"),
    ("https://[64:ff9b:1::a00:1]/", "NAT64"),
    ("https://[2002:7f00:1::]/", "6to4"),
    ("https://[2001:0:7f00:1::]/", "Teredo"),
    // kept for something else
    ("https://224.0.0.1/", "multicast"),
    ("https://255.255.255.255/", "kept for later"),
    ("https://240.0.0.1/", "kept for later"),
    ("https://192.0.2.1/", "documentation"),
    ("https://198.51.100.7/", "documentation"),
    ("https://203.0.113.7/", "documentation"),
    ("https://198.18.0.1/", "benchmarks"),
    ("https://192.0.0.8/", "protocols"),
    ("https://192.88.99.1/", "6to4"),
    ("https://[ff02::1]/", "multicast"),
    ("https://[2001:db8::1]/", "documentation"),
    ("https://[3fff::1]/", "documentation"),
    ("https://[2001:10::1]/", "protocols"),
    ("https://[2001:20::1]/", "protocols"),
    ("https://[5f00::1]/", "not part of the open network"),
    ("https://[fe80::1%eth0]/", "address"),
    ("https://[::1", "address"),
    ("https://[100::1]/", "not part of the open network"),
    // names and passwords, and what a parser would mend
    ("https://user@example.com/", "user"),
    ("https://user:password@example.com/", "user"),
    ("https://@example.com/", "user"),
    ("https://127.0.0.1:443@example.com/", "user"),
    ("https://example.com%2f@127.0.0.1/", "user"),
    ("https://example.com@127.0.0.1/", "user"),
    ("https://example.com\\@127.0.0.1/", "backslashes"),
    ("https:\\\\127.0.0.1/", "backslashes"),
    ("https://example.com/\r\nhost: internal", "control"),
    ("https://exam\tple.com/", "control"),
    (" https://example.com/", "spaces"),
    ("https://example.com/#inner", "`#`"),
    ("https://example.com./", "full stop"),
    ("https://intranet/", "whole name"),
    ("https://hidden.onion/", "onion"),
    // ports of other services
    ("https://example.com:22/", "port"),
    ("https://example.com:25/", "port"),
    ("https://example.com:80/", "port"),
    ("https://example.com:0/", "port"),
    ("https://example.com:65536/", "address"),
];

#[test]
fn a_hundred_hostile_addresses_are_refused_with_the_reason() {
    assert!(HOSTILE.len() >= 100, "{}", HOSTILE.len());
    for (url, word) in HOSTILE {
        match Target::parse(url, &[]) {
            Ok(target) => panic!("{url:?} was taken as {target}"),
            Err(why) => assert!(why.contains(word), "{url:?}: {why}"),
        }
    }
}

#[test]
fn a_name_that_leads_into_a_closed_network_is_refused_when_it_is_connected_to() {
    for address in [
        "127.0.0.1",
        "10.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
    ] {
        let address: IpAddr = address.parse().unwrap();
        let why = host_admits("hooks.example.com", address, &[]).unwrap_err();
        assert!(why.starts_with("hooks.example.com leads to "), "{why}");
    }
    for address in ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"] {
        assert_eq!(host_admits("hooks.example.com", address.parse().unwrap(), &[]), Ok(()));
    }
}

#[test]
fn ordinary_addresses_are_taken_in_their_normal_form() {
    for (url, normal) in [
        ("https://hooks.example.com/in?tenant=4", "https://hooks.example.com/in?tenant=4"),
        ("HTTPS://Hooks.Example.COM", "https://hooks.example.com/"),
        ("https://example.com:443/", "https://example.com/"),
        ("https://example.com:8443/a/../b", "https://example.com:8443/b"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://93.184.215.14/", "https://93.184.215.14/"),
        ("https://[2606:2800:21f::1]/", "https://[2606:2800:21f::1]/"),
    ] {
        assert_eq!(Target::parse(url, &[]).map(|it| it.to_string()), Ok(normal.to_owned()), "{url}");
    }
}

#[test]
fn an_operator_may_allow_a_network_or_a_host_and_nothing_beside_it() {
    let allowed: Vec<Allowed> =
        ["127.0.0.1", "10.1.0.0/16", "printer.lan", "fd00::/8"].iter().map(|it| it.parse().unwrap()).collect();
    for url in ["http://127.0.0.1:9000/", "http://10.1.200.3/", "http://printer.lan:631/", "https://[fd00::5]:25/"] {
        assert!(Target::parse(url, &allowed).is_ok(), "{url}");
    }
    for url in
        ["http://127.0.0.2/", "http://10.2.0.1/", "http://other.lan/", "http://example.com/", "http://[fe80::5]/"]
    {
        assert!(Target::parse(url, &allowed).is_err(), "{url}");
    }
    assert!(host_admits("printer.lan", "192.168.0.9".parse().unwrap(), &allowed).is_ok(), "the operator named it");
    assert!(host_admits("hooks.example.com", "10.1.0.9".parse().unwrap(), &allowed).is_ok());
    assert!(host_admits("hooks.example.com", "192.168.0.9".parse().unwrap(), &allowed).is_err());
    for wrong in ["10.0.0.0/33", "::/129", "/8", "10.0.0.0/", "", "a b", "example.com."] {
        assert!(wrong.parse::<Allowed>().is_err(), "{wrong:?}");
    }
}

#[test]
fn the_open_network_is_open() {
    for address in ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "2a00:1450::1"] {
        assert_eq!(closed(address.parse().unwrap()), None, "{address}");
    }
}
