//! The catalogs of the account and the fields of what is in them.

use std::sync::LazyLock;

use crate::data::{Row, Table};

/// The catalog of what is sold.
pub const PRODUCTS: u64 = 7_311;
/// The catalog of the firms that write invoices.
pub const SUPPLIERS: u64 = 7_313;
/// The catalog of invoices.
pub const INVOICES: u64 = 7_317;

/// The field that holds what a product costs.
pub const RETAIL: u64 = 271_211;
/// The field that holds what it costs dealers.
pub const WHOLESALE: u64 = 271_219;

/// A catalog.
pub struct Catalog {
    pub id: u64,
    pub name: &'static str,
    /// What API v4 calls such catalogs.
    pub shape: &'static str,
    pub fields: &'static [CatalogField],
    /// Whether people may add to it.
    pub is_open: bool,
}

/// A field of the elements of a catalog.
#[derive(Debug)]
pub struct CatalogField {
    pub id: u64,
    pub name: &'static str,
    pub shape: &'static str,
    pub code: &'static str,
    pub choices: &'static [Choice],
    pub is_visible: bool,
}

/// One of the things that a field can hold.
#[derive(Debug)]
pub struct Choice {
    pub id: u64,
    pub name: &'static str,
    /// Empty where the account made it.
    pub code: &'static str,
}

/// All catalogs.
pub static CATALOGS: LazyLock<Table<Catalog>> = LazyLock::new(|| {
    let catalog = |id, name, shape, fields, is_open| Catalog { id, name, shape, fields, is_open };
    [
        catalog(PRODUCTS, "Товары", "products", PRODUCT, true),
        catalog(SUPPLIERS, "Юридические лица", "suppliers", SUPPLIER, true),
        catalog(INVOICES, "Счета", "invoices", INVOICE, false),
    ]
    .into_iter()
    .collect()
});

impl Row for Catalog {
    fn id(&self) -> u64 {
        self.id
    }
}

impl Catalog {
    /// The field with this code.
    pub fn field(&self, code: &str) -> Option<&'static CatalogField> {
        self.fields.iter().find(|field| field.code == code)
    }
}

/// The groups of products: what is made, and what is done.
pub const GROUPS: &[Choice] = &[choice(10_663, "Изделия", ""), choice(10_665, "Работы", "")];

/// What becomes of an invoice.
pub const STATUSES: &[Choice] =
    &[choice(1_302_891, "Создан", "created"), choice(1_302_893, "Оплачен", "paid")];

#[rustfmt::skip]
const PRODUCT: &[CatalogField] = &[
    field(271_207, "Артикул", "text", "SKU", &[]),
    field(271_209, "Описание", "textarea", "DESCRIPTION", &[]),
    field(RETAIL, "Цена", "price", "PRICE", &[]),
    field(271_213, "Группа", "category", "GROUP", GROUPS),
    CatalogField { is_visible: false, ..field(271_215, "Внешний ID", "text", "EXTERNAL_ID", &[]) },
    field(WHOLESALE, "Цена для дилеров", "price", "WHOLESALE", &[]),
];

const SUPPLIER: &[CatalogField] =
    &[field(271_231, "ИНН", "text", "VAT_ID", &[]), field(271_233, "КПП", "text", "KPP", &[])];

#[rustfmt::skip]
const INVOICE: &[CatalogField] = &[
    field(271_251, "Статус", "select", "BILL_STATUS", STATUSES),
    field(271_253, "Поставщик", "supplier", "SUPPLIER", &[]),
    field(271_255, "Плательщик", "payer", "PAYER", &[]),
    field(271_257, "Позиции счета", "items", "ITEMS", &[]),
    field(271_259, "Итоговая сумма к оплате", "numeric", "BILL_PRICE", &[]),
];

const fn field(
    id: u64,
    name: &'static str,
    shape: &'static str,
    code: &'static str,
    choices: &'static [Choice],
) -> CatalogField {
    CatalogField { id, name, shape, code, choices, is_visible: true }
}

const fn choice(id: u64, name: &'static str, code: &'static str) -> Choice {
    Choice { id, name, code }
}
