//! What is in the catalogs: products, suppliers and invoices.

use crate::data::account::USERS;
use crate::data::catalog::{
    CATALOGS, CatalogField, Choice, GROUPS, INVOICES, PRODUCTS, RETAIL, STATUSES, SUPPLIERS,
    WHOLESALE,
};
use crate::data::funnel::{LOST, WON};
use crate::data::products::{Position, Product};
use crate::data::{Account, Kind, Rng, Row, Table};

const SALT: u64 = 0x00E1_E3E7;
const FIRST_PRODUCT: u64 = 525_401;
const FIRST_SUPPLIER: u64 = 526_101;
const FIRST_INVOICE: u64 = 1_163_001;

/// The firms in whose name invoices are written, with their papers.
const FIRMS: [(&str, &str, &str); 2] = [
    ("ООО «Северный ветер»", "0000104477", "000001001"),
    ("ООО «Северный ветер Монтаж»", "0000208816", "000001001"),
];

/// An element of a catalog. Times are epoch seconds.
#[derive(Debug)]
pub struct Element {
    pub id: u64,
    pub catalog: u64,
    pub name: String,
    pub created_by: u64,
    pub created_at: u64,
    pub fields: Vec<(&'static CatalogField, Vec<Value>)>,
}

/// What a field of an element holds.
#[derive(Debug)]
pub enum Value {
    Text(String),
    Choice(&'static Choice),
    /// The element that tells of the firm.
    Supplier(u64),
    /// The name of the payer.
    Payer(String),
    Item(Position),
}

/// An element that belongs to an entity.
#[derive(Clone, Copy, Debug)]
pub struct ElementLink {
    pub element: u64,
    pub catalog: u64,
    pub quantity: u64,
    /// The field that holds its price, if it has one.
    pub price_field: Option<u64>,
}

impl Row for Element {
    fn id(&self) -> u64 {
        self.id
    }
}

impl Element {
    /// Whether it is found by these words.
    pub fn mentions(&self, words: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(words);
        let is_text = |value: &Value| matches!(value, Value::Text(text) if has(text));
        has(&self.name) || self.fields.iter().flat_map(|(_, values)| values).any(is_text)
    }

    /// The text in the field with this code.
    pub fn text(&self, code: &str) -> Option<&str> {
        let (_, values) = self.fields.iter().find(|(field, _)| field.code == code)?;
        match values.first() {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }
}

impl Account {
    /// The elements of all catalogs.
    pub fn elements(&self) -> Table<Element> {
        let products = (0..Product::COUNT).map(|place| self.product_element(place));
        let suppliers = (0..FIRMS.len() as u64).map(|place| self.supplier(place));
        let leads = 0..self.entities(Kind::Lead);
        products.chain(suppliers).chain(leads.filter_map(|place| self.invoice(place))).collect()
    }

    /// The products of the lead or customer with this number, and the invoice.
    pub fn element_links(&self, kind: Kind, number: u64) -> Vec<ElementLink> {
        let products = self.positions(kind, number).into_iter().map(|position| ElementLink {
            element: product_id(position.place),
            catalog: PRODUCTS,
            quantity: position.quantity,
            price_field: Some(position.price_field()),
        });
        let lead = (kind == Kind::Lead).then(|| self.place_of_number(kind, number)).flatten();
        let invoice = lead.filter(|place| self.invoice_status(*place).is_some());
        let invoice = invoice.map(|place| ElementLink {
            element: invoice_id(place),
            catalog: INVOICES,
            quantity: 1,
            price_field: None,
        });
        products.chain(invoice).collect()
    }

    fn product_element(&self, place: u64) -> Element {
        let product = self.product(place);
        let text = |text: String| vec![Value::Text(text)];
        let group = &GROUPS[usize::from(product.is_work)];
        let values = [
            ("SKU", text(product.sku)),
            ("DESCRIPTION", text(format!("Единица: {}", product.unit))),
            ("PRICE", text(product.retail.to_string())),
            ("GROUP", vec![Value::Choice(group)]),
            ("WHOLESALE", text(product.wholesale.to_string())),
        ];
        let at = self.calendar.start();
        element(product_id(place), PRODUCTS, product.name, at, values)
    }

    fn supplier(&self, place: u64) -> Element {
        let (name, vat_id, kpp) = FIRMS[usize::try_from(place).unwrap_or(0)];
        let text = |text: &str| vec![Value::Text(text.to_owned())];
        let values = [("VAT_ID", text(vat_id)), ("KPP", text(kpp))];
        let at = self.calendar.start();
        element(FIRST_SUPPLIER + 2 * place, SUPPLIERS, name.to_owned(), at, values)
    }

    /// The invoice for the lead at a place of the list.
    fn invoice(&self, place: u64) -> Option<Element> {
        let status = self.invoice_status(place)?;
        let number = self.number(Kind::Lead, place);
        let positions = self.positions(Kind::Lead, number);
        let supplier = FIRST_SUPPLIER + 2 * self.rng(SALT, Kind::Lead, number).below(2);
        let payer = match self.contacts_of(Kind::Lead, place).first() {
            Some(contact) => self.person_name(*contact).full,
            None => self.lead_name(number),
        };
        let total: u64 = positions.iter().map(Position::sum).sum();
        let values = [
            ("BILL_STATUS", vec![Value::Choice(status)]),
            ("SUPPLIER", vec![Value::Supplier(supplier)]),
            ("PAYER", vec![Value::Payer(payer)]),
            ("ITEMS", positions.into_iter().map(Value::Item).collect()),
            ("BILL_PRICE", vec![Value::Text(total.to_string())]),
        ];
        let born_at = self.birth(Kind::Lead, place).created_at.into();
        let name = format!("Счёт № {}", place + 1);
        Some(element(invoice_id(place), INVOICES, name, born_at, values))
    }

    /// What has become of the invoice for the lead at a place: those of deals
    /// that were won are paid, those of lost ones are gone.
    fn invoice_status(&self, place: u64) -> Option<&'static Choice> {
        let number = self.number(Kind::Lead, place);
        if self.positions(Kind::Lead, number).is_empty() {
            return None;
        }
        let born_at = self.birth(Kind::Lead, place).created_at.into();
        match self.lead_state(number, born_at).stage.status {
            WON => Some(&STATUSES[1]),
            LOST => None,
            _ => Rng::of(&[self.seed, SALT, number]).percent(40).then_some(&STATUSES[0]),
        }
    }
}

impl Position {
    /// The id of its product.
    pub fn element(&self) -> u64 {
        product_id(self.place)
    }

    /// The field that holds its price.
    pub fn price_field(&self) -> u64 {
        if self.is_wholesale { WHOLESALE } else { RETAIL }
    }
}

fn element<const N: usize>(
    id: u64,
    catalog: u64,
    name: String,
    created_at: u64,
    values: [(&str, Vec<Value>); N],
) -> Element {
    let fields = CATALOGS.find(catalog);
    let fields = values.into_iter().filter_map(|(code, values)| {
        fields.and_then(|catalog| catalog.field(code)).map(|field| (field, values))
    });
    let created_by = USERS[0].id;
    Element { id, catalog, name, created_by, created_at, fields: fields.collect() }
}

pub fn product_id(place: u64) -> u64 {
    FIRST_PRODUCT + 2 * place
}

fn invoice_id(place: u64) -> u64 {
    FIRST_INVOICE + 2 * place
}
