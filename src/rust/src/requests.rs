//! What the functions of the package ask for, read from their lists.

use amocrm_client::account::time_zone::Moment;
use amocrm_client::endpoints::entities::{Entity, EntityRequest};
use amocrm_client::endpoints::incoming_leads::IncomingRequest;
use amocrm_client::endpoints::notes::NotesRequest;
use amocrm_client::endpoints::tasks::TasksRequest;
use amocrm_client::endpoints::transactions::TransactionsRequest;
use amocrm_client::error::Error;

use crate::spec::{Spec, misshapen};

type Result<T> = std::result::Result<T, Error>;

/// What `AmoNotes()` asks for.
pub fn notes_request(spec: &Spec) -> Result<NotesRequest> {
    Ok(NotesRequest {
        kinds: spec.texts("type")?,
        limit: limit(spec)?,
        ids: ids(spec, "id")?,
        elements: ids(spec, "element_id")?,
        note_types: spec.texts("note_type")?,
        since: moment(spec, "if_modified_since")?,
    })
}

/// What `AmoLeads()`, `AmoContacts()`, `AmoCompanies()` and `AmoCustomers()`
/// ask for.
pub fn entity_request(spec: &Spec) -> Result<EntityRequest> {
    let entity = Entity::named(&spec.text("entity")?).ok_or_else(|| misshapen("entity"))?;
    Ok(EntityRequest {
        entity,
        limit: limit(spec)?,
        ids: ids(spec, "id")?,
        search: spec.optional_text("query")?,
        users: ids(spec, "responsible_user_id")?,
        with: spec.texts("with")?,
        statuses: ids(spec, "status")?,
        created: (moment(spec, "created_from")?, moment(spec, "created_to")?),
        updated: (moment(spec, "updated_from")?, moment(spec, "updated_to")?),
        next: (moment(spec, "next_from")?, moment(spec, "next_to")?),
        tasks: ids(spec, "tasks")?.first().and_then(|tasks| u8::try_from(*tasks).ok()),
        active: spec.flag("active")?,
    })
}

/// What `AmoTasks()` asks for.
pub fn tasks_request(spec: &Spec) -> Result<TasksRequest> {
    Ok(TasksRequest {
        limit: limit(spec)?,
        ids: ids(spec, "id")?,
        kinds: spec.texts("type")?,
        elements: ids(spec, "element_id")?,
        responsible_users: ids(spec, "responsible_user_id")?,
        created: [moment(spec, "date_create_from")?, moment(spec, "date_create_to")?],
        modified: [moment(spec, "date_modify_from")?, moment(spec, "date_modify_to")?],
        statuses: ids(spec, "status")?,
        authors: ids(spec, "created_by")?,
        task_types: ids(spec, "task_type")?,
    })
}

/// What `AmoCustomersTransactions()` asks for.
pub fn transactions_request(spec: &Spec) -> Result<TransactionsRequest> {
    Ok(TransactionsRequest {
        limit: limit(spec)?,
        ids: ids(spec, "id")?,
        customers: ids(spec, "customer_id")?,
    })
}

/// What `AmoIncomingLeads()` asks for.
pub fn incoming_request(spec: &Spec) -> Result<IncomingRequest> {
    Ok(IncomingRequest {
        limit: limit(spec)?,
        categories: spec.texts("categories")?,
        order: spec.optional_text("order")?,
        pipelines: ids(spec, "pipeline_id")?,
    })
}

fn limit(spec: &Spec) -> Result<u32> {
    Ok(u32::try_from(spec.count("limit")?).unwrap_or(u32::MAX))
}

/// Ids come as text: R's numbers would print as `1e+05`.
fn ids(spec: &Spec, name: &'static str) -> Result<Vec<u64>> {
    let unreadable = |text: &String| Error::Input {
        argument: name,
        message: format!("`{name}` is not a whole number: {text}"),
    };
    let texts = spec.texts(name)?;
    texts.iter().map(|text| text.parse().map_err(|_| unreadable(text))).collect()
}

/// A wall-clock text, or seconds since 1970 as text after `@`.
fn moment(spec: &Spec, name: &'static str) -> Result<Option<Moment>> {
    let Some(text) = spec.optional_text(name)? else { return Ok(None) };
    let moment = match text.strip_prefix('@') {
        Some(epoch) => epoch.parse().ok().map(Moment::Epoch),
        None => Moment::local_time(&text),
    };
    moment.map(Some).ok_or_else(|| Error::Input {
        argument: name,
        message: format!("`{name}` is not a time: {text}"),
    })
}
