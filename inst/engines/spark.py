from pyspark.sql import SparkSession

spark = SparkSession.builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
for table in ("leads", "users", "notes"):
    files = spark.read.option("mergeSchema", True).parquet(f"amocrm-data/{table}")
    files.createOrReplaceTempView(table)

# Leads and budgets by pipeline and month
by_month = spark.sql("""
    SELECT pipeline_id, date_format(created_at, 'yyyy-MM') AS month, count(*) AS leads,
      sum(sale) AS sale
    FROM leads WHERE deleted_at IS NULL
    GROUP BY ALL ORDER BY ALL
""")

# Leads by manager
by_manager = spark.sql("""
    SELECT users.account_id, users.name, count(*) AS leads
    FROM leads JOIN users
      ON users.id = leads.responsible_user_id AND users.account_id = leads.account_id
    GROUP BY ALL ORDER BY ALL
""")

# Notes, and those with the length of a call, by account
calls = spark.sql("""
    SELECT account_id, count(*) AS notes, count(params_DURATION) AS calls
    FROM notes GROUP BY ALL ORDER BY ALL
""")
