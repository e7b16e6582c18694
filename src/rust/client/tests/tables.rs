//! Cards and plain tables over real HTTP, through both APIs, against the sandbox.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::time::Duration;

use amocrm_client::account::Api;
use amocrm_client::endpoints;
use amocrm_client::endpoints::arguments::Arguments;
use amocrm_client::endpoints::endpoint::{Endpoint, Filter, ListSpec, RowOf};
use amocrm_client::endpoints::entities::{Entity, EntityQuery, EntityRequest};
use amocrm_client::endpoints::linked::Linked;
use amocrm_client::endpoints::list_query::ListQuery;
use amocrm_client::error::Error;
use amocrm_client::query::{Outcome, Query, Warning};
use amocrm_client::table::{Schema, Values};
use amocrm_sandbox::{Action, Config, Fault, ListCounts, NoteCounts, Sandbox};

const BOTH: [Api; 2] = [Api::V2, Api::V4];
const ENTITIES: [Entity; 4] = [Entity::Lead, Entity::Contact, Entity::Company, Entity::Customer];

fn account(config: Config) -> Sandbox {
    Sandbox::start(Config { notes: NoteCounts::each(0), lists: ListCounts::each(120), ..config })
        .unwrap()
}

fn run(sandbox: &Sandbox, api: Api, query: impl Query) -> Outcome {
    run_boxed(sandbox, Some(api), Box::new(query))
}

/// The table that R asks for by name.
fn read(sandbox: &Sandbox, api: Api, what: &str) -> Outcome {
    ask(sandbox, api, Arguments::default().set("what", [what]))
}

fn ask(sandbox: &Sandbox, api: Api, arguments: Arguments) -> Outcome {
    run_boxed(sandbox, Some(api), endpoints::query(arguments.set("limit", [50])).unwrap())
}

/// The purchases of these customers; of all without.
fn purchases(sandbox: &Sandbox, api: Api, customers: &[u64]) -> Outcome {
    let arguments = Arguments::default().set("what", ["transactions"]);
    ask(sandbox, api, arguments.set("customer_id", customers))
}

fn run_boxed(sandbox: &Sandbox, api: Option<Api>, query: Box<dyn Query>) -> Outcome {
    common::run(common::settings(sandbox, api), query)
}

/// The names of the tables and their rows.
fn sizes(outcome: &Outcome) -> Vec<(&str, u32)> {
    assert_eq!(outcome.error, None);
    outcome.tables.iter().map(|(name, table)| (name.as_str(), table.rows())).collect()
}

/// The ids of the first table.
fn ids(mut outcome: Outcome) -> Vec<u64> {
    let columns = outcome.tables.remove(0).1.into_columns();
    let ids = columns.iter().find(|column| column.name() == "id").unwrap();
    let Values::Number(_, numbers) = ids.values() else { panic!("ids are numbers") };
    // Ids of the sandbox are small.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    numbers.iter().map(|number| *number as u64).collect()
}

fn cards(entity: Entity) -> EntityRequest {
    EntityRequest {
        entity,
        limit: 50,
        ids: vec![],
        search: None,
        users: vec![],
        with: vec![],
        statuses: vec![],
        created: (None, None),
        updated: (None, None),
        updated_since: None,
        next: (None, None),
        tasks: None,
        active: false,
        only_deleted: false,
    }
}

#[test]
fn both_apis_give_the_same_cards_with_what_belongs_to_them() {
    let sandbox = account(Config::default());
    for entity in ENTITIES {
        let [old, new] = BOTH.map(|api| run(&sandbox, api, EntityQuery::new(cards(entity))));
        assert_eq!(sizes(&new), sizes(&old), "{entity:?}");
        assert_eq!(sizes(&old)[0].1, 120, "{entity:?}");
        assert!(sizes(&old)[1..].iter().any(|(_, rows)| *rows > 0), "{entity:?}");
        assert_eq!(ids(new), ids(old), "{entity:?}");
    }
}

