// What is convenient and not necessary: every page works without this file.
"use strict";
(() => {
  const field = document.getElementById("q");
  const typing = (e) => e.target instanceof Element && e.target.closest("input, textarea, select, [contenteditable]");

  // "/" leads to the field, as in many reading programs; j and k go through the hits.
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || typing(e)) return;
    if (e.key === "/" && field) {
      e.preventDefault();
      field.focus();
      field.select();
    } else if (e.key === "j" || e.key === "k") {
      const links = [...document.querySelectorAll(".hit h3 a")];
      if (links.length === 0) return;
      const at = links.indexOf(document.activeElement);
      const next = at < 0 ? 0 : Math.min(Math.max(at + (e.key === "j" ? 1 : -1), 0), links.length - 1);
      links[next].focus();
      links[next].scrollIntoView({ block: "nearest" });
    }
  });

  // A button that copies what can otherwise be selected.
  for (const text of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) break;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = text.dataset.copy;
    const heading = text.previousElementSibling;
    if (heading) button.setAttribute("aria-label", text.dataset.copy + " " + heading.firstChild.textContent.trim());
    const content = text.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(content);
      button.textContent = text.dataset.copied;
      setTimeout(() => { button.textContent = text.dataset.copy; }, 2000);
    });
    text.after(button);
  }

  // Results as one types: the part of the same page that differs, fetched when the person pauses.
  const results = document.getElementById("results");
  const form = field && field.form;
  if (results && form) {
    let timer, under;
    const refresh = async () => {
      const target = new URL(form.action);
      for (const [name, value] of new FormData(form)) if (value !== "") target.searchParams.append(name, value);
      const shown = target.pathname + target.search;
      target.searchParams.set("part", "results");
      if (under) under.abort();
      under = new AbortController();
      results.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(target, { signal: under.signal, headers: { Accept: "text/html" } });
        if (!answer.ok) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        results.replaceChildren(...page.body.childNodes);
        const count = document.getElementById("results-title");
        document.getElementById("announce").textContent = count ? count.textContent : "";
        history.replaceState(null, "", shown);
        document.title = (field.value.trim() ? field.value.trim() + " · " : "") + document.title.split(" · ").slice(-2).join(" · ");
      } catch (e) {
        if (e.name !== "AbortError") throw e;
      } finally {
        results.removeAttribute("aria-busy");
      }
    };
    field.addEventListener("input", (e) => {
      if (e.isComposing) return; // an input method has not yet said which characters
      clearTimeout(timer);
      timer = setTimeout(refresh, 180);
    });
    field.addEventListener("compositionend", () => {
      clearTimeout(timer);
      timer = setTimeout(refresh, 180);
    });
  }

  // A run under way: its numbers as they grow. When one begins or ends the page is asked for anew.
  const live = document.querySelector("[data-live]");
  if (live && window.EventSource) {
    const shown = [...live.querySelectorAll("[data-crawl]")];
    const bytes = (n) => (n >= 2 ** 30 ? (n / 2 ** 30).toFixed(1) + " GiB" : n >= 2 ** 20 ? (n / 2 ** 20).toFixed(1) + " MiB" : n >= 1024 ? (n / 1024).toFixed(1) + " KiB" : n + " B");
    const opened = Date.now();
    const source = new EventSource(live.dataset.live);
    source.addEventListener("message", (e) => {
      const runs = JSON.parse(e.data);
      const same = runs.length === shown.length && runs.every((r, i) => String(r.crawl) === shown[i].dataset.crawl);
      if (!same) {
        source.close();
        setTimeout(() => location.reload(), Math.max(0, 3000 - (Date.now() - opened)));
        return;
      }
      runs.forEach((r, i) => {
        for (const part of shown[i].querySelectorAll("[data-of]")) {
          const v = r[part.dataset.of];
          if (part.dataset.of === "bytes") part.textContent = bytes(v);
          else if (part.dataset.of === "latest") part.textContent = v ? v.slice(0, 19).replace("T", " ") + "Z" : "";
          else part.textContent = typeof v === "number" ? v.toLocaleString("en") : v;
        }
      });
    });
  }
})();
