// Writes the article pages of a folder, laid out as host/path, into a WARC file with warcio.js: warcinfo, then for each page
// request, response, and a revisit of the same bytes. usage: node write.mjs FOLDER HOST FILE.warc.gz
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WARCRecord, WARCSerializer } from "warcio";

const [folder, host, file] = process.argv.slice(2);
if (!file) {
  console.error("usage: node write.mjs FOLDER HOST FILE.warc.gz");
  process.exit(2);
}
const warcVersion = "WARC/1.1";
const out = [];
const add = async (record) => out.push(await WARCSerializer.serialize(await record, { gzip: true }));
await add(WARCRecord.createWARCInfo({ filename: file, warcVersion }, { software: "warcio.js", format: "WARC File Format 1.1" }));
let pages = 0;
for (const name of readdirSync(join(folder, host, "info"), { recursive: true }).sort()) {
  if (!name.endsWith(".htm")) continue;
  const body = readFileSync(join(folder, host, "info", name));
  const url = `https://${host}/info/${name}`;
  const date = new Date(Date.UTC(2026, 10, 23, 12, 0, pages)).toISOString();
  const bytes = async function* () { yield body; };
  const httpHeaders = { "Content-Type": "text/html", "Content-Length": String(body.length) };
  const id = `<urn:uuid:${createHash("sha256").update(url).digest("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5")}>`;
  await add(WARCRecord.create({ url, date, warcVersion, type: "request", httpHeaders: { Host: host }, statusline: `GET /info/${name} HTTP/1.1`, warcHeaders: { "WARC-Concurrent-To": id } }, (async function* () {})()));
  await add(WARCRecord.create({ url, date, warcVersion, type: "response", httpHeaders, statusline: "HTTP/1.1 200 OK", warcHeaders: { "WARC-Record-ID": id } }, bytes()));
  await add(WARCRecord.create({ url, date: new Date(Date.parse(date) + 3600e3).toISOString(), warcVersion, type: "revisit", httpHeaders, statusline: "HTTP/1.1 200 OK",
    refersToUrl: url, refersToDate: date, warcHeaders: { "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest" } }));
  pages++;
}
writeFileSync(file, Buffer.concat(out));
console.log(pages);
