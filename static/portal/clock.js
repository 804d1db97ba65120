// Lets what is left of a promise go on while time of its kind passes. Without this script the page stands still and is right.
"use strict";

(() => {
  const loaded = Date.now();

  // The same words as contracts/phrasing.py: never rounded up.
  const said = (seconds, inHours) => {
    const whole = Math.floor(Math.abs(seconds));
    const days = Math.floor(whole / 86400), rest = whole % 86400;
    const hours = Math.floor(whole / 3600), minutes = Math.floor((whole % 3600) / 60);
    const joined = (...parts) => parts.filter(([number]) => number > 0).map(([number, unit]) => `${number} ${unit}`).join(" ");
    if (!inHours && days >= 3) return joined([days, "days"], [Math.floor(rest / 3600), "h"]);
    if (hours > 0) return joined([hours, "h"], [minutes, "min"]);
    return joined([minutes, "min"], [whole % 60, "s"]) || "0 s";
  };

  const clocks = [...document.querySelectorAll("[data-clock]")].map((card) => ({
    card,
    at: Number(card.dataset.at),
    left: Number(card.dataset.left),
    amount: Number(card.dataset.amount),
    inHours: card.dataset.kind === "open",
    spans: (card.dataset.spans || "").split(" ").filter(Boolean).map((span) => span.split("-").map(Number)),
    text: card.querySelector("[data-left-text]"),
    meter: card.querySelector("meter"),
    shown: "",
  }));

  // Open time since the page was made. The reader's own clock may be wrong: only its progress is used.
  const passed = (clock, now) =>
    clock.spans.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(now, end) - Math.max(clock.at, start)), 0);

  const show = (clock) => {
    const now = clock.at + (Date.now() - loaded) / 1000;
    const left = clock.left - passed(clock, now);
    const over = left < 0;
    const unit = clock.inHours ? " of support time" : "";
    const text = `${said(over ? left : Math.ceil(left), clock.inHours)}${unit} ${over ? "over" : "left"}`;
    if (text === clock.shown) return;
    clock.shown = text;
    clock.text.textContent = text;
    if (clock.meter) clock.meter.value = Math.min(100, Math.max(0, Math.floor((1 - left / clock.amount) * 100)));
    if (over && clock.card.dataset.state !== "overdue") overdue(clock.card);
  };

  const overdue = (card) => {
    card.dataset.state = "overdue";
    for (const part of card.querySelectorAll("[data-before]")) part.hidden = true;
    for (const part of card.querySelectorAll("[data-after]")) part.hidden = false;
  };

  if (clocks.length > 0) setInterval(() => clocks.forEach(show), 1000);
})();
