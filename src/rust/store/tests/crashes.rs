//! Whatever happens at whichever operation, a table is as it was before or as it is
//! after, and its state with it.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use amocrm_store::{Disk, Error, Fs, Output, Store};
use common::faulty::{Fault, Faulty};
use common::model::{Model, Step, play, run, steps};
use common::{Folder, read};
use fastrand::Rng;

fn open(folder: &Folder) -> Store {
    Store::open_on(Box::new(Faulty::sound()), &folder.0, 1, "test").unwrap()
}

fn commits(store: &Store) -> usize {
    store.state().unwrap().map_or(0, |state| state.parse().unwrap())
}

#[test]
fn random_changes_give_what_a_plain_map_gives() {
    for seed in 0..40 {
        let mut random = Rng::with_seed(seed);
        let folder = Folder::new();
        let mut model = Model::default();
        for _ in 0..6 {
            let steps = steps(&mut random);
            let mut store = open(&folder);
            let before = commits(&store);
            run(&mut store, &steps, before).unwrap();
            let models = play(&model, &steps);
            assert_eq!(commits(&store), before + models.len(), "seed {seed}");
            model = models.last().unwrap().clone();
            assert!(model.is_in(&folder), "seed {seed}: {steps:?}");
        }
    }
}

/// Runs steps over a copy of a folder with a fault at each operation in turn.
fn break_at_each(folder: &Folder, start: &Model, steps: &[Step], fault: Fault, random: &mut Rng) {
    let before = commits(&open(folder));
    let mut models = vec![start.clone()];
    models.extend(play(start, steps));
    for operation in 0.. {
        let copy = folder.copy();
        let disk = Faulty::after(operation, fault);
        let opened = Store::open_on(Box::new(disk.clone()), &copy.0, 1, "test");
        let done = opened.and_then(|mut store| run(&mut store, steps, before));
        if fault == Fault::PowerCut {
            disk.lose(random);
        }
        let at = format!("{fault:?} at {operation}: {steps:?}");
        // A reader that comes before the next run.
        assert!(models.iter().any(|model| model.is_in(&copy)), "{at}");
        let reached = commits(&open(&copy)) - before;
        assert!(models[reached].is_in(&copy), "{at}, {reached} commits");
        // The next run goes on as if nothing had been.
        if reached < models.len() - 1 {
            assert!(done.is_err(), "{at}");
            let left: Vec<Step> = after_commits(steps, reached);
            run(&mut open(&copy), &left, before + reached).unwrap();
            assert!(play(&models[reached], &left).last().unwrap().is_in(&copy), "{at}, again");
        }
        if disk.operations() < operation {
            assert!(done.is_ok(), "{at}");
            return;
        }
    }
}

/// The steps that follow so many commits.
fn after_commits(steps: &[Step], commits: usize) -> Vec<Step> {
    let ends = steps.iter().enumerate().filter(|(_, step)| step.is_commit());
    let ends: Vec<usize> = ends.map(|(place, _)| place + 1).collect();
    let start = commits.checked_sub(1).map_or(0, |last| ends[last]);
    steps[start..].to_vec()
}

fn break_runs(fault: Fault, seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let mut random = Rng::with_seed(seed);
        let folder = Folder::new();
        let mut model = Model::default();
        for _ in 0..3 {
            let steps = steps(&mut random);
            break_at_each(&folder, &model, &steps, fault, &mut random);
            let mut store = open(&folder);
            let before = commits(&store);
            run(&mut store, &steps, before).unwrap();
            model = play(&model, &steps).last().unwrap().clone();
        }
    }
}

#[test]
fn rows_that_the_disk_had_no_room_for_are_no_gap_in_a_commit() {
    let folder = Folder::new();
    for room in 1..8 {
        let disk = Faulty::after(room, Fault::Full);
        let mut store = Store::open_on(Box::new(disk.clone()), &folder.0, 1, "test").unwrap();
        let note = |id| Step::Notes(vec![(id, None)]);
        if run(&mut store, &[note(1)], 0).is_ok() {
            continue;
        }
        disk.mend();
        let rest = [note(2), Step::CommitNotes];
        assert!(matches!(run(&mut store, &rest, 0), Err(Error::Lost { .. })));
        assert!(Model::default().is_in(&folder));
        assert_eq!(store.state().unwrap(), None);
    }
}

/// A disk that refuses some changes of names, as Windows does for files that are open.
/// The change is `(from, to)`, without `to` if the file is to go.
struct Busy<R>(R);

