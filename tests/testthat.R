library(testthat)
library(amocrm)

test_check("amocrm")
