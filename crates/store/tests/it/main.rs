//! The contract's suite, and what is particular to SQLite in a data folder.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails may panic"
)]

mod blobs;
mod erasing;
mod exchange;
mod fixture;
mod folder;
mod followers;
mod standing;
mod suite;

/// One test for each behaviour of the contract. A second implementation gets a second module with its own `open`.
macro_rules! keeps_the_contract {
    ($open:expr; $($module:ident :: $behaviour:ident),* $(,)?) => {
        $(#[test] fn $behaviour() { $module::$behaviour(&$open); })*
    };
}

mod sqlite {
    use super::{erasing, exchange, fixture::Store, followers, standing, suite};

    keeps_the_contract! { Store::temporary;
        erasing::what_is_erased_leaves_its_row_and_the_log_whole,
        erasing::a_file_goes_with_the_last_record_that_names_it,
        erasing::holds_and_deliveries_keep_a_record,
        suite::a_commit_is_read_back,
        suite::refuses_another_base_size,
        suite::refuses_a_checkpoint_of_another_log,
        suite::refuses_gaps_and_going_back_in_time,
        suite::a_failed_commit_changes_nothing,
        suite::refuses_a_record_twice,
        suite::what_views_are_derived_from_stays_as_it_was_first_kept,
        suite::proofs_of_every_size_verify,
        suite::tiles_hold_the_tree,
        suite::every_read_goes_through_the_party,
        suite::lists_page_without_loss,
        suite::what_came_since_an_instant_is_found_from_there,
        suite::replacing_records_and_changed_cases_since_an_entry,
        suite::lists_choose_by_type_issuer_and_time,
        suite::events_come_in_the_logs_order_and_resume,
        suite::cases_page_and_count,
        suite::search_finds_by_all_beginning_and_end,
        suite::tables_know_what_was_known,
        suite::measures_read_a_partys_rows_and_no_longer_than_they_may,
        suite::links_tell_what_touches_a_record,
        suite::what_two_parties_share_is_one_set,
        suite::what_parties_of_two_nodes_share_is_read_both_ways,
        suite::refuses_an_entry_without_its_record,
        suite::names_are_bounded,
        exchange::an_outbox_goes_on_behind_what_its_peer_took,
        exchange::outboxes_have_no_gaps,
        exchange::refuses_acknowledgements_beyond_the_outbox,
        exchange::receipts_are_kept_for_good,
        exchange::the_inbox_never_goes_back,
        exchange::waiting_is_found_by_what_lacks,
        exchange::others_checkpoints_and_forks_are_kept,
        exchange::repeated_requests_get_one_answer,
        exchange::sign_in_links_work_once,
        exchange::tokens_and_sessions_end,
        exchange::governance_keys_and_meta,
        exchange::a_named_value_is_changed_only_from_what_it_was,
        exchange::files_are_for_those_who_may_read_the_record,
        exchange::counts_are_of_what_is_there,
        standing::captures_go_on_where_they_were,
        standing::subscriptions_keep_their_place_and_go_with_their_query,
        standing::records_of_types_are_read_by_arrival_and_by_the_log,
        followers::followers_are_confirmed_once_and_keep_their_place,
        followers::a_reader_s_question_is_decided_once,
    }
}
