#!/usr/bin/env python3
"""Reads an archive as docs/archive.md says, with DuckDB and pyarrow: tests/archive.py DIR

DIR is what `cargo run -p archive --example plausible -- DIR 2 3000 50` wrote.  Both tools must see
the rows that the manifest counts, with the types and comments that are documented.
"""
import datetime
import glob
import sqlite3
import sys

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

DAY = datetime.date(2026, 11, 21)
AGENTS = 50
CALLS_A_DAY = 3000

checks = 0


def equal(seen, expected, what):
    """Ends with 1 at the first difference."""
    global checks
    checks += 1
    if seen != expected:
        sys.exit(f"FAILED: {what}: {seen!r}, expected {expected!r}")


def files(directory, table, from_day, to_day):
    """The files of a table that are in force: the recipe of docs/archive.md."""
    manifest = sqlite3.connect(f"file:{directory}/manifest.sqlite?mode=ro", uri=True)
    rows = manifest.execute(
        "SELECT path FROM file WHERE table_name = ? AND day BETWEEN ? AND ? ORDER BY path",
        (table, from_day.isoformat(), to_day.isoformat()),
    ).fetchall()
    manifest.close()
    return [f"{directory}/{path}" for (path,) in rows]


def main():
    """Compares what the tools read with what was written."""
    directory = sys.argv[1]
    next_day = DAY + datetime.timedelta(days=1)
    calls = files(directory, "call_rec", DAY, next_day)
    agents = files(directory, "hagent", DAY, DAY)
    equal(len(calls), 2, "one file a day")
    equal(calls[0].startswith(f"{directory}/call_rec/acd-1/2026/11/21-"), True, "layout")
    equal(sorted(glob.glob(f"{directory}/call_rec/*/*/*/*.parquet")), calls, "a pattern finds it")

    db = duckdb.connect()
    one = lambda sql, *values: db.execute(sql, list(values)).fetchone()
    equal(one("SELECT count(*), count(DISTINCT callid) FROM read_parquet($1)", calls),
          (2 * CALLS_A_DAY, CALLS_A_DAY), "calls in DuckDB")
    equal(one("SELECT count(*), count(DISTINCT logid), min(i_stafftime), count(still0) "
              "FROM read_parquet($1)", agents), (48 * AGENTS, AGENTS, 1800, 0), "agents in DuckDB")
    kinds = {name: kind for name, kind, *_ in
             db.execute("DESCRIBE SELECT * FROM read_parquet($1)", [calls]).fetchall()}
    for name, kind in [("row_date", "DATE"), ("acd", "BIGINT"), ("calling_pty", "VARCHAR"),
                       ("segstart", "TIMESTAMP WITH TIME ZONE"), ("transferred", "BOOLEAN")]:
        equal(kinds.get(name), kind, f"type of {name} in DuckDB")
    equal(one("SELECT count(*), sum(talktime) > 0 FROM read_parquet($1) "
              "WHERE row_date = DATE '2026-11-22' AND acd = 1", calls), (CALLS_A_DAY, True),
          "one day in DuckDB")

    table = pq.read_table(calls[0])
    equal(table.num_rows, CALLS_A_DAY, "calls in pyarrow")
    for name, kind in [("row_date", pa.date32()), ("acd", pa.int64()), ("ucid", pa.string()),
                       ("segstart", pa.timestamp("us", tz="UTC")), ("held", pa.int64()),
                       ("agt_released", pa.bool_())]:
        equal(table.schema.field(name).type, kind, f"type of {name} in pyarrow")
    equal(set(table.column("row_date").to_pylist()), {DAY}, "the day of all its rows")
    ids = table.column("callid").to_pylist()
    equal(ids, sorted(ids), "sorted by key")
    whole = pq.ParquetFile(calls[0])
    comment = whole.metadata.metadata[b"busyhour.comment.callid"]
    equal(comment, b"Item of a plausible centre.", "comment of a column")
    equal(whole.metadata.row_group(0).column(0).compression, "ZSTD", "compression")
    equal(whole.metadata.row_group(0).column(3).has_column_index, True, "page index")
    print(f"{checks} passed, 0 failed (DuckDB {duckdb.__version__}, pyarrow {pa.__version__})")


if __name__ == "__main__":
    main()
