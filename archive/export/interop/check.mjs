// Reads the Parquet and CSV exports of an archive with DuckDB, which shares no code with our writers, and
// compares them value by value with its JSON Lines. usage: node check.mjs FILE.jsonl FILE.parquet FILE.csv
import { DuckDBInstance } from "@duckdb/node-api";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";

const [jsonl, parquet, csv] = process.argv.slice(2);
if (!csv) {
  console.error("usage: node check.mjs FILE.jsonl FILE.parquet FILE.csv");
  process.exit(2);
}
let complaints = 0;
function complain(text) {
  if (++complaints <= 20) console.error(text.slice(0, 600));
}

const db = await (await DuckDBInstance.create(":memory:")).connect();

// rows gives a query's rows one by one, as JSON has them.
async function* rows(query, ...names) {
  names.forEach((name, i) => (query = query.replace(`$${i + 1}`, `'${name.replaceAll("'", "''")}'`)));
  const result = await db.stream(query);
  for await (const chunk of result.yieldRowObjectJson()) yield* chunk;
}

const times = ["gone_since", "first_seen", "last_seen", "changed"];
const inParquet = rows(
  `SELECT * REPLACE (${times.map((t) => `epoch_ms(${t}) AS ${t}`).join(", ")}) FROM read_parquet($1)`, parquet);
const inCSV = rows(
  "SELECT * FROM read_csv($1, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', nullstr = '\\0', strict_mode = true)", csv);

// A value that a spreadsheet would run begins with an apostrophe in CSV, see guarded in csv.go.
const guarded = (s) => (/^[ \u00a0\u3000\n]*[=+\-@\t\r＝＋－＠]/.test(s) ? "'" + s : s);

let n = 0;
for await (const line of createInterface({ input: createReadStream(jsonl), crlfDelay: Infinity })) {
  const want = JSON.parse(line);
  n++;
  const p = (await inParquet.next()).value;
  const c = (await inCSV.next()).value;
  if (!p || !c) {
    complain(`article ${want.id}: not in ${p ? csv : parquet}`);
    continue;
  }
  for (const name of times) {
    p[name] = p[name] === null ? null : Number(p[name]);
    if (want[name] !== null) want[name] = Date.parse(want[name]);
  }
  p.id = Number(p.id);
  p.capture = p.capture === null ? null : Number(p.capture);
  // Within a list JSON leaves out what is not stated, or has it empty; Parquet has null.
  for (const list of [...Object.values(p), ...Object.values(want)].filter(Array.isArray)) {
    for (const entry of list) for (const key in entry) if (entry[key] === null || entry[key] === "") delete entry[key];
  }
  for (const name of new Set([...Object.keys(want), ...Object.keys(p)])) {
    if (!isDeepStrictEqual(p[name], want[name]) && JSON.stringify(p[name]) !== JSON.stringify(want[name])) {
      complain(`${parquet}: article ${want.id}: ${name} is ${JSON.stringify(p[name])}, want ${JSON.stringify(want[name])}`);
    }
  }
  for (const name of ["id", "site", "section", "day", "published", "title", "subtitle", "source", "state", "url", "body"]) {
    const value = guarded(String(want[name] ?? ""));
    if ((c[name] ?? "") !== value) {
      complain(`${csv}: article ${want.id}: ${name} is ${JSON.stringify(c[name])}, want ${JSON.stringify(value)}`);
    }
  }
}
for (const [file, rest] of [[parquet, inParquet], [csv, inCSV]]) {
  if (!(await rest.next()).done) complain(`${file} has more than ${n} articles`);
}
if (n === 0) complain(`${jsonl} has no article`);
const [{ v }] = await (async () => { const all = []; for await (const r of rows("SELECT version() AS v")) all.push(r); return all; })();
console.log(`DuckDB ${v}: ${n} articles in Parquet and CSV, ${complaints} complaints`);
process.exit(complaints ? 1 : 0);
