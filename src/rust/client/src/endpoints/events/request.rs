//! What a call asks of events, and which lists of the server hold it (docs/api-v4.md,
//! Events).

use crate::account::time_zone::Moment;
use crate::endpoints::arguments::Arguments;
use crate::endpoints::parameters::between;
use crate::error::Error;
use crate::http::Request;
use crate::table::row_filter::Span;

/// The name of the changes of all fields together.
pub const ANY_FIELD: &str = "custom_field_value_changed";

/// Events about messages, and what they belong to though the server does not find them
/// by it (docs/api-v4.md, Chats).
const CHATS: [&str; 2] = ["incoming_chat_message", "outgoing_chat_message"];
const CHAT_OWNERS: [&str; 3] = ["lead", "company", "customer"];

/// Entities and authors that one request may name (docs/api-v4.md, Ids in one request).
const ENTITIES_A_REQUEST: usize = 10;
const AUTHORS_A_REQUEST: usize = 10;

/// Events that one request may name. Their ids are long.
const IDS_A_REQUEST: usize = 50;

/// What a call asks for.
#[derive(Clone, Debug, Default)]
pub struct EventsRequest {
    /// Only these events; empty for all. The same holds of what follows.
    pub ids: Vec<String>,
    /// Of these types.
    pub types: Vec<String>,
    /// About entities of these kinds.
    pub kinds: Vec<String>,
    /// About these entities, which are of one kind.
    pub entities: Vec<String>,
    /// Caused by these users.
    pub created_by: Vec<String>,
    /// Not before the first moment, nor after the second.
    pub moments: [Option<Moment>; 2],
    /// What was there after.
    pub after: ValueFilter,
    /// What was there before.
    pub before: ValueFilter,
}

/// What the values of events have to be.
#[derive(Clone, Debug, Default)]
pub struct ValueFilter {
    /// Statuses, and the pipeline of each, or none.
    pub statuses: Vec<String>,
    pub pipelines: Vec<String>,
    /// Responsible users.
    pub users: Vec<String>,
    /// Choices of a field.
    pub enums: Vec<String>,
    /// Anything else.
    pub value: Option<String>,
}

/// A list of the server.
#[derive(Clone, Debug)]
pub struct Feed {
    /// The kind of entity that it is about, if it is about one.
    pub kind: Option<String>,
    /// The request, without times and paging.
    pub request: Request,
    /// Whether it may be long: it is not about few entities.
    pub is_long: bool,
}

/// The field that the name of a type has in it.
pub fn field_of(event_type: &str) -> Option<&str> {
    let field = event_type.strip_prefix("custom_field_")?.strip_suffix("_value_changed")?;
    field.bytes().all(|byte| byte.is_ascii_digit()).then_some(field)
}

/// A request for events in order of time, within a span.
pub fn in_order(request: Request, order: &str, span: Span) -> Request {
    between(request.query("order[created_at]", order), "filter[created_at]", span.widened(), |at| {
        at
    })
}

impl EventsRequest {
    /// Reads the arguments.
    ///
    /// # Errors
    /// [`Error::Input`] for what is no time.
    pub fn new(arguments: &Arguments) -> Result<Self, Error> {
        let texts = |name: &str| arguments.texts(name).to_vec();
        let values = |side: &str| ValueFilter {
            statuses: texts(&format!("{side}_status_id")),
            pipelines: texts(&format!("{side}_pipeline_id")),
            users: texts(&format!("{side}_responsible_user_id")),
            enums: texts(&format!("{side}_enum_id")),
            value: arguments.text(&format!("{side}_value")).map(str::to_owned),
        };
        Ok(EventsRequest {
            ids: texts("id"),
            types: texts("type"),
            kinds: texts("entity"),
            entities: texts("entity_id"),
            created_by: texts("created_by"),
            moments: [arguments.moment("from")?, arguments.moment("to")?],
            after: values("after"),
            before: values("before"),
        })
    }

    /// The lists that together have all that is asked for.
    pub fn feeds(&self) -> Vec<Feed> {
        if !self.ids.is_empty() {
            let by_ids = |ids: &[String]| {
                let request = Request::get(PATH).queries("filter[id][]", ids);
                Feed { kind: None, request, is_long: false }
            };
            return self.ids.chunks(IDS_A_REQUEST).map(by_ids).collect();
        }
        let groups = self.groups();
        let of_groups = |kind: Option<&str>, entities: &[String]| {
            groups.iter().map(|types| self.feed(kind, types, entities)).collect::<Vec<_>>()
        };
        let mut feeds = Vec::new();
        if self.kinds.is_empty() {
            feeds.extend(of_groups(None, &[]));
        }
        for kind in &self.kinds {
            if self.entities.is_empty() {
                feeds.extend(of_groups(Some(kind), &[]));
            }
            let chunks = self.entities.chunks(ENTITIES_A_REQUEST);
            feeds.extend(chunks.flat_map(|entities| of_groups(Some(kind), entities)));
        }
        let chats = self.chats_apart();
        if !chats.is_empty() {
            feeds.push(self.feed(None, &chats, &[]));
        }
        feeds
    }

