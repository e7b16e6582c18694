//! What the cards of API v2 have in common: links, tags and fields.

use serde::Serialize;

use super::Links;
use crate::account::Account;
use crate::card::Card;
use crate::kind::Kind;
use crate::random::Rng;
use crate::values::{Filled, Firm, Value};

const SALT: u64 = 0x0000_2E47;

/// Something, or what PHP makes of nothing: `{}` and now and then `[]`.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Maybe<T> {
    Some(T),
    Object(Nothing),
    List([(); 0]),
}

/// `{}`.
#[derive(Serialize)]
pub struct Nothing {}

/// A card elsewhere.
#[derive(Serialize)]
pub struct Reference {
    id: u32,
    _links: Links,
}

/// Cards elsewhere.
#[derive(Serialize)]
pub struct References {
    id: Vec<u32>,
    _links: Links,
}

/// A company elsewhere.
#[derive(Serialize)]
pub struct CompanyReference {
    id: u32,
    name: String,
    _links: Links,
}

/// A tag.
#[derive(Serialize)]
pub struct TagView {
    id: u64,
    name: &'static str,
}

/// A field and its values.
#[derive(Serialize)]
pub struct FieldView {
    id: u64,
    name: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    code: &'static str,
    values: Vec<ValueView>,
    is_system: bool,
}

#[derive(Serialize)]
struct ValueView {
    value: Content,
    #[serde(rename = "enum", skip_serializing_if = "Option::is_none")]
    choice: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subtype: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Firm(Box<Firm>),
}

/// Spells the parts of one card.
pub struct Parts<'a> {
    account: &'a Account,
    card: &'a Card,
    rng: Rng,
}

impl<'a> Parts<'a> {
    /// The parts of this card.
    pub fn of(account: &'a Account, card: &'a Card) -> Self {
        let rng = Rng::of(&[SALT, card.kind.element_type(), card.id.into()]);
        Self { account, card, rng }
    }

    /// The link to the card itself.
    pub fn link(&self) -> Links {
        reference(self.card.kind, &[self.card.id])
    }

    /// The cards of a kind at these places.
    pub fn cards(&mut self, kind: Kind, places: &[u64]) -> Maybe<References> {
        let ids: Vec<u32> = places.iter().map(|place| self.account.card_id(kind, *place)).collect();
        let links = reference(kind, &ids);
        self.maybe((!ids.is_empty()).then_some(References { id: ids, _links: links }))
    }

    /// The first of the contacts at these places.
    pub fn main_contact(&mut self, places: &[u64]) -> Maybe<Reference> {
        let first = places.first().map(|place| {
            let id = self.account.card_id(Kind::Contact, *place);
            Reference { id, _links: reference(Kind::Contact, &[id]) }
        });
        self.maybe(first)
    }

    /// The company that the card belongs to.
    pub fn company(&mut self) -> Maybe<CompanyReference> {
        let company = self.account.company_of(self.card.kind, self.card.place).map(|place| {
            let id = self.account.card_id(Kind::Company, place);
            let name = self.account.name(Kind::Company, place);
            CompanyReference { id, name, _links: reference(Kind::Company, &[id]) }
        });
        self.maybe(company)
    }

    /// The tags on the card.
    pub fn tags(&mut self) -> Maybe<Vec<TagView>> {
        let tags = self.account.tags(self.card).into_iter();
        let views: Vec<_> = tags.map(|tag| TagView { id: tag.id, name: tag.name }).collect();
        self.maybe((!views.is_empty()).then_some(views))
    }

    /// The fields that hold something.
    pub fn fields(&mut self) -> Maybe<Vec<FieldView>> {
        let fields = self.account.values(self.card).into_iter();
        let views: Vec<_> = fields.map(FieldView::of).collect();
        self.maybe((!views.is_empty()).then_some(views))
    }

    fn maybe<T>(&mut self, part: Option<T>) -> Maybe<T> {
        match part {
            Some(part) => Maybe::Some(part),
            None if self.rng.percent(12) => Maybe::List([]),
            None => Maybe::Object(Nothing {}),
        }
    }
}

fn reference(kind: Kind, ids: &[u32]) -> Links {
    let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
    Links::to(format!("/api/v2/{}?id={}", kind.plural(), ids.join(",")))
}

impl FieldView {
    fn of(filled: Filled) -> Self {
        let Filled { field, values } = filled;
        Self {
            id: field.id,
            name: field.name,
            code: field.code,
            values: values.into_iter().map(ValueView::of).collect(),
            is_system: field.is_system(),
        }
    }
}

impl ValueView {
    fn of(value: Value) -> Self {
        match value {
            Value::Text(text) => Self::plain(text),
            Value::Choice((id, name)) => Self { choice: Some(id), ..Self::plain(name.to_owned()) },
            Value::Contact(text, (id, _)) => Self { choice: Some(id), ..Self::plain(text) },
            Value::Ticked => Self::plain("1".to_owned()),
            Value::Day(day) => Self::plain(format!("{day} 00:00:00")),
            Value::AddressLine(text, what) => Self { subtype: Some(what), ..Self::plain(text) },
            Value::Firm(firm) => Self { value: Content::Firm(firm), choice: None, subtype: None },
        }
    }

    fn plain(text: String) -> Self {
        Self { value: Content::Text(text), choice: None, subtype: None }
    }
}