impl<R: Fn(&Path, Option<&Path>) -> bool + Send + Sync> Fs for Busy<R> {
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        if self.0(from, Some(to)) { Err(busy()) } else { Disk.rename(from, to) }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        if self.0(path, None) { Err(busy()) } else { Disk.remove(path) }
    }

    fn is_busy(&self, error: &io::Error) -> bool {
        error.kind() == io::ErrorKind::PermissionDenied
    }

    fn pause(&self) {}

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        Disk.make_folder(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        Disk.create(path)
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        Disk.append(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        Disk.remove_folder(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        Disk.sync_folder(path)
    }
}

fn busy() -> io::Error {
    io::ErrorKind::PermissionDenied.into()
}

fn is_data(path: &Path) -> bool {
    path.extension().is_some_and(|name| name == "parquet") && path.exists()
}

/// Eight notes with a text.
fn notes(text: &str) -> [Step; 2] {
    let notes = (1..9).map(|id| (id, Some(text.to_owned()))).collect();
    [Step::Notes(notes), Step::CommitNotes]
}

fn model_of(steps: &[Step]) -> Model {
    play(&Model::default(), steps).pop().unwrap()
}

#[test]
fn a_file_that_a_reader_has_open_is_replaced_later_or_moved_out_of_the_way() {
    for refusals in [3, usize::MAX] {
        let folder = Folder::new();
        let left = AtomicUsize::new(refusals);
        let count = |left: usize| left.checked_sub(1);
        let disk = Busy(move |_: &Path, to: Option<&Path>| {
            to.is_some_and(is_data) && left.fetch_update(Relaxed, Relaxed, count).is_ok()
        });
        let mut store = Store::open_on(Box::new(disk), &folder.0, 1, "test").unwrap();
        run(&mut store, &notes("first"), 0).unwrap();
        run(&mut store, &notes("second"), 1).unwrap();
        assert!(model_of(&notes("second")).is_in(&folder), "{refusals}");
    }
}

#[test]
fn files_that_a_virus_scanner_looks_at_for_a_moment_are_only_late() {
    let folder = Folder::new();
    let changes = AtomicUsize::new(0);
    let disk = Busy(move |_: &Path, _: Option<&Path>| changes.fetch_add(1, Relaxed) % 2 == 0);
    let mut store = Store::open_on(Box::new(disk), &folder.0, 1, "test").unwrap();
    run(&mut store, &notes("first"), 0).unwrap();
    run(&mut store, &notes("second"), 1).unwrap();
    assert!(model_of(&notes("second")).is_in(&folder));
    assert!(!folder.0.join("_amocrm/account=1/commit.json").exists());
}

#[test]
fn a_commit_that_a_reader_stands_in_the_way_of_is_finished_by_the_next_run() {
    let folder = Folder::new();
    let disk = Busy(|from: &Path, to: Option<&Path>| is_data(from) || to.is_some_and(is_data));
    let mut store = Store::open_on(Box::new(disk), &folder.0, 1, "test").unwrap();
    run(&mut store, &notes("first"), 0).unwrap();
    assert!(matches!(run(&mut store, &notes("second"), 1), Err(Error::Io { .. })));
    drop(store);
    let after = model_of(&notes("second"));
    assert!(after.is_in(&folder));
    assert_eq!(commits(&open(&folder)), 2);
    assert!(after.is_in(&folder));
}

/// Windows itself, where a program lets others only read what it has open.
#[cfg(windows)]
#[test]
fn a_program_that_has_a_file_open_delays_a_commit_and_loses_nothing() {
    use std::os::windows::fs::OpenOptionsExt;
    const FILE_SHARE_READ: u32 = 1;
    let folder = Folder::new();
    let mut store = Store::open(&folder.0, 1, "test").unwrap();
    run(&mut store, &notes("first"), 0).unwrap();
    let file = folder.0.join("notes").join(&folder.files("notes")[0]);
    let reader = fs::OpenOptions::new().read(true).share_mode(FILE_SHARE_READ).open(&file).unwrap();
    assert!(matches!(run(&mut store, &notes("second"), 1), Err(Error::Io { .. })));
    drop(store);
    let after = model_of(&notes("second"));
    assert!(after.is_in(&folder));
    drop(reader);
    assert_eq!(commits(&open(&folder)), 2);
    assert!(after.is_in(&folder));
}

#[test]
fn a_commit_whose_files_are_not_whole_is_given_up() {
    let folder = Folder::new();
    let note = |id| [Step::Notes(vec![(id, None)]), Step::CommitNotes];
    run(&mut open(&folder), &note(1), 0).unwrap();
    let first = play(&Model::default(), &note(1)).pop().unwrap();
    let mut cut_short = 0;
    for operation in 0.. {
        let copy = folder.copy();
        let disk = Faulty::after(operation, Fault::PowerCut);
        let opened = Store::open_on(Box::new(disk.clone()), &copy.0, 1, "test");
        let done = opened.and_then(|mut store| run(&mut store, &note(2), 1));
        if done.is_ok() {
            break;
        }
        // Files of the commit that are still in the stage lose their end.
        let stage = copy.0.join("_amocrm/account=1/stage/notes/new-0");
        let own = copy.0.join("_amocrm/account=1");
        if own.join("commit.json").exists() && stage.exists() {
            fs::write(&stage, "PAR1").unwrap();
            cut_short += 1;
            assert_eq!(commits(&open(&copy)), 1);
            assert!(first.is_in(&copy));
            assert!(!own.join("commit.json").exists());
        }
    }
    assert!(cut_short > 0);
}

#[test]
fn a_power_cut_at_any_operation_leaves_the_last_commit() {
    break_runs(Fault::PowerCut, 0..2);
}

#[test]
fn a_full_disk_at_any_operation_leaves_the_last_commit() {
    break_runs(Fault::Full, 100..102);
}

/// A first read of notes and their tags: batches that are put aside, and a commit. It goes on
/// with what was put aside.
fn read_first(store: &mut Store, batches: i64) -> Result<(), Error> {
    let begun = store.aside("notes").map_or(0, |aside| aside.note.parse().unwrap());
    for batch in begun..batches {
        run(store, &first_steps(batch), 0)?;
        store.put_aside(&["notes", "lead_tags"], &(batch + 1).to_string())?;
    }
    run(store, &[Step::CommitBoth], 0)
}

fn first_steps(batch: i64) -> [Step; 2] {
    let ids = 10 * batch + 1..10 * batch + 11;
    let notes = ids.clone().map(|id| (id, Some(format!("note {id}"))));
    let tags = ids.map(|id| (id, format!("tag {}", id % 3)));
    [Step::Notes(notes.collect()), Step::Tags(tags.collect())]
}

#[test]
fn a_first_read_that_breaks_off_at_any_operation_goes_on_and_nobody_sees_a_part_of_it() {
    let mut steps: Vec<Step> = (0..3).flat_map(first_steps).collect();
    steps.push(Step::CommitBoth);
    let whole = play(&Model::default(), &steps).pop().unwrap();
    let mut random = Rng::with_seed(1);
    for fault in [Fault::PowerCut, Fault::Full] {
        let mut went_on = BTreeSet::new();
        for operation in 0.. {
            let folder = Folder::new();
            let disk = Faulty::after(operation, fault);
            let opened = Store::open_on(Box::new(disk.clone()), &folder.0, 1, "test");
            let done = opened.and_then(|mut store| read_first(&mut store, 3));
            if fault == Fault::PowerCut {
                disk.lose(&mut random);
            }
            let at = format!("{fault:?} at {operation}");
            assert!(Model::default().is_in(&folder) || whole.is_in(&folder), "{at}");
            let mut store = open(&folder);
            if store.state().unwrap().is_none() {
                assert!(done.is_err() && Model::default().is_in(&folder), "{at}");
                went_on.insert(store.aside("notes").map(|aside| aside.note.clone()));
                read_first(&mut store, 3).unwrap();
            }
            drop(store);
            assert!(whole.is_in(&folder), "{at}");
            assert!(open(&folder).aside("notes").is_none(), "{at}");
            assert!(!folder.0.join("_amocrm/account=1/stage/notes").exists(), "{at}");
            if disk.operations() < operation {
                assert!(done.is_ok(), "{at}");
                break;
            }
        }
        let notes: Vec<_> = went_on.iter().map(Option::as_deref).collect();
        assert_eq!(notes, [None, Some("1"), Some("2"), Some("3")], "{fault:?}");
    }
}

#[test]
fn what_was_put_aside_and_lost_a_file_is_read_again() {
    let folder = Folder::new();
    let mut store = open(&folder);
    run(&mut store, &first_steps(0), 0).unwrap();
    store.put_aside(&["notes", "lead_tags"], "1").unwrap();
    run(&mut store, &first_steps(1), 0).unwrap();
    drop(store);
    let stage = folder.0.join("_amocrm/account=1/stage/lead_tags");
    assert_eq!(open(&folder).aside("notes").unwrap().tables, ["notes", "lead_tags"]);
    // The file of the second batch was not put aside.
    assert_eq!(fs::read_dir(&stage).unwrap().count(), 1);
    fs::remove_file(stage.join("0.parquet")).unwrap();
    let mut store = open(&folder);
    assert!(store.aside("notes").is_none() && store.staged_columns("notes").is_none());
    read_first(&mut store, 1).unwrap();
    let mut steps = first_steps(0).to_vec();
    steps.push(Step::CommitBoth);
    assert!(play(&Model::default(), &steps).pop().unwrap().is_in(&folder));
}

#[test]
fn what_is_forgotten_is_not_staged_and_keys_can_not_be_put_aside() {
    let folder = Folder::new();
    run(&mut open(&folder), &[Step::Notes(vec![(1, None)]), Step::CommitNotes], 0).unwrap();
    let mut store = open(&folder);
    run(&mut store, &[Step::Delete(vec![1])], 0).unwrap();
    assert!(matches!(store.put_aside(&["notes"], ""), Err(Error::Input { .. })));
    drop(store);
    let mut store = open(&folder);
    run(&mut store, &first_steps(0), 0).unwrap();
    store.put_aside(&["notes", "lead_tags"], "1").unwrap();
    drop(store);
    let mut store = open(&folder);
    store.forget_aside("notes").unwrap();
    run(&mut store, &[Step::Notes(vec![(2, None)]), Step::CommitNotes], 1).unwrap();
    assert_eq!(read(&folder, "notes").unwrap().len(), 2);
    drop(store);
    assert!(open(&folder).aside("notes").is_none());
}
