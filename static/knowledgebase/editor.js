// The editor of an article: the preview follows the typing, lines of files go into the text, unsaved text is not lost.
// Without this file the button Preview does the first, and copying the second.
"use strict";

(() => {
  const PAUSE = 400; // milliseconds without a key before the preview is asked for
  const editor = document.querySelector(".kb-editor");
  if (!editor) return;
  const form = editor.closest("form");
  const text = form.elements.namedItem("text");
  const body = editor.querySelector(".kb-preview-body");
  let waiting = 0;
  let asking = null;
  let isChanged = false;

  async function refresh() {
    if (asking) asking.abort();
    asking = new AbortController();
    const sent = new URLSearchParams({ text: text.value, csrfmiddlewaretoken: form.elements.namedItem("csrfmiddlewaretoken").value });
    try {
      const answer = await fetch(editor.dataset.preview, { method: "POST", body: sent, signal: asking.signal, redirect: "error" });
      if (answer.ok) {
        body.innerHTML = await answer.text();
        linkLines();
      }
    } catch {
      // A newer preview is under way, or the network is not there: the one that stands stays.
    }
  }

  function follow() {
    isChanged = true;
    clearTimeout(waiting);
    waiting = setTimeout(refresh, PAUSE);
  }

  function linkLines() {
    for (const place of body.querySelectorAll("span.kb-line")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "kb-line";
      button.textContent = place.textContent;
      button.addEventListener("click", () => goTo(Number(place.dataset.line)));
      place.replaceWith(button);
    }
  }

  function goTo(line) {
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] || "").length);
  }

  // A picture stands in a paragraph of its own, the link to a file where the words are.
  function insert(markdown) {
    const before = text.value.slice(0, text.selectionStart);
    const after = text.value.slice(text.selectionEnd);
    const isPicture = markdown.startsWith("!");
    const above = isPicture && before && !before.endsWith("\n\n") ? "\n\n" : "";
    const below = isPicture && after && !after.startsWith("\n") ? "\n\n" : "";
    text.focus();
    text.setRangeText(above + markdown + below, text.selectionStart, text.selectionEnd, "end");
    follow();
  }

  text.addEventListener("input", follow);
  form.addEventListener("input", () => { isChanged = true; });
  form.addEventListener("submit", () => { isChanged = false; });
  addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
  for (const button of document.querySelectorAll(".kb-insert")) {
    button.hidden = false;
    button.addEventListener("click", () => insert(button.dataset.insert));
  }
  linkLines();
})();