#[test]
fn filters_of_cards_hold_whether_or_not_the_server_has_them() {
    let sandbox = account(Config::default());
    let paying = account(Config { api_filter: true, ..Config::default() });
    let closed = EntityRequest { statuses: vec![142, 143], ..cards(Entity::Lead) };
    let open = EntityRequest { active: true, ..cards(Entity::Lead) };
    for request in [closed, open] {
        let read = |sandbox, api| run(sandbox, api, EntityQuery::new(request.clone()));
        let [old, new] = BOTH.map(|api| read(&sandbox, api));
        let filtered = read(&paying, Api::V4);
        assert_eq!((&old.warnings[..], &filtered.warnings[..]), (&[][..], &[][..]));
        assert!(matches!(new.warnings[..], [Warning::NoFilters]));
        let wanted = ids(old);
        assert!((1..120).contains(&wanted.len()));
        assert_eq!(ids(new), wanted);
        assert_eq!(ids(filtered), wanted);
    }
}

#[test]
fn cards_come_by_their_ids_and_unknown_ids_are_passed_over() {
    let sandbox = account(Config::default());
    for entity in ENTITIES {
        let all = ids(run(&sandbox, Api::V2, EntityQuery::new(cards(entity))));
        // A few are read one by one over API v4, many as a list.
        for many in [3, 80] {
            let wanted = [&all[..many], &[1][..]].concat();
            let request = EntityRequest { ids: wanted, ..cards(entity) };
            for api in BOTH {
                let some = run(&sandbox, api, EntityQuery::new(request.clone()));
                assert_eq!(some.error, None);
                assert_eq!(ids(some), all[..many], "{entity:?} {api:?}");
            }
        }
    }
}

/// That both APIs give as many rows of a plain table, all that there are.
fn same_rows(sandbox: &Sandbox, what: &str, rows: u32) {
    for api in BOTH {
        assert_eq!(sizes(&read(sandbox, api, what)), [(what, rows)], "{api:?}");
    }
}

#[test]
fn both_apis_give_the_same_plain_tables() {
    let sandbox = account(Config::default());
    for what in ["tasks", "transactions", "incoming_leads"] {
        same_rows(&sandbox, what, 120);
    }
    for what in ["users", "groups", "task_types"] {
        let rows = sizes(&read(&sandbox, Api::V2, what))[0].1;
        assert!(rows > 1, "{what}");
        same_rows(&sandbox, what, rows);
    }
}

#[test]
fn both_apis_give_the_same_pipelines_and_fields() {
    let sandbox = account(Config::default());
    let [old, new] = BOTH.map(|api| read(&sandbox, api, "pipelines"));
    assert_eq!(sizes(&new), sizes(&old));
    assert!(sizes(&old)[0].1 > 5);
    let [old, new] = BOTH.map(|api| read(&sandbox, api, "custom_fields"));
    assert_eq!(sizes(&new), sizes(&old));
    assert!(sizes(&old).iter().all(|(_, rows)| *rows > 0));
}

/// A dictionary that only API v4 has.
static FUNNELS: Endpoint = Endpoint {
    name: "funnels",
    label: "funnels",
    schema: &Schema { base: &["id", "name"], keys: &["id"], ids: &["id"], ..Schema::TEXT },
    v4: ListSpec {
        path: "/api/v4/leads/pipelines",
        member: "pipelines",
        row: RowOf::Columns(&[("id", "id"), ("name", "name")]),
        ..ListSpec::V4
    },
    ..Endpoint::DEFAULT
};

#[test]
fn what_only_api_v4_has_is_read_there_whichever_api_is_asked_for() {
    let sandbox = account(Config::default());
    for asked in [None, Some(Api::V2), Some(Api::V4)] {
        let query = ListQuery::new(&FUNNELS, Arguments::default()).unwrap();
        let outcome = run_boxed(&sandbox, asked, Box::new(query));
        assert_eq!(outcome.api, Some(Api::V4));
        assert!(sizes(&outcome)[0].1 > 0);
    }
}

/// The texts of a column of the first table.
fn texts(outcome: &Outcome, column: &str) -> Vec<Option<String>> {
    assert_eq!(outcome.error, None);
    outcome.tables[0].1.texts(column)
}

#[test]
fn lists_that_administrators_keep_come_whole_and_over_v4_only() {
    let sandbox = account(Config::default());
    for (what, rows) in [
        ("customer_statuses", 4),
        ("loss_reasons", 4),
        ("roles", 2),
        ("segments", 3),
        ("sources", 3),
    ] {
        for api in BOTH {
            let outcome = read(&sandbox, api, what);
            assert_eq!(sizes(&outcome), [(what, rows)]);
            assert_eq!((outcome.api, &outcome.warnings[..]), (Some(Api::V4), &[][..]), "{what}");
        }
    }
}

