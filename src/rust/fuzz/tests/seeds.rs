//! The seeds pass the checks: a few of them are inputs that once did not.

use std::panic::catch_unwind;
use std::path::Path;

/// The names of the seeds that fail.
fn failures(target: &str, check: fn(&[u8])) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let seeds = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let seeds = seeds.filter(|path| path.extension().is_some());
    let failed = seeds.filter(|path| {
        let seed = std::fs::read(path).unwrap();
        catch_unwind(|| check(&seed)).is_err()
    });
    failed.map(|path| path.display().to_string()).collect()
}

#[test]
fn the_seeds_of_pages_pass() {
    assert_eq!(failures("page", amocrm_fuzz::page::check), [""; 0]);
}

#[test]
fn the_seeds_of_cards_pass() {
    assert_eq!(failures("cards", amocrm_fuzz::cards::check), [""; 0]);
}

#[test]
fn the_seeds_of_error_bodies_pass() {
    assert_eq!(failures("error_body", amocrm_fuzz::error_body::check), [""; 0]);
}
