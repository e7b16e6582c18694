# What configure says where the package can't be built.

build_tools <- function() {
  tools <- new.env()
  sys.source(source_path("tools", "msrv.R"), tools)
  tools
}

#' The error of configure, which runs in the top folder of the source
refusal <- function(call) {
  withr::local_dir(dirname(dirname(source_path("tools", "msrv.R"))))
  conditionMessage(expect_error(call))
}

speaks_both <- function(text) {
  expect_match(text, "amocrm|Rust")
  if (l10n_info()[["UTF-8"]]) expect_match(text, "[\u0430-\u044f]{3}")
}

test_that("without Rust, or with an old one, both languages say what to install and where it is", {
  tools <- build_tools()
  none <- refusal(tools$stop_without_rust(NULL, "1.85"))
  expect_match(none, "Rust 1.85 or newer. None was found", fixed = TRUE)
  old <- refusal(tools$stop_without_rust(c("cargo 1.63.0", "rustc 1.63.0"), "1.85"))
  expect_match(old, "Found: cargo 1.63.0, rustc 1.63.0", fixed = TRUE)
  for (said in c(none, old)) {
    expect_match(said, "https://rustup.rs", fixed = TRUE)
    expect_match(said, "rustup target add x86_64-pc-windows-gnu", fixed = TRUE)
    speaks_both(said)
  }
})

test_that("a Rust that is too old does not do, nor half of one", {
  tools <- build_tools()
  expect_true(tools$will_do(c("cargo 1.85.0 (x)", "rustc 1.97.1 (y)"), "1.85"))
  expect_false(tools$will_do(c("cargo 1.85.0", "rustc 1.84.9"), "1.85"))
  expect_false(tools$will_do("cargo 1.97.0", "1.85"))
  expect_false(tools$will_do(NULL, "1.85"))
})

test_that("R for Windows on ARM is refused with a way out", {
  tools <- build_tools()
  said <- refusal(tools$find_target("Windows", "aarch64"))
  expect_match(said, "does not support R for Windows on ARM", fixed = TRUE)
  expect_match(said, "https://cran.r-project.org/bin/windows/base", fixed = TRUE)
  speaks_both(said)
})

test_that("Rust builds for the processor that R is built for", {
  target <- build_tools()$rust_target
  expect_identical(target("Windows", "x86_64", "x86_64-pc-windows-msvc"), "x86_64-pc-windows-gnu")
  expect_identical(target("Darwin", "x86_64", "aarch64-apple-darwin"), "x86_64-apple-darwin")
  expect_identical(target("Darwin", "aarch64", "x86_64-apple-darwin"), "aarch64-apple-darwin")
  expect_length(target("Darwin", "aarch64", "aarch64-apple-darwin"), 0)
  expect_identical(target("Linux", "x86_64", "x86_64-unknown-linux-gnu"), "")
})

test_that("Rust without its library for this R is told how to get it", {
  tools <- build_tools()
  sysroot <- withr::local_tempdir()
  said <- refusal(tools$check_target("x86_64-pc-windows-gnu", sysroot))
  expect_match(said, "rustup target add x86_64-pc-windows-gnu", fixed = TRUE)
  speaks_both(said)
  dir.create(file.path(sysroot, "lib", "rustlib", "x86_64-pc-windows-gnu"), recursive = TRUE)
  expect_null(tools$check_target("x86_64-pc-windows-gnu", sysroot))
})
