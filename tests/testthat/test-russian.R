# --- The files of translations --------------------------------------------------

#' The entries of a .po file as a data.frame with text, translation and fuzzy.
#' Of a text that goes with a number these are those for the first of its forms
read_po <- function(file) {
  lines <- readLines(file, encoding = "UTF-8")
  lines <- lines[!startsWith(lines, "#~")]
  lines <- sub("^(msg[a-z]+)(\\[0\\])? +", "\\1 ", lines)
  entry <- cumsum(startsWith(lines, "msgid "))
  field <- function(name) {
    inside <- cumsum(grepl("^msg", lines))
    of <- inside %in% inside[startsWith(lines, paste0(name, " "))] & grepl('"', lines)
    quoted <- sub('"[^"]*$', "", sub('^[^"]*"', "", lines[of]))
    joined <- vapply(split(quoted, entry[of]), paste, "", collapse = "")
    unescape(unname(joined))
  }
  # A comment belongs to the entry after it.
  fuzzy <- entry[grepl("^#, .*fuzzy", lines)] + 1
  texts <- field("msgid")
  po <- data.frame(text = texts, translation = field("msgstr"), fuzzy = seq_along(texts) %in% fuzzy)
  po[nzchar(po$text), ]
}

unescape <- function(text) {
  text <- gsub("\\n", "\n", text, fixed = TRUE)
  gsub('\\"', '"', text, fixed = TRUE)
}

placeholders <- function(texts) {
  regmatches(texts, gregexpr("%[-+0 #]*[0-9]*(\\.[0-9]+)?[a-zA-Z%]", texts))
}

test_that("every text of the package is translated to Russian", {
  po <- read_po(source_path("po", "R-ru.po"))
  expect_gt(nrow(po), 80)
  expect_false(any(po$fuzzy))
  expect_true(all(grepl("[\u0410-\u044f\u0451]", po$translation)))

  expect_false(any(grepl('^msgstr\\[[0-9]\\] +""$', readLines(source_path("po", "R-ru.po")))))

  root <- dirname(source_path("po"))
  counted <- vapply(unlist(tools::xngettext(root), recursive = FALSE), `[[`, "", 1)
  used <- unique(c(unlist(tools::xgettext(root, asCall = FALSE)), counted))
  expect_identical(setdiff(used, c("", po$text)), character(), label = "texts not in po/R-ru.po")
  expect_identical(setdiff(po$text, used), character(), label = "texts in po/R-ru.po only")
  expect_setequal(read_po(source_path("po", "R-amocrm.pot"))$text, po$text)
})

test_that("a translation has the placeholders of its text", {
  po <- read_po(source_path("po", "R-ru.po"))
  expect_identical(placeholders(po$translation), placeholders(po$text))
  expect_identical(placeholders("%s: %.1f s, %d"), list(c("%s", "%.1f", "%d")))
})

# --- A session in Russian -------------------------------------------------------

#' What a script gives in an R session whose language is Russian
#'
#' @param code lines of a script that ends with the value
in_russian <- function(code) {
  skip_on_os("windows")
  skip_if_not(capabilities("NLS"), "this R knows no translations")
  skip_if_not(
    file.exists(file.path(find.package("amocrm"), "Meta", "package.rds")), "amocrm is not installed"
  )
  locale <- translating_locale()
  skip_if(is.null(locale), "no UTF-8 locale in which R speaks Russian")
  run_in_language(code, locale)
}

run_in_language <- function(code, locale) {
  script <- withr::local_tempfile(fileext = ".R")
  answer <- withr::local_tempfile(fileext = ".rds")
  writeLines(c("value <- {", code, "}", sprintf("saveRDS(value, \"%s\")", answer)), script)
  libraries <- paste(.libPaths(), collapse = .Platform$path.sep)
  # R CMD check sets R_TESTS, which stops an R that runs elsewhere.
  variables <- c(
    "LANGUAGE=ru", paste0(c("LC_ALL=", "LANG="), locale), "R_TESTS=",
    paste0("R_LIBS=", shQuote(libraries))
  )
  said <- suppressWarnings(system2(
    file.path(R.home("bin"), "Rscript"), c("--no-init-file", shQuote(script)),
    env = variables, stdout = TRUE, stderr = TRUE
  ))
  if (!file.exists(answer)) stop(paste(said, collapse = "\n"), call. = FALSE)
  readRDS(answer)
}

