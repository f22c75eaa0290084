//! What parties of two nodes share, as rows.

/// One record, or view, that went from one party to another on two nodes, as one of the two nodes knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedRow {
    /// DID of the issuer.
    pub issuer: String,
    /// DID of the party of the other node (where it was sent) or of this one (where it came) that it is for.
    pub reader: String,
    /// When its home logged it, in ms.
    pub logged_ms: i64,
    /// The record.
    pub id: String,
    /// Its view.
    pub view: String,
    /// Its type.
    pub record_type: String,
    /// The other node: where it went, or its home.
    pub node: String,
    /// Sequence of the outbox for the other node; 0 for what came.
    pub seq: u64,
    /// How far it is.
    pub way: SharedWay,
}

/// How far a shared record is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedWay {
    /// It is here by the word of who keeps it: logged or waiting there, or held here.
    There,
    /// It is not answered yet.
    Under,
    /// The receiver refused it.
    Refused,
}
