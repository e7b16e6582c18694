//! Answers that need no account.

use amocrm_client::account::host::account_url;
use amocrm_client::endpoints::notes::types::{KeptAs, NOTE_TYPES};
use amocrm_client::error::Error;
use extendr_api::prelude::*;

/// `list(url = "https://sub.amocrm.ru")`.
pub fn check_domain(domain: &Robj) -> std::result::Result<List, Error> {
    let url = account_url(domain.as_str().unwrap_or_default())?;
    Ok(list!(url = url.as_str().trim_end_matches('/')))
}

/// `list(expires)`, NA when the token does not tell.
pub fn token_expiry(token: &str) -> List {
    let expires = amocrm_client::account::token::expiry(token);
    list!(expires = expires.map_or(Rfloat::na(), |seconds| Rfloat::from(seconds as f64)))
}

/// The columns of `AmoNoteTypes()`.
pub fn note_types() -> List {
    let code: Vec<i32> = NOTE_TYPES.iter().map(|t| i32::try_from(t.code).unwrap_or(0)).collect();
    let source = |source: KeptAs| match source {
        KeptAs::Note => "note",
        KeptAs::Event => "event",
    };
    list!(
        code = code,
        name = NOTE_TYPES.map(|t| t.name).to_vec(),
        label = NOTE_TYPES.map(|t| t.label_en).to_vec(),
        label_ru = NOTE_TYPES.map(|t| t.label_ru).to_vec(),
        kind = NOTE_TYPES.map(|t| source(t.kept_as)).to_vec()
    )
}
