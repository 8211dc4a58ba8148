// What is convenient and not necessary: every page works without this file.
"use strict";
(() => {
  const field = document.getElementById("q");

  // "/" leads to the field, as in many reading programs.
  document.addEventListener("keydown", (e) => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || !field) return;
    if (e.target instanceof Element && e.target.closest("input, textarea, select, [contenteditable]")) return;
    e.preventDefault();
    field.focus();
    field.select();
  });
})();
