//! Indices that mostly count up from 0: the rows of a column that have a cell, or
//! the codes of its texts.

/// Such indices. While they only count up, just their number is stored: most columns
/// have a cell in every row, and ids are all different. Listed, those of 500,000 notes
/// take 23 MB more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Indices {
    /// From 0 up to this one, which is not included.
    UpTo(u32),
    /// These.
    Listed(Vec<u32>),
}

impl Default for Indices {
    fn default() -> Self {
        Indices::UpTo(0)
    }
}

impl Indices {
    /// Adds a number. As a call it makes a page take 2 % more instructions.
    #[inline]
    pub fn push(&mut self, number: u32) {
        match self {
            Indices::UpTo(end) if *end == number => *end += 1,
            Indices::UpTo(end) => *self = listed(*end, number),
            Indices::Listed(numbers) => numbers.push(number),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Indices::UpTo(end) => *end as usize,
            Indices::Listed(numbers) => numbers.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        let (end, listed) = match self {
            Indices::UpTo(end) => (*end, [].as_slice()),
            Indices::Listed(numbers) => (0, numbers.as_slice()),
        };
        (0..end).chain(listed.iter().copied())
    }
}

fn listed(end: u32, number: u32) -> Indices {
    Indices::Listed((0..end).chain([number]).collect())
}

impl FromIterator<u32> for Indices {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
        let mut found = Indices::default();
        numbers.into_iter().for_each(|number| found.push(number));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Indices;

    #[test]
    fn numbers_come_back_in_their_order_whether_or_not_they_count_up() {
        for numbers in [vec![], vec![0], vec![0, 1, 2], vec![3], vec![0, 1, 4, 5], vec![0, 1, 0]] {
            let kept: Indices = numbers.iter().copied().collect();
            assert_eq!((kept.len(), kept.is_empty()), (numbers.len(), numbers.is_empty()));
            assert_eq!(kept.iter().collect::<Vec<u32>>(), numbers);
        }
    }

    #[test]
    fn numbers_without_a_gap_are_not_listed() {
        assert_eq!((0..500).collect::<Indices>(), Indices::UpTo(500));
        assert_eq!((1..3).collect::<Indices>(), Indices::Listed(vec![1, 2]));
    }
}
