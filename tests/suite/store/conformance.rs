//! What every engine must do, asked of a store through the ports alone.

use std::path::Path;
use std::sync::Arc;

use plugdesk_domain::{Change, Contact, Instant, Stored};
use plugdesk_store::{Options, Store};

#[path = "conformance/care.rs"]
mod care;
#[path = "conformance/lists.rs"]
mod lists;
#[path = "conformance/writes.rs"]
mod writes;

macro_rules! promises {
    ($($group:ident::$promise:ident)*) => {
        mod memory {
            $(#[test] fn $promise() { super::$group::$promise(&*super::Store::memory()) })*
        }
        mod sled {
            $(#[test] fn $promise() {
                let folder = tempfile::tempdir().unwrap();
                super::$group::$promise(&*super::open(folder.path()))
            })*
        }
    };
}

promises! {
    writes::a_record_reads_back_and_only_its_last_version_may_be_changed
    writes::a_taken_key_or_unique_entry_is_refused_and_nothing_is_written
    writes::of_two_changes_from_the_same_reading_one_wins
    writes::a_precondition_on_a_record_that_is_not_written_holds_or_refuses
    writes::an_entry_may_move_from_one_record_to_another_in_one_change
    lists::pages_walk_a_list_in_order_both_ways
    lists::a_page_of_long_records_ends_early_and_the_next_goes_on
    lists::every_scan_finds_what_a_look_at_everything_finds
    lists::a_place_in_another_list_is_no_cursor
    lists::a_desk_sees_nothing_of_another
    lists::events_are_numbered_without_a_gap
    writes::counters_are_summed_whoever_adds
    writes::numbers_are_unique_and_rising
    lists::who_watches_is_woken_until_it_has_enough
    lists::who_left_is_forgotten_also_where_nothing_happens
    writes::what_is_too_large_is_refused_by_name
    writes::a_full_queue_says_so_at_once
    care::files_are_found_by_their_content
    care::captures_are_found_by_their_decision
    care::what_is_exported_can_be_imported_once_and_whole
    care::a_line_of_events_longer_than_a_value_is_imported_and_read_again
    care::a_text_that_reads_like_a_files_name_brings_no_file_along
    care::files_come_one_after_the_other
    care::a_backup_restores_into_every_engine
    care::a_closed_store_says_so
}

pub(crate) fn open(folder: &Path) -> Arc<Store> {
    Store::open(&Options { reserve_bytes: 0, ..Options::new(folder).with_cache_bytes(8 << 20) }).unwrap()
}

fn change(act: impl FnOnce(&mut Change)) -> Change {
    let mut change = Change::default();
    act(&mut change);
    change
}

fn raised(mut contact: Contact, name: &str) -> Contact {
    contact.touch(Instant::from_millis(5));
    contact.name = name.to_owned();
    contact
}
