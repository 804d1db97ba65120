// Articles put into a reply: found when a composer is opened, put in where one writes with Alt+1 to Alt+5, or with
// Enter on one of them. Without this script a button finds them, and the ticked ones are put below the text.
"use strict";

(() => {
  const KEYS = "Alt+1 to Alt+5 put one in where you write; so does Enter on it.";

  for (const found of document.querySelectorAll("[data-articles]")) {
    const form = found.closest("form");
    const composer = found.closest("details");
    const text = form.elements.text;
    const put = new Set();
    let asked = found.childElementCount > 0;

    const boxes = () => [...found.querySelectorAll("input[name=articles]")];
    const address = (box) => new URL(box.dataset.address, location.origin).href;
    const block = (box) => `${box.dataset.title}\n${address(box)}`;

    const insert = (box) => {
      box.checked = true;
      put.add(box);
      if (text.value.includes(address(box))) return;
      const before = text.value.slice(0, text.selectionStart);
      const after = text.value.slice(text.selectionEnd);
      const lead = !before || before.endsWith("\n") ? "" : "\n";
      const tail = after.startsWith("\n") ? "" : "\n";
      text.setRangeText(lead + block(box) + tail, text.selectionStart, text.selectionEnd, "end");
    };
    const takeOut = (box) => {
      put.delete(box);
      text.value = text.value.replace(`${block(box)}\n`, "").replace(block(box), "");
    };

    const ready = () => {
      const hint = found.querySelector("[data-keys]");
      if (hint) hint.textContent = KEYS;
    };
    const find = async () => {
      if (asked) return;
      asked = true;
      try {
        const answer = await fetch(found.dataset.articles);
        if (!answer.ok) throw new Error(answer.statusText);
        found.innerHTML = await answer.text();
        ready();
      } catch {
        asked = false;
        form.querySelector("[data-find]").hidden = false;
      }
    };

    form.querySelector("[data-find]").hidden = true;
    ready();
    if (composer.open) find();
    composer.addEventListener("toggle", () => { if (composer.open) find(); });

    form.addEventListener("keydown", (event) => {
      const place = event.altKey && !event.ctrlKey && !event.metaKey ? /^(?:Digit|Numpad)([1-5])$/.exec(event.code) : null;
      const box = place ? boxes()[place[1] - 1] : event.key === "Enter" && event.target.name === "articles" ? event.target : null;
      if (!place && !box) return;
      event.preventDefault();
      if (!box) return;
      insert(box);
      text.focus();
    });
    found.addEventListener("change", ({ target }) => {
      if (target.name === "articles") (target.checked ? insert : takeOut)(target);
    });
    text.addEventListener("input", () => {
      for (const box of put) {
        if (text.value.includes(address(box))) continue;
        put.delete(box);
        box.checked = false;
      }
    });
  }
})();
