//! What waits for what: a network without rings, in an order in which everything comes after what it waits for.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Activity, Finish};

/// A large subject has some sixty milestones; thirty times that is a mistake.
pub const ACTIVITIES_MAX: usize = 2_000;

/// Why activities are no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkFault {
    /// Each of them waits for the next, and the last for the first.
    #[error("these wait for each other: {}", members.join(", "))]
    Ring {
        /// Those in the ring, each waiting for the one after it.
        members: Vec<String>,
    },
    /// There is no activity of that name.
    #[error("there is no activity `{id}`")]
    Unknown {
        /// The name.
        id: String,
    },
    /// Two have one name.
    #[error("two activities are called `{id}`")]
    Twice {
        /// The name.
        id: String,
    },
    /// More than [`ACTIVITIES_MAX`].
    #[error("{found} activities are more than the {ACTIVITIES_MAX} allowed")]
    TooMany {
        /// How many there were.
        found: usize,
    },
}

impl NetworkFault {
    /// A code that does not change.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ring { .. } => "network-ring",
            Self::Unknown { .. } => "network-unknown",
            Self::Twice { .. } => "network-twice",
            Self::TooMany { .. } => "network-too-many",
        }
    }
}

/// Activities in order; only [`Network::new`] makes one, so there is no ring in it.
#[derive(Debug, Clone)]
pub struct Network<'b> {
    activities: Vec<Activity<'b>>,
    today: Date,
    /// By place: the places of what it waits for.
    before: Vec<Vec<usize>>,
    order: Vec<usize>,
}

impl<'b> Network<'b> {
    /// Checks and orders the activities, as seen on `today`.
    ///
    /// # Errors
    /// Two have one name, one waits for another that is not there, some wait for each other, or they are too many.
    pub fn new(activities: Vec<Activity<'b>>, today: Date) -> Result<Self, NetworkFault> {
        if activities.len() > ACTIVITIES_MAX {
            return Err(NetworkFault::TooMany {
                found: activities.len(),
            });
        }
        let mut places = BTreeMap::new();
        for (place, activity) in activities.iter().enumerate() {
            if places.insert(activity.id.as_str(), place).is_some() {
                return Err(NetworkFault::Twice {
                    id: activity.id.clone(),
                });
            }
        }
        let mut before = Vec::with_capacity(activities.len());
        for activity in &activities {
            let places: Result<Vec<usize>, NetworkFault> = activity
                .after
                .iter()
                .map(|id| {
                    places
                        .get(id.as_str())
                        .copied()
                        .ok_or_else(|| NetworkFault::Unknown { id: id.clone() })
                })
                .collect();
            before.push(places?);
        }
        let order = order(&before).map_err(|ring| NetworkFault::Ring {
            members: ring
                .iter()
                .filter_map(|place| activities.get(*place))
                .map(|a| a.id.clone())
                .collect(),
        })?;
        Ok(Self {
            activities,
            today,
            before,
            order,
        })
    }

    /// The activities, as they were given.
    pub fn activities(&self) -> &[Activity<'b>] {
        &self.activities
    }

    /// Those that are taken as promised for want of a class.
    pub fn without_basis(&self) -> impl Iterator<Item = &str> {
        self.activities
            .iter()
            .filter(|a| matches!(a.finish, Finish::Promised(_, None)))
            .map(|a| a.id.as_str())
    }

    pub(super) fn today(&self) -> Date {
        self.today
    }

    pub(super) fn before(&self) -> &[Vec<usize>] {
        &self.before
    }

    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }

    pub(super) fn place(&self, id: &str) -> Result<usize, NetworkFault> {
        self.activities
            .iter()
            .position(|a| a.id == id)
            .ok_or_else(|| NetworkFault::Unknown { id: id.to_owned() })
    }
}

/// Places so that each comes after all it waits for; else the places of a ring.
fn order(before: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); before.len()];
    let mut waits: Vec<usize> = before.iter().map(Vec::len).collect();
    for (place, list) in before.iter().enumerate() {
        for b in list {
            if let Some(f) = followers.get_mut(*b) {
                f.push(place);
            }
        }
    }
    let mut order: Vec<usize> = (0..before.len())
        .filter(|p| waits.get(*p) == Some(&0))
        .collect();
    let mut next = 0;
    while let Some(place) = order.get(next).copied() {
        next += 1;
        for follower in followers.get(place).into_iter().flatten() {
            if let Some(left) = waits.get_mut(*follower) {
                *left -= 1;
                if *left == 0 {
                    order.push(*follower);
                }
            }
        }
    }
    if order.len() == before.len() {
        Ok(order)
    } else {
        Err(ring(before, &waits))
    }
}

/// A ring among those that still wait: each waits for another that does, so a walk back must come to where it has been.
fn ring(before: &[Vec<usize>], waits: &[usize]) -> Vec<usize> {
    let waiting = |place: &usize| waits.get(*place).is_some_and(|left| *left > 0);
    let mut walk: Vec<usize> = Vec::new();
    let mut at = (0..before.len()).find(waiting);
    while let Some(place) = at {
        if let Some(start) = walk.iter().position(|p| *p == place) {
            return walk.split_off(start);
        }
        walk.push(place);
        at = before
            .get(place)
            .and_then(|list| list.iter().copied().find(waiting));
    }
    walk
}
