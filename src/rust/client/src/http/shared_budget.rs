//! One rate limit for all processes on this computer: when their last requests
//! started is in a small file, which is locked for a moment at each start.
//!
//! All processes read the same times, so that none of them is always the first to see
//! that a place is free. As long as there is only one, they change nothing.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use fs4::{FileExt, TryLockError};
use tokio::runtime::Handle;

use crate::sync::lock;

/// Requests that all processes together may start within [`SPAN`].
const CAPACITY: usize = 7;

/// How long a start counts.
const SPAN: Duration = Duration::from_millis(1015);

/// How far ahead a start can lie. Those further off were written before the clock was
/// set back.
const AHEAD: Duration = Duration::from_millis(1500);

/// The longest wait for the file, which others need for far less than a millisecond.
const PATIENCE: Duration = Duration::from_secs(1);

/// Time between two tries to lock it.
const PAUSE: Duration = Duration::from_micros(200);

/// Waits for a place differ by up to this, so that no process always comes last.
const SCATTER: Duration = Duration::from_millis(10);

/// The most bytes that are read. A hundred starts need less.
const MAX_BYTES: u64 = 8192;

/// The budget as one process sees it.
pub struct SharedBudget {
    /// Tells the starts of this process from those of others.
    id: String,
    path: PathBuf,
    file: Mutex<File>,
    own: Mutex<Own>,
}

/// The starts of this process that count.
#[derive(Default)]
struct Own {
    begun: u64,
    starts: Vec<(u64, Time)>,
}

/// Microseconds since 1970: the only clock that all processes have.
type Time = u64;

/// The starts of other processes that count, each with the id of its process.
type Others = Vec<(String, Time)>;

/// Whether a request may start.
#[derive(Debug, PartialEq, Eq)]
pub enum Turn {
    /// It may: this is the number of the start.
    Now(u64),
    /// There may be a place after this time.
    Wait(Duration),
}

impl SharedBudget {
    /// The budget whose starts are in `file` at `path`.
    pub fn new(path: PathBuf, file: File) -> Self {
        let id = format!("{:x}-{:x}", std::process::id(), now());
        SharedBudget { id, path, file: Mutex::new(file), own: Mutex::default() }
    }

    /// Whether it is the one at `path`, where its file may have been removed.
    pub fn is_at(&self, path: &Path) -> bool {
        self.path == path && path.exists()
    }

    /// Counts a start from `way` after now, if there is a place for it. Waits for the file
    /// for a second at most, on another thread.
    ///
    /// # Errors
    /// When the file can't be used or stays locked.
    pub async fn start(self: &Arc<Self>, way: Duration) -> io::Result<Turn> {
        let budget = Arc::clone(self);
        let work = tokio::task::spawn_blocking(move || budget.start_now(way));
        // Some file systems don't answer at all.
        match tokio::time::timeout(2 * PATIENCE, work).await {
            Ok(done) => done.unwrap_or_else(|error| Err(io::Error::other(error))),
            Err(_) => Err(stays_locked()),
        }
    }

    /// Lets a start count from `way` after now instead.
    pub fn put_off(self: &Arc<Self>, number: u64, way: Duration) {
        let time = now() + micros(way);
        if let Some(start) = lock(&self.own).starts.iter_mut().find(|start| start.0 == number) {
            start.1 = time;
        }
        if let Ok(runtime) = Handle::try_current() {
            let budget = Arc::clone(self);
            // If that fails, the next start tells.
            runtime.spawn_blocking(move || budget.publish());
        }
    }

    fn start_now(&self, way: Duration) -> io::Result<Turn> {
        let file = lock(&self.file);
        let mut file = Locked::new(&file)?;
        let now = now();
        let others = file.others(&self.id, now)?;
        let number = {
            let mut own = lock(&self.own);
            own.starts.retain(|(_, time)| counts(*time, now));
            if let Some(wait) = wait(&own.starts, &others, now) {
                return Ok(Turn::Wait(wait + SCATTER.mul_f64(fastrand::f64())));
            }
            own.begun += 1;
            let start = (own.begun, now + micros(way));
            own.starts.push(start);
            start.0
        };
        file.write(&self.text(&others))?;
        Ok(Turn::Now(number))
    }

    fn publish(&self) -> io::Result<()> {
        let file = lock(&self.file);
        let mut file = Locked::new(&file)?;
        let others = file.others(&self.id, now())?;
        file.write(&self.text(&others))
    }

    /// All starts, one a line.
    fn text(&self, others: &Others) -> String {
        let own = lock(&self.own);
        let own = own.starts.iter().map(|(_, time)| (&self.id, time));
        let all = own.chain(others.iter().map(|(id, time)| (id, time)));
        all.fold(String::new(), |mut text, (id, time)| {
            // Writing to a String can't fail.
            let _ = writeln!(text, "{id} {time}");
            text
        })
    }
}

/// How long it is until there is a place; None if there is one. What a process does
/// alone its own limiter decides.
fn wait(own: &[(u64, Time)], others: &Others, now: Time) -> Option<Duration> {
    let mut times: Vec<Time> = own.iter().map(|(_, time)| *time).collect();
    times.extend(others.iter().map(|(_, time)| *time));
    if others.is_empty() || times.len() < CAPACITY {
        return None;
    }
    times.sort_unstable();
    let end = times[times.len() - CAPACITY] + micros(SPAN);
    Some(Duration::from_micros(end.saturating_sub(now)))
}

/// Whether a start counts still, or already.
fn counts(time: Time, now: Time) -> bool {
    time < now + micros(AHEAD) && time + micros(SPAN) > now
}

fn now() -> Time {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, micros)
}

fn micros(duration: Duration) -> Time {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX / 4)
}

