//! Two tables as plain maps, and random changes to them.

use std::collections::BTreeMap;

use amocrm_store::{Column, Error, PerKey, Rows, Store, Table, Values};
use fastrand::Rng;

use super::{Folder, Row, ids, read, rows, table, texts, times};

const SECOND: i64 = 1_000_000;
const MONTH: i64 = 31 * 86_400 * SECOND;

pub fn notes() -> Table {
    table("notes", &["id"], PerKey::One, Some("created_at"))
}

pub fn tags() -> Table {
    table("lead_tags", &["id"], PerKey::Many, None)
}

/// Text and mark.
type Note = (Option<String>, Option<i64>);

/// What the folder should hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// By id; None before the first commit.
    pub notes: Option<BTreeMap<i64, Note>>,
    pub tags: Option<BTreeMap<i64, Vec<String>>>,
}

#[derive(Clone, Debug)]
pub enum Step {
    Notes(Vec<(i64, Option<String>)>),
    Delete(Vec<i64>),
    Mark(Vec<i64>, i64),
    Clear,
    Tags(Vec<(i64, String)>),
    DeleteTags(Vec<i64>),
    CommitNotes,
    CommitTags,
    /// Both tables in one step.
    CommitBoth,
}

impl Step {
    pub fn is_commit(&self) -> bool {
        matches!(self, Step::CommitNotes | Step::CommitTags | Step::CommitBoth)
    }
}

/// The time of a note's creation, which never changes; some have none.
fn created_at(id: i64) -> Option<i64> {
    (id % 7 != 0).then(|| 1_700_000_000 * SECOND + id % 4 * MONTH)
}

fn some_ids(random: &mut Rng) -> Vec<i64> {
    (0..random.usize(..6)).map(|_| random.i64(1..30)).collect()
}

/// The steps of a run.
pub fn steps(random: &mut Rng) -> Vec<Step> {
    let now = random.i64(1..9) * SECOND;
    let mut steps: Vec<Step> = (0..random.usize(1..6)).map(|_| step(random, now)).collect();
    // The last one tells whether the run came to its end.
    steps.extend([Step::Notes(Vec::new()), Step::CommitNotes]);
    if random.bool() {
        let end = if random.bool() { Step::CommitTags } else { Step::CommitBoth };
        steps.extend([Step::Notes(Vec::new()), Step::Tags(tag_rows(random)), end]);
    }
    steps
}

fn tag_rows(random: &mut Rng) -> Vec<(i64, String)> {
    some_ids(random).into_iter().map(|id| (id, format!("tag {}", random.u8(..9)))).collect()
}

fn step(random: &mut Rng, now: i64) -> Step {
    match random.u8(..10) {
        0..4 => {
            let text = |random: &mut Rng| {
                random.bool().then(|| format!("text \u{43f}\u{1f600} {}", random.u8(..)))
            };
            Step::Notes(some_ids(random).into_iter().map(|id| (id, text(random))).collect())
        }
        4 => Step::Delete(some_ids(random)),
        5 => Step::Mark(some_ids(random), now),
        6 if random.bool() => Step::Clear,
        6 | 7 => Step::Tags(tag_rows(random)),
        8 => Step::DeleteTags(some_ids(random)),
        9 if random.bool() => Step::CommitBoth,
        _ => Step::CommitNotes,
    }
}

fn note_rows(notes: &[(i64, Option<String>)]) -> Rows {
    let all: Vec<i64> = notes.iter().map(|(id, _)| *id).collect();
    let created: Vec<Option<i64>> = all.iter().map(|id| created_at(*id)).collect();
    let written: Vec<Option<&str>> = notes.iter().map(|(_, text)| text.as_deref()).collect();
    rows(vec![ids(&all), times("created_at", &created), texts("text", &written)])
}

fn key(all: &[i64]) -> Rows {
    rows(vec![ids(all)])
}

