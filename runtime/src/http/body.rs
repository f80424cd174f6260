//! Request bodies: read whole, each within the endpoint's limit, and all of them within what the process may hold.
//! Knows no content.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::fault::{Fault, Kind};

/// The unit in which memory is counted.
const KIB: u64 = 1024;
/// What a request without a body counts as, in KiB: its connection, its buffers, its tasks.
const EMPTY: u64 = 16;
/// Bodies of the largest size that may be in flight at once.
const LARGEST_AT_ONCE: u64 = 8;
/// In KiB; small limits would otherwise leave little room for many small requests.
const LEAST: u64 = 256 * KIB;

/// Reads bodies.
pub struct Bodies {
    /// Largest body, in bytes.
    limit: u64,
    /// One permit a KiB. Taken as bytes arrive, so that a client holds no more of it than it has sent.
    room: Arc<Semaphore>,
}

/// A body that was read. It counts as held until this is dropped.
pub struct Held {
    pub bytes: Bytes,
    _room: OwnedSemaphorePermit,
}

impl Bodies {
    /// For an endpoint that takes at most so many bytes a request.
    #[must_use]
    pub fn new(limit: u64) -> Self {
        Bodies::with_room(limit, (limit / KIB).saturating_mul(LARGEST_AT_ONCE).max(LEAST))
    }

    fn with_room(limit: u64, kib: u64) -> Self {
        let permits = usize::try_from(kib).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Bodies { limit, room: Arc::new(Semaphore::new(permits)) }
    }

    /// Reads a whole body.
    ///
    /// # Errors
    /// 408 at the deadline, 413 above the limit, 415 when it is compressed, 503 when there is no room, and 400 for one
    /// that broke off.
    pub async fn read(&self, request: Request, deadline: Instant) -> Result<Held, Fault> {
        let declared = declared(request.headers())?;
        if declared.is_some_and(|length| length > self.limit) {
            return Err(self.too_large());
        }
        let all = self.collect(request.into_body());
        timeout_at(deadline, all)
            .await
            .unwrap_or_else(|_| Err(Fault::new(Kind::Slow, "the body did not arrive within the endpoint's time")))
    }

    async fn collect(&self, mut body: Body) -> Result<Held, Fault> {
        let mut bytes = vec![];
        let (mut room, mut held) = (self.take(EMPTY)?, EMPTY);
        while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            let frame = frame.map_err(|_| Fault::new(Kind::Malformed, "the body broke off"))?;
            // Trailers say nothing of interest.
            let Ok(data) = frame.into_data() else { continue };
            let length = u64::try_from(bytes.len() + data.len()).unwrap_or(u64::MAX);
            if length > self.limit {
                return Err(self.too_large());
            }
            let needed = EMPTY + length.div_ceil(KIB);
            if needed > held {
                room.merge(self.take(needed - held)?);
                held = needed;
            }
            bytes.extend_from_slice(&data);
        }
        Ok(Held { bytes: bytes.into(), _room: room })
    }

    /// Refused at once rather than made to wait: those that wait would hold what they have.
    fn take(&self, kib: u64) -> Result<OwnedSemaphorePermit, Fault> {
        let count = u32::try_from(kib).unwrap_or(u32::MAX);
        let busy = |_| Fault::new(Kind::Busy, "too many requests at once, try again later");
        Arc::clone(&self.room).try_acquire_many_owned(count).map_err(busy)
    }

    fn too_large(&self) -> Fault {
        Fault::new(Kind::TooLarge, format!("the body is larger than {} bytes", self.limit))
    }
}

/// The length that the head says; a body in chunks has none.
fn declared(headers: &HeaderMap) -> Result<Option<u64>, Fault> {
    let text = |name| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
    match text(CONTENT_ENCODING) {
        Some(encoding) if !encoding.eq_ignore_ascii_case("identity") => {
            Err(Fault::new(Kind::Media, format!("content encoding `{encoding}`: send the body as it is")))
        }
        Some(_) | None => Ok(text(CONTENT_LENGTH).and_then(|length| length.parse().ok())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::*;

    async fn read(bodies: &Bodies, size: usize) -> Result<Held, Fault> {
        let request = Request::new(Body::from(vec![b' '; size]));
        bodies.read(request, Instant::now() + Duration::from_secs(60)).await
    }

    #[tokio::test]
    async fn what_is_in_flight_is_bounded_and_given_back() {
        let bodies = Bodies::with_room(100_000, 150);
        let first = read(&bodies, 100_000).await.unwrap();
        assert_eq!(first.bytes.len(), 100_000);
        assert_eq!(read(&bodies, 100_000).await.err().unwrap().status(), 503);
        assert!(read(&bodies, 10_000).await.is_ok());
        drop(first);
        assert!(read(&bodies, 100_000).await.is_ok());
        assert_eq!(bodies.room.available_permits(), 150);
    }

    #[tokio::test]
    async fn what_is_too_large_gives_its_room_back() {
        let bodies = Bodies::new(10);
        assert_eq!(read(&bodies, 11).await.err().unwrap().status(), 413);
        assert!(read(&bodies, 10).await.is_ok());
        assert_eq!(bodies.room.available_permits() as u64, LEAST);
    }
}
