//! A fixed set of things that one call at a time may use.

use std::sync::{Condvar, Mutex, PoisonError};

/// Lends its members out; who finds none waits.
pub struct Pool<T> {
    free: Mutex<Vec<T>>,
    returned: Condvar,
}

/// A member on loan; dropping it gives it back.
pub struct Lent<'a, T> {
    pool: &'a Pool<T>,
    member: Option<T>,
}

impl<T> Pool<T> {
    /// At least one member, or lending never ends.
    pub fn new(members: Vec<T>) -> Self {
        Pool { free: Mutex::new(members), returned: Condvar::new() }
    }

    pub fn lend(&self) -> Lent<'_, T> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(member) = free.pop() {
                return Lent { pool: self, member: Some(member) };
            }
            free = self.returned.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<T> Lent<'_, T> {
    /// `None` only after the drop began, so never for a caller.
    pub fn get(&mut self) -> Option<&mut T> {
        self.member.as_mut()
    }
}

impl<T> Drop for Lent<'_, T> {
    fn drop(&mut self) {
        if let Some(member) = self.member.take() {
            self.pool.free.lock().unwrap_or_else(PoisonError::into_inner).push(member);
            self.pool.returned.notify_one();
        }
    }
}
