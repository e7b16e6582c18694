//! The fields that the account's records have beside the built-in ones.

use crate::data::Kind;

/// A field of contacts, leads or companies.
#[derive(Debug)]
pub struct Field {
    pub id: u64,
    pub name: &'static str,
    /// The service's number: 1 text, 2 number, 3 checkbox, 4 select,
    /// 5 multiselect, 6 date, 7 url, 8 multitext, 9 text area, 10 radio
    /// buttons, 11 short address, 13 address, 15 legal entity.
    pub shape: u64,
    pub sort: u64,
    /// Name that scripts use; empty for fields that the account made itself.
    pub code: &'static str,
    /// Choices, with their ids.
    pub choices: &'static [(u64, &'static str)],
}

impl Field {
    /// Whether the service made it and not the account.
    pub fn is_system(&self) -> bool {
        !self.code.is_empty()
    }

    /// What API v4 calls the shape.
    pub fn shape_name(&self) -> &'static str {
        match self.shape {
            2 => "numeric",
            3 => "checkbox",
            4 => "select",
            5 => "multiselect",
            6 => "date",
            7 => "url",
            8 => "multitext",
            9 => "textarea",
            10 => "radiobutton",
            11 => "streetaddress",
            13 => "smart_address",
            15 => "legal_entity",
            _ => "text",
        }
    }

    /// Whether it holds one plain value or some of its choices.
    pub fn is_simple(&self) -> bool {
        self.shape <= 5
    }

    /// Whether a record can have several values of it.
    pub fn is_multiple(&self) -> bool {
        self.shape == 8
    }
}

const fn system(
    id: u64,
    name: &'static str,
    shape: u64,
    sort: u64,
    code: &'static str,
    choices: &'static [(u64, &'static str)],
) -> Field {
    Field { id, name, shape, sort, code, choices }
}

const fn own(
    id: u64,
    name: &'static str,
    shape: u64,
    sort: u64,
    choices: &'static [(u64, &'static str)],
) -> Field {
    system(id, name, shape, sort, "", choices)
}

#[rustfmt::skip]
const PHONE: Field = system(481_203, "Телефон", 8, 4, "PHONE",
    &[(771_401, "WORK"), (771_403, "WORKDD"), (771_405, "MOB"),
      (771_407, "FAX"), (771_409, "HOME"), (771_411, "OTHER")]);
#[rustfmt::skip]
const EMAIL: Field = system(481_205, "Email", 8, 6, "EMAIL",
    &[(771_413, "WORK"), (771_415, "PRIV"), (771_417, "OTHER")]);

/// Fields of contacts.
#[rustfmt::skip]
pub const CONTACT: &[Field] = &[
    system(481_201, "Должность", 1, 2, "POSITION", &[]),
    PHONE, EMAIL,
    own(512_877, "День рождения", 6, 501, &[]),
];

/// Fields of leads.
#[rustfmt::skip]
pub const LEAD: &[Field] = &[
    own(512_901, "Источник", 4, 502,
        &[(801_133, "Сайт"), (801_135, "Выставка"), (801_137, "Рекомендация")]),
    own(512_903, "Площадь, м²", 2, 503, &[]),
    own(512_905, "Что нужно", 5, 504,
        &[(801_141, "Доставка"), (801_143, "Монтаж"), (801_145, "Обслуживание")]),
    own(512_907, "Договор подписан", 3, 505, &[]),
    own(512_913, "Дата монтажа", 6, 507, &[]),
    own(512_915, "Ссылка на проект", 7, 508, &[]),
    own(512_917, "Пожелания", 9, 509, &[]),
    own(512_919, "Оплата", 10, 510, &[(801_151, "Наличные"), (801_153, "По счёту")]),
    own(512_921, "Адрес объекта", 13, 511, &[]),
    own(512_923, "Плательщик", 15, 512, &[]),
];

/// Fields of companies.
#[rustfmt::skip]
pub const COMPANY: &[Field] = &[
    PHONE, EMAIL,
    system(481_207, "Web", 7, 8, "WEB", &[]),
    system(481_209, "Адрес", 9, 10, "ADDRESS", &[]),
    own(512_911, "ИНН", 1, 506, &[]),
    own(512_925, "Склад", 11, 513, &[]),
];

/// The fields of the entities of a kind; customers have none.
pub fn of(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Contact => CONTACT,
        Kind::Lead => LEAD,
        Kind::Company => COMPANY,
        Kind::Customer | Kind::Task => &[],
    }
}
