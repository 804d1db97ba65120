// What is written is kept as a draft while one writes, and saved replies are put in where one writes.
// Without this script buttons do both.
"use strict";

(() => {
  const PAUSE = 2000;

  const inserting = (form, text) => {
    const place = form.querySelector("[data-replies]");
    if (!place) return;
    const ready = () => {
      const button = place.querySelector("button[name=insert]");
      const choice = place.querySelector("select[name=saved_reply]");
      if (!button || !choice) return;
      button.type = "button";
      button.addEventListener("click", () => {
        const said = choice.selectedOptions[0]?.dataset.text;
        if (!said) return;
        const before = text.value.slice(0, text.selectionStart);
        const lead = !before || before.endsWith("\n") ? "" : "\n\n";
        text.setRangeText(lead + said, text.selectionStart, text.selectionEnd, "end");
        text.dispatchEvent(new Event("input", { bubbles: true }));
        text.focus();
      });
    };
    // A listener of this kind is called once, so that a second press sends the form.
    const opener = place.querySelector("button[name=replies]");
    if (!opener) { ready(); return; }
    opener.addEventListener("click", async (event) => {
      event.preventDefault();
      try {
        const answer = await fetch(place.dataset.replies);
        if (!answer.ok) throw new Error(answer.statusText);
        const found = document.createElement("div");
        found.innerHTML = await answer.text();
        opener.replaceWith(found);
        ready();
        found.querySelector("select, a")?.focus();
      } catch {
        // The listener is gone now: the button goes the way that it has without the script.
        form.requestSubmit(opener);
      }
    }, { once: true });
  };

  const keeping = (form, text) => {
    const told = form.querySelector("[data-kept]");
    const token = form.querySelector("input[name=csrfmiddlewaretoken]").value;
    let kept = text.value, timer = 0, sending = null, sent = false;

    const keep = async (leaving = false) => {
      clearTimeout(timer);
      if (sent || text.value === kept) return;
      const now = text.value;
      sending?.abort();
      sending = new AbortController();
      const body = new URLSearchParams({ verb: form.dataset.writing, text: now, csrfmiddlewaretoken: token });
      try {
        const answer = await fetch(form.dataset.drafts, { method: "POST", body, keepalive: leaving, signal: sending.signal });
        if (sent) return;
        if (answer.ok) kept = now;
        if (told) told.textContent = answer.ok ? (now.trim() ? "Draft kept." : "") : "The draft could not be kept.";
      } catch (error) {
        if (error.name !== "AbortError" && told) told.textContent = "The draft could not be kept.";
      }
    };

    text.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(keep, PAUSE);
    });
    document.addEventListener("visibilitychange", () => { if (document.hidden) keep(true); });
    addEventListener("pagehide", () => keep(true));
    form.addEventListener("submit", () => {
      sent = true;
      clearTimeout(timer);
      sending?.abort();
    });
    addEventListener("pageshow", () => { sent = false; });
  };

  for (const form of document.querySelectorAll("form[data-writing]")) {
    const text = form.querySelector("textarea");
    if (!text) continue;
    inserting(form, text);
    if (form.dataset.drafts) keeping(form, text);
  }
})();
