// The keys of the queue. Without this script it is a form with boxes and buttons.
"use strict";

(() => {
  const form = document.querySelector("form[data-queue]");
  if (!form) return;
})();
