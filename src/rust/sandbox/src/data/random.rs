//! Numbers that look random: repeatable ones out of keys, and secret ones.

use std::hash::{BuildHasher, Hasher, RandomState};

/// An odd step that visits every number before it repeats one.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// A small generator (splitmix64) whose stream depends on its keys alone.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator for these keys; other keys give an unrelated stream.
    pub fn of(keys: &[u64]) -> Self {
        // The step makes the order of keys count, and keys of 0 as well.
        let join = |state: u64, key: &u64| mix(state.wrapping_add(STEP) ^ mix(*key));
        Self(keys.iter().fold(0, join))
    }

    /// A generator for a text.
    pub fn of_text(text: &str) -> Self {
        Self::of(&text.bytes().map(u64::from).collect::<Vec<_>>())
    }

    /// A number from 0 up to, but without, 1.
    pub fn chance(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap_or(0)) / 4_294_967_296.0
    }

    /// Brings things into any order.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for end in (1..things.len()).rev() {
            things.swap(end, self.index(end + 1));
        }
    }

    /// The next number, any of all 64-bit ones.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number from 0 up to, but without, `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or(0)
    }

    /// A number from `low` to `high`, both possible.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True in `percent` of 100 cases.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`, each as likely. `choices` must not be empty.
    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.index(choices.len())]
    }

    /// One of the paired values, in proportion to its weight.
    pub fn weighted<T: Copy>(&mut self, choices: &[(T, u64)]) -> T {
        let total = choices.iter().map(|(_, weight)| weight).sum();
        let mut left = self.below(total);
        for (value, weight) in choices {
            if left < *weight {
                return *value;
            }
            left -= weight;
        }
        choices[0].0
    }

    /// A position in a list of `len` things.
    pub fn index(&mut self, len: usize) -> usize {
        // A position below `len` fits where `len` did.
        usize::try_from(self.below(len as u64)).unwrap_or(0)
    }
}

/// Spreads every bit of the input over the whole output.
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// A number of 128 bits, spelt as such ids are.
pub fn uuid(rng: &mut Rng) -> String {
    let (high, low) = (rng.next(), rng.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xFFFF,
        high & 0xFFF,
        low >> 48 & 0x3FFF | 0x8000,
        low & 0xFFFF_FFFF_FFFF
    )
}

/// 32 hexadecimal digits that differ at every call and can't be foreseen.
///
/// The standard library seeds its hash maps from the system's entropy, which
/// is plenty for a server that only this computer can reach.
pub fn secret() -> String {
    let half = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", half(), half())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_keys_give_the_same_stream_and_others_another() {
        let first = |keys: &[u64]| Rng::of(keys).next();
        assert_eq!(first(&[1, 2]), first(&[1, 2]));
        assert_ne!(first(&[1, 2]), first(&[2, 1]));
        assert_ne!(first(&[0]), first(&[0, 0]));
    }

    #[test]
    fn draws_keep_their_bounds() {
        let mut rng = Rng::of(&[7]);
        assert!((0..1000).all(|_| (3..=5).contains(&rng.between(3, 5))));
        assert_eq!(rng.below(0), 0);
    }

    #[test]
    fn weights_rule_out_what_weighs_nothing() {
        let mut rng = Rng::of(&[7]);
        let choices = [("never", 0), ("always", 3)];
        assert!((0..100).all(|_| rng.weighted(&choices) == "always"));
    }

    #[test]
    fn uuids_are_of_the_fourth_version() {
        let text = uuid(&mut Rng::of(&[7]));
        assert_eq!(text.len(), 36);
        assert_eq!(text.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(text[14..].starts_with('4') && "89ab".contains(&text[19..20]));
    }

    #[test]
    fn secrets_differ() {
        assert_ne!(secret(), secret());
        assert_eq!(secret().len(), 32);
    }
}
