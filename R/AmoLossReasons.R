#' Lists that administrators keep
#'
#' Small tables with the meaning of ids and words in other tables: loss reasons, tags,
#' sources, statuses and segments of customers, roles of users, groups of custom fields.
#'
#' Only API v4 has these tables, so they need a token, see [AmoAuthList()].
#'
#' @param auth_list list created by [AmoAuthList()] or [AmoSandbox()], with a token.
#'   `NULL`: the credentials are in environment variables, see [AmoAuthList()].
#' @param type what the tags or fields belong to: one or more of `"lead"`, `"contact"`,
#'   `"company"` and `"customer"`. `"customer"` has to be asked for, since not every
#'   account has customers.
#' @param id ids of tags, as numbers or text. Ids that don't exist give no rows, no ids an
#'   empty table.
#' @param name names of tags, exactly as they are written.
#'
#' @return A data.frame with rows in the server's order. The columns below are always
#'   there, also without rows; what else the server sends comes behind them. `id` is
#'   integer (double if ids exceed 2147483647), times are POSIXct in the account's time
#'   zone.
#'
#'   `AmoLossReasons()`: a row for each reason why leads are lost. [AmoLeads()] has the
#'   name of the reason, too, as `loss_reason_name`; here are those that no lead has, and
#'   their order.
#'   \describe{
#'     \item{`id`}{integer: `loss_reason_id` of [AmoLeads()]}
#'     \item{`name`}{character}
#'     \item{`sort`}{integer: reasons are shown in this order}
#'     \item{`created_at`, `updated_at`}{POSIXct}
#'   }
#'   `AmoTags()`: a row for each tag, one `type` after the other. The ids of different
#'   types can be the same.
#'   \describe{
#'     \item{`entity_type`}{character: `"lead"`, `"contact"`, `"company"` or
#'       `"customer"`}
#'     \item{`id`}{integer: `tag_id` in the tables `linked_tags`}
#'     \item{`name`}{character}
#'     \item{`color`}{character, such as `"EBEBEB"`; `NA` without a colour}
#'   }
#'   `AmoSources()`: a row for each source of leads that the token's own integration
#'   has made; those of other integrations are not told.
#'   \describe{
#'     \item{`id`}{integer}
#'     \item{`name`, `external_id`}{character: its name, and its id in the integration}
#'     \item{`pipeline_id`}{integer: the pipeline that its leads come to}
#'     \item{`default`}{logical: whether it is taken where none is named}
#'     \item{`origin_code`}{character: the channel of a source of chats}
#'     \item{`services_...`}{character: what it shows in buttons on websites, if it
#'       does}
#'   }
#'   `AmoCustomerStatuses()`: a row for each status of customers that are used by period.
#'   \describe{
#'     \item{`id`}{integer: `status_id` of [AmoCustomers()]}
#'     \item{`name`, `color`}{character}
#'     \item{`sort`}{integer: statuses are shown in this order}
#'     \item{`is_default`}{logical: whether amoCRM made it}
#'     \item{`type`}{integer: `0` usual, `1` is to buy, `2` did not buy, `3` closed, `4`
#'       has bought}
#'     \item{`account_id`}{integer}
#'   }
#'   `AmoSegments()`: a row for each segment of customers. Values of a segment's custom
#'   fields are left out.
#'   \describe{
#'     \item{`id`}{integer}
#'     \item{`name`, `color`}{character}
#'     \item{`created_at`, `updated_at`}{POSIXct}
#'     \item{`customers_count`}{integer: customers that are in it; one can be in several}
#'     \item{`account_id`}{integer}
#'     \item{`available_products_price_types...`}{integer or `NA`: fields of products
#'       that hold the prices for it}
#'   }
#'   `AmoRoles()`: a row for each role; [AmoUsers()] tells who has it. Rights to single
#'   stages are left out.
#'   \describe{
#'     \item{`id`}{integer: `role_id` of [AmoUsers()]}
#'     \item{`name`}{character}
#'     \item{`rights_leads_...`, `rights_contacts_...`, `rights_companies_...`}{character:
#'       whose leads and so on users may `view`, `edit`, `add`, `delete` and `export`:
#'       `"A"` all, `"G"` those of their group, `"M"` their own, `"D"` none}
#'     \item{`rights_tasks_edit`, `rights_tasks_delete`}{character, the same}
#'     \item{`rights_mail_access`, `rights_catalog_access`}{logical: whether they may use
#'       email and catalogs}
#'   }
#'   `AmoFieldGroups()`: a row for each group of custom fields, which is a tab of a
#'   card, one `type` after the other.
#'   \describe{
#'     \item{`entity_type`}{character: what has the card, as for tags}
#'     \item{`id`}{character, such as `"default"`: different types can have the same}
#'     \item{`name`}{character}
#'     \item{`type`}{character: `"custom_field_group"`, or `"linked_group"` for a tab
#'       with something other than fields}
#'     \item{`sort`}{integer: tabs are shown in this order}
#'     \item{`is_predefined`}{logical: whether amoCRM made it}
#'   }
#'
#' @section Conditions:
#' See [amocrm-package]. `amocrm_error_input` without a token. `AmoRoles()` and
#' `AmoSources()` fail with `amocrm_error_forbidden` if the token is not an
#' administrator's. Without customers in the account the tables about them are empty, with a warning
#' of class `amocrm_warning_no_customers`; so are `AmoCustomerStatuses()` where customers
#' are not used by period, and `AmoSegments()` where they are not used by segment.
#' @examples
#' auth <- AmoSandbox(access = "token")
#'
#' AmoLossReasons(auth)
#' AmoTags(auth, type = c("lead", "contact"))
#' AmoTags(auth, type = "lead", name = "VIP")
#' AmoSources(auth)
#' AmoCustomerStatuses(auth)
#' AmoSegments(auth)
#' AmoRoles(auth)
#' AmoFieldGroups(auth, type = "lead")
#'
#' # Lost leads by reason; leads without a reason are left out
#' leads <- AmoLeads(auth)$leads
#' reasons <- AmoLossReasons(auth)
#' table(factor(leads$loss_reason_id, reasons$id, reasons$name))
#' @export
AmoLossReasons <- function(auth_list = NULL) {
  with_token_auth(auth_list, function(auth) {
    read_table("loss_reasons", gettext("loss reasons"), auth)
  })
}