    /// The types that one request may name: that of a single field stands alone. A group
    /// without types is of all.
    fn groups(&self) -> Vec<Vec<String>> {
        let (fields, others): (Vec<String>, Vec<String>) =
            self.types.iter().cloned().partition(|name| field_of(name).is_some());
        let mut groups: Vec<_> = fields.into_iter().map(|field| vec![field]).collect();
        if !others.is_empty() || groups.is_empty() {
            groups.push(others);
        }
        groups
    }

    /// The types of messages that have to be asked for without the kind of entity. To find
    /// those of single entities all messages are read, if the call names their types.
    fn chats_apart(&self) -> Vec<String> {
        let is_wanted = |name: &&str| {
            self.types.iter().any(|wanted| wanted == name)
                || (self.types.is_empty() && self.entities.is_empty())
        };
        let have_chats = self.kinds.iter().any(|kind| CHAT_OWNERS.contains(&kind.as_str()));
        let wanted = CHATS.iter().filter(|name| have_chats && is_wanted(name));
        wanted.map(ToString::to_string).collect()
    }

    /// The list of a kind, of some types and entities; of all where there are none.
    pub fn feed(&self, kind: Option<&str>, types: &[String], entities: &[String]) -> Feed {
        let authors =
            if self.created_by.len() > AUTHORS_A_REQUEST { &[] } else { &*self.created_by };
        let request = Request::get(PATH)
            .queries("filter[entity]", kind.as_slice())
            .queries("filter[entity_id][]", entities)
            .queries("filter[type][]", types)
            .queries("filter[created_by][]", authors);
        let of_customers = types.iter().any(|name| name == "customer_status_changed");
        let request = self.after.add(request, "value_after", of_customers);
        let request = self.before.add(request, "value_before", of_customers);
        Feed { kind: kind.map(str::to_owned), request, is_long: entities.is_empty() }
    }
}

const PATH: &str = "/api/v4/events";

