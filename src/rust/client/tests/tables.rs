//! Cards and plain tables over real HTTP, through both APIs, against the sandbox.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use amocrm_client::account::{Api, Credentials};
use amocrm_client::endpoints::custom_fields::CustomFieldsQuery;
use amocrm_client::endpoints::endpoint::{Endpoint, TableQuery};
use amocrm_client::endpoints::entities::{Entity, EntityQuery, EntityRequest};
use amocrm_client::endpoints::groups::Groups;
use amocrm_client::endpoints::incoming_leads::IncomingRequest;
use amocrm_client::endpoints::pipelines::PipelinesQuery;
use amocrm_client::endpoints::task_types::TaskTypes;
use amocrm_client::endpoints::tasks::TasksRequest;
use amocrm_client::endpoints::transactions::TransactionsRequest;
use amocrm_client::endpoints::users::Users;
use amocrm_client::error::Error;
use amocrm_client::query::{Outcome, Query, QueryJob, Settings, Warning};
use amocrm_client::table::Values;
use amocrm_sandbox::{Action, Config, Fault, ListCounts, NoteCounts, Sandbox};

const PATIENCE: Duration = Duration::from_secs(100);
const BOTH: [Api; 2] = [Api::V2, Api::V4];
const ENTITIES: [Entity; 4] = [Entity::Lead, Entity::Contact, Entity::Company, Entity::Customer];

fn account(config: Config) -> Sandbox {
    Sandbox::start(Config { notes: NoteCounts::each(0), lists: ListCounts::each(120), ..config })
        .unwrap()
}

fn run(sandbox: &Sandbox, api: Api, query: impl Query + 'static) -> Outcome {
    let settings = Settings {
        domain: sandbox.url(),
        credentials: Credentials::Token(sandbox.access_token().to_owned().into()),
        rate: f64::INFINITY,
        timeout: Duration::from_secs(30),
        api: Some(api),
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
fn same_rows<P: Endpoint>(sandbox: &Sandbox, plan: impl Fn() -> P, rows: u32) {
    for api in BOTH {
        let outcome = run(sandbox, api, TableQuery::new(plan()));
        assert_eq!(sizes(&outcome), [(P::NAME, rows)], "{api:?}");
    }
}

#[test]
fn both_apis_give_the_same_plain_tables() {
    let sandbox = account(Config::default());
    same_rows(&sandbox, || TasksRequest { limit: 50, ..TasksRequest::default() }, 120);
    same_rows(&sandbox, || TransactionsRequest { limit: 50, ..Default::default() }, 120);
    same_rows(&sandbox, || IncomingRequest { limit: 50, ..IncomingRequest::default() }, 120);
    let counted = |outcome: Outcome| sizes(&outcome)[0].1;
    let users = counted(run(&sandbox, Api::V2, TableQuery::new(Users)));
    let groups = counted(run(&sandbox, Api::V2, TableQuery::new(Groups)));
    let types = counted(run(&sandbox, Api::V2, TableQuery::new(TaskTypes)));
    assert!(users > 1 && groups > 1 && types > 1);
    same_rows(&sandbox, || Users, users);
    same_rows(&sandbox, || Groups, groups);
    same_rows(&sandbox, || TaskTypes, types);
}

#[test]
fn both_apis_give_the_same_pipelines_and_fields() {
    let sandbox = account(Config::default());
    let [old, new] = BOTH.map(|api| run(&sandbox, api, PipelinesQuery::default()));
    assert_eq!(sizes(&new), sizes(&old));
    assert!(sizes(&old)[0].1 > 5);
    let [old, new] = BOTH.map(|api| run(&sandbox, api, CustomFieldsQuery::default()));
    assert_eq!(sizes(&new), sizes(&old));
    assert!(sizes(&old).iter().all(|(_, rows)| *rows > 0));
}

#[test]
fn a_customer_who_is_not_there_has_no_purchases() {
    let of = |customers| TransactionsRequest { limit: 50, customers, ..Default::default() };
    let sandbox = account(Config::default());
    let customer = ids(run(&sandbox, Api::V2, EntityQuery::new(cards(Entity::Customer))))[0];
    for api in BOTH {
        let rows = |customers| sizes(&run(&sandbox, api, TableQuery::new(of(customers))))[0].1;
        let bought = rows(vec![customer]);
        assert!(bought > 0);
        assert_eq!((rows(vec![1, customer]), rows(vec![1])), (bought, 0), "{api:?}");
    }
}

/// What a call gives that asks for customers, and one that asks for purchases.
fn customers_and_purchases(sandbox: &Sandbox, api: Api, of: &[u64]) -> [Outcome; 2] {
    let request = TransactionsRequest { limit: 50, customers: of.to_vec(), ..Default::default() };
    let customers = EntityQuery::new(cards(Entity::Customer));
    [run(sandbox, api, customers), run(sandbox, api, TableQuery::new(request))]
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
        let request = TransactionsRequest { limit: 50, ..Default::default() };
        let outcome = run(&kommo, api, TableQuery::new(request));
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
    let error = run(&sandbox, Api::V4, TableQuery::new(Users)).error.unwrap();
    assert!(matches!(&error, Error::Forbidden { at, .. } if at.status == Some(403)), "{error:?}");
    assert_eq!(error.kind(), "forbidden");
}