#' A locale in which R's own errors are Russian, or NULL
translating_locale <- function() {
  probe <- c(
    'text <- tryCatch(log("a"), error = conditionMessage)',
    'isTRUE(l10n_info()[["UTF-8"]]) && grepl("\\u0430", text)'
  )
  for (locale in c("ru_RU.UTF-8", "en_US.UTF-8", "C.UTF-8")) {
    if (tryCatch(run_in_language(probe, locale), error = function(error) FALSE)) {
      return(locale)
    }
  }
}

test_that("a Russian session is told in Russian what is wrong and how it went", {
  said <- in_russian(c(
    "library(amocrm)",
    "options(amocrm.rate = Inf)",
    "text_of <- function(call) tryCatch(call, condition = conditionMessage)",
    "auth <- AmoSandbox(notes = c(lead = 5))",
    "wrong <- auth",
    'wrong$apikey <- "wrong"',
    "list(",
    "  limit = text_of(AmoNotes(auth_list = auth, limit = 0)),",
    '  domain = text_of(AmoAuthList("a@b.c", "key", "https://mycompany.example")),',
    '  auth = text_of(AmoNotes(auth_list = wrong, type = "lead")),',
    '  summary = text_of(AmoNotes(auth_list = auth, type = "lead")),',
    '  none = tryCatch(AmoNotes(auth_list = auth, type = "task"), warning = conditionMessage),',
    "  refused = AmoAuth(auth_list = wrong, verbose = FALSE)",
    ")"
  ))
  expect_identical(said$limit, paste(
    "\u0430\u0440\u0433\u0443\u043c\u0435\u043d\u0442 `limit`",
    "\u0434\u043e\u043b\u0436\u0435\u043d \u0431\u044b\u0442\u044c \u0446\u0435\u043b\u044b\u043c",
    "\u0447\u0438\u0441\u043b\u043e\u043c \u043e\u0442 1 \u0434\u043e 500,",
    "\u0430 \u043d\u0435 0"
  ))
  # "...must be the account's subdomain"
  expect_match(said$domain, "\u043f\u043e\u0434\u0434\u043e\u043c\u0435\u043d\u043e\u043c")
  expect_false(grepl("subdomain", said$domain))
  # "Auth error. Error code: 110."; the advice is "Check `email`, ..."
  lines <- strsplit(said$auth, "\n")[[1]]
  expect_match(lines[[1]], paste(
    "^\u041e\u0448\u0438\u0431\u043a\u0430",
    "\u0430\u0432\u0442\u043e\u0440\u0438\u0437\u0430\u0446\u0438\u0438\\.",
    "\u041a\u043e\u0434 \u043e\u0448\u0438\u0431\u043a\u0438: 110\\. "
  ))
  expect_match(
    lines[[2]],
    "^\u041f\u0440\u043e\u0432\u0435\u0440\u044c\u0442\u0435 `email`, `apikey` \u0438 `domain`"
  )
  # What scripts compare stays.
  expect_match(said$refused, "^Auth error\\. Error code: 110\\. ")
  # "...zero rows"
  expect_match(said$none, paste(
    "\u043d\u0435\u0442 \u043d\u0438 \u043e\u0434\u043d\u043e\u0439",
    "\u0441\u0442\u0440\u043e\u043a\u0438$"
  ))
  # "lead notes: 5 rows in 1 page, ..."
  expect_match(said$summary, paste0(
    "^\u043f\u0440\u0438\u043c\u0435\u0447\u0430\u043d\u0438\u044f ",
    "\u0441\u0434\u0435\u043b\u043e\u043a: ",
    "5 \u0441\u0442\u0440\u043e\u043a, 1 \u0441\u0442\u0440\u0430\u043d\u0438\u0446\u0430, "
  ))
})

test_that("a Russian session counts 1, 2 and 5 in the forms of Russian", {
  said <- in_russian(c(
    'inside <- asNamespace("amocrm")',
    "numbers <- c(1, 2, 5, 11, 21, 112)",
    "counted <- function(count) vapply(numbers, count, \"\")",
    "evalq(lapply(list(rows_text, pages_text, requests_text, after_tries), counted), inside)"
  ))
  forms <- function(stem, endings, before = "") {
    paste0(before, c(1, 2, 5, 11, 21, 112), " ", stem, endings[c(1, 2, 3, 3, 1, 3)])
  }
  # rows, pages, requests, after tries
  expect_identical(said, list(
    forms("\u0441\u0442\u0440\u043e\u043a", c("\u0430", "\u0438", "")),
    forms("\u0441\u0442\u0440\u0430\u043d\u0438\u0446", c("\u0430", "\u044b", "")),
    forms("\u0437\u0430\u043f\u0440\u043e\u0441", c("", "\u0430", "\u043e\u0432")),
    forms("\u043f\u043e\u043f\u044b\u0442", c("\u043a\u0438", "\u043e\u043a", "\u043e\u043a"),
          before = "\u043f\u043e\u0441\u043b\u0435 ")
  ))
})