impl ValueFilter {
    fn add(&self, mut request: Request, side: &str, of_customers: bool) -> Request {
        let list = if of_customers { "customers_statuses" } else { "leads_statuses" };
        for number in 0..self.statuses.len().max(self.pipelines.len()) {
            let name = |member| format!("filter[{side}][{list}][{number}][{member}]");
            let one = |ids: &[String]| ids.get(number).cloned();
            request = request
                .queries(&name("pipeline_id"), one(&self.pipelines).as_slice())
                .queries(&name("status_id"), one(&self.statuses).as_slice());
        }
        let joined = |ids: &[String]| (!ids.is_empty()).then(|| ids.join(","));
        request
            .queries(
                &format!("filter[{side}][responsible_user_id]"),
                joined(&self.users).as_slice(),
            )
            .queries(
                &format!("filter[{side}][custom_field_values]"),
                joined(&self.enums).as_slice(),
            )
            .queries(&format!("filter[{side}][value]"), self.value.as_slice())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{EventsRequest, ValueFilter, field_of};
    use crate::endpoints::arguments::Arguments;

    fn texts<T: ToString>(texts: impl IntoIterator<Item = T>) -> Vec<String> {
        texts.into_iter().map(|text| text.to_string()).collect()
    }

    fn queries(request: &EventsRequest) -> Vec<String> {
        request.feeds().iter().map(|feed| feed.request.shown_query()).collect()
    }

    #[test]
    fn only_the_types_of_single_fields_name_one() {
        assert_eq!(field_of("custom_field_77_value_changed"), Some("77"));
        for other in ["custom_field_value_changed", "custom_field_x_value_changed", "lead_added"] {
            assert_eq!(field_of(other), None, "{other}");
        }
    }

    #[test]
    fn without_arguments_the_list_of_the_account_is_read() {
        let feeds = EventsRequest::new(&Arguments::default()).unwrap().feeds();
        assert_eq!((feeds.len(), feeds[0].is_long), (1, true));
        assert_eq!(feeds[0].request.shown_query(), "");
    }

    #[test]
    fn every_filter_is_sent() {
        let arguments = Arguments::default()
            .set("type", ["lead_added"])
            .set("entity", ["lead"])
            .set("entity_id", [5, 6])
            .set("created_by", [0, 7]);
        assert_eq!(
            queries(&EventsRequest::new(&arguments).unwrap()),
            ["filter[entity]=lead&filter[entity_id][]=5&filter[entity_id][]=6\
              &filter[type][]=lead_added&filter[created_by][]=0&filter[created_by][]=7"]
        );
    }

    #[test]
    fn many_entities_are_split_and_more_than_ten_authors_are_not_sent() {
        let request = EventsRequest {
            types: texts(["task_added"]),
            kinds: texts(["task"]),
            entities: texts(1..=25),
            created_by: texts(1..=11),
            ..EventsRequest::default()
        };
        let feeds = request.feeds();
        assert_eq!(feeds.len(), 3);
        assert!(feeds.iter().all(|feed| !feed.is_long));
        let last = feeds[2].request.shown_query();
        assert!(last.contains("filter[entity_id][]=25") && !last.contains("created_by"), "{last}");
    }

    #[test]
    fn the_type_of_a_single_field_stands_alone() {
        let types = ["custom_field_7_value_changed", "lead_added", "custom_field_8_value_changed"];
        let request = EventsRequest { types: texts(types), ..EventsRequest::default() };
        assert_eq!(
            queries(&request),
            [
                "filter[type][]=custom_field_7_value_changed",
                "filter[type][]=custom_field_8_value_changed",
                "filter[type][]=lead_added"
            ]
        );
    }

    #[test]
    fn events_are_asked_for_by_their_ids_alone() {
        let request = EventsRequest {
            ids: texts(1..=60),
            types: texts(["lead_added"]),
            ..EventsRequest::default()
        };
        let queries = queries(&request);
        assert_eq!(queries.len(), 2);
        assert!(queries[1].starts_with("filter[id][]=51") && !queries[1].contains("type"));
    }

    const CHATS: &str = "filter[type][]=incoming_chat_message&filter[type][]=outgoing_chat_message";

    /// The lists that are asked for besides those of the kinds themselves.
    fn besides(kinds: &[&str], entities: &[u8], types: &[&str]) -> Vec<String> {
        let request = EventsRequest {
            kinds: texts(kinds),
            entities: texts(entities),
            types: texts(types),
            ..EventsRequest::default()
        };
        queries(&request).into_iter().filter(|query| !query.contains("[entity]")).collect()
    }

    #[test]
    fn messages_are_asked_for_without_the_kind_of_what_they_belong_to() {
        assert_eq!(besides(&["lead", "company"], &[], &[]), [CHATS]);
        assert!(besides(&["lead"], &[5], &[]).is_empty());
        assert!(besides(&["lead"], &[], &["lead_added"]).is_empty());
        let incoming = "incoming_chat_message";
        let asked = [format!("filter[type][]={incoming}")];
        assert_eq!(besides(&["lead"], &[5], &[incoming, "lead_added"]), asked);
        for kind in ["contact", "task", "catalog_7"] {
            assert!(besides(&[kind], &[], &[]).is_empty(), "{kind}");
        }
    }

    #[test]
    fn values_are_sent_as_the_service_spells_them() {
        let query = |types: &[&str], after: ValueFilter| {
            let request = EventsRequest { types: texts(types), after, ..EventsRequest::default() };
            queries(&request).concat().split_once("&filter[value_after]").unwrap().1.to_owned()
        };
        let (statuses, pipelines) = (texts([142, 143]), texts([3, 3]));
        let none = ValueFilter::default;
        assert_eq!(
            query(&["lead_status_changed"], ValueFilter { statuses, pipelines, ..none() }),
            "[leads_statuses][0][pipeline_id]=3\
             &filter[value_after][leads_statuses][0][status_id]=142\
             &filter[value_after][leads_statuses][1][pipeline_id]=3\
             &filter[value_after][leads_statuses][1][status_id]=143"
        );
        assert_eq!(
            query(&["customer_status_changed"], ValueFilter { statuses: texts([5]), ..none() }),
            "[customers_statuses][0][status_id]=5"
        );
        assert_eq!(
            query(&["entity_responsible_changed"], ValueFilter { users: texts([1, 2]), ..none() }),
            "[responsible_user_id]=1,2"
        );
        assert_eq!(
            query(&["custom_field_7_value_changed"], ValueFilter { enums: texts([9]), ..none() }),
            "[custom_field_values]=9"
        );
        let value = Some("155".to_owned());
        assert_eq!(query(&["nps_rate_added"], ValueFilter { value, ..none() }), "[value]=155");
    }

    #[test]
    fn values_before_are_told_from_values_after() {
        let arguments = Arguments::default()
            .set("type", ["lead_status_changed"])
            .set("before_status_id", [11])
            .set("before_pipeline_id", [3])
            .set("after_status_id", [142]);
        let query = queries(&EventsRequest::new(&arguments).unwrap()).concat();
        assert_eq!(
            query,
            "filter[type][]=lead_status_changed\
             &filter[value_after][leads_statuses][0][status_id]=142\
             &filter[value_before][leads_statuses][0][pipeline_id]=3\
             &filter[value_before][leads_statuses][0][status_id]=11"
        );
    }
}
