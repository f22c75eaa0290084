//! Room in memory for the bodies of requests. Each kind of asker has its own, so that strangers who send slowly take none from those whom
//! the node knows. What does not fit is refused at once: whoever waited would hold what he has sent so far.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Room is given in such pieces.
const PIECE_BYTES: usize = 64 << 10;

/// Room of one kind of asker.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    free: Arc<Semaphore>,
    most: usize,
}

impl Room {
    /// For `bytes` in all, and `most` for one request.
    pub(super) fn new(bytes: usize, most: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(bytes / PIECE_BYTES)),
            most,
        }
    }

    /// Bytes of one request.
    pub(crate) fn most(&self) -> usize {
        self.most
    }
}

/// What one request has of it, as long as this is there.
#[derive(Debug, Default)]
pub(crate) struct Taken(Option<OwnedSemaphorePermit>);

impl Taken {
    /// Takes as much as a body of so many bytes needs; false where there is no more.
    pub(crate) fn grow(&mut self, room: &Room, bytes: usize) -> bool {
        let held = self.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = bytes.div_ceil(PIECE_BYTES).saturating_sub(held);
        if more == 0 {
            return true;
        }
        let Ok(more) = u32::try_from(more) else {
            return false;
        };
        let Ok(permit) = Arc::clone(&room.free).try_acquire_many_owned(more) else {
            return false;
        };
        match &mut self.0 {
            Some(held) => held.merge(permit),
            None => self.0 = Some(permit),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_comes_back_and_no_more_is_given_than_there_is() {
        let room = Room::new(4 * PIECE_BYTES, usize::MAX);
        let (mut one, mut two) = (Taken::default(), Taken::default());
        assert!(one.grow(&room, 1) && one.grow(&room, PIECE_BYTES));
        assert_eq!(room.free.available_permits(), 3);
        assert!(two.grow(&room, PIECE_BYTES + 1));
        assert!(
            !one.grow(&room, 3 * PIECE_BYTES),
            "one is left, two are needed"
        );
        assert!(one.grow(&room, 2 * PIECE_BYTES));
        drop(two);
        assert!(one.grow(&room, 4 * PIECE_BYTES));
        drop(one);
        assert_eq!(room.free.available_permits(), 4);
    }
}
