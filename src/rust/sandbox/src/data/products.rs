//! What is sold, and what of it belongs to which deal.

use crate::data::{Account, Kind, Rng};

const SALT: u64 = 0x0090_0D55;
const THOUSAND: u64 = 1000;

/// Things that are made in several sizes.
#[rustfmt::skip]
const GOODS: [(&str, &str, &str); 8] = [
    ("Панель тёплая", "TP", "шт"), ("Окно ПВХ", "OK", "шт"), ("Рольставня", "RS", "шт"),
    ("Стеклопакет", "SP", "шт"), ("Ворота складские", "VS", "шт"),
    ("Входная группа", "VG", "компл"), ("Перегородка", "PG", "м²"), ("Навес", "NV", "компл"),
];
const SIZES: [&str; 5] = ["600×400", "900×600", "1200×900", "1800×1200", "2400×1800"];

/// Something that is sold. Prices are whole thousands of roubles, so that any
/// round price of a deal can be made up of them.
pub struct Product {
    pub name: String,
    pub sku: String,
    pub unit: &'static str,
    pub retail: u64,
    pub wholesale: u64,
    /// Whether it is done rather than made.
    pub is_work: bool,
}

/// A product of a deal.
#[derive(Clone, Debug)]
pub struct Position {
    /// The place of the product in its list.
    pub place: u64,
    pub quantity: u64,
    /// What one costs.
    pub price: u64,
    pub is_wholesale: bool,
}

impl Product {
    /// How many there are.
    pub const COUNT: u64 = 1 + (GOODS.len() * SIZES.len()) as u64;

    fn price(&self, is_wholesale: bool) -> u64 {
        if is_wholesale { self.wholesale } else { self.retail }
    }
}

impl Position {
    /// What it costs in all.
    pub fn sum(&self) -> u64 {
        self.quantity * self.price
    }
}

impl Account {
    /// The product at a place of the list; the first is an hour of work.
    pub fn product(&self, place: u64) -> Product {
        let Some(number) = place.checked_sub(1) else {
            return Product {
                name: "Монтаж, час".to_owned(),
                sku: "MT-1".to_owned(),
                unit: "ч",
                retail: THOUSAND,
                wholesale: THOUSAND,
                is_work: true,
            };
        };
        let number = usize::try_from(number).unwrap_or(0);
        let (name, code, unit) = GOODS[number / SIZES.len() % GOODS.len()];
        let size = number % SIZES.len();
        let thousands = Rng::of(&[self.seed, SALT, place]).between(5, 9) * (size as u64 + 1);
        Product {
            name: format!("{name} {}", SIZES[size]),
            sku: format!("{code}-{:03}", 100 * (size + 1)),
            unit,
            retail: thousands * THOUSAND,
            wholesale: thousands * 4 / 5 * THOUSAND,
            is_work: false,
        }
    }

    /// The products of the lead or customer with this number. Those of a lead
    /// add up to the price that it began with, unless that is no round sum:
    /// then somebody made it up, and there are no products.
    pub fn positions(&self, kind: Kind, number: u64) -> Vec<Position> {
        let mut rng = self.rng(SALT, kind, number);
        if rng.percent(40) {
            return Vec::new();
        }
        match kind {
            Kind::Lead => self.round_sum(self.deal(number).price, &mut rng),
            Kind::Customer => vec![self.position(rng.below(Product::COUNT), 1, false)],
            Kind::Contact | Kind::Company | Kind::Task => Vec::new(),
        }
    }

    /// Some of one product, as much of another as fits, and work.
    fn round_sum(&self, sum: u64, rng: &mut Rng) -> Vec<Position> {
        if sum % THOUSAND != 0 {
            return Vec::new();
        }
        let is_wholesale = rng.percent(20);
        let goods = Product::COUNT - 1;
        let first = rng.below(goods);
        let second = (first + 1 + rng.below(goods - 1)) % goods;
        let mut left = sum;
        let mut positions = Vec::new();
        for (place, is_last) in [(1 + first, false), (1 + second, true), (0, true)] {
            let most = left / self.product(place).price(is_wholesale);
            let quantity = if is_last { most } else { rng.below(most.min(20) + 1) };
            if quantity > 0 {
                let position = self.position(place, quantity, is_wholesale);
                left -= position.sum();
                positions.push(position);
            }
        }
        positions
    }

    fn position(&self, place: u64, quantity: u64, is_wholesale: bool) -> Position {
        Position { place, quantity, price: self.product(place).price(is_wholesale), is_wholesale }
    }
}