/// Runs steps on the store; each commit has the number of commits so far as state.
pub fn run(store: &mut Store, steps: &[Step], mut commits: usize) -> Result<(), Error> {
    for step in steps {
        match step {
            Step::Notes(notes) => store.upsert(&super::model::notes(), note_rows(notes))?,
            Step::Delete(all) => store.delete(&notes(), &key(all))?,
            Step::Mark(all, at) => store.mark_deleted(&notes(), &key(all), *at)?,
            Step::Clear => store.clear(&notes())?,
            Step::Tags(all) => {
                let names: Vec<&str> = all.iter().map(|(_, name)| name.as_str()).collect();
                let names = Column::full("name", Values::Text(names.iter().collect()));
                let all: Vec<i64> = all.iter().map(|(id, _)| *id).collect();
                store.upsert(&tags(), rows(vec![ids(&all), names]))?;
            }
            Step::DeleteTags(all) => store.delete(&tags(), &key(all))?,
            Step::CommitNotes => {
                commits += 1;
                store.commit("notes", &commits.to_string())?;
            }
            Step::CommitTags => {
                commits += 1;
                store.commit("lead_tags", &commits.to_string())?;
            }
            Step::CommitBoth => {
                commits += 1;
                let tables = ["notes", "lead_tags"];
                store.commit_all(&tables, &commits.to_string())?;
            }
        }
    }
    Ok(())
}

/// The models after each commit of a run.
pub fn play(start: &Model, steps: &[Step]) -> Vec<Model> {
    let mut committed = start.clone();
    let mut coming = start.clone();
    let mut models = Vec::new();
    for step in steps {
        match step {
            Step::Notes(new) => {
                let notes = coming.notes.get_or_insert_default();
                notes.extend(new.iter().map(|(id, text)| (*id, (text.clone(), None))));
            }
            Step::Delete(all) => {
                coming.notes.iter_mut().for_each(|notes| notes.retain(|id, _| !all.contains(id)));
            }
            Step::Mark(all, at) => {
                let notes = coming.notes.iter_mut().flatten();
                for (_, (_, mark)) in notes.filter(|(id, _)| all.contains(id)) {
                    mark.get_or_insert(*at);
                }
            }
            Step::Clear => coming.notes.iter_mut().for_each(BTreeMap::clear),
            Step::Tags(new) => {
                let tags = coming.tags.get_or_insert_default();
                tags.retain(|id, _| new.iter().all(|(other, _)| other != id));
                for (id, name) in new {
                    tags.entry(*id).or_default().push(name.clone());
                }
            }
            Step::DeleteTags(all) => {
                coming.tags.iter_mut().for_each(|tags| tags.retain(|id, _| !all.contains(id)));
            }
            Step::CommitNotes => committed.notes.clone_from(&coming.notes),
            Step::CommitTags => committed.tags.clone_from(&coming.tags),
            Step::CommitBoth => committed.clone_from(&coming),
        }
        if step.is_commit() {
            models.push(committed.clone());
        }
    }
    models
}

fn row(cells: &[(&str, Option<String>)]) -> Row {
    let cells = cells.iter();
    cells.filter_map(|(name, cell)| Some(((*name).to_owned(), cell.clone()?))).collect()
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort();
    rows
}

impl Model {
    fn note_rows(&self) -> Option<Vec<Row>> {
        let notes = self.notes.as_ref()?.iter().map(|(id, (text, mark))| {
            row(&[
                ("id", Some(id.to_string())),
                ("created_at", created_at(*id).map(|at| at.to_string())),
                ("text", text.clone()),
                ("deleted_at", mark.map(|at| at.to_string())),
            ])
        });
        Some(sorted(notes.collect()))
    }

    fn tag_rows(&self) -> Option<Vec<Row>> {
        let tags = self.tags.as_ref()?.iter();
        let named = tags.flat_map(|(id, names)| names.iter().map(move |name| (id, name)));
        let rows = named
            .map(|(id, name)| row(&[("id", Some(id.to_string())), ("name", Some(name.clone()))]));
        Some(sorted(rows.collect()))
    }

    /// Whether a folder holds exactly this.
    pub fn is_in(&self, folder: &Folder) -> bool {
        read(folder, "notes") == self.note_rows() && read(folder, "lead_tags") == self.tag_rows()
    }
}
