// Opens a WACZ in the real ReplayWeb.page, in a headless Chromium, and looks at articles as a reader would:
// each must show its title, and its pictures must have come out of the WACZ. Nothing is fetched from elsewhere:
// the program's own ui.js and sw.js are served from loopback, and what asks for another host is a complaint.
import { createReadStream, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const [wacz, articlesFile, shots] = process.argv.slice(2);
const browserPath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!shots || !browserPath) {
  console.error("usage: [CHROMIUM=path] node check.mjs FILE.wacz ARTICLES.jsonl FOLDER-FOR-SCREENSHOTS");
  process.exit(2);
}
mkdirSync(shots, { recursive: true });

const root = join(dirname(fileURLToPath(import.meta.url)), "node_modules", "replaywebpage");
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".wacz": "application/wacz", ".gz": "application/gzip" };
const server = createServer((request, response) => {
  const path = new URL(request.url, "http://x").pathname;
  const file = path === "/archive.wacz" ? wacz : join(root, normalize(path === "/" ? "/index.html" : path));
  if (!existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  const size = statSync(file).size;
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
  let start = 0, end = size - 1;
  if (range) {
    start = range[1] === "" ? size - Number(range[2]) : Number(range[1]);
    if (range[1] !== "" && range[2] !== "") end = Math.min(end, Number(range[2]));
  }
  response.writeHead(range ? 206 : 200, {
    "Content-Type": types[extname(file)] ?? "application/octet-stream", "Accept-Ranges": "bytes", "Content-Length": end - start + 1,
    ...(range && { "Content-Range": `bytes ${start}-${end}/${size}` }),
  });
  if (request.method === "HEAD") response.end();
  else createReadStream(file, { start, end }).pipe(response);
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const base = `http://127.0.0.1:${server.address().port}`;

let complaints = 0;
function complain(text) {
  complaints++;
  console.error(text);
}

const browser = await chromium.launch({
  executablePath: browserPath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
page.on("request", (request) => {
  const { hostname, protocol } = new URL(request.url());
  if (protocol.startsWith("http") && hostname !== "127.0.0.1") complain(`asked for ${request.url()}`);
});

const articles = readFileSync(articlesFile, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const pictured = articles.filter((a) => a.images?.length > 0);
const looked = [...new Set([...pictured.slice(0, 4), ...articles.filter((_, i) => i % Math.ceil(articles.length / 6) === 0)])];
if (looked.length < 6 || pictured.length === 0) complain(`only ${looked.length} articles to look at, ${pictured.length} with pictures`);

// The list of pages first: what a person sees who opens the file.
await page.goto(`${base}/?source=${encodeURIComponent(base + "/archive.wacz")}#view=pages`);
const entries = page.locator("wr-page-entry");
await entries.first().waitFor({ timeout: 90000 }).catch(() => {});
const listed = await entries.evaluateAll((list) => list.map((e) => e.page?.title ?? ""));
const known = new Set(articles.flatMap((a) => [a.title, a.section]));
if (!listed.some((title) => known.has(title))) complain(`the list of pages shows no article; got ${JSON.stringify(listed.slice(0, 5))}`);
await page.screenshot({ path: join(shots, "pages.png") });

let pictures = 0;
for (const [i, article] of looked.entries()) {
  await page.evaluate((hash) => { location.hash = hash; }, `#view=replay&url=${encodeURIComponent(article.url)}`);
  const until = Date.now() + 60000;
  let seen;
  while (Date.now() < until) {
    const frame = page.frames().find((f) => f.url().includes(`mp_/${article.url}`));
    seen = await frame?.evaluate(() => ({
      text: document.body?.innerText ?? "", ready: document.readyState === "complete",
      images: [...document.images].map((m) => ({ src: m.src, whole: m.complete && m.naturalWidth > 0 })),
    })).catch(() => undefined); // the frame was navigating
    if (seen?.ready && seen.text.includes(article.title)) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  if (!seen?.text.includes(article.title)) {
    complain(`${article.url}: no page with ${article.title}; got ${JSON.stringify(seen?.text.slice(0, 200))}`);
  }
  for (const { url } of article.images ?? []) {
    const name = url.replace(/^https?:/, "");
    if (seen?.images.some((m) => m.whole && m.src.includes(name))) pictures++;
    else complain(`${article.url}: picture ${url} is not shown; got ${JSON.stringify(seen?.images)}`);
  }
  await page.screenshot({ path: join(shots, `article-${i + 1}.png`) });
}
await browser.close();
server.close();
console.log(`ReplayWeb.page: ${looked.length} articles, ${pictures} pictures, ${complaints} complaints`);
process.exit(complaints > 0 || pictures === 0 ? 1 : 0);