#[test]
fn both_apis_give_the_account_as_one_row() {
    let sandbox = account(Config::default());
    let [old, new] = BOTH.map(|api| read(&sandbox, api, "account"));
    assert_eq!((sizes(&old), sizes(&new)), (vec![("account", 1)], vec![("account", 1)]));
    let both = ["id", "name", "subdomain", "currency", "language", "timezone", "current_user_id"];
    for column in both {
        assert!(texts(&old, column)[0].is_some(), "{column}");
        assert_eq!(texts(&new, column), texts(&old, column), "{column}");
    }
    for column in ["country", "customers_mode", "version", "is_unsorted_on", "created_at"] {
        assert!(texts(&old, column)[0].is_none(), "{column}");
        assert!(texts(&new, column)[0].is_some(), "{column}");
    }
    // V4 tells more: a token asks it although v2 answers.
    let what = Arguments::default().set("what", ["account"]);
    let usual = run_boxed(&sandbox, None, endpoints::query(what).unwrap());
    assert_eq!((usual.api, sizes(&usual)), (Some(Api::V4), vec![("account", 1)]));
}

#[test]
fn tags_and_groups_of_fields_say_of_what_they_are_though_their_ids_are_the_same() {
    let sandbox = account(Config::default());
    for what in ["tags", "field_groups"] {
        let of = |types: &[&str]| {
            let arguments = Arguments::default().set("what", [what]).set("type", types);
            ask(&sandbox, Api::V4, arguments)
        };
        let (leads, customers) = (of(&["lead"]), of(&["customer"]));
        let both = of(&["lead", "customer"]);
        let ids = |outcome| texts(outcome, "id");
        assert!(ids(&leads).contains(&ids(&customers)[0]), "{what}");
        assert_eq!(ids(&both), [ids(&leads), ids(&customers)].concat(), "{what}");
        let kinds = [(&leads, "lead"), (&customers, "customer")];
        let kinds = kinds.map(|(of, kind)| vec![Some(kind.to_owned()); ids(of).len()]).concat();
        assert_eq!(texts(&both, "entity_type"), kinds, "{what}");
    }
}

#[test]
fn tags_are_found_by_id_and_by_name() {
    let sandbox = account(Config::default());
    let tags = Arguments::default().set("what", ["tags"]).set("type", ["lead", "contact"]);
    let all = ask(&sandbox, Api::V4, tags.clone());
    let (ids, names) = (texts(&all, "id"), texts(&all, "name"));
    let wanted = |all: &[Option<String>]| [1, 3].map(|row| all[row].clone().unwrap());
    let found = |argument, values: [String; 2]| {
        let outcome = ask(&sandbox, Api::V4, tags.clone().set(argument, values));
        texts(&outcome, "name").into_iter().map(Option::unwrap).collect::<Vec<_>>()
    };
    let expected = [wanted(&names), wanted(&names)].concat();
    assert_eq!(found("id", wanted(&ids)), expected);
    assert_eq!(found("name", wanted(&names)), expected);
}

#[test]
fn incoming_leads_are_summed_up_for_each_pipeline_or_for_all() {
    let sandbox = account(Config::default());
    let summary = Arguments::default().set("what", ["incoming_summary"]);
    let all = ask(&sandbox, Api::V4, summary.clone());
    assert_eq!((texts(&all, "pipeline_id"), texts(&all, "total")), (vec![None], numbers(&[120])));
    let statuses = read(&sandbox, Api::V4, "pipelines");
    let mut pipelines: Vec<_> = texts(&statuses, "pipeline_id").into_iter().flatten().collect();
    pipelines.dedup();
    let each = ask(&sandbox, Api::V4, summary.clone().set("pipeline_id", &pipelines));
    assert_eq!(texts(&each, "pipeline_id"), pipelines.into_iter().map(Some).collect::<Vec<_>>());
    let sum = |of: &Outcome, column| -> u32 {
        texts(of, column).into_iter().flatten().map(|text| text.parse::<u32>().unwrap()).sum()
    };
    let categories = ["sip", "mail", "forms", "chats"];
    assert_eq!(categories.map(|category| sum(&all, category)).iter().sum::<u32>(), 120);
    for column in ["total", "sip", "mail", "forms", "chats"] {
        assert_eq!(sum(&each, column), sum(&all, column), "{column}");
    }
    let leads = read(&sandbox, Api::V4, "incoming_leads");
    let mut moments: Vec<i64> =
        texts(&leads, "created_at").into_iter().map(|at| at.unwrap().parse().unwrap()).collect();
    moments.sort_unstable();
    let [from, to] = [moments[10], moments[50]];
    let within = moments.iter().filter(|at| (from..=to).contains(at)).count();
    let some = summary.set("from", [format!("@{from}")]).set("to", [format!("@{to}")]);
    let within = numbers(&[within.try_into().unwrap()]);
    assert_eq!(texts(&ask(&sandbox, Api::V4, some), "total"), within);
}

