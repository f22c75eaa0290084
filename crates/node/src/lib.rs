//! Who runs it: configuration, access, HTTP API, console.

pub mod console;