test_that("the installed translations are those of the .po file", {
  po <- read_po(source_path("po", "R-ru.po"))
  texts <- withr::local_tempfile(fileext = ".rds")
  saveRDS(po$text, texts)
  said <- in_russian(c(
    'loadNamespace("amocrm")',
    sprintf('base::gettext(readRDS("%s"), domain = "R-amocrm")', texts)
  ))
  expect_identical(said, po$translation)
})

test_that("texts are looked up in the package's translations wherever they are needed", {
  # Functions of base wait for these texts, or ask for them.
  said <- in_russian(c(
    'inside <- asNamespace("amocrm")',
    "evalq(list(",
    '  plain = gettext("interrupted"),',
    '  pasted = paste(gettext("interrupted")),',
    '  formatted = paste0(gettextf("HTTP %d from %s", 500, "x")),',
    '  mapped = vapply("interrupted", gettext, "", USE.NAMES = FALSE),',
    '  two = join(gettext("Check `domain` and your internet connection;", "Try again later."))',
    "), inside)"
  ))
  expect_identical(said$plain, "\u043f\u0440\u0435\u0440\u0432\u0430\u043d\u043e")
  expect_identical(said$pasted, said$plain)
  expect_identical(said$mapped, said$plain)
  expect_identical(said$formatted, "HTTP 500 \u043e\u0442 x")
  # "Check `domain` ... Try again later."
  expect_match(said$two, paste0(
    "`domain` .*; \u041f\u043e\u0432\u0442\u043e\u0440\u0438\u0442\u0435 ",
    "\u043f\u043e\u0437\u0436\u0435[.]$"
  ))
})

#' What a guide has printed, and which language the session has after it
knit_in_english <- function(guide) {
  guide <- normalizePath(source_path("vignettes", guide))
  in_russian(c(
    'Sys.setLanguage("en")',
    sprintf('text <- paste(readLines("%s", encoding = "UTF-8"), collapse = "\\n")', guide),
    "knitted <- knitr::knit(text = text, quiet = TRUE)",
    'said <- base::gettext("interrupted", domain = "R-amocrm")',
    'list(knitted = knitted, said = said, language = Sys.getenv("LANGUAGE"))'
  ))
}

test_that("the Russian guides are in Russian, and give the session's language back", {
  skip_if_not_installed("knitr")
  said <- knit_in_english("amocrm-ru.Rmd")
  # "lead notes: 1 000 rows"
  expect_match(said$knitted, paste(
    "#> \u043f\u0440\u0438\u043c\u0435\u0447\u0430\u043d\u0438\u044f",
    "\u0441\u0434\u0435\u043b\u043e\u043a: 1 000"
  ))
  expect_identical(said[c("said", "language")], list(said = "interrupted", language = "en"))
  said <- knit_in_english("events-ru.Rmd")
  # "events: 110 rows"
  expect_match(said$knitted, paste(
    "#> \u0441\u043e\u0431\u044b\u0442\u0438\u044f: [0-9]+",
    "\u0441\u0442\u0440\u043e\u043a"
  ))
  expect_identical(said[c("said", "language")], list(said = "interrupted", language = "en"))
})

