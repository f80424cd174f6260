//! Which port an endpoint gets: the same one each time it is made in the same folder, if it is free.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// Below the ports that systems hand out for outgoing connections.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;

/// Ports that this process is about to use, since between finding one and listening on it there is time.
static TAKEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// Free ports, the endpoint's own first.
pub fn preferred(identity: &str) -> impl Iterator<Item = u16> {
    let hash = Sha256::digest(identity.as_bytes());
    let start = hash.iter().take(4).fold(0u32, |all, byte| all << 8 | u32::from(*byte)) % u32::from(COUNT);
    let all = (0..u32::from(COUNT)).map(move |i| FIRST + ((start + i) % u32::from(COUNT)) as u16);
    all.filter(|port| reserve(*port))
}

/// Whether nothing listens there and nobody here is about to.
pub fn reserve(port: u16) -> bool {
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    !taken.contains(&port) && is_free(port) && taken.insert(port)
}

/// Its process listens now, or never will.
pub fn release(port: u16) {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner).remove(&port);
}

pub fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}
