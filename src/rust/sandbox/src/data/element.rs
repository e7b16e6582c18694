//! What is in the catalogs: products, suppliers and invoices.

use crate::data::funnel::{LOST, WON};
use crate::data::products::{Position, Product};
use crate::data::settings::{INVOICES, PRODUCTS, RETAIL, SUPPLIERS, WHOLESALE};
use crate::data::values::{FieldValue, Filled};
use crate::data::{Account, Field, Kind, Rng, Row, SETTINGS, Table, text};

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
    pub updated_by: u64,
    pub updated_at: u64,
    pub fields: Vec<Filled>,
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
        let is_text = |value: &FieldValue| matches!(value, FieldValue::Text(text) if has(text));
        has(&self.name) || self.fields.iter().flat_map(|filled| &filled.values).any(is_text)
    }

    /// A new product, of which nothing but the price is known.
    pub fn new_product(id: u64, at: u32, by: u64, rng: &mut Rng) -> Self {
        let price = vec![FieldValue::Text((rng.between(1, 90) * 1000).to_string())];
        let name = format!("Новинка {}", text::pick("trade", rng));
        let product = element(id, PRODUCTS, name, at.into(), [("PRICE", price)]);
        Self { created_by: by, updated_by: by, ..product }
    }

    /// What it costs, if it is a product.
    pub fn price_mut(&mut self) -> Option<&mut String> {
        let filled = self.fields.iter_mut().find(|filled| filled.field.id == RETAIL)?;
        match filled.values.first_mut() {
            Some(FieldValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The text in the field with this code.
    pub fn text(&self, code: &str) -> Option<&str> {
        let filled = self.fields.iter().find(|filled| filled.field.code == code)?;
        match filled.values.first() {
            Some(FieldValue::Text(text)) => Some(text),
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
        let text = |text: String| vec![FieldValue::Text(text)];
        let values = [
            ("SKU", text(product.sku)),
            ("DESCRIPTION", text(format!("Единица: {}", product.unit))),
            ("PRICE", text(product.retail.to_string())),
            ("GROUP", choice(PRODUCTS, "GROUP", usize::from(product.is_work))),
            ("WHOLESALE", text(product.wholesale.to_string())),
        ];
        let at = self.calendar.start();
        element(product_id(place), PRODUCTS, product.name, at, values)
    }

    fn supplier(&self, place: u64) -> Element {
        let (name, vat_id, kpp) = FIRMS[usize::try_from(place).unwrap_or(0)];
        let text = |text: &str| vec![FieldValue::Text(text.to_owned())];
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
            ("BILL_STATUS", choice(INVOICES, "BILL_STATUS", usize::from(status == WON))),
            ("SUPPLIER", vec![FieldValue::Supplier(supplier)]),
            ("PAYER", vec![FieldValue::Payer(payer)]),
            ("ITEMS", positions.into_iter().map(FieldValue::Item).collect()),
            ("BILL_PRICE", vec![FieldValue::Text(total.to_string())]),
        ];
        let born_at = self.birth(Kind::Lead, place).created_at.into();
        let name = format!("Счёт № {}", place + 1);
        Some(element(invoice_id(place), INVOICES, name, born_at, values))
    }

    /// The stage of the lead at a place, if there is an invoice for it: those of deals that
    /// were won are paid, those of lost ones are gone.
    fn invoice_status(&self, place: u64) -> Option<u64> {
        let number = self.number(Kind::Lead, place);
        if self.positions(Kind::Lead, number).is_empty() {
            return None;
        }
        let born_at = self.birth(Kind::Lead, place).created_at.into();
        let status = self.lead_state(number, born_at).stage.status;
        let is_billed = status == WON || Rng::of(&[self.seed, SALT, number]).percent(40);
        (is_billed && status != LOST).then_some(status)
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
    values: [(&str, Vec<FieldValue>); N],
) -> Element {
    let filled = |(code, values)| field(catalog, code).map(|field| Filled { field, values });
    let fields = values.into_iter().filter_map(filled).collect();
    let boss = SETTINGS.users[0].id;
    Element {
        id,
        catalog,
        name,
        created_by: boss,
        created_at,
        updated_by: boss,
        updated_at: created_at,
        fields,
    }
}

fn field(catalog: u64, code: &str) -> Option<&'static Field> {
    SETTINGS.catalog(catalog)?.fields.iter().find(|field| field.code == code)
}

fn choice(catalog: u64, code: &str, number: usize) -> Vec<FieldValue> {
    let choice = field(catalog, code).and_then(|field| field.choices.get(number));
    choice.map(FieldValue::Choice).into_iter().collect()
}

fn product_id(place: u64) -> u64 {
    FIRST_PRODUCT + 2 * place
}

fn invoice_id(place: u64) -> u64 {
    FIRST_INVOICE + 2 * place
}
