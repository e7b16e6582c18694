//! Comparison of short texts. Most names and cells are a few bytes long: to call
//! the general comparison costs more than to compare them.

/// Whether both are the same bytes.
#[inline]
pub fn bytes_eq(a: &[u8], b: &[u8]) -> bool {
    let length = a.len();
    if length != b.len() {
        return false;
    }
    match length {
        0 => true,
        1..4 => [0, length / 2, length - 1].iter().all(|index| a[*index] == b[*index]),
        4..8 => ends_are_equal::<4>(a, b),
        8..=16 => ends_are_equal::<8>(a, b),
        _ => a == b,
    }
}

/// Whether the first and the last `N` bytes are equal. They may overlap.
#[inline]
fn ends_are_equal<const N: usize>(a: &[u8], b: &[u8]) -> bool {
    a.first_chunk::<N>() == b.first_chunk::<N>() && a.last_chunk::<N>() == b.last_chunk::<N>()
}

#[cfg(test)]
mod tests {
    use super::bytes_eq;

    #[test]
    fn texts_of_any_length_are_equal_only_if_every_byte_is() {
        let text: Vec<u8> = (0..40).collect();
        for length in 0..text.len() {
            let mut other = text[..length].to_vec();
            assert!(bytes_eq(&text[..length], &other), "{length}");
            assert!(!bytes_eq(&text[..length], &text[..=length]), "{length}");
            for changed in 0..length {
                other[changed] ^= 1;
                assert!(!bytes_eq(&text[..length], &other), "{length} {changed}");
                other[changed] ^= 1;
            }
        }
    }
}
