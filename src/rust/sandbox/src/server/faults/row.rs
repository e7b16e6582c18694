//! A row of a list that something has happened to.

use std::sync::Arc;

use crate::api::Json;

/// The id of the first row that is made up, where ids are numbers.
pub const NEW_IDS: u64 = 900_000_000;

/// Where rows have their ids.
const IDS: [&str; 4] = ["id", "uid", "talk_id", "to_entity_id"];

/// A row as it would be shown, and its id.
#[derive(Clone)]
pub struct SpoiltRow {
    pub id: String,
    pub json: Arc<Json>,
    is_made_up: bool,
}

impl SpoiltRow {
    pub fn of(json: Json) -> Self {
        let id = IDS.iter().find_map(|name| json.text(name)).unwrap_or_default();
        Self { id, json: Arc::new(json), is_made_up: false }
    }

    /// What tells it from other rows: `17`, and of a link `5-contacts-17`.
    pub fn name(&self) -> String {
        match (self.json.text("entity_id"), self.json.text("to_entity_type")) {
            (Some(owner), Some(kind)) => format!("{owner}-{kind}-{}", self.id),
            _ => self.id.clone(),
        }
    }

    fn id_mut(&mut self) -> Option<&mut Json> {
        let name = IDS.iter().find(|name| self.json.text(name).is_some())?;
        Arc::make_mut(&mut self.json).member_mut(name)
    }

    /// Rows that were recorded are served as they stand.
    pub fn can_be_copied(&self) -> bool {
        !self.is_made_up && !self.id.is_empty()
    }

    /// The same with another id, which tells that it is made up.
    pub fn renamed(mut self, number: u64) -> Self {
        let Some(id) = self.id_mut() else { return self };
        if let Json::Text(text) = id {
            let width = text.len().saturating_sub(3);
            *text = format!("NEW{number:0>width$}").into();
        } else {
            *id = (NEW_IDS + number).into();
        }
        Self { is_made_up: true, ..Self::of(Arc::unwrap_or_clone(self.json)) }
    }

    pub fn without_id(mut self) -> Self {
        if let Some(id) = self.id_mut() {
            *id = Json::Absent;
        }
        self
    }

    fn created_at(&self) -> Option<String> {
        self.json.text("created_at")
    }

    /// Whether they were created in the same second.
    pub fn is_tied(&self, other: &Self) -> bool {
        self.created_at().is_some() && self.created_at() == other.created_at()
    }

    pub fn tie_to(&mut self, other: &Self) {
        let at = other.created_at().and_then(|at| at.parse::<u64>().ok());
        let own = Arc::make_mut(&mut self.json).member_mut("created_at");
        if let (Some(own), Some(at)) = (own, at) {
            *own = at.into();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::api::object;

    #[test]
    fn links_are_known_by_both_ends() {
        let link =
            object! { "entity_id": 5_u64, "to_entity_id": 17_u64, "to_entity_type": "contacts" };
        let row = SpoiltRow::of(link);
        assert_eq!(row.name(), "5-contacts-17");
        assert_eq!(row.clone().renamed(2).name(), "5-contacts-900000002");
        let without_id = r#"{"entity_id":5,"to_entity_type":"contacts"}"#;
        assert_eq!(serde_json::to_string(row.without_id().json.as_ref()).unwrap(), without_id);
    }

    #[test]
    fn a_new_row_is_a_copy_with_an_id_of_its_own() {
        let inside = || object! { "id": 8_u64 };
        for (json, id) in [
            (object! { "id": 7_u64, "of": inside() }, "900000002"),
            (object! { "id": "01ab234", "of": inside() }, "NEW0002"),
            (object! { "talk_id": 7_u64, "contact_id": 7_u64, "of": inside() }, "900000002"),
            (object! { "entity_id": 78_u64, "to_entity_id": 7_u64, "of": inside() }, "900000002"),
            (object! { "category": "sip", "uid": "0123456789", "of": inside() }, "NEW0000002"),
        ] {
            let row = SpoiltRow::of(json).renamed(2);
            assert_eq!(row.id, id);
            let text = serde_json::to_string(row.json.as_ref()).unwrap();
            assert!(text.contains(r#""of":{"id":8}"#), "{text}");
            assert!(row.is_made_up && text.contains(&row.id));
        }
    }
}