fn numbers(numbers: &[u32]) -> Vec<Option<String>> {
    numbers.iter().map(|number| Some(number.to_string())).collect()
}

#[test]
fn filters_of_talks_hold_whether_or_not_the_server_has_them() {
    let config = Config { notes: NoteCounts::each(900), ..Config::default() };
    let sandbox = Sandbox::start(config).unwrap();
    let talks = |arguments: Arguments| ask(&sandbox, Api::V4, arguments.set("what", ["talks"]));
    let all = talks(Arguments::default());
    let rows = texts(&all, "id").len();
    assert!(rows > 20);
    for (argument, column, values) in [
        ("talk_id", "id", 2),
        ("talk_id", "id", 12),
        ("contact_id", "contact_id", 2),
        ("entity_id", "entity_id", 1),
        ("entity_id", "entity_id", 12),
        ("entity", "entity_type", 1),
    ] {
        let held = texts(&all, column);
        let mut wanted: Vec<String> = held.iter().flatten().cloned().collect();
        wanted.sort();
        wanted.dedup();
        wanted.truncate(values);
        let expected = held.iter().flatten().filter(|value| wanted.contains(value)).count();
        let found = talks(Arguments::default().set(argument, wanted));
        assert_eq!(texts(&found, "id").len(), expected, "{argument} {values}");
    }
    let in_work = texts(&all, "is_in_work").into_iter().flatten().filter(|flag| flag == "1");
    let found = talks(Arguments::default().set("only_in_work", [1]));
    assert_eq!(texts(&found, "id").len(), in_work.count());
}

#[test]
fn kinds_of_an_account_that_has_no_customers_come_without_them() {
    let kommo = account(Config { kommo: true, ..Config::default() });
    for what in ["tags", "field_groups"] {
        let arguments = Arguments::default().set("what", [what]);
        let of = |types: &[&str]| ask(&kommo, Api::V4, arguments.clone().set("type", types));
        let both = of(&["lead", "customer"]);
        assert_eq!(sizes(&both), sizes(&of(&["lead"])));
        assert_eq!(both.warnings, [Warning::NoCustomers]);
    }
}

#[test]
fn statuses_and_segments_are_missing_with_customers_and_where_these_are_used_otherwise() {
    let otherwise = Fault {
        path: "customers/".to_owned(),
        nth: 0..u64::MAX,
        action: Action::Status(422, vec![], "{}".to_owned()),
    };
    let kommo = account(Config { kommo: true, ..Config::default() });
    let faults = vec![otherwise];
    let others = account(Config { faults, ..Config::default() });
    for sandbox in [&kommo, &others] {
        for what in ["customer_statuses", "segments"] {
            let outcome = read(sandbox, Api::V4, what);
            assert_eq!(sizes(&outcome), [(what, 0)]);
            assert_eq!(outcome.warnings, [Warning::NoCustomers], "{what}");
        }
    }
}

/// The same with a list for each value of an argument.
static NAMES: Endpoint = Endpoint {
    name: "names",
    label: "names of fields",
    v4: ListSpec {
        path: "/api/v4/{type}/custom_fields",
        member: "custom_fields",
        row: RowOf::Columns(&[("name", "name")]),
        ..ListSpec::V4
    },
    ..Endpoint::DEFAULT
};

#[test]
fn a_path_with_an_argument_makes_a_list_for_each_value() {
    let sandbox = account(Config::default());
    let rows = |types: &[&str]| {
        let arguments = Arguments::default().set("type", types);
        let query = ListQuery::new(&NAMES, arguments).unwrap();
        sizes(&run_boxed(&sandbox, Some(Api::V4), Box::new(query)))[0].1
    };
    let (leads, contacts) = (rows(&["leads"]), rows(&["contacts"]));
    assert!(leads > 0 && contacts > 0);
    assert_eq!(rows(&["leads", "contacts"]), leads + contacts);
}

