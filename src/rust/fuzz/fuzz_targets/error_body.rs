#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| amocrm_fuzz::error_body::check(body));
