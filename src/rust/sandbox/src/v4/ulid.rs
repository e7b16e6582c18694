//! Ids of 26 letters and digits, the first ten of which tell the time.

/// The letters that look like digits are left out.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: u32 = 26;
const NOISE_BITS: u32 = 80;

/// Spells a time in milliseconds since 1970 (48 bits) and a number (80 bits).
pub fn encode(time: u64, noise: u128) -> String {
    let bits = u128::from(time) << NOISE_BITS | noise;
    let digit = |place| DIGITS[usize::try_from(bits >> (5 * place) & 31).unwrap_or(0)];
    (0..LENGTH).rev().map(|place| char::from(digit(place))).collect()
}

/// The time and the number, if it is such an id.
pub fn decode(text: &str) -> Option<(u64, u128)> {
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

    #[test]
    fn what_is_spelt_reads_back_the_same() {
        for (time, noise) in [(0, 0), (1_700_000_000_123, 77), ((1 << 48) - 1, (1 << 80) - 1)] {
            let text = encode(time, noise);
            assert_eq!(text.len(), 26);
            assert_eq!(decode(&text), Some((time, noise)));
        }
    }

    #[test]
    fn later_ids_sort_behind() {
        assert!(encode(1_700_000_000_000, u128::from(u64::MAX)) < encode(1_700_000_000_001, 0));
    }

    #[test]
    fn other_text_is_no_id() {
        for text in ["", "77", "01pz58t6p04ymgsgfbmfyfy1mu", "01PZ58T6P04YMGSGFBMFYFY1MF"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
