//! Which addresses belong to the open network: everything that IANA's special-purpose registries (RFC 6890) do not keep
//! for something else, also where an IPv4 address hides in an IPv6 one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks of IPv4 that are not open, and what they are.
const CLOSED_V4: [([u8; 4], u8, &str); 18] = [
    ([0, 0, 0, 0], 8, "this network (RFC 791)"),
    ([10, 0, 0, 0], 8, "private (RFC 1918)"),
    ([100, 64, 0, 0], 10, "a carrier's own (RFC 6598)"),
    ([127, 0, 0, 0], 8, "this machine (RFC 1122)"),
    ([168, 63, 129, 16], 32, "a cloud's own: Azure answers its machines there"),
    ([169, 254, 0, 0], 16, "link-local (RFC 3927), where clouds keep their metadata"),
    ([172, 16, 0, 0], 12, "private (RFC 1918)"),
    ([192, 0, 0, 0], 24, "kept for protocols (RFC 6890)"),
    ([192, 0, 2, 0], 24, "for documentation (RFC 5737)"),
    ([192, 31, 196, 0], 24, "kept for AS112 (RFC 7535)"),
    ([192, 52, 193, 0], 24, "kept for AMT (RFC 7450)"),
    ([192, 88, 99, 0], 24, "a relay of 6to4 (RFC 7526)"),
    ([192, 168, 0, 0], 16, "private (RFC 1918)"),
    ([198, 18, 0, 0], 15, "for benchmarks (RFC 2544)"),
    ([198, 51, 100, 0], 24, "for documentation (RFC 5737)"),
    ([203, 0, 113, 0], 24, "for documentation (RFC 5737)"),
    ([224, 0, 0, 0], 4, "multicast (RFC 5771)"),
    ([240, 0, 0, 0], 4, "kept for later or broadcast (RFC 1112)"),
];

/// Networks of IPv6 within the open `2000::/3` that are not open all the same.
const CLOSED_V6: [([u16; 8], u8, &str); 5] = [
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "kept for protocols, Teredo among them (RFC 2928, RFC 4380)"),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "for documentation (RFC 3849)"),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "6to4 (RFC 3056)"),
    ([0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0], 48, "kept for AS112 (RFC 7534)"),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "for documentation (RFC 9637)"),
];

/// The open part of IPv6 (RFC 4291, section 2.4); everything else is local, kept for later, or a way to IPv4.
const OPEN_V6: Ipv6Addr = Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0);

/// What an address is, if it does not belong to the open network.
pub fn closed(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(it) => closed_v4(it),
        IpAddr::V6(it) => closed_v6(it),
    }
}

fn closed_v4(address: Ipv4Addr) -> Option<&'static str> {
    let holds = |network: &[u8; 4], bits: u8| within(address.into(), Ipv4Addr::from(*network).into(), bits);
    CLOSED_V4.iter().find(|(network, bits, _)| holds(network, *bits)).map(|(_, _, what)| *what)
}

fn closed_v6(address: Ipv6Addr) -> Option<&'static str> {
    let holds = |network: &[u16; 8], bits: u8| within(address.into(), Ipv6Addr::from(*network).into(), bits);
    if !within(address.into(), OPEN_V6.into(), 3) {
        // Named apart for whoever reads the refusal; all of them are closed alike.
        return Some(match address.segments() {
            [0, 0, 0, 0, 0, 0, 0, 0..=1] => "this machine (RFC 4291)",
            [0, 0, 0, 0, 0, 0xffff, ..] | [0, 0, 0, 0, 0, 0, ..] => "an IPv4 address in another form (RFC 4291)",
            [0x64, 0xff9b, ..] => "a way to IPv4 (NAT64, RFC 6052 and RFC 8215)",
            [first, ..] if first & 0xfe00 == 0xfc00 => "private (RFC 4193)",
            [first, ..] if first & 0xffc0 == 0xfe80 => "link-local (RFC 4291)",
            [first, ..] if first & 0xffc0 == 0xfec0 => "site-local (RFC 3879)",
            [first, ..] if first & 0xff00 == 0xff00 => "multicast (RFC 4291)",
            _ => "not part of the open network (RFC 4291)",
        });
    }
    CLOSED_V6.iter().find(|(network, bits, _)| holds(network, *bits)).map(|(_, _, what)| *what)
}

/// Whether an address lies in a network; an IPv4 address never lies in one of IPv6.
pub(super) fn within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let (address, network, width) = match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => (u128::from(u32::from(a)), u128::from(u32::from(n)), 32),
        (IpAddr::V6(a), IpAddr::V6(n)) => (u128::from(a), u128::from(n), 128),
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => return false,
    };
    let bits = u32::from(bits).min(width);
    bits == 0 || (address ^ network) >> (width - bits) == 0
}
