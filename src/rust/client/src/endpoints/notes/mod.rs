//! `AmoNotes()`: what is asked for, and the tables, over either API.

mod request;
pub mod types;
pub mod v2;
pub mod v4;

use std::sync::OnceLock;

use futures_util::future::{BoxFuture, FutureExt, try_join};

use crate::account::Api;
use crate::account::time_zone::Bound;
use crate::error::Error;
use crate::query::{Context, Query, Tables, Warning};
use crate::table::Table;

pub use request::{NOTES, NotesRequest};

/// The notes of a call.
pub struct NotesQuery {
    request: NotesRequest,
    /// Set as soon as it is known which API to use.
    reader: OnceLock<NotesReader>,
}

/// The lists of one API, and the pages that have arrived.
enum NotesReader {
    V2(v2::ReaderV2),
    V4(Box<v4::ReaderV4>),
}

impl NotesQuery {
    /// Nothing is read yet.
    pub fn new(request: NotesRequest) -> Self {
        NotesQuery { request, reader: OnceLock::new() }
    }

    /// A table for each kind of element.
    fn named(&self, table: impl Fn(&NotesReader, &str) -> Table) -> Tables {
        let rows = |kind: &String| match self.reader.get() {
            Some(reader) => table(reader, kind),
            None => Table::new(&NOTES),
        };
        self.request.kinds.iter().map(|kind| (kind.clone(), rows(kind))).collect()
    }

    async fn read(&self, context: &Context) -> Result<(), Error> {
        let since = context.epoch(self.request.since, Bound::From).await?;
        let reader = match context.api {
            Api::V2 => NotesReader::V2(v2::ReaderV2::new(&self.request, since, context).await?),
            Api::V4 => {
                let base = context.transport.http.base();
                NotesReader::V4(Box::new(v4::ReaderV4::new(&self.request, since, base)))
            }
        };
        let reader = self.reader.get_or_init(|| reader);
        let reading = async {
            match reader {
                NotesReader::V2(reader) => reader.read(context).await,
                NotesReader::V4(reader) => reader.read(context).await,
            }
        };
        try_join(context.zone(), reading).await?;
        Ok(())
    }
}

impl Query for NotesQuery {
    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        self.read(context).boxed()
    }

    fn tables(&self) -> Tables {
        self.named(|reader, kind| match reader {
            NotesReader::V2(reader) => reader.table(kind),
            NotesReader::V4(reader) => reader.table(kind),
        })
    }

    fn batch(&self) -> Tables {
        self.named(|reader, kind| match reader {
            NotesReader::V2(reader) => reader.batch(kind),
            NotesReader::V4(reader) => reader.batch(kind),
        })
    }

    fn warnings(&self) -> Vec<Warning> {
        match self.reader.get() {
            Some(NotesReader::V4(reader)) => reader.warnings(),
            _ => Vec::new(),
        }
    }
}
