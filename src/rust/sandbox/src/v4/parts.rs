//! What the cards of API v4 have in common: links, tags and fields.

use serde::Serialize;

use super::paging::Links;
use crate::account::Account;
use crate::card::Card;
use crate::kind::Kind;
use crate::values::{Filled, Firm, Value};

/// A card elsewhere.
#[derive(Serialize)]
pub struct Reference {
    id: u32,
    /// Of the contacts of leads and customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_main: Option<bool>,
    _links: Links,
}

/// A tag.
#[derive(Serialize)]
pub struct TagView {
    id: u64,
    name: &'static str,
    color: Option<&'static str>,
}

/// A field and its values.
#[derive(Serialize)]
pub struct FieldView {
    field_id: u64,
    field_name: &'static str,
    field_code: Option<&'static str>,
    field_type: &'static str,
    values: Vec<ValueView>,
}

#[derive(Serialize)]
struct ValueView {
    value: Content,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    choice: Option<Choice>,
}

#[derive(Serialize)]
struct Choice {
    enum_id: u64,
    enum_code: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Ticked(bool),
    /// Epoch seconds.
    Moment(i64),
    Firm(Box<Firm>),
}

/// Spells the parts of one card.
pub struct Parts<'a> {
    pub account: &'a Account,
    pub card: &'a Card,
    pub site: &'a str,
}

impl Parts<'_> {
    /// The link to the card itself.
    pub fn link(&self) -> Links {
        Links::to(format!("{}/api/v4/{}/{}", self.site, self.card.kind.plural(), self.card.id))
    }

    /// The cards of a kind at these places.
    pub fn cards(&self, kind: Kind, places: &[u64]) -> Vec<Reference> {
        places.iter().map(|place| self.reference(kind, *place, None)).collect()
    }

    /// The contacts at these places, of which the first is the main one.
    pub fn contacts(&self, places: &[u64]) -> Vec<Reference> {
        let places = places.iter().enumerate();
        let contacts =
            places.map(|(rank, place)| self.reference(Kind::Contact, *place, Some(rank == 0)));
        contacts.collect()
    }

    /// The company that the card belongs to, as a list.
    pub fn companies(&self) -> Vec<Reference> {
        let company = self.account.company_of(self.card.kind, self.card.place);
        company.iter().map(|place| self.reference(Kind::Company, *place, None)).collect()
    }

    /// The tags on the card.
    pub fn tags(&self) -> Vec<TagView> {
        let tags = self.account.tags(self.card).into_iter();
        tags.map(|tag| TagView { id: tag.id, name: tag.name, color: None }).collect()
    }

    /// The fields that hold something; `null` if none does.
    pub fn fields(&self) -> Option<Vec<FieldView>> {
        let fields = self.account.values(self.card).into_iter();
        let views: Vec<_> = fields.map(|filled| self.field(filled)).collect();
        (!views.is_empty()).then_some(views)
    }

    fn reference(&self, kind: Kind, place: u64, is_main: Option<bool>) -> Reference {
        let id = self.account.card_id(kind, place);
        let link = format!("{}/api/v4/{}/{id}", self.site, kind.plural());
        Reference { id, is_main, _links: Links::to(link) }
    }

    fn field(&self, filled: Filled) -> FieldView {
        let Filled { field, values } = filled;
        FieldView {
            field_id: field.id,
            field_name: field.name,
            field_code: field.is_system().then_some(field.code),
            field_type: field.shape_name(),
            values: values.into_iter().map(|value| self.value(value)).collect(),
        }
    }

    fn value(&self, value: Value) -> ValueView {
        let plain = |value| ValueView { value, choice: None };
        let chosen = |text, enum_id, enum_code| ValueView {
            value: Content::Text(text),
            choice: Some(Choice { enum_id, enum_code }),
        };
        match value {
            Value::Text(text) => plain(Content::Text(text)),
            Value::Choice((id, name)) => chosen(name.to_owned(), id, None),
            Value::Contact(text, (id, purpose)) => chosen(text, id, Some(purpose)),
            Value::AddressLine(text, what) => chosen(text, address_line(what), Some(what)),
            Value::Ticked => plain(Content::Ticked(true)),
            Value::Day(day) => plain(Content::Moment(self.account.midnight(day))),
            Value::Firm(firm) => plain(Content::Firm(firm)),
        }
    }
}

/// The number of a line of an address.
fn address_line(what: &str) -> u64 {
    match what {
        "address_line_1" => 1,
        "address_line_2" => 2,
        "city" => 3,
        "state" => 4,
        "zip" => 5,
        _ => 6,
    }
}
