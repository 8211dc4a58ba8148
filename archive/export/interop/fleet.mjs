// Reads a fleet's dataset with DuckDB, as one table parted by site and year, and compares it with the JSON Lines of each
// site. usage: node fleet.mjs FOLDER, which has news/site=ID/year=YEAR/articles.parquet and ID.jsonl
import { DuckDBInstance } from "@duckdb/node-api";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node fleet.mjs FOLDER");
  process.exit(2);
}
let complaints = 0;
function complain(text) {
  if (++complaints <= 20) console.error(text.slice(0, 600));
}
const db = await (await DuckDBInstance.create(":memory:")).connect();
const files = join(folder, "news", "*", "*", "*.parquet").replaceAll("'", "''");
const table = `read_parquet('${files}', hive_partitioning = true)`;
async function all(query) {
  return (await db.runAndReadAll(query)).getRowObjectsJson();
}

const want = new Map(); // site and id → article
const perPart = new Map();
for (const name of readdirSync(folder).filter((f) => f.endsWith(".jsonl"))) {
  for (const line of readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean)) {
    const a = JSON.parse(line);
    want.set(`${a.site} ${a.id}`, a);
    const part = `${a.site} ${a.day?.slice(0, 4)}`;
    perPart.set(part, (perPart.get(part) ?? 0) + 1);
  }
}
if (want.size === 0) complain(`no articles in ${folder}`);
let n = 0;
for (const r of await all(`SELECT site, id, year, title, body, url, day, source FROM ${table}`)) {
  n++;
  const key = `${r.site} ${r.id}`;
  const a = want.get(key);
  if (!a) {
    complain(`${key} is in the dataset alone, or twice`);
    continue;
  }
  want.delete(key);
  if (String(r.year) !== a.day.slice(0, 4)) complain(`${key} of ${a.day} is in year ${r.year}`);
  for (const name of ["title", "body", "url", "day", "source"]) {
    if ((r[name] ?? null) !== (a[name] ?? null)) complain(`${key}: ${name} is ${JSON.stringify(r[name])}, want ${JSON.stringify(a[name])}`);
  }
}
for (const key of want.keys()) complain(`${key} is not in the dataset`);
// The query of the README.
for (const r of await all(`SELECT site, year, count(*) AS n FROM ${table} GROUP BY ALL ORDER BY ALL`)) {
  const part = `${r.site} ${r.year}`;
  if (Number(r.n) !== perPart.get(part)) complain(`${part}: ${r.n} articles, want ${perPart.get(part)}`);
  perPart.delete(part);
}
for (const part of perPart.keys()) complain(`${part} is not in the dataset`);
console.log(`DuckDB: ${n} articles of a fleet's dataset, ${complaints} complaints`);
process.exit(complaints ? 1 : 0);
