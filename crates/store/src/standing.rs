//! What a party leaves with its node to be done: captures that run, queries by name, subscriptions with their place in the log; who
//! follows what it publishes, and what readers of that ask.

use garita_tlog::LeafIndex;

/// Events that a party gave to be captured, and how far that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureJob {
    /// Whose.
    pub party: String,
    /// Its name.
    pub id: String,
    /// When it came, in ms.
    pub created_ms: i64,
    /// When it was done, in ms; `None` while it runs.
    pub finished_ms: Option<i64>,
    /// Whether it goes on after a fault; else all or nothing.
    pub proceeds: bool,
    /// How many of its events were dealt with.
    pub done: u64,
    /// Its faults, as JSON text; empty where there is none.
    pub errors: String,
    /// Who may read the events beside the party, and who signed in, as JSON text.
    pub data: String,
    /// The document; `None` once it is done.
    pub body: Option<Vec<u8>>,
}

/// A query by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedQuery {
    /// Whose.
    pub party: String,
    /// Its name.
    pub name: String,
    /// The query, as JSON text.
    pub query: String,
    /// Since when, in ms.
    pub created_ms: i64,
}

/// A subscription to a query by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Whose.
    pub party: String,
    /// Its name.
    pub id: String,
    /// The query's name.
    pub query: String,
    /// Where to, when, how: JSON text.
    pub data: String,
    /// Since when, in ms.
    pub created_ms: i64,
    /// How far it is.
    pub mark: SubscriptionMark,
}

/// How far a subscription is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubscriptionMark {
    /// Entry of the log up to which it was told; `None`: nothing yet.
    pub told: Option<LeafIndex>,
    /// Events of the entry after it that were told already, for an entry that opens many.
    pub told_of_next: u64,
    /// When it was last told, in ms.
    pub notified_ms: Option<i64>,
    /// When its query ran last, in ms.
    pub ran_ms: Option<i64>,
}

/// Somebody without an account who is told of what a party publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follower {
    /// Its name, which is secret: who knows it may confirm and end it.
    pub id: String,
    /// Who publishes.
    pub party: String,
    /// Where he is told, as it is compared: two ways to write one box are one.
    pub address: String,
    /// Of what he is told, and how: JSON text.
    pub data: String,
    /// Since when, in ms.
    pub created_ms: i64,
    /// When who has the address said yes, in ms; `None`: not yet.
    pub confirmed_ms: Option<i64>,
    /// How far he was told.
    pub mark: FollowerMark,
}

/// How far a follower was told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FollowerMark {
    /// The last event that he was told: entry of the log, number of its record.
    pub told: (u64, u64),
    /// The last event that was looked at: nothing that he asked for lies between both.
    pub seen: (u64, u64),
    /// The last event of what is being sent, until it was taken: what is sent again is the same.
    pub sending: Option<(u64, u64)>,
    /// When he was last told, in ms.
    pub told_ms: Option<i64>,
    /// Since when telling him fails, in ms; `None`: it does not.
    pub failing_ms: Option<i64>,
    /// How often it failed since.
    pub tries: u32,
}

/// A question of a reader without an account, before it is anybody's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderQuestion {
    /// Its name.
    pub id: String,
    /// Who publishes, and decides.
    pub party: String,
    /// What is asked, of whom: JSON text.
    pub data: String,
    /// When it came, in ms.
    pub created_ms: i64,
    /// When it was decided, in ms; `None`: it waits.
    pub decided_ms: Option<i64>,
    /// What was decided, as JSON text; empty while it waits.
    pub decision: String,
}
