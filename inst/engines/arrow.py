import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds


def read(table):
    files = ds.dataset(f"amocrm-data/{table}", partitioning="hive")
    # Without it, the columns are those of the first file.
    schemas = [file.physical_schema for file in files.get_fragments()]
    return files.replace_schema(pa.unify_schemas([*schemas, files.schema])).to_table()


leads, users, notes = read("leads"), read("users"), read("notes")

# Leads and budgets by pipeline and month
alive = leads.filter(pc.is_null(leads["deleted_at"]))
alive = alive.append_column("month_of", pc.strftime(alive["created_at"], format="%Y-%m"))
by_month = alive.group_by(["pipeline_id", "month_of"]).aggregate([([], "count_all"), ("sale", "sum")])

# Leads by manager
keys = ["responsible_user_id", "account_id"]
managers = leads.select(keys).join(users, keys, ["id", "account_id"], "inner")
by_manager = managers.group_by(["account_id", "name"]).aggregate([([], "count_all")])

# Notes, and those with the length of a call, by account
calls = notes.group_by("account_id").aggregate([([], "count_all"), ("params_DURATION", "count")])