fn stays_locked() -> io::Error {
    io::Error::new(ErrorKind::TimedOut, "another process keeps the file locked")
}

/// The file while no other process uses it. The system unlocks it when a process ends.
struct Locked<'f>(&'f File);

impl<'f> Locked<'f> {
    fn new(file: &'f File) -> io::Result<Self> {
        let until = Instant::now() + PATIENCE;
        loop {
            match FileExt::try_lock(file) {
                Ok(()) => return Ok(Locked(file)),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if Instant::now() >= until => {
                    return Err(stays_locked());
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            }
        }
    }

    /// The starts of others. Lines that are none are left out.
    fn others(&mut self, id: &str, at: Time) -> io::Result<Others> {
        let mut bytes = Vec::new();
        self.0.rewind()?;
        self.0.take(MAX_BYTES).read_to_end(&mut bytes)?;
        let start = |line: &str| {
            let (other, time) = line.split_once(' ')?;
            let time = time.parse().ok().filter(|time| counts(*time, at))?;
            (other != id).then(|| (other.to_owned(), time))
        };
        Ok(String::from_utf8_lossy(&bytes).lines().filter_map(start).collect())
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.0.rewind()?;
        self.0.write_all(text.as_bytes())?;
        self.0.set_len(text.len() as u64)
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        let _ = FileExt::unlock(self.0);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{AHEAD, CAPACITY, SPAN, SharedBudget, Turn, micros, now};
    use std::fs::{File, OpenOptions};
    use std::path::{Path, PathBuf};
    use std::sync::Arc;
    use std::time::Duration;

    /// A file that goes away with the test.
    struct Shared(PathBuf);

    impl Shared {
        fn new(name: &str, content: &str) -> Self {
            let name = format!("amocrm-budget-{name}-{}", std::process::id());
            let path = std::env::temp_dir().join(name);
            std::fs::write(&path, content).unwrap();
            Shared(path)
        }

        fn budget(&self) -> Arc<SharedBudget> {
            Arc::new(SharedBudget::new(self.0.clone(), open(&self.0)))
        }

        /// How many starts the file holds.
        fn starts(&self) -> usize {
            std::fs::read_to_string(&self.0).unwrap().lines().count()
        }
    }

    impl Drop for Shared {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    fn open(path: &Path) -> File {
        OpenOptions::new().read(true).write(true).open(path).unwrap()
    }

    const WAY: Duration = Duration::from_millis(60);

    fn may_start(budget: &SharedBudget) -> bool {
        matches!(budget.start_now(WAY).unwrap(), Turn::Now(_))
    }

    #[test]
    fn several_start_seven_together() {
        let file = Shared::new("together", "");
        let budgets = [file.budget(), file.budget(), file.budget()];
        let started = (0..30).filter(|n| may_start(&budgets[n % 3])).count();
        assert_eq!((started, file.starts()), (CAPACITY, CAPACITY));
        let turn = budgets[0].start_now(WAY).unwrap();
        assert!(
            matches!(turn, Turn::Wait(wait) if wait > WAY && wait < SPAN + 2 * WAY),
            "{turn:?}"
        );
    }

    #[test]
    fn one_alone_is_not_held_back() {
        let file = Shared::new("alone", "");
        let budget = file.budget();
        assert!((0..30).all(|_| may_start(&budget)));
        // But others are, by what it has started.
        assert!(!may_start(&file.budget()));
    }

    #[test]
    fn what_does_not_count_is_ignored_and_goes_away() {
        let (gone, ahead) = (now() - micros(SPAN), now() + 2 * micros(AHEAD));
        let lines = format!("x {gone}\nx {ahead}\nx {}\n\u{0}\nx\nx y\n 5 5\nx -1\n", u64::MAX);
        let file = Shared::new("junk", &lines.repeat(50));
        assert!(may_start(&file.budget()));
        assert_eq!(file.starts(), 1);
    }

    #[test]
    fn a_start_that_is_put_off_is_so_for_all() {
        let file = Shared::new("late", "");
        let (ours, theirs) = (file.budget(), file.budget());
        assert_eq!(ours.start_now(WAY).unwrap(), Turn::Now(1));
        assert!((1..CAPACITY).all(|_| may_start(&theirs)));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { ours.put_off(1, Duration::from_secs(1)) });
        // Waits for the other thread.
        drop(runtime);
        let text = std::fs::read_to_string(&file.0).unwrap();
        let mut times: Vec<u64> =
            text.lines().map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect();
        times.sort_unstable();
        assert_eq!(times.len(), CAPACITY);
        assert!(times[CAPACITY - 1] > times[CAPACITY - 2] + micros(Duration::from_millis(500)));
    }

    #[tokio::test]
    async fn who_keeps_the_file_locked_is_waited_for_and_not_for_ever() {
        let file = Shared::new("locked", "");
        let owner = open(&file.0);
        fs4::FileExt::lock(&owner).unwrap();
        let error = file.budget().start(WAY).await.unwrap_err();
        assert!(error.to_string().contains("locked"), "{error}");
        fs4::FileExt::unlock(&owner).unwrap();
        assert!(file.budget().start(WAY).await.is_ok());
    }

    #[tokio::test]
    async fn what_ends_while_it_has_the_file_locked_does_not_matter() {
        let file = Shared::new("dead", "");
        let owner = open(&file.0);
        fs4::FileExt::lock(&owner).unwrap();
        let budget = file.budget();
        let waiting = tokio::spawn(async move { budget.start(WAY).await });
        tokio::task::yield_now().await;
        // The system closes the files of a process that ends.
        drop(owner);
        assert!(matches!(waiting.await.unwrap(), Ok(Turn::Now(1))));
    }
}
