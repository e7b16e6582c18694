// R looks for R_init_amocrm(); the routines themselves are registered by Rust.

void register_extendr_panic_hook(void);
void R_init_amocrm_extendr(void *dll);

void R_init_amocrm(void *dll) {
  register_extendr_panic_hook();
  R_init_amocrm_extendr(dll);
}
