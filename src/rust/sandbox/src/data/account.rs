//! The account itself: what it is called, in which zone it is, how much there is in it.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::config::Config;
use crate::data::calendar::Calendar;
use crate::data::entity::MOST_ENTITIES;
use crate::data::kind::{Kind, OfKinds};
use crate::data::list::{List, ListCounts};
use crate::data::note::MOST_NOTES;
use crate::data::scenario::Scenario;
use crate::data::schedule::Schedule;
use crate::error::Error;

/// The account's name.
pub const NAME: &str = "ООО «Северный ветер»";
/// Its subdomain, which its answers mention.
pub const SUBDOMAIN: &str = "sandbox";
/// The language of its interface.
pub const LANGUAGE: &str = "ru";
/// The money it counts in.
pub const CURRENCY: &str = "RUB";
/// How prices are marked.
pub const CURRENCY_SYMBOL: &str = "₽";

/// A made-up account: with an index it gives any of its notes.
pub struct Account {
    pub id: u64,
    pub seed: u64,
    pub timezone: TimeZone,
    pub calendar: Calendar,
    /// How long the lists are.
    pub lists: ListCounts,
    schedules: OfKinds<Schedule>,
}

impl Account {
    /// Sets the account up; fails on a zone that isn't one and on more rows
    /// than ids can number.
    pub fn new(config: &Config) -> Result<Self, Error> {
        let name = &config.timezone;
        let timezone = TimeZone::get(name).map_err(|_| Error::Timezone(name.clone()))?;
        let notes = Kind::ALL.map(|kind| config.notes[kind]);
        if let Some(asked) = notes.into_iter().find(|asked| *asked > MOST_NOTES) {
            return Err(Error::TooManyNotes { asked, most: MOST_NOTES });
        }
        let lists = List::ALL.map(|list| config.lists[list]);
        if let Some(asked) = lists.into_iter().find(|asked| *asked > MOST_ENTITIES) {
            return Err(Error::TooManyRows { asked, most: MOST_ENTITIES });
        }
        let without_customers = config.lists.with(List::Customers, 0);
        Ok(Self {
            id: config.account_id,
            seed: config.seed,
            lists: if config.kommo { without_customers } else { config.lists },
            calendar: Calendar::new(&timezone, config.now)?,
            timezone,
            schedules: OfKinds::new(|kind| Schedule::new(Scenario::of(kind), config.notes[kind])),
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
        &self.schedules[kind]
    }
}
