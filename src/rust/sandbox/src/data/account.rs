//! The account itself: who works there and in which zone. Plain data; how an
//! API version spells it is that version's business.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::config::{Config, ListCounts};
use crate::data::Kind;
use crate::data::calendar::Calendar;
use crate::data::entity::MOST_ENTITIES;
use crate::data::note::MOST_NOTES;
use crate::data::scenario::Scenario;
use crate::data::schedule::Schedule;
use crate::error::Error;

/// The account's number.
pub const ID: u64 = 28_614_203;
/// The account's name.
pub const NAME: &str = "ООО «Северный ветер»";
/// The language of its interface.
pub const LANGUAGE: &str = "ru";
/// The money it counts in.
pub const CURRENCY: &str = "RUB";
/// How prices are marked.
pub const CURRENCY_SYMBOL: &str = "₽";

/// A made-up account: with an index it gives any of its notes.
pub struct Account {
    pub seed: u64,
    pub subdomain: String,
    pub timezone: TimeZone,
    pub calendar: Calendar,
    /// How long the lists are.
    pub lists: ListCounts,
    schedules: BTreeMap<Kind, Schedule>,
}

impl Account {
    /// Sets the account up; fails on a zone that isn't one and on more rows
    /// than ids can number.
    pub fn new(config: &Config) -> Result<Self, Error> {
        let name = &config.timezone;
        let timezone = TimeZone::get(name).map_err(|_| Error::Timezone(name.clone()))?;
        let schedules = Kind::ALL.into_iter().map(|kind| {
            let asked = config.notes.get(kind);
            if asked > MOST_NOTES {
                let most = MOST_NOTES;
                return Err(Error::TooManyNotes { asked, most });
            }
            Ok((kind, Schedule::new(Scenario::of(kind), asked)))
        });
        Ok(Self {
            seed: config.seed,
            lists: lists(config)?,
            subdomain: config.subdomain.clone(),
            calendar: Calendar::new(&timezone, config.now)?,
            timezone,
            schedules: schedules.collect::<Result<_, Error>>()?,
        })
    }

    /// The Olson name of the time zone.
    pub fn timezone_name(&self) -> &str {
        self.timezone.iana_name().unwrap_or("UTC")
    }

    /// The zone's present distance from UTC, as in `+03:00`.
    pub fn offset_now(&self) -> String {
        jiff::Timestamp::now().to_zoned_datetime(self.timezone.clone()).strftime("%:z").to_string()
    }

    /// Epoch seconds of a day's beginning.
    pub fn midnight(&self, day: Date) -> i64 {
        let begin = self.timezone.to_ambiguous_timestamp(day.at(0, 0, 0, 0)).compatible();
        begin.map_or(0, jiff::Timestamp::as_second)
    }

    /// How the notes of one kind are dealt out.
    pub fn schedule(&self, kind: Kind) -> &Schedule {
        &self.schedules[&kind]
    }
}

fn lists(config: &Config) -> Result<ListCounts, Error> {
    let ListCounts { contacts, leads, companies, customers, tasks, transactions, unsorted } =
        config.lists;
    let asked = [contacts, leads, companies, customers, tasks, transactions, unsorted];
    match asked.into_iter().find(|rows| *rows > MOST_ENTITIES) {
        Some(asked) => Err(Error::TooManyRows { asked, most: MOST_ENTITIES }),
        None if config.kommo => Ok(ListCounts { customers: 0, ..config.lists }),
        None => Ok(config.lists),
    }
}

/// Somebody who works with the account.
#[derive(Debug)]
pub struct User {
    pub id: u64,
    pub name: &'static str,
    pub login: &'static str,
    pub phone: &'static str,
    pub group_id: u64,
    pub is_active: bool,
    pub is_free: bool,
    pub is_admin: bool,
    /// Share of the work, beside that of the others.
    pub share: u64,
    /// How many of 100 calls end in a talk.
    pub talks: u64,
}

/// A department.
pub struct Group {
    pub id: u64,
    pub name: &'static str,
}

/// What a task can be about.
pub struct TaskType {
    pub id: u64,
    pub name: &'static str,
}

/// The departments; 0 is the one that every account has.
pub const GROUPS: [Group; 2] =
    [Group { id: 0, name: "Отдел продаж" }, Group { id: 389_113, name: "Отдел сопровождения" }];

/// The kinds of task, of which the last was made by the account itself.
pub const TASK_TYPES: [TaskType; 4] = [
    TaskType { id: 1, name: "Звонок" },
    TaskType { id: 2, name: "Встреча" },
    TaskType { id: 3, name: "Письмо" },
    TaskType { id: 1_847_206, name: "Отправить образцы" },
];

/// What somebody is: active, free, an administrator.
type Role = (bool, bool, bool);
const USUAL: Role = (true, false, false);
const ADMIN: Role = (true, false, true);
const GONE: Role = (false, false, false);
const FREE: Role = (true, true, false);

const fn user(
    id: u64,
    name: &'static str,
    login: &'static str,
    phone: &'static str,
    group_id: u64,
    (is_active, is_free, is_admin): Role,
    (share, talks): (u64, u64),
) -> User {
    User { id, name, login, phone, group_id, is_active, is_free, is_admin, share, talks }
}

/// The users, the administrator first.
#[rustfmt::skip]
pub const USERS: [User; 8] = [
    user(6_102_417, "Ольга Ветрова", "boss@sandbox.example", "", 0, ADMIN, (5, 70)),
    user(6_102_533, "Дмитрий Соколов", "sokolov@sandbox.example", "+79720001121", 0, USUAL, (24, 68)),
    user(6_104_008, "Анна Лебедева", "lebedeva@sandbox.example", "+79720001122", 0, USUAL, (21, 74)),
    user(6_348_950, "Марат Галиев", "galiev@sandbox.example", "+79720001123", 0, USUAL, (18, 55)),
    user(6_790_112, "Екатерина Жукова", "zhukova@sandbox.example", "", 0, USUAL, (15, 61)),
    user(7_015_486, "Игорь Щербаков", "support@sandbox.example", "+79720001125", 389_113, USUAL, (12, 64)),
    user(5_977_301, "Павел Ёлкин", "elkin@sandbox.example", "", 0, GONE, (5, 48)),
    user(7_240_019, "Бухгалтерия", "buh@sandbox.example", "", 389_113, FREE, (0, 0)),
];
