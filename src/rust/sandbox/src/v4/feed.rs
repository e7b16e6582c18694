//! The events of the whole account in order of time: nine bytes an event.
//!
//! Most notes come with an event; some of these have no note in v4. Beside
//! them stand events that come with no note in any version.

use super::event_type::{self, EventType};
use super::extra;
use super::{plays, ulid};
use crate::app::App;
use crate::index::Line;
use crate::kind::Kind;
use crate::random::Rng;

const SALT: u64 = 0x0000_E7E2;
const NOISE: u64 = (1 << 40) - 1;
const KIND_SHIFT: u32 = 28;
const PLACE: u64 = (1 << KIND_SHIFT) - 1;

/// Says when an event happened (above) and to which note of which kind it
/// belongs (below), so that the order of keys is that of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(u64);

/// All keys, earliest first, and beside each what kind of event it is.
pub struct Feed {
    keys: Vec<Key>,
    types: Vec<EventType>,
}

impl Key {
    fn new(kind: Kind, place: usize, line: &Line, is_extra: bool) -> Self {
        let place = (place as u64) << 1 | u64::from(is_extra);
        let kind = (kind.position() as u64) << KIND_SHIFT;
        Self(u64::from(line.created_at) << 32 | kind | place)
    }

    /// Epoch seconds.
    pub fn created_at(self) -> u64 {
        self.0 >> 32
    }

    /// The kind of thing it happened to.
    pub fn kind(self) -> Kind {
        // Keys are made with a kind, and checked when they are read.
        Kind::ALL[self.position()]
    }

    fn position(self) -> usize {
        usize::try_from(self.0 >> KIND_SHIFT & 15).unwrap_or(usize::MAX)
    }

    /// The place of its note in the list of the kind.
    pub fn place(self) -> u64 {
        (self.0 & PLACE) >> 1
    }

    /// Whether it merely happened at the time of that note.
    pub fn is_extra(self) -> bool {
        self.0 & 1 == 1
    }

    /// The name of the event, stable for a seed.
    pub fn id(self, seed: u64) -> String {
        let (time, mask) = self.disguise(seed);
        let check = Rng::of(&[seed, SALT, self.0]).next() & NOISE;
        let low = self.0 & u64::from(u32::MAX) ^ mask;
        ulid::encode(time, u128::from(check) << 40 | u128::from(low))
    }

    /// The key of that name, whether or not there is such an event.
    pub fn from_id(seed: u64, id: &str) -> Option<Self> {
        let (time, noise) = ulid::decode(id)?;
        let moment = Self((time / 1000) << 32);
        let (_, mask) = moment.disguise(seed);
        let low = u64::try_from(noise & u128::from(NOISE)).ok()? ^ mask;
        let key = Self(moment.0 | low & u64::from(u32::MAX));
        (key.position() < Kind::ALL.len() && key.id(seed) == id).then_some(key)
    }

    /// Milliseconds since 1970, and what makes ids of one second look
    /// unrelated.
    fn disguise(self, seed: u64) -> (u64, u64) {
        let mut rng = Rng::of(&[seed, SALT, self.created_at()]);
        (self.created_at() * 1000 + rng.below(1000), rng.next() & NOISE)
    }
}

impl Feed {
    fn new(app: &App) -> Self {
        let mut keys = Vec::new();
        for kind in Kind::ALL.into_iter().filter(|kind| plays(app, *kind)) {
            for (place, line) in app.lines(kind).iter().enumerate() {
                for is_extra in [false, true] {
                    let key = Key::new(kind, place, line, is_extra);
                    keys.extend(app.event_type(key).map(|_| key));
                }
            }
        }
        // Each kind is in order already, which this sort makes use of.
        keys.sort();
        let types = keys.iter().filter_map(|key| app.event_type(*key)).collect();
        Self { keys, types }
    }

    /// The events of a span of time.
    pub fn during(
        &self,
        from: u64,
        to: u64,
    ) -> impl DoubleEndedIterator<Item = (Key, EventType)> + ExactSizeIterator {
        let start = self.keys.partition_point(|key| key.created_at() < from);
        let end = self.keys.partition_point(|key| key.created_at() <= to).max(start);
        let (keys, types) = (&self.keys[start..end], &self.types[start..end]);
        keys.iter().copied().zip(types.iter().copied())
    }
}

impl App {
    /// The feed of the account.
    pub fn feed(&self) -> &Feed {
        self.lists.feed.get_or_init(|| Feed::new(self))
    }

    /// What kind of event a key stands for; none if there is no such event.
    pub fn event_type(&self, key: Key) -> Option<EventType> {
        let line = self.line_of(key).filter(|_| plays(self, key.kind()))?;
        if key.is_extra() {
            extra::event_type(self.account.seed, key.kind(), key.place())
        } else {
            event_type::of_note(line)
        }
    }

    /// The note that a key names, if it is one of that time.
    pub fn line_of(&self, key: Key) -> Option<&Line> {
        let line = self.lines(key.kind()).get(usize::try_from(key.place()).ok()?)?;
        (u64::from(line.created_at) == key.created_at()).then_some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notes::{MOST_NOTES, NoteType};

    fn key(kind: Kind, place: u64, is_extra: bool) -> Key {
        let line = Line {
            element_id: 5,
            created_at: 1_750_000_000,
            updated_at: 1_750_000_000,
            note_type: NoteType::Common,
            income: false,
        };
        Key::new(kind, usize::try_from(place).unwrap_or(0), &line, is_extra)
    }

    #[test]
    fn an_id_leads_back_to_its_key_and_only_with_the_seed_it_was_made_with() {
        for kind in Kind::ALL {
            for place in [0, 77, MOST_NOTES - 1] {
                for is_extra in [false, true] {
                    let key = key(kind, place, is_extra);
                    assert_eq!((key.kind(), key.place(), key.is_extra()), (kind, place, is_extra));
                    assert_eq!(key.created_at(), 1_750_000_000);
                    assert_eq!(Key::from_id(1, &key.id(1)), Some(key));
                    assert_eq!(Key::from_id(2, &key.id(1)), None);
                }
            }
        }
    }

    #[test]
    fn ids_of_one_second_look_unrelated_but_for_the_time() {
        let ids = [key(Kind::Lead, 1, false), key(Kind::Lead, 2, false)].map(|key| key.id(1));
        assert_eq!(ids[0][..10], ids[1][..10]);
        assert_ne!(ids[0][10..18], ids[1][10..18]);
    }
}
