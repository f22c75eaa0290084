//! The whole system through its public border: HTTP, the command line, the pages. Real processes only where a process is killed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests say what failed by panicking"
)]

mod attachments;
mod booth;
mod boundaries;
mod browser;
mod busy_port;
mod byzantine;
mod chance;
mod chromium;
mod cli;
mod conformance;
mod credential_cli;
mod credentials;
mod deeds;
mod desk;
mod disk;
mod epcis;
mod epochs;
mod erase;
mod evidence;
mod export_all;
mod failures;
mod fault;
mod federation;
mod filing;
mod follow;
mod governance;
mod hostile_log;
mod import_browser;
mod keys_encrypted;
mod kill;
mod lacking;
mod large_files;
mod living;
mod measures;
mod officer;
mod officer_browser;
mod openapi;
mod partition;
mod pkcs11;
mod plant_health;
mod priorities;
mod programs;
mod proxy;
mod public_waits;
mod rates;
mod readers;
mod receipts;
mod reconcile;
mod refusals;
mod rotation;
mod scorecard;
mod secrets;
mod sending;
mod sheets;
mod signed;
mod slow;
mod tenants;
mod upgrade;
mod upkeep;
mod vc_api;
mod views;
mod watch;
mod witness;
mod world;
