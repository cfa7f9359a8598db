"""Which tests prove which row of the table of faults, ``content/reference/faults.md``.

``pytest -k row_12`` runs those of row 12: ``conftest`` gives them that name.
"""

from __future__ import annotations

import re

ROWS: dict[int, tuple[str, ...]] = {
    1: (
        "faults::a_fault[toml syntax]",
        "faults::a_fault[yaml syntax]",
        "frontmatter::toml_errors_have_the_line_of_the_file",
        "frontmatter::yaml_syntax_errors_have_line_column_source_and_hint",
    ),
    2: (
        "faults::a_fault[key twice]",
        "frontmatter::a_key_twice_is_an_error_with_both_lines",
    ),
    3: (
        "faults::a_fault[never closed]",
        "frontmatter::front_matter_that_is_never_closed_is_an_error_at_its_fence",
    ),
    4: (
        "fuzzing::front_matter",
        "faults::a_fault[no mapping]",
        "faults::a_fault[number as a key]",
        "frontmatter::front_matter_that_is_no_mapping_says_what_it_is",
        "frontmatter::keys_must_be_text",
        "yamlread::the_yaml_suite_as_front_matter_never_gives_a_traceback",
    ),
    5: (
        "dates::mixed_dates_sort",
        "dates::only_value_errors",
        "faults::a_fault[draft maybe]",
        "faults::a_fault[impossible date]",
        "faults::a_fault[no title]",
        "faults::a_fault[tags a number]",
        "frontmatter::impossible_dates_are_errors_at_their_place",
        "reading::dates_of_one_site_sort_whatever_their_form",
        "reading::titles",
    ),
    6: (
        "faults::a_fault[not utf-8]",
        "faults::a_fault[utf-16]",
        "frontmatter::latin1_is_an_error_with_line_column_and_offset",
        "frontmatter::utf16_is_recognised",
    ),
    7: (
        "fuzzing::feeds",
        "hard_texts::control_characters_are_told",
        "faults::a_fault[nul]",
        "feeds::control_characters",
        "frontmatter::nul_is_an_error_with_its_place",
    ),
    8: (
        "corpora::a_corpus",
        "frontmatter::bom_blank_lines_and_line_ends_are_accepted",
        "frontmatter::empty_front_matter_is_fine",
        "frontmatter::utf8_is_decoded_without_bom_and_with_unix_line_ends",
        "reading::what_is_odd_and_right",
    ),
    9: (
        "output::two_sources_one_url",
        "output::two_urls_one_file",
        "routes::collisions_with_what_is_made",
        "routes::two_sources_of_one_url",
    ),
    10: (
        "faults::a_fault[case]",
        "faults::a_fault[composed]",
        "output::alike_names",
    ),
    11: (
        "faults::a_fault[file and folder]",
        "output::file_and_folder",
    ),
    12: (
        "fuzzing::addresses",
        "fuzzing::links",
        "faults::a_fault[alias backslash]",
        "faults::a_fault[alias up]",
        "faults::a_fault[drive letter]",
        "faults::a_fault[slug up]",
        "faults::a_fault[url encoded up]",
        "faults::a_fault[url other host]",
        "faults::nothing_is_written_outside",
        "output::any_path_lies_inside",
        "output::hostile_url_is_refused",
    ),
    13: (
        "compat_calls::hostile_urls_are_named",
        "compat_calls::hostile_values",
    ),
    14: (
        "contents::links_out_pipes_and_broken_links",
        "files::link_out_is_refused",
        "statics::links_out_of_the_project",
    ),
    15: (
        "contents::links_out_pipes_and_broken_links",
        "files::loops_end",
        "files::odd_files_are_skipped",
        "statics::what_is_no_file",
    ),
    16: ("publish::links_are_not_followed",),
    17: (
        "compat_calls::destinations_that_would_be_emptied",
        "destination::git",
        "destination::inside_a_source",
        "destination::never",
        "destination::not_empty",
    ),
    18: (
        "faults::a_fault[base syntax]",
        "faults::a_fault[template syntax]",
    ),
    19: (
        "faults::a_fault[macro]",
        "faults::a_fault[render]",
        "faults::one_page_of_many",
    ),
    20: (
        "undefined::a_name_that_nobody_defined",
        "undefined::strict",
    ),
    21: (
        "faults::a_fault[extends]",
        "faults::a_fault[include]",
        "faults::a_fault[template of a page]",
    ),
    22: (
        "diagnose::code_of_ones_own",
        "faults::a_fault[generator]",
        "faults::a_fault[view]",
        "faults::debug_shows_the_traceback",
    ),
    23: (
        "compat_wishes::who_linked",
        "compat_wishes::who_linked_to_what_raises",
        "faults::a_fault[redirects in a circle]",
        "faults::a_fault[view 404]",
        "faults::a_fault[view 500]",
        "faults::a_fault[view none]",
        "views::redirects_are_frozen",
    ),
    24: ("compat_wishes::generator_to_paste",),
    25: (
        "linkcheck::places",
        "linkcheck::quiet_does_not_hide",
        "linkcheck::strict",
    ),
    26: (
        "incremental::many_edits_at_once",
        "incremental_code::a_route_comes_and_goes",
        "machine::any_history_ends_in_the_tree_of_a_clean_freeze",
        "publish::publish",
    ),
    27: (
        "atomic::interrupted",
        "atomic::interrupted_while_publishing",
        "atomic::killed_at_random_instants",
        "atomic::killed_while_publishing",
        "publish::kill_for_real",
    ),
    28: (
        "atomic::disk_full_where_all_lies",
        "atomic::disk_full_where_the_output_lies",
        "atomic::output_on_a_read_only_disk",
        "atomic::output_without_permission",
        "destination::disk_full_elsewhere",
        "destination::disk_full_in_staging",
        "destination::read_only",
    ),
    29: (
        "meanwhile::a_stale_lock_is_nothing",
        "meanwhile::readers_see_whole_pages",
        "meanwhile::two_freezes_at_once",
        "staging::killed_holder",
    ),
    30: (
        "diagnose::an_edit_is_no_fault",
        "meanwhile::edited_while_it_freezes",
    ),
    31: (
        "channels::nasty_texts",
        "feeds::nasty_texts",
        "metadata::nasty_texts",
        "views::nothing_breaks_out",
        "views::texts_are_whole",
    ),
    32: (
        "untrusted::attributes_hold",
        "untrusted::nothing_acts_whatever_is_written",
        "untrusted::what_could_act_is_taken_out",
        "views::code_fence_cannot_break_out",
    ),
    33: (
        "markup::braces_are_text_when_served_and_frozen",
        "views::bodies_are_no_templates",
    ),
    34: (
        "live::every_address_answers",
        "live::odd_site_has_no_problem_but_names",
        "output::decode_inverts_encode",
        "output::url_path_url_round_trips",
    ),
    35: (
        "faults::names_that_windows_cannot_hold",
        "output::windows_names_are_warnings",
    ),
    36: (
        "frontmatter::alias_bombs_are_refused",
        "frontmatter::deep_nesting_is_an_error",
        "frontmatter::front_matter_over_a_megabyte_is_refused",
        "frontmatter::tags_that_make_objects_are_refused",
    ),
    37: (
        "hard_texts::work_grows_with_the_text",
        "hard_texts::a_huge_page_is_told",
        "fences::a_text_is_looked_through_in_linear_steps",
        "shortcodes::calls_are_read_in_linear_steps",
    ),
    38: (
        "github::what_breaks_parsers",
        "markup::what_breaks_parsers",
    ),
    39: (
        "hosts::no_open_redirect",
        "server::address_that_cannot_be_used",
        "server::debugger_only_on_loopback",
        "server::host_header",
        "server::hostile_requests",
    ),
    40: (
        "parallel::nothing_of_the_machine_shows",
        "parallel::the_tree_depends_on_no_count_of_workers",
    ),
    41: (
        "cli::configuration_error",
        "cli::usage_errors",
        "config::all_faults_are_reported_together",
        "config::unknown_names_are_faults_with_a_hint",
        "contents::no_pages_is_an_error",
        "faults::what_cannot_be_asked",
        "server::next_free_port",
    ),
    42: (
        "atomic::source_without_permission",
        "files::unreadable_folder",
    ),
    43: (
        "files::content_decides_not_mtime",
        "ledger::an_edit_that_keeps_size_and_mtime",
        "ledger::odd_mtimes",
    ),
    44: (
        "ledger::another_version",
        "ledger::every_table_is_checked",
        "ledger::flipped_bits",
        "ledger::something_else",
        "ledger::truncated",
    ),
    45: ("packaging::lock_files_are_clean",),
}


def names(test: str) -> set[str]:
    """Give what a test is called by its rows; ``test`` is its id in pytest."""
    found = re.search(r"test_(\w+)\.py::test_(\w+)(\[.*)?$", test)
    if found is None:
        return set()
    module, function, case = found.groups(default="")
    every = {f"{module}::{function}", f"{module}::{function}{case}"}
    return {f"row_{row:02}" for row, tests in ROWS.items() if every & set(tests)}
