"""Reads a copy by several engines and compares what they find. See engines.sh."""

import csv
import importlib
import os
import re
import shutil
import sys
from pathlib import Path

QUERIES = Path(__file__).resolve().parent.parent / "inst" / "engines"
ANSWERS = ("by_month", "by_manager", "calls")


def statements(file):
    text = re.sub(r"--.*", "", (QUERIES / file).read_text(encoding="utf-8"))
    return [part.strip() for part in text.split(";") if part.strip()]


def duckdb():
    engine = importlib.import_module("duckdb").connect()
    *first, months, managers, calls = statements("duckdb.sql")
    for statement in first:
        engine.execute(statement)
    return [engine.execute(query).fetchall() for query in (months, managers, calls)]


def chdb():
    session = importlib.import_module("chdb.session").Session()
    *first, months, managers, calls = statements("clickhouse.sql")
    for statement in first:
        session.query(statement)
    answers = [session.query(query, "CSV").data() for query in (months, managers, calls)]
    return [
        [[None if cell == "\\N" else cell for cell in row] for row in csv.reader(text.splitlines())]
        for text in answers
    ]


def run(file):
    names = {}
    exec((QUERIES / file).read_text(encoding="utf-8"), names)  # the guide's own lines
    return names


def pyarrow():
    names = run("arrow.py")
    return [[list(row.values()) for row in names[answer].to_pylist()] for answer in ANSWERS]


def pyspark():
    if shutil.which("java") is None:
        raise ImportError("java", name="java")
    names = run("spark.py")
    return [[list(row) for row in names[answer].collect()] for answer in ANSWERS]


def shown(rows):
    """Rows in one order and spelling: 5 for 5.0, and nothing for what is missing."""

    def cell(value):
        text = "" if value is None else str(value)
        return text[:-2] if text.endswith(".0") else text

    return sorted([cell(value) for value in row] for row in rows)


def expected(answer):
    with open(f"{answer}.csv", encoding="utf-8", newline="") as file:
        return shown(list(csv.reader(file))[1:])


def main():
    os.chdir(sys.argv[1])
    wanted = {answer: expected(answer) for answer in ANSWERS}
    is_wrong = False
    for engine in (duckdb, chdb, pyarrow, pyspark):
        name = engine.__name__
        try:
            version = importlib.import_module(name).__version__
            found = dict(zip(ANSWERS, map(shown, engine())))
        except ImportError as error:
            print(f"{name}: skipped, it needs {error.name or error}")
            continue
        except Exception as error:  # whatever an engine raises is its answer
            print(f"{name} {version}: FAILS: {str(error)[:300]}")
            is_wrong = True
            continue
        differing = [answer for answer in ANSWERS if found[answer] != wanted[answer]]
        rows = sum(map(len, wanted.values()))
        print(f"{name} {version}: {'DIFFERS' if differing else f'the same {rows} rows'}")
        for answer in differing:
            print(f"  {answer}: {found[answer][:3]} ... instead of {wanted[answer][:3]} ...")
        is_wrong = is_wrong or bool(differing)
    sys.exit(is_wrong)


main()
