//! What the fields of the entities hold, free of how any API version spells it.

use jiff::civil::{Date, date};

use crate::data::products::Position;
use crate::data::settings::Item;
use crate::data::{Account, Field, Kind, Rng, SETTINGS, text};

const SALT: u64 = 0x00F1_E1D5;

/// A field and what it holds, of which there is something.
#[derive(Clone, Debug)]
pub struct Filled {
    pub field: &'static Field,
    pub values: Vec<FieldValue>,
}

/// One value of a field.
#[derive(Clone, Debug)]
pub enum FieldValue {
    Text(String),
    /// One of the field's choices.
    Choice(&'static Item),
    /// A telephone number or address, and what it is for.
    Contact(String, &'static Item),
    /// A box that is ticked.
    Ticked,
    /// A day of the account's calendar.
    Day(Date),
    /// A line of a postal address and what it is.
    AddressLine(String, &'static str),
    Firm(Box<Firm>),
    /// The element that tells of a firm.
    Supplier(u64),
    /// The name of somebody who pays.
    Payer(String),
    Item(Position),
}

/// A firm by its papers, most of which nobody fills in.
#[derive(Clone, Debug)]
pub struct Firm {
    pub name: String,
    pub vat_id: Option<String>,
}

impl Account {
    /// What the fields of the entity with this number hold, in the order of the
    /// fields.
    pub fn values(&self, kind: Kind, number: u64) -> Vec<Filled> {
        let mut rng = self.rng(SALT, kind, number);
        // Some have nothing but a name.
        if rng.percent(12) {
            return Vec::new();
        }
        let filled = SETTINGS.fields(kind).iter().filter_map(|field| {
            // Each field has chance of its own, so that one more field changes no other.
            let mut rng = Rng::of(&[rng.clone().next(), field.id]);
            let often = if field.is_system() { 75 } else { 45 };
            rng.percent(often).then(|| self.filled(kind, number, field, &mut rng))
        });
        filled.collect()
    }

    /// Some value of a field of the entity with this number.
    pub fn filled(&self, kind: Kind, owner: u64, field: &'static Field, rng: &mut Rng) -> Filled {
        let values = match field.number() {
            2 => vec![FieldValue::Text(number(rng))],
            3 => vec![FieldValue::Ticked],
            4 | 10 => vec![FieldValue::Choice(choice(field, rng))],
            5 => choices(field, rng),
            6 => vec![day(rng)],
            8 => self.ways(kind, owner, field, rng),
            13 => address(rng),
            15 => vec![firm(rng)],
            _ => vec![FieldValue::Text(words(field, rng))],
        };
        Filled { field, values }
    }

    /// One or two ways to reach somebody, the first of which is known from
    /// calls and emails.
    fn ways(
        &self,
        kind: Kind,
        owner: u64,
        field: &'static Field,
        rng: &mut Rng,
    ) -> Vec<FieldValue> {
        let is_phone = field.code == "PHONE";
        let (first, second) = if is_phone {
            (self.phone(kind, owner), text::write("phone", rng))
        } else {
            let first = self.correspondent(kind, owner).email;
            (first, text::correspondent(rng).email)
        };
        let mut ways = vec![FieldValue::Contact(first, &field.choices[0])];
        if rng.percent(25) {
            let other = if is_phone { 2 } else { 1 };
            ways.push(FieldValue::Contact(second, &field.choices[other]));
        }
        ways
    }
}

fn number(rng: &mut Rng) -> String {
    let whole = rng.between(8, 900);
    if rng.percent(20) { format!("{whole}.{}", rng.between(1, 9)) } else { whole.to_string() }
}

fn choice(field: &'static Field, rng: &mut Rng) -> &'static Item {
    &field.choices[rng.index(field.choices.len())]
}

/// At least one of the choices, none of them twice.
fn choices(field: &'static Field, rng: &mut Rng) -> Vec<FieldValue> {
    let many = 1 + rng.index(field.choices.len());
    let first = rng.index(field.choices.len());
    let chosen = field.choices.iter().cycle().skip(first).take(many);
    chosen.map(FieldValue::Choice).collect()
}

fn day(rng: &mut Rng) -> FieldValue {
    let part = |number: u64| i8::try_from(number).unwrap_or(1);
    let year = i16::try_from(rng.between(1961, 2026)).unwrap_or(2000);
    FieldValue::Day(date(year, part(rng.between(1, 12)), part(rng.between(1, 28))))
}

fn address(rng: &mut Rng) -> Vec<FieldValue> {
    let mut lines = vec![(text::write("address", rng), "address_line_1")];
    if rng.percent(40) {
        lines.push((format!("{}к{}", rng.between(1, 90), rng.between(1, 4)), "address_line_2"));
    }
    lines.push((text::write("city", rng), "city"));
    if rng.percent(50) {
        lines.push((text::write("region", rng), "state"));
        lines.push((format!("{:06}", rng.between(101_000, 690_000)), "zip"));
    }
    lines.push(("RU".to_owned(), "country"));
    lines.into_iter().map(|(line, what)| FieldValue::AddressLine(line, what)).collect()
}

fn firm(rng: &mut Rng) -> FieldValue {
    let name = text::write("company", rng);
    let vat_id = rng.percent(60).then(|| tax_number(rng));
    FieldValue::Firm(Box::new(Firm { name, vat_id }))
}

/// Of a region that there is not.
fn tax_number(rng: &mut Rng) -> String {
    format!("00{:08}", rng.below(100_000_000))
}

fn words(field: &Field, rng: &mut Rng) -> String {
    match (field.code, field.number()) {
        ("POSITION", _) => text::write("position", rng),
        ("", 1) => tax_number(rng),
        (_, 7) => text::write("url", rng),
        ("ADDRESS", _) | (_, 11) => text::write("address", rng),
        _ => text::write("remark", rng),
    }
}
