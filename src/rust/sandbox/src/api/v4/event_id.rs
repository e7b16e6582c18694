//! Ids of events: 26 letters and digits, the first ten of which tell the time.

use crate::data::Rng;
use crate::data::event::Key;

const SALT: u64 = 0x0000_E7E2;
const NOISE: u64 = (1 << 40) - 1;
/// The letters that look like digits are left out.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: u32 = 26;
const NOISE_BITS: u32 = 80;

/// The id of the event with this key, stable for a seed.
pub fn encode(seed: u64, key: Key) -> String {
    let (time, mask) = disguise(seed, key);
    let check = Rng::of(&[seed, SALT, key.0]).next() & NOISE;
    let low = key.0 & u64::from(u32::MAX) ^ mask;
    spell(time, u128::from(check) << 40 | u128::from(low))
}

/// The key of that id, whether or not there is such an event.
pub fn decode(seed: u64, id: &str) -> Option<Key> {
    let (time, noise) = read(id)?;
    let moment = (time / 1000) << 32;
    let (_, mask) = disguise(seed, Key(moment));
    let low = u64::try_from(noise & u128::from(NOISE)).ok()? ^ mask;
    let key = Key(moment | low & u64::from(u32::MAX));
    (encode(seed, key) == id).then_some(key)
}

/// Milliseconds since 1970, and what makes ids of one second look unrelated.
fn disguise(seed: u64, key: Key) -> (u64, u64) {
    let mut rng = Rng::of(&[seed, SALT, key.created_at()]);
    (key.created_at() * 1000 + rng.below(1000), rng.next() & NOISE)
}

/// Spells a time in milliseconds since 1970 (48 bits) and a number (80 bits).
fn spell(time: u64, noise: u128) -> String {
    let bits = u128::from(time) << NOISE_BITS | noise;
    let digit = |place| DIGITS[usize::try_from(bits >> (5 * place) & 31).unwrap_or(0)];
    (0..LENGTH).rev().map(|place| char::from(digit(place))).collect()
}

/// The time and the number, if it is such an id.
fn read(text: &str) -> Option<(u64, u128)> {
    if text.len() != LENGTH as usize {
        return None;
    }
    let mut bits: u128 = 0;
    for byte in text.bytes() {
        let digit = DIGITS.iter().position(|known| *known == byte)?;
        bits = bits << 5 | digit as u128;
    }
    let time = u64::try_from(bits >> NOISE_BITS).ok()?;
    Some((time, bits & ((1 << NOISE_BITS) - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::event::Source;
    use crate::data::kind::Kind;

    fn key(place: usize) -> Key {
        Key::new(1_750_000_000, Source::Note(Kind::Lead, place))
    }

    #[test]
    fn an_id_leads_back_to_its_key_and_only_with_the_seed_it_was_made_with() {
        for key in [key(0), key(77), Key::new(1_750_000_000, Source::Change(5))] {
            assert_eq!(decode(1, &encode(1, key)), Some(key));
            assert_eq!(decode(2, &encode(1, key)), None);
        }
    }

    #[test]
    fn ids_of_one_second_look_unrelated_but_for_the_time() {
        let ids = [key(1), key(2)].map(|key| encode(1, key));
        assert_eq!(ids[0][..10], ids[1][..10]);
        assert_ne!(ids[0][10..18], ids[1][10..18]);
    }

    #[test]
    fn other_text_is_no_id() {
        for text in ["", "77", "01pz58t6p04ymgsgfbmfyfy1mu", "01PZ58T6P04YMGSGFBMFYFY1MF"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
