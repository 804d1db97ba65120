// Says every half minute whether one looks or writes, and shows who else does. Without this script opening the page
// counts as looking for two minutes.
"use strict";

(() => {
  const place = document.querySelector("[data-presence]");
  if (!place) return;
  const EVERY = 30000, WRITES_FOR = 60000;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value;
  if (!token) return;
  let typed = -Infinity, wasWriting = false, timer = 0;

  const say = (doing) => new URLSearchParams({ doing, csrfmiddlewaretoken: token });
  const beat = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    timer = setTimeout(beat, EVERY);
    wasWriting = performance.now() - typed < WRITES_FOR;
    try {
      const answer = await fetch(place.dataset.presence, { method: "POST", body: say(wasWriting ? "writing" : "looking") });
      if (!answer.ok) return;
      const told = (await answer.text()).trim();
      if (place.innerHTML.trim() !== told) place.innerHTML = told;
    } catch {
      // The next beat tries again.
    }
  };

  document.addEventListener("input", ({ target }) => {
    if (!target.closest("form[data-writing]")) return;
    typed = performance.now();
    if (!wasWriting) beat();
  });
  document.addEventListener("visibilitychange", beat);
  addEventListener("pagehide", () => navigator.sendBeacon(place.dataset.presence, say("gone")));
  beat();
})();
