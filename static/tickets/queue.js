// The queue by keys, and up to date by itself. Without this script it is a form with boxes and buttons, and a link
// that refreshes it. Keys are not taken while one types, and can be switched off (WCAG 2.1.4).
"use strict";

(() => {
  const queue = document.querySelector("[data-queue]");
  if (!queue) return;
  const EVERY = 30000, STILL = 3000, OFF = "queue-keys-off";
  const form = queue.querySelector("form"), body = queue.querySelector("tbody");
  const told = document.querySelector("[data-told]");
  const dialog = document.getElementById("keys");
  const rows = () => (body ? [...body.querySelectorAll("tr[data-row]")] : []);
  const link = (row) => row.querySelector("a");
  const box = (row) => row.querySelector("input[name=ticket]");
  const ticked = () => rows().filter((row) => box(row).checked);
  const stored = (change) => { try { return change(localStorage); } catch { return null; } };

  // Keys.
  let number = stored(() => sessionStorage.getItem("queue-row"));
  const current = () => document.activeElement?.closest?.("tr[data-row]") ?? rows().find((row) => row.dataset.row === number);
  const go = (row) => {
    if (!row) return;
    number = row.dataset.row;
    stored(() => sessionStorage.setItem("queue-row", number));
    link(row).focus();
    row.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = rows(), here = all.indexOf(current());
    go(here < 0 ? all[by > 0 ? 0 : all.length - 1] : all[here + by]);
  };
  const doVerb = (verb) => {
    const button = form?.querySelector(`button[name=verb][value=${verb}]`);
    if (!button) return;
    if (!ticked().length) {
      const row = current();
      if (!row) return;
      box(row).checked = true;
    }
    form.requestSubmit(button);
  };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    o: () => { const row = current(); if (row) link(row).click(); },
    x: () => { const row = current(); if (row) { box(row).checked = !box(row).checked; go(row); } },
    a: () => doVerb("acknowledge"),
    s: () => doVerb("start_work"),
    i: () => doVerb("assign_to_me"),
    "/": () => document.getElementById("queue-q").focus(),
    "?": () => dialog.showModal(),
  };
  const types = ({ tagName, type, isContentEditable }) =>
    isContentEditable || tagName === "TEXTAREA" || tagName === "SELECT" || (tagName === "INPUT" && type !== "checkbox");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || event.isComposing) return;
    if (types(event.target) || dialog.open || stored((store) => store.getItem(OFF))) return;
    const onRow = event.target.closest("tr[data-row]");
    const arrow = onRow ? { ArrowDown: 1, ArrowUp: -1 }[event.key] : 0;
    const act = arrow ? () => step(arrow) : Object.hasOwn(keys, event.key) ? keys[event.key] : null;
    if (!act) return;
    event.preventDefault();
    act();
  });

  const opener = document.querySelector("[data-keys-open]"), on = dialog.querySelector("[data-keys-on]");
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  on.checked = !stored((store) => store.getItem(OFF));
  on.addEventListener("change", () => stored((store) => (on.checked ? store.removeItem(OFF) : store.setItem(OFF, "1"))));

  // Up to date by itself.
  let etag = "", moved = 0, timer = 0;
  queue.addEventListener("pointermove", () => { moved = performance.now(); });
  const paused = () => document.hidden || dialog.open || ticked().length > 0;
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(look, wait); };
  const say = (counts) => {
    const parts = Object.entries(counts).filter(([, count]) => count).map(([word, count]) => `${count} ${word}`);
    if (parts.length) told.textContent = `${parts.join(", ")}.`;
    told.classList.toggle("visually-hidden", !told.textContent);
  };

  const show = (html) => {
    const fresh = document.createElement("template");
    fresh.innerHTML = `<table><tbody>${html}</tbody></table>`;
    const come = [...fresh.content.querySelectorAll("tr[data-row]")];
    if (!body) {
      if (come.length) say({ "new; refresh to see them": come.length });
      return;
    }
    const before = rows(), known = new Map(before.map((row) => [row.dataset.row, row]));
    const focused = document.activeElement?.closest?.("tr[data-row]");
    const wasBox = focused && document.activeElement === box(focused);
    const counts = { new: 0, changed: 0, gone: 0 };
    const after = come.map((row) => {
      const old = known.get(row.dataset.row);
      known.delete(row.dataset.row);
      if (!old) counts.new += 1;
      else if (old.outerHTML === row.outerHTML) return old;
      else if (old.dataset.seq !== row.dataset.seq) counts.changed += 1;
      return row;
    });
    counts.gone = known.size;
    const top = focused?.getBoundingClientRect().top;
    body.replaceChildren(...after);
    if (focused) {
      const place = before.indexOf(focused);
      const row = after.find((each) => each.dataset.row === focused.dataset.row) ?? after[Math.min(place, after.length - 1)];
      if (row) {
        (wasBox ? box(row) : link(row)).focus({ preventScroll: true });
        if (row.dataset.row === focused.dataset.row) scrollBy(0, row.getBoundingClientRect().top - top);
      }
    }
    say(counts);
  };

  const look = async () => {
    if (paused()) { later(EVERY); return; }
    if (performance.now() - moved < STILL) { later(STILL); return; }
    try {
      const answer = await fetch(queue.dataset.queue, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
      if (answer.redirected || answer.status === 403) {
        told.textContent = "You are signed out. Load the page again.";
        told.classList.remove("visually-hidden");
        return;
      }
      if (answer.ok) {
        const html = await answer.text();
        if (paused()) { later(EVERY); return; }
        etag = answer.headers.get("ETag") ?? "";
        show(html);
      }
    } catch {
      // The next look tries again.
    }
    later(EVERY);
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) later(0); });
  const asOf = document.querySelector("[data-as-of]");
  asOf.firstChild.textContent = "Brings itself up to date every 30 seconds; first shown ";
  later(EVERY);
})();