/// Records with what belongs to them.
static PEOPLE: Endpoint = Endpoint {
    name: "people",
    label: "people",
    schema: &Schema { keys: &["id"], ids: &["id"], ..Schema::TEXT },
    linked: &[Linked::CustomFields, Linked::Tags, Linked::Leads],
    v4: ListSpec {
        path: "/api/v4/contacts",
        member: "contacts",
        always: &[("with", "leads")],
        limit: 50,
        row: RowOf::Columns(&[("id", "id"), ("name", "name")]),
        ..ListSpec::V4
    },
    filters: &[Filter::In("id", "id")],
    ..Endpoint::DEFAULT
};

#[test]
fn what_belongs_to_records_has_tables_and_goes_with_the_rows_that_a_filter_drops() {
    let sandbox = account(Config::default());
    let people = |arguments| {
        let query = ListQuery::new(&PEOPLE, arguments).unwrap();
        run_boxed(&sandbox, Some(Api::V4), Box::new(query))
    };
    let contacts = run(&sandbox, Api::V4, EntityQuery::new(cards(Entity::Contact)));
    let all = people(Arguments::default());
    assert_eq!(sizes(&all)[1..], sizes(&contacts)[1..4]);
    assert_eq!(sizes(&all)[0], ("people", 120));
    let wanted = ids(all)[..3].to_vec();
    let of_contacts = EntityRequest { ids: wanted.clone(), ..cards(Entity::Contact) };
    let some = people(Arguments::default().set("id", &wanted));
    let expected = run(&sandbox, Api::V4, EntityQuery::new(of_contacts));
    assert_eq!(sizes(&some)[1..], sizes(&expected)[1..4]);
    assert_eq!(ids(some), wanted);
}

#[test]
fn elements_of_catalogs_come_by_catalog_and_by_id_with_their_fields() {
    let sandbox = account(Config::default());
    let elements = |catalogs: &[u64], ids: &[u64]| {
        let arguments = Arguments::default().set("what", ["catalog_elements"]);
        ask(&sandbox, Api::V4, arguments.set("catalog_id", catalogs).set("id", ids))
    };
    let catalogs = ids(read(&sandbox, Api::V4, "catalogs"));
    assert_eq!(catalogs.len(), 3);
    let names = ["catalog_elements", "linked_custom_fields"];
    let counts = |catalogs: &[u64], ids: &[u64]| {
        let found = elements(catalogs, ids);
        assert!(sizes(&found).iter().map(|(name, _)| *name).eq(names));
        sizes(&found).iter().map(|(_, rows)| *rows).collect::<Vec<_>>()
    };
    let each: Vec<_> = catalogs.iter().map(|catalog| counts(&[*catalog], &[])).collect();
    let sums: Vec<u32> = (0..2).map(|table| each.iter().map(|rows| rows[table]).sum()).collect();
    assert!(sums[0] > 50 && sums[1] > sums[0]);
    assert_eq!(counts(&catalogs, &[]), sums);
    // A catalog that there is not has no elements, also beside one that there is.
    assert_eq!(counts(&[5], &[]), [0, 0]);
    assert_eq!(counts(&[5, catalogs[0]], &[]), each[0]);
    let products = ids(elements(&catalogs[..1], &[]));
    assert_eq!(ids(elements(&catalogs[..1], &[products[3], 1])), products[3..4]);
    assert_eq!(counts(&[5], &products[..1]), [0, 0]);
}

#[test]
fn links_come_with_the_fields_of_the_elements_among_them_unless_these_are_not_wanted() {
    let sandbox = account(Config::default());
    let request =
        EntityRequest { with: vec!["catalog_elements".to_owned()], ..cards(Entity::Lead) };
    let leads = run(&sandbox, Api::V4, EntityQuery::new(request));
    let on_cards = |name| sizes(&leads).iter().find(|(found, _)| *found == name).unwrap().1;
    let expected = on_cards("linked_contacts") + on_cards("linked_catalog_elements");
    let leads = ids(leads);
    let links = |to: &[&str]| {
        let arguments = Arguments::default().set("what", ["links"]).set("type", ["leads"]);
        ask(&sandbox, Api::V4, arguments.set("entity_id", &leads).set("to_type", to))
    };
    let all = links(&[]);
    let [(_, links_in_all), (_, fields)] = sizes(&all)[..] else { panic!("two tables") };
    // Some of them lead to companies.
    assert!(links_in_all > expected && links_in_all < expected + 120);
    assert!(fields > 0);
    assert_eq!(sizes(&links(&["contact"])), [("links", links_in_all), ("linked_custom_fields", 0)]);
}

