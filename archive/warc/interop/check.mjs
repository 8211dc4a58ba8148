// Reads WARC files with warcio.js, which shares no code with package warc, and
// complains of what it cannot read, of framing that it warns about, of digests that
// node's own crypto does not agree with, and of records that cannot be read alone at their offset.
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { WARCParser } from "warcio";

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: node check.mjs FILE...");
  process.exit(2);
}

let complaints = 0;
let where = "";
function complain(text) {
  complaints++;
  console.error(`${where}: ${text}`);
}
console.warn = (...args) => complain(args.join(" ")); // how warcio.js tells of bad framing

const sha256 = (bytes) => "sha256:" + createHash("sha256").update(bytes).digest("hex");
const count = {};
const ids = new Set();
let digests = 0;

for (const file of files) {
  where = file;
  const whole = readFileSync(file);

  // Once without looking into HTTP: the blocks as they are, and where each record stands.
  const places = [];
  let parser = new WARCParser(createReadStream(file), { parseHttp: false });
  for await (const record of parser) {
    where = `${file} ${record.warcHeader("WARC-Record-ID")}`;
    const block = await record.readFully(false);
    count[record.warcType] = (count[record.warcType] ?? 0) + 1;
    if (block.length !== record.warcContentLength) {
      complain(`block of ${block.length} bytes, stated ${record.warcContentLength}`);
    }
    if (sha256(block) !== record.warcBlockDigest) {
      complain(`block digest: stated ${record.warcBlockDigest}`);
    }
    digests++;
    const id = record.warcHeader("WARC-Record-ID");
    if (ids.has(id)) complain("its id stands twice");
    ids.add(id);
    if (Number.isNaN(Date.parse(record.warcDate))) complain(`date ${record.warcDate}`);
    await record.skipFully();
    places.push([parser.offset, parser.recordLength]);
  }
  let end = 0;
  for (const [offset, length] of places) {
    where = `${file} at ${offset}`;
    if (offset !== end) complain(`the record before ends at ${end}`);
    end = offset + length;
    const text = gunzipSync(whole.subarray(offset, end));
    if (text.subarray(0, 10).toString() !== "WARC/1.1\r\n" || text.subarray(-4).toString() !== "\r\n\r\n") {
      complain("the member is not one whole record");
    }
  }
  where = file;
  if (end !== whole.length) complain(`${whole.length - end} bytes after the last record`);

  // Once as a replay tool does: HTTP heads parsed, chunks and content codings taken off.
  parser = new WARCParser(createReadStream(file), { keepHeadersCase: false });
  for await (const record of parser) {
    where = `${file} ${record.warcHeader("WARC-Record-ID")}`;
    const truncated = record.warcHeader("WARC-Truncated");
    if (record.warcType === "response") {
      const http = record.httpHeaders;
      if (!truncated && !(http.statusCode >= 200 && http.statusCode < 600)) complain(`status ${http.statusCode}`);
      const plain = !http.headers.get("Content-Encoding");
      let content;
      try {
        content = await record.readFully(true);
      } catch (e) {
        if (!truncated) complain(`content: ${e}`);
        continue;
      }
      if (plain && !truncated) {
        digests++;
        if (sha256(content) !== record.warcPayloadDigest) complain(`payload digest: stated ${record.warcPayloadDigest}`);
      }
    } else if (record.warcType === "revisit") {
      if (!record.warcRefersToTargetURI || !record.warcRefersToDate) complain("a revisit of nothing");
    }
  }
}

const kinds = Object.entries(count).map(([kind, n]) => `${n} ${kind}`).sort().join(", ");
console.log(`warcio.js: ${files.length} files, ${kinds}, ${digests} digests, ${complaints} complaints`);
process.exit(complaints > 0 || ids.size === 0 ? 1 : 0);