test_that("a Russian session gets places, causes and waits in Russian", {
  said <- in_russian(c(
    'inside <- asNamespace("amocrm")',
    "evalq(list(",
    '  rows = place_text("lead notes, rows 501 to 1000"),',
    '  from = place_text("leads from row 498"),',
    '  first = place_text("company events from row 1"),',
    '  page = place_text("incoming leads, page 3"),',
    '  stalled = place_text("tasks: no new rows for 300 s"),',
    '  refused = cause_text("Connection refused (os error 111)"),',
    '  timed_out = cause_text("operation timed out"),',
    '  unknown = cause_text("invalid peer certificate: UnknownIssuer"),',
    '  expired = cause_text("invalid peer certificate: Expired"),',
    '  disk = cause_text("No space left on device (os error 28)"),',
    '  denied = headline(list(kind = "system", file = "/f", problem = "system",',
    '                         detail = "Permission denied (os error 13)")),',
    '  wait = pause_text("custom fields of leads, page 2: an HTML page"),',
    '  log = log_text("/api: try 1 failed (HTTP 502), again in 0.4 s"),',
    '  path = pause_text("/api/v2/notes: Connection reset by peer (os error 104)")',
    "), inside)"
  ))
  for (text in said) {
    words <- gsub("JSON|HTML|HTTP|/api/v2/notes|/api|/f", "", text)
    expect_match(words, "[\u0430-\u044f]")
    expect_no_match(words, "[A-Za-z]")
  }
  expect_match(said$log, "0,4")
  # "lead notes, rows 501-1000"
  expect_match(said$rows, "\u0441\u0434\u0435\u043b\u043e\u043a.*501.*1000")
})

test_that("the lists of all tables have names that can be translated", {
  folder <- source_path("src", "rust", "client", "src", "endpoints")
  lines <- unlist(lapply(list.files(folder, "[.]rs$", full.names = TRUE), readLines))
  labels <- sub('^ +label: "(.*)",$', "\\1", grep('^ +label: ".+",$', lines, value = TRUE))
  expect_gt(length(labels), 10)
  expect_identical(setdiff(labels, names_of_switch(list_name)), character())
})

test_that("a Russian session gets the errors of the network in Russian", {
  said <- in_russian(c(
    "library(amocrm)",
    'options(amocrm.rate = Inf, amocrm.api = "v2")',
    "text_of <- function(call) tryCatch(call, error = conditionMessage)",
    "served <- function(...) {",
    '  fault <- c(list(path = "/api/v2/notes", nth = c(1, Inf)), list(...))',
    "  auth <- AmoSandbox(notes = c(lead = 5), faults = list(fault))",
    '  text_of(AmoNotes(auth, "lead"))',
    "}",
    "gone <- AmoSandbox(notes = 1)",
    "amocrm:::sandbox_stop(gone)",
    "list(",
    '  page = served(action = "body", body = "<html>"),',
    '  redirect = served(action = "redirect", to = "https://example.com"),',
    '  close = served(action = "close"), gone = text_of(AmoNotes(gone))',
    ")"
  ))
  names <- paste(
    "GET|POST|HTTP|HTML|JSON|HTTPS_PROXY|SSL_CERT_FILE|amoCRM|https?|example.com|`[^`]*`|IP|API|id",
    "/[a-z0-9/.]+|AmoLast[(][)]|(id|request)[^:]*: [0-9a-f]{32}", sep = "|"
  )
  for (text in said) {
    expect_match(text, "[\u0430-\u044f]")
    expect_no_match(gsub(names, "", gsub("[0-9a-f]{32}", "", text)), "[A-Za-z]")
  }
})

test_that("a Russian session gets AmoSitrep() in Russian", {
  said <- in_russian(c(
    "library(amocrm)",
    "auth <- AmoSandbox(notes = 1)",
    "capture.output(about <- AmoSitrep(auth))"
  ))
  labels <- sub(" .*", "", said)
  expect_identical(grep("[A-Za-z]", labels, value = TRUE), "R")
  expect_gt(length(labels), 9)
})

# --- Texts of Rust --------------------------------------------------------------

test_that("the texts of Rust that R translates are those of Rust", {
  text_of <- function(call) tryCatch(call, amocrm_error_input = conditionMessage)
  auth <- AmoSandbox(notes = 1)
  token <- AmoSandbox(notes = 1, access = "token")
  by_rust <- c(
    rust_check_domain("https://example.com")$error$message,
    withr::with_options(list(amocrm.api = "v4"), text_of(AmoNotes(auth_list = auth))),
    # As it is in the next session, when the workspace was saved.
    text_of(sandbox_requests(unserialize(serialize(auth, NULL)))),
    text_of(AmoGet(token, "../leads")),
    text_of(AmoGet(token, "leads", list("a b" = 1))),
    text_of(AmoGet(token, "leads", list(page = 2))),
    text_of(AmoGet(token, paste0(unclass(token)$domain, "/api/v4/leads?limit=all"))),
    text_of(AmoEvents(token, from = "2026-01-02", to = "2026-01-01")),
    text_of(AmoGet(token, "leads", list(query = strrep("x", 8000))))
  )
  expect_identical(rust_input_texts(), by_rust)
})
