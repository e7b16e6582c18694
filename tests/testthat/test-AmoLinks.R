# AmoLinks(): a list that only API v4 has, whose rows have no ids.

account <- AmoSandbox(
  notes = 0, access = "token", v2 = FALSE, leads = 300, contacts = 200, companies = 120,
  customers = 120
)
sales <- AmoLeads(account, with_with = "catalog_elements")
leads <- sales$leads

link_columns <- c(
  "entity_id", "entity_type", "to_entity_id", "to_entity_type", "main_contact", "catalog_id",
  "quantity", "price_id", "price"
)

#' Links as texts, whatever their order
ends <- function(from, to) sort(paste(from, to))

of_type <- function(links, type) links[links$to_entity_type == type, ]

#' An answer that is not paged, as it is documented: links of a lead to elements that are
#' not there
whole_list <- function(rows, lead = 7) {
  links <- sprintf(paste0(
    '{"entity_id":%d,"entity_type":"leads","to_entity_id":%d,',
    '"to_entity_type":"contacts","metadata":{"main_contact":false}}'
  ), lead, seq_len(rows))
  sprintf('{"_total_items":%d,"_links":{"self":{}},"_embedded":{"links":[%s]}}',
          rows, paste(links, collapse = ","))
}

serve_links <- function(body) {
  AmoSandbox(notes = 0, access = "token", v2 = FALSE, faults = list(
    list(path = "/leads/links?", nth = c(1, Inf), action = "body", body = body)
  ))
}

links_requests <- function(auth) {
  log <- sandbox_requests(auth)
  log[grepl("/links$", log$path), ]
}

test_that("links of leads are what their cards show", {
  links <- AmoLinks(account, "lead", leads$id)
  expect_s3_class(links, "data.frame", exact = TRUE)
  types <- vapply(links, function(column) class(column)[[1]], "")
  explained <- AmoColumns("links")
  expect_identical(names(links), link_columns)
  expect_identical(explained$column, link_columns)
  expect_identical(unname(types), explained$type)
  expect_identical(unique(links$entity_type), "lead")
  contacts <- of_type(links, "contact")
  expect_identical(ends(contacts$entity_id, contacts$to_entity_id),
                   ends(sales$linked_contacts$id, sales$linked_contacts$contact_id))
  main <- contacts[contacts$main_contact, ]
  expect_identical(main$to_entity_id,
                   leads$main_contact[match(main$entity_id, leads$id)])
  companies <- of_type(links, "company")
  expect_identical(companies$to_entity_id,
                   leads$company_id[match(companies$entity_id, leads$id)])
  elements <- of_type(links, "catalog_element")
  on_cards <- sales$linked_catalog_elements
  at <- match(paste(elements$entity_id, elements$to_entity_id),
              paste(on_cards$id, on_cards$catalog_element_id))
  expect_identical(nrow(elements), nrow(on_cards))
  for (column in c("quantity", "catalog_id", "price_id")) {
    expect_identical(elements[[column]], on_cards[[column]][at], info = column)
  }
  expect_true(all(is.na(companies[c("main_contact", "quantity", "price")])))
})

test_that("quantity by price adds up to the price of a lead", {
  lines <- AmoLinks(account, "lead", leads$id, to_type = "catalog_element")
  lines <- lines[!is.na(lines$price), ]
  expect_gt(length(unique(lines$price_id)), 1)
  sums <- tapply(lines$quantity * lines$price, lines$entity_id, sum)
  expect_gt(length(sums), 50)
  expect_equal(as.vector(sums), leads$sale[match(names(sums), leads$id)])
})

test_that("all kinds have links, and the other end has them too", {
  read <- list(contact = AmoContacts, company = AmoCompanies, customer = AmoCustomers)
  for (type in names(read)) {
    links <- AmoLinks(account, type, read[[type]](account)[[1]]$id)
    expect_gt(nrow(links), 0)
    expect_identical(unique(links$entity_type), type)
  }
  to_leads <- AmoLinks(account, "contact", AmoContacts(account)$contacts$id, to_type = "lead")
  to_contacts <- AmoLinks(account, "lead", leads$id, to_type = "contact")
  expect_identical(ends(to_leads$entity_id, to_leads$to_entity_id),
                   ends(to_contacts$to_entity_id, to_contacts$entity_id))
})

