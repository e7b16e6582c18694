//! Cards and plain tables over real HTTP, through both APIs, against the sandbox.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use amocrm_client::account::{Api, Credentials};
use amocrm_client::endpoints;
use amocrm_client::endpoints::arguments::Arguments;
use amocrm_client::endpoints::endpoint::{Endpoint, Filter, ListSpec, RowOf};
use amocrm_client::endpoints::entities::{Entity, EntityQuery, EntityRequest};
use amocrm_client::endpoints::linked::Linked;
use amocrm_client::endpoints::list_query::ListQuery;
use amocrm_client::error::Error;
use amocrm_client::query::{Outcome, Query, QueryJob, Settings, Warning};
use amocrm_client::table::{Schema, Values};
use amocrm_sandbox::{Action, Config, Fault, ListCounts, NoteCounts, Sandbox};

const PATIENCE: Duration = Duration::from_secs(100);
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
    let settings = Settings {
        domain: sandbox.url(),
        credentials: Credentials::Token(sandbox.access_token().to_owned().into()),
        rate: f64::INFINITY,
        shared_rate: None,
        timeout: Duration::from_secs(30),
        api,
        verbose: false,
    };
    let mut job = QueryJob::start(settings, query).unwrap();
    assert!(job.is_done(PATIENCE), "the job does not end");
    job.finish()
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
        next: (None, None),
        tasks: None,
        active: false,
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
fn a_token_that_is_no_administrators_lists_no_users_but_is_not_blocked() {
    let sandbox = account(Config { admin: false, ..Config::default() });
    let error = read(&sandbox, Api::V4, "users").error.unwrap();
    assert!(matches!(&error, Error::Forbidden { at, .. } if at.status == Some(403)), "{error:?}");
    assert_eq!(error.kind(), "forbidden");
}
