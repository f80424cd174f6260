//! Runs several borrowed futures at once on the task that awaits it. Nothing is spawned, so nothing outlives the walk.

use std::future::poll_fn;
use std::task::Poll;

use crate::target::BoxFuture;

/// Futures that run together, each with a number.
pub(super) struct Pool<'a, T> {
    running: Vec<(usize, BoxFuture<'a, T>)>,
}

impl<'a, T> Pool<'a, T> {
    pub fn new() -> Self {
        Self { running: vec![] }
    }

    pub fn len(&self) -> usize {
        self.running.len()
    }

    pub fn start(&mut self, number: usize, future: BoxFuture<'a, T>) {
        self.running.push((number, future));
    }

    /// The next one that ends; none when nothing runs.
    pub async fn next(&mut self) -> Option<(usize, T)> {
        if self.running.is_empty() {
            return None;
        }
        let (place, result) = poll_fn(|context| {
            for (place, (_, future)) in self.running.iter_mut().enumerate() {
                if let Poll::Ready(result) = future.as_mut().poll(context) {
                    return Poll::Ready((place, result));
                }
            }
            Poll::Pending
        })
        .await;
        let (number, _) = self.running.remove(place);
        Some((number, result))
    }
}
