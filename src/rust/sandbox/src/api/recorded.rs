//! Rows that were recorded from a real account, served as they stand.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::api::value::Json;

/// A recorded row and what filters ask about it.
pub struct Recorded<M = Meta> {
    pub json: Box<RawValue>,
    pub meta: M,
}

/// What filters ask about a note.
#[derive(Deserialize)]
pub struct Meta {
    pub id: u64,
    #[serde(default)]
    pub element_id: u64,
    #[serde(default)]
    pub note_type: u64,
    /// Epoch seconds.
    #[serde(default)]
    pub updated_at: u64,
}

/// A recorded row of a list other than those of notes.
pub type RecordedRow = Recorded<RowMeta>;

/// What filters ask about such a row.
#[derive(Deserialize)]
pub struct RowMeta {
    /// 0 for a row without one, as unsorted leads are.
    #[serde(default)]
    pub id: u64,
}

#[derive(Deserialize)]
struct Page {
    #[serde(rename = "_embedded")]
    embedded: Embedded,
}

#[derive(Deserialize)]
struct Embedded {
    items: Vec<Box<RawValue>>,
}

/// Reads the rows of arrays and of pages, of which several may follow one
/// another.
pub fn read<M: DeserializeOwned>(text: &str) -> serde_json::Result<Vec<Recorded<M>>> {
    let mut rows = Vec::new();
    for document in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        for json in items(document?.get())? {
            let meta = serde_json::from_str(json.get())?;
            rows.push(Recorded { json, meta });
        }
    }
    Ok(rows)
}

/// A row as it stands.
pub fn json<M>(row: &Recorded<M>) -> Json {
    row.json.as_ref().into()
}

fn items(document: &str) -> serde_json::Result<Vec<Box<RawValue>>> {
    if document.starts_with('[') {
        return serde_json::from_str(document);
    }
    let page: Page = serde_json::from_str(document)?;
    Ok(page.embedded.items)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn notes(text: &str) -> serde_json::Result<Vec<Recorded>> {
        read(text)
    }

    fn ids(text: &str) -> Vec<u64> {
        notes(text).unwrap().iter().map(|row| row.meta.id).collect()
    }

    #[test]
    fn arrays_and_pages_may_follow_one_another() {
        let text =
            "[{\"id\":2}]\n{\"_links\":{},\"_embedded\":{\"items\":[{\"id\":1},{\"id\":3}]}}[]";
        assert_eq!(ids(text), [2, 1, 3]);
    }

    #[test]
    fn a_row_keeps_its_spelling() {
        let row = r#"{"id":1, "text":"\u0416\/", "x":1.50}"#;
        assert_eq!(notes(&format!("[{row}]")).unwrap()[0].json.get(), row);
    }

    #[test]
    fn what_is_not_notes_is_refused() {
        for text in ["[{\"no\":1}]", "{\"response\":{}}", "[1", "7"] {
            assert!(notes(text).is_err(), "{text}");
        }
    }
}
