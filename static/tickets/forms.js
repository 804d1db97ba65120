// Two comforts: a form is sent once, and the severity that follows from the answers is suggested while one types.
// Without this script the server does both.
"use strict";

(() => {
  for (const form of document.querySelectorAll("form[data-once]")) {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) event.preventDefault();
      sent = true;
    });
    addEventListener("pageshow", () => { sent = false; });
  }

  const form = document.querySelector("form[data-filing]");
  const severities = form ? [...form.querySelectorAll("input[name=severity]")] : [];
  if (!severities.length) return;

  const said = form.querySelector("[data-suggestion]");
  const hint = said.textContent;
  let chosen = severities.some((radio) => radio.checked);

  const answer = (name) => form.querySelector(`input[name=${name}]:checked`)?.value;
  const percent = () => {
    const typed = Number(form.elements.percent.value);
    return { everyone: 100, nobody: 0 }[answer("affected")] ?? (typed >= 1 && typed <= 99 ? typed : null);
  };
  const holds = ({ dataset }) =>
    (dataset.percent === undefined || percent() >= Number(dataset.percent)) &&
    (dataset.workaround === undefined || dataset.workaround === answer("workaround"));

  const suggested = () => {
    const breach = severities.find((radio) => "security" in radio.dataset);
    if (form.elements.security.checked && breach) return breach;
    if (percent() === null || !answer("workaround")) return undefined;
    return severities.find((radio) => "suggest" in radio.dataset && holds(radio));
  };

  const show = () => {
    const found = suggested();
    form.querySelector("[data-badge]")?.remove();
    said.textContent = hint;
    if (!found) return;
    const label = found.labels[0];
    said.textContent = `From your answers we suggest ${label.firstChild.textContent.trim()}. You may choose another.`;
    const badge = document.createElement("span");
    badge.className = "state";
    badge.dataset.badge = "";
    badge.textContent = "Suggested";
    label.append(" ", badge);
    if (!chosen) found.checked = true;
  };

  form.querySelector("button[name=suggest]").hidden = true;
  form.elements.percent.addEventListener("input", () => {
    if (form.elements.percent.value) form.querySelector("input[name=affected][value=some]").checked = true;
  });
  form.addEventListener("input", (event) => {
    if (event.target.name === "severity") chosen = true;
    if (["affected", "percent", "workaround", "security"].includes(event.target.name)) show();
  });
})();