test_that("to_type selects the same rows as on the whole table", {
  whole <- AmoLinks(account, "lead", leads$id)
  for (types in list("contact", "catalog_element", c("company", "contact"))) {
    some <- AmoLinks(account, "lead", leads$id, to_type = types)
    expected <- whole[whole$to_entity_type %in% types, ]
    rownames(expected) <- NULL
    expect_identical(some, expected)
  }
  people <- AmoSandbox(notes = 0, access = "token", v2 = FALSE)
  AmoLinks(people, "lead", AmoLeads(people)$leads$id, to_type = c("contact", "company"))
  expect_false(any(grepl("catalogs", sandbox_requests(people)$path)))
})

test_that("ids come in any form and number, and unknown ones have no links", {
  ids <- leads$id[1:3]
  some <- AmoLinks(account, "lead", ids)
  expect_identical(unique(some$entity_id), ids)
  expect_identical(AmoLinks(account, "lead", as.character(ids)), some)
  expect_identical(AmoLinks(account, "lead", paste0("0", ids)), some)
  expect_identical(AmoLinks(account, "lead", c(ids, ids)), some)
  expect_identical(AmoLinks(account, "lead", c(1, ids)), some)
  expect_warning(none <- AmoLinks(account, "lead", 1), class = "amocrm_warning_zero_rows")
  expect_identical(lapply(none, class), lapply(some, class))
})

test_that("wrong arguments are told before anything is asked for", {
  asked <- nrow(sandbox_requests(account))
  for (read in list(
    function() AmoLinks(account, "lead"), function() AmoLinks(account, "lead", NULL),
    function() AmoLinks(account, "lead", c(1, NA)), function() AmoLinks(account, id = 1),
    function() AmoLinks(account, "leads", 1), function() AmoLinks(account, c("lead", "contact"), 1),
    function() AmoLinks(account, "task", 1), function() AmoLinks(account, "lead", 1, "invoice")
  )) {
    expect_error(read(), class = "amocrm_error_input")
  }
  expect_identical(nrow(sandbox_requests(account)), asked)
})

test_that("no ids have no links, and none are asked for", {
  asked <- nrow(links_requests(account))
  expect_warning(none <- AmoLinks(account, "lead", integer()), class = "amocrm_warning_zero_rows")
  expect_identical(nrow(links_requests(account)), asked)
  some <- AmoLinks(account, "lead", leads$id[1:3])
  expect_identical(lapply(none, class), lapply(some, class))
  expect_error(AmoLinks(account, "lead", NULL), "whole numbers, not NULL")
})

test_that("a server that does not page gives the list at once", {
  for (rows in c(3, 249, 251, 600)) {
    auth <- serve_links(whole_list(rows))
    links <- AmoLinks(auth, "lead", 7)
    expect_identical(links$to_entity_id, seq_len(rows), info = rows)
    expect_identical(nrow(links_requests(auth)), 1L)
  }
  # As many as were asked for may be cut off.
  auth <- serve_links(whole_list(250))
  expect_identical(nrow(AmoLinks(auth, "lead", 7)), 250L)
  expect_match(links_requests(auth)$query[[2]], "limit=249&")
})

test_that("ids that a server passes over in one request are asked for again", {
  body <- whole_list(2, lead = 5)
  second <- whole_list(4, lead = 6)
  auth <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, faults = list(
    list(path = "filter[entity_id][]=5&", nth = c(1, Inf), action = "body", body = body),
    list(path = "limit=250&filter[entity_id][]=6", nth = c(1, Inf), action = "body",
         body = second)
  ))
  links <- AmoLinks(auth, "lead", c(5, 6))
  expect_identical(links$entity_id, rep(5:6, c(2, 4)))
  expect_identical(nrow(links_requests(auth)), 2L)
})

test_that("a list whose pages are cut, empty or moving loses no links", {
  read <- function(...) {
    auth <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, leads = 300, faults = list(...))
    AmoLinks(auth, "lead", leads$id)
  }
  whole <- read()
  for (fault in list(
    list(action = "short", rows = 61), list(action = "empty"), list(status = 502),
    list(action = "gap", rows = 2), list(action = "cut")
  )) {
    expect_identical(read(c(list(path = "/links?page=2&"), fault)), whole)
  }
  changed <- read(list(path = "/links?", action = "add", rows = 3, at = "front", nth = 2))
  key <- function(links) paste(links$entity_id, links$to_entity_type, links$to_entity_id)
  expect_true(all(key(whole) %in% key(changed)))
  expect_identical(anyDuplicated(key(changed)), 0L)
})

