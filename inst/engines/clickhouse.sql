SET schema_inference_mode = 'union';

CREATE VIEW leads AS SELECT * FROM file('amocrm-data/leads/**/*.parquet', Parquet);
CREATE VIEW users AS SELECT * FROM file('amocrm-data/users/**/*.parquet', Parquet);
CREATE VIEW notes AS SELECT * FROM file('amocrm-data/notes/**/*.parquet', Parquet);

-- Leads and budgets by pipeline and month
SELECT pipeline_id, formatDateTime(created_at, '%Y-%m', 'UTC') AS month,
  count() AS leads, sum(sale) AS sale
FROM leads WHERE deleted_at IS NULL
GROUP BY ALL ORDER BY ALL;

-- Leads by manager
SELECT users.account_id AS account_id, users.name AS name, count() AS leads
FROM leads JOIN users
  ON users.id = leads.responsible_user_id AND users.account_id = leads.account_id
GROUP BY ALL ORDER BY ALL;

-- Notes, and those with the length of a call, by account
SELECT account_id, count() AS notes, count(params_DURATION) AS calls
FROM notes GROUP BY ALL ORDER BY ALL;
