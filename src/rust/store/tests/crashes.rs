//! Whatever happens at whichever operation, a table is as it was before or as it is
//! after, and its state with it.
#![allow(clippy::unwrap_used)]

mod common;

use amocrm_store::Store;
use common::Folder;
use common::faulty::{Fault, Faulty};
use common::model::{Model, Step, play, run, steps};
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
    let is_commit = |step: &Step| matches!(step, Step::CommitNotes(_) | Step::CommitTags);
    let ends = steps.iter().enumerate().filter(|(_, step)| is_commit(step));
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
fn a_power_cut_at_any_operation_leaves_the_last_commit() {
    break_runs(Fault::PowerCut, 0..2);
}

#[test]
fn a_full_disk_at_any_operation_leaves_the_last_commit() {
    break_runs(Fault::Full, 100..102);
}
