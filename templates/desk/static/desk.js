// The desk's page: what is quicker with a script. Without it every link and form works too.
import { startEditor } from "./editor.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startPresence } from "./presence.js";
import { startSaved } from "./saved.js";
import { startToasts } from "./toasts.js";
import { forgetAll, startUnsaved } from "./unsaved.js";
import { startVisits } from "./visits.js";

/** Bring life to what a fresh page, or a fresh part of it, holds. */
function liven() {
  startEditor(document.getElementById("editor"));
  startSaved(document.getElementById("editor"));
  startUnsaved(document.getElementById("editor"));
  startToasts(document.getElementById("toasts"));
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", () => copy(button));
  }
  // An override's reason counts only where its box is open: else an approval would carry it unasked.
  for (const box of document.querySelectorAll("details.decide")) {
    box.addEventListener("toggle", () => opened(box));
  }
}

/** One box of a decision at a time, its first field ready to type in. */
function opened(box) {
  for (const field of box.querySelectorAll("#override")) field.disabled = !box.open;
  if (!box.open) return;
  for (const other of document.querySelectorAll("details.decide[open]")) {
    if (other !== box) other.open = false;
  }
  box.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

async function copy(button) {
  const before = button.textContent;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = "✓ " + before;
}

document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") === "/sign-out") forgetAll();
});

liven();
startKeys();
startVisits(liven);
startLive(liven);
startPresence();