test_that("prices that are no numbers are NA, with a warning", {
  body <- sub("\"99.50\"", "\"on request\"", read_text(
    fixture("v4", "catalog_elements_list.products.json")
  ))
  body <- sub("\"80\"", "\"call us\"", body)
  auth <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, faults = list(
    list(path = "/leads/links?", nth = c(1, Inf), action = "body",
         body = read_text(fixture("v4", "links_list.json"))),
    list(path = "/catalogs/4001/elements?", nth = c(1, Inf), action = "body", body = body)
  ))
  expect_warning(
    links <- AmoLinks(auth, "lead", c(5100101, 5100102)),
    "links$price (1): \"call us\"", fixed = TRUE, class = "amocrm_warning_unreadable_values"
  )
  expect_identical(links$price, c(12, NA, NA, NA, NA, NA, NA))
})

test_that("a price that is no decimal number is NA", {
  body <- sub("\"80\"", "\"0x10\"", read_text(
    fixture("v4", "catalog_elements_list.products.json")
  ))
  auth <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, faults = list(
    list(path = "/leads/links?", nth = c(1, Inf), action = "body",
         body = read_text(fixture("v4", "links_list.json"))),
    list(path = "/catalogs/4001/elements?", nth = c(1, Inf), action = "body", body = body)
  ))
  expect_warning(links <- AmoLinks(auth, "lead", c(5100101, 5100102)), "0x10",
                 class = "amocrm_warning_unreadable_values")
  expect_false(16 %in% links$price)
})

test_that("an element that is sold at two prices has two links", {
  link <- function(metadata) {
    sprintf(paste0(
      '{"entity_id":7,"entity_type":"leads","to_entity_id":5,',
      '"to_entity_type":"catalog_elements","metadata":{%s}}'
    ), metadata)
  }
  metadata <- c(
    '"quantity":1,"catalog_id":4,"price_id":100000', '"quantity":4,"catalog_id":4,"price_id":3',
    '"quantity":2,"catalog_id":4,"price_id":null', '"quantity":2,"catalog_id":8,"price_id":3'
  )
  rows <- paste(link(metadata), collapse = ",")
  for (body in c('{"_embedded":{"links":[%s]}}', '{"_page":1,"_embedded":{"links":[%s]}}')) {
    auth <- serve_links(sprintf(body, rows))
    links <- AmoLinks(auth, "lead", 7)
    expect_identical(links$price_id, c(100000L, 3L, NA, 3L))
    expect_identical(links$catalog_id, c(4L, 4L, 4L, 8L))
  }
  # Each comes once, also if it is sent twice.
  twice <- serve_links(sprintf('{"_page":1,"_embedded":{"links":[%s,%s]}}', rows, rows))
  expect_identical(AmoLinks(twice, "lead", 7), links)
})

test_that("without access to catalogs people are linked still", {
  forbidden <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, leads = 300, faults = list(list(
    path = "/api/v4/catalogs", status = 403, nth = c(1, Inf),
    body = '{"title":"Forbidden","status":403,"detail":"No rights"}',
    headers = c("Content-Type" = "application/problem+json")
  )))
  error <- expect_error(AmoLinks(forbidden, "lead", leads$id), class = "amocrm_error_forbidden")
  partial <- error$partial
  expect_true("catalog_element" %in% partial$to_entity_type && all(is.na(partial$price)))
  people <- of_type(partial, "contact")
  rownames(people) <- NULL
  expect_identical(AmoLinks(forbidden, "lead", leads$id, to_type = "contact"), people)
})

test_that("an account without customers has no links of theirs", {
  kommo <- AmoSandbox(notes = 0, access = "token", v2 = FALSE, kommo = TRUE)
  expect_warning(
    links <- AmoLinks(kommo, "customer", 1), class = "amocrm_warning_no_customers"
  ) |> suppressWarnings(classes = "amocrm_warning_zero_rows")
  expect_identical(names(links), link_columns)
})
