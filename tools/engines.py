"""Reads a copy by several engines and compares what they find. See engines.sh."""

import csv
import importlib
import shutil
import sys
from pathlib import Path

folder = Path(sys.argv[1])
data = folder / "data"

BY_MONTH = """
SELECT {month} AS month, count(*) AS leads, sum(coalesce(sale, 0)) AS sale
FROM {leads} WHERE deleted_at IS NULL GROUP BY 1 ORDER BY 1
"""
BUSIEST = """
SELECT users.name FROM {leads} AS leads
JOIN {users} AS users ON users.id = leads.responsible_user_id
WHERE leads.deleted_at IS NULL GROUP BY users.name ORDER BY count(*) DESC LIMIT 1
"""


def duckdb():
    engine = importlib.import_module("duckdb").connect()
    engine.execute("SET TimeZone = 'UTC'")

    def table(name):
        files = f"{data}/{name}/**/*.parquet"
        return f"read_parquet('{files}', hive_partitioning = true, union_by_name = true)"

    month = "strftime(date_trunc('month', created_at), '%Y-%m-%d')"
    rows = engine.sql(BY_MONTH.format(month=month, leads=table("leads"))).fetchall()
    name = engine.sql(BUSIEST.format(leads=table("leads"), users=table("users"))).fetchall()
    return rows, name[0][0]


def chdb():
    engine = importlib.import_module("chdb")

    def ask(query):
        text = engine.query(query, "CSV").data()
        return list(csv.reader(text.splitlines()))

    def table(name):
        return f"file('{data}/{name}/**/*.parquet', Parquet)"

    month = "toString(toStartOfMonth(toTimeZone(created_at, 'UTC')))"
    rows = ask(BY_MONTH.format(month=month, leads=table("leads")))
    name = ask(BUSIEST.format(leads=table("leads"), users=table("users")))
    return rows, name[0][0]


def pyarrow():
    dataset = importlib.import_module("pyarrow.dataset").dataset
    compute = importlib.import_module("pyarrow.compute")
    leads = dataset(data / "leads", partitioning="hive").to_table()
    leads = leads.filter(compute.is_null(leads["deleted_at"]))
    month = compute.strftime(leads["created_at"], "%Y-%m-01")
    sale = compute.fill_null(leads["sale"], 0)
    sums = leads.append_column("month_1", month).append_column("sale_1", sale)
    sums = sums.group_by("month_1").aggregate([("sale_1", "sum"), ([], "count_all")])
    rows = sorted((row["month_1"], row["count_all"], row["sale_1_sum"]) for row in sums.to_pylist())
    users = dataset(data / "users", partitioning="hive").to_table()
    counts = leads.group_by("responsible_user_id").aggregate([([], "count_all")]).to_pylist()
    busiest = max(counts, key=lambda row: row["count_all"])["responsible_user_id"]
    return rows, users.filter(compute.equal(users["id"], busiest))["name"][0].as_py()


def pyspark():
    if shutil.which("java") is None:
        raise ImportError("java")
    builder = importlib.import_module("pyspark.sql").SparkSession.builder
    engine = builder.master("local[1]").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    for name in ("leads", "users"):
        reader = engine.read.option("mergeSchema", True)
        reader.parquet(f"{data}/{name}").createOrReplaceTempView(name)
    month = "date_format(created_at, 'yyyy-MM-01')"
    rows = [tuple(row) for row in engine.sql(BY_MONTH.format(month=month, leads="leads")).collect()]
    return rows, engine.sql(BUSIEST.format(leads="leads", users="users")).collect()[0][0]


def shown(rows):
    return [(str(month), int(leads), round(float(sale), 2)) for month, leads, sale in rows]


def main():
    with open(folder / "expected.csv", encoding="utf-8") as file:
        expected = shown((row["month"], row["leads"], row["sale"]) for row in csv.DictReader(file))
    name = (folder / "name.txt").read_text(encoding="utf-8").strip()
    differ = False
    for engine in (duckdb, chdb, pyarrow, pyspark):
        try:
            version = importlib.import_module(engine.__name__).__version__
            rows, found = engine()
        except ImportError as error:
            print(f"{engine.__name__}: skipped, it needs {error.name or error}")
            continue
        is_same = shown(rows) == expected and found == name
        differ = differ or not is_same
        print(f"{engine.__name__} {version}: {'the same' if is_same else 'DIFFERS'}")
        if not is_same:
            print(shown(rows)[:5], expected[:5], found, name)
    sys.exit(differ)


main()
