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