#[test]
fn what_there_is_not_can_not_be_asked_for() {
    let unknown = Arguments::default().set("what", ["weather"]);
    assert_eq!(endpoints::query(unknown).err().map(|error| error.kind()), Some("input"));
}

#[test]
fn a_customer_who_is_not_there_has_no_purchases() {
    let sandbox = account(Config::default());
    let customer = ids(run(&sandbox, Api::V2, EntityQuery::new(cards(Entity::Customer))))[0];
    for api in BOTH {
        let rows = |customers: &[u64]| sizes(&purchases(&sandbox, api, customers))[0].1;
        let bought = rows(&[customer]);
        assert!(bought > 0);
        assert_eq!((rows(&[1, customer]), rows(&[1])), (bought, 0), "{api:?}");
    }
}

/// What a call gives that asks for customers, and one that asks for purchases.
fn customers_and_purchases(sandbox: &Sandbox, api: Api, of: &[u64]) -> [Outcome; 2] {
    let customers = EntityQuery::new(cards(Entity::Customer));
    [run(sandbox, api, customers), purchases(sandbox, api, of)]
}

#[test]
fn an_account_without_customers_has_empty_tables_and_is_told_so() {
    let refusal = |status| Fault {
        path: "customers".to_owned(),
        nth: 0..u64::MAX,
        action: Action::Status(status, vec![], r#"{"title":"Payment Required"}"#.to_owned()),
    };
    let kommo = account(Config { kommo: true, ..Config::default() });
    let unpaid = account(Config { faults: vec![refusal(402)], ..Config::default() });
    for (sandbox, api) in [(&kommo, Api::V2), (&kommo, Api::V4), (&unpaid, Api::V4)] {
        for of in [&[][..], &[1, 2]] {
            for outcome in customers_and_purchases(sandbox, api, of) {
                assert_eq!(sizes(&outcome)[0].1, 0, "{api:?}");
                assert_eq!(outcome.warnings, [Warning::NoCustomers], "{api:?}");
            }
        }
    }
    let forbidden = account(Config { faults: vec![refusal(403)], ..Config::default() });
    for outcome in customers_and_purchases(&forbidden, Api::V4, &[]) {
        assert_eq!(outcome.error.unwrap().at().unwrap().status, Some(403));
    }
}

#[test]
fn an_empty_table_has_the_accounts_zone_however_late_that_comes() {
    let late = Fault {
        path: "/account".to_owned(),
        nth: 0..u64::MAX,
        action: Action::Delay(Duration::from_millis(200)),
    };
    for api in BOTH {
        let faults = vec![late.clone()];
        let kommo = account(Config { kommo: true, faults, ..Config::default() });
        let outcome = purchases(&kommo, api, &[]);
        assert_eq!(outcome.warnings, [Warning::NoCustomers], "{api:?}");
        assert!(outcome.zone.is_some(), "{api:?}");
    }
}

#[test]
fn customers_that_end_in_a_refusal_after_some_rows_are_an_error() {
    let refused = Fault {
        path: "page=2&".to_owned(),
        nth: 0..u64::MAX,
        action: Action::Status(404, vec![], String::new()),
    };
    let sandbox = account(Config { faults: vec![refused], ..Config::default() });
    for outcome in customers_and_purchases(&sandbox, Api::V4, &[]) {
        assert_eq!(outcome.error.unwrap().at().unwrap().status, Some(404));
        assert_eq!((outcome.tables[0].1.rows(), &outcome.warnings[..]), (50, &[][..]));
    }
}

#[test]
fn what_is_for_administrators_is_forbidden_to_others_who_are_not_blocked() {
    let sandbox = account(Config { admin: false, ..Config::default() });
    for what in ["users", "roles", "sources"] {
        let error = read(&sandbox, Api::V4, what).error.unwrap();
        let is_forbidden = matches!(&error, Error::Forbidden { at, .. } if at.status == Some(403));
        assert!(is_forbidden, "{what} {error:?}");
        assert_eq!(error.kind(), "forbidden");
    }
}
