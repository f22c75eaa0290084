//! What a party leaves with its node to be done: captures that run, queries by name, subscriptions with their place in the log.

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
