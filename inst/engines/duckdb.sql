SET TimeZone = 'UTC';

CREATE OR REPLACE VIEW leads AS FROM read_parquet(
  'amocrm-data/leads/**/*.parquet', hive_partitioning = true, union_by_name = true);
CREATE OR REPLACE VIEW users AS FROM read_parquet(
  'amocrm-data/users/**/*.parquet', hive_partitioning = true, union_by_name = true);
CREATE OR REPLACE VIEW notes AS FROM read_parquet(
  'amocrm-data/notes/**/*.parquet', hive_partitioning = true, union_by_name = true);

-- Leads and budgets by pipeline and month
SELECT pipeline_id, strftime(created_at, '%Y-%m') AS month, count(*) AS leads, sum(sale) AS sale
FROM leads WHERE deleted_at IS NULL
GROUP BY ALL ORDER BY ALL;

-- Leads by manager
SELECT users.account_id, users.name, count(*) AS leads
FROM leads JOIN users
  ON users.id = leads.responsible_user_id AND users.account_id = leads.account_id
GROUP BY ALL ORDER BY ALL;

-- Notes, and those with the length of a call, by account
SELECT account_id, count(*) AS notes, count("params_DURATION") AS calls
FROM notes GROUP BY ALL ORDER BY ALL;
