// Reads tables of an archive.db with DuckDB's own reader of SQLite files and compares each value with what
// the sqlite3 shell reads. That reader is an extension which DuckDB fetches by itself; where it cannot, this says so.
// usage: node sqlite.mjs ARCHIVE.db    status: 0 no complaint, or not read; 1 complaints
import { DuckDBInstance } from "@duckdb/node-api";
import { execFileSync } from "node:child_process";

const [file] = process.argv.slice(2);
if (!file) {
  console.error("usage: node sqlite.mjs ARCHIVE.db");
  process.exit(2);
}
const db = await (await DuckDBInstance.create(":memory:")).connect();
try {
  await db.run("INSTALL sqlite");
  await db.run("LOAD sqlite");
} catch (e) {
  console.log(`DuckDB's reader of SQLite files cannot be had here, nothing was read with it: ${String(e).split("\n")[0]}`);
  process.exit(0);
}
let complaints = 0, values = 0;
for (const [table, order] of Object.entries({ sites: "id", crawls: "id", captures: "id", articles: "id", revisions: "id", credits: "article, position" })) {
  const want = JSON.parse(execFileSync("sqlite3", ["-json", file, `SELECT * FROM ${table} ORDER BY ${order}`], { encoding: "utf8", maxBuffer: 1 << 30 }) || "[]");
  const answer = await db.runAndReadAll(`SELECT * FROM sqlite_scan('${file.replaceAll("'", "''")}', '${table}') ORDER BY ${order}`);
  const got = answer.getRowObjectsJson();
  if (got.length !== want.length || want.length === 0) {
    console.error(`${table}: ${got.length} rows, want ${want.length}`);
    complaints++;
    continue;
  }
  got.forEach((row, i) => {
    for (const name in want[i]) {
      values++;
      const text = (v) => (v === null ? null : String(v)); // DuckDB gives integers of 64 bits as text
      if (text(row[name]) !== text(want[i][name]) && ++complaints <= 20) {
        console.error(`${table}, row ${i + 1}: ${name} is ${JSON.stringify(row[name])}, want ${JSON.stringify(want[i][name])}`.slice(0, 600));
      }
    }
  });
}
console.log(`DuckDB's reader of SQLite files: ${values} values, ${complaints} complaints`);
process.exit(complaints || !values ? 1 : 0);
