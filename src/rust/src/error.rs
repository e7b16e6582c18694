//! An error as a plain R list.

use std::time::Duration;

use amocrm_client::error::{Error, FileProblem};
use extendr_api::prelude::*;

/// `kind` (the last part of the condition's class), `message`, and what the
/// kind has besides; absent values are NULL.
pub fn error_list(error: &Error) -> List {
    let at = error.at().cloned().unwrap_or_default();
    let details = Details::of(error);
    list!(
        kind = error.kind(),
        message = clean(&error.to_string()),
        argument = or_null(details.argument),
        code = or_null(details.code.as_deref().map(clean)),
        detail = or_null(details.detail.as_deref().map(clean)),
        pages = details.pages,
        tries = or_null(details.tries.map(f64::from)),
        retry_after = or_null(details.retry_after.map(|asked| asked.as_secs_f64())),
        status = or_null(at.status.map(i32::from)),
        endpoint = at.endpoint,
        request_id = or_null(at.request_id.as_deref().map(clean)),
        file = or_null(details.file.as_deref().map(clean)),
        problem = or_null(details.problem.map(FileProblem::name))
    )
}

/// What only some kinds have.
#[derive(Default)]
struct Details {
    argument: Option<&'static str>,
    code: Option<String>,
    detail: Option<String>,
    pages: Vec<String>,
    tries: Option<u32>,
    retry_after: Option<Duration>,
    file: Option<String>,
    problem: Option<FileProblem>,
}

impl Details {
    fn of(error: &Error) -> Self {
        let none = Details::default();
        match error.clone() {
            Error::Input { argument, .. } => Details { argument: Some(argument), ..none },
            Error::Auth { code, detail, .. } => {
                Details { code: Some(code), detail: Some(detail), ..none }
            }
            Error::Forbidden { detail, .. }
            | Error::Blocked { detail, .. }
            | Error::Http { detail, .. }
            | Error::System(detail) => Details { detail: Some(detail), ..none },
            Error::RateLimited { tries, asked, .. } => {
                Details { tries: Some(tries), retry_after: asked, ..none }
            }
            Error::Timeout { allowed, is_begun, tries, .. } => {
                let seconds = allowed.as_secs_f64().to_string();
                let code = is_begun.then(|| "unfinished".to_owned());
                Details { code, detail: Some(seconds), tries: Some(tries), ..none }
            }
            Error::Network { detail, tries, .. } => {
                Details { detail: Some(detail), tries: Some(tries), ..none }
            }
            Error::Certificate { detail, .. } => {
                Details { code: Some("certificate".to_owned()), detail: Some(detail), ..none }
            }
            Error::Parse { page, path, detail, .. } => {
                Details { detail: Some(format!("{detail} (at {path})")), pages: vec![page], ..none }
            }
            Error::Incomplete { pages, .. } => Details { pages, ..none },
            Error::TokenFile { file, problem, detail } => {
                Details { file: Some(file), problem: Some(problem), detail: Some(detail), ..none }
            }
            Error::TooWide { table, .. } => Details { detail: Some(table), ..none },
        }
    }
}

/// extendr would make an NA of what is absent.
fn or_null<T: Into<Robj>>(value: Option<T>) -> Robj {
    value.map_or_else(|| ().into(), Into::into)
}

/// R strings can't hold NUL.
fn clean(text: &str) -> String {
    text.replace('\0', "")
}
