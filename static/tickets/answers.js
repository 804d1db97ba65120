// While a request is written: articles that may answer it, and whether an environment is on the list.
// Without this script both stand on the step before sending.
"use strict";

(() => {
  const PAUSE = 600;
  const LEAST = 12;
  const MOST = 4000;
  const form = document.querySelector("form[data-filing]");
  const region = form?.querySelector("[data-answers]");
  if (!region) return;

  const { subject, text, security, looked, csrfmiddlewaretoken } = form.elements;
  const list = region.querySelector("[data-found]");
  const said = form.querySelector("[data-answers-said]");
  const isWriting = () => document.activeElement === subject || document.activeElement === text;
  let timer;
  let last = "";
  let running;

  const show = (found) => {
    // Who stands on one of the articles is not moved away from it.
    if (list.contains(document.activeElement)) return;
    list.innerHTML = found;
    const count = list.querySelectorAll("li").length;
    region.hidden = !count;
    const words = count === 1 ? "One article" : `${count} articles`;
    said.textContent = count ? `${words} below may answer it.` : "";
  };

  const look = async () => {
    const typed = `${subject.value}\n${text.value}`.trim();
    if (security.checked || typed.length < LEAST) {
      running?.abort();
      last = "";
      show("");
      return;
    }
    if (typed === last) return;
    running?.abort();
    running = new AbortController();
    const body = new FormData();
    body.append("csrfmiddlewaretoken", csrfmiddlewaretoken.value);
    body.append("subject", subject.value);
    body.append("text", text.value.slice(0, MOST));
    try {
      const answer = await fetch(region.dataset.answers, { method: "POST", body, signal: running.signal });
      if (!answer.ok) return;
      const found = answer.status === 204 ? "" : await answer.text();
      if (security.checked) return;
      // Whoever has gone on to the next field is not moved away from it: sending shows what there is.
      if (found && !isWriting()) return;
      last = typed;
      looked.value = "1";
      show(found);
    } catch {
      // Nothing is lost: the next pause asks again, and sending shows what there is.
    }
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  };
  subject.addEventListener("input", later);
  text.addEventListener("input", later);
  subject.addEventListener("focus", later);
  text.addEventListener("focus", later);
  security.addEventListener("change", look);

  const places = form.querySelector("[data-environments]");
  if (!places) return;
  const other = form.elements.other_environment;
  const note = places.querySelector("[data-unlisted]");
  const alike = (words) => words.toLowerCase().split(/\s+/).filter(Boolean).join(" ");
  const listed = new Set();
  for (const box of places.querySelectorAll("input[type=checkbox]")) {
    const full = box.labels[0].textContent;
    listed.add(alike(box.dataset.name)).add(alike(full)).add(alike(full.replace(/[()]/g, "")));
  }
  other.addEventListener("change", () => {
    const typed = other.value.trim();
    note.textContent = typed && !listed.has(alike(typed)) ? `“${typed}” ${note.dataset.unlisted}` : "";
  });
})();
