// Keys for everything. A control says by `data-key` which key it answers to; the rest stands below.

const typing = (element) => element?.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

/** Listen for keys as long as the page lives. Single keys are for those who want them (WCAG 2.1.4). */
export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const held = event.ctrlKey || event.metaKey;
    if (held && event.key === "Enter" && event.target.id === "text") return press(event, "a");
    if (held && event.key.toLowerCase() === "s" && document.querySelector('[data-key="ctrl+s"]')) return press(event, "ctrl+s");
    if (event.key === "Escape") return escape(event);
    if (held || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (document.body.dataset.keys !== "on") return;
    single(event);
  });
}

function single(event) {
  switch (event.key) {
    case "j": return step(event, 1);
    case "k": return step(event, -1);
    case "e": return focusOn(event, "#text");
    case "/": return focusOn(event, "#search");
    case "?": return help(event);
    case "x": return select(event);
    default: return press(event, event.key);
  }
}

/** Press, or open, the first control that answers to a key and can be seen. */
function press(event, key) {
  // A decision is on its way: the next key is meant for what comes, not for what still stands here.
  if (document.body.hasAttribute("aria-busy")) return;
  // Where each row has its own answers, the row in focus comes first.
  const row = document.activeElement?.closest("[data-answers]");
  const named = `[data-key="${CSS.escape(key)}"]`;
  for (const control of [...(row?.querySelectorAll(named) ?? []), ...document.querySelectorAll(named)]) {
    if (control.disabled || !control.checkVisibility()) continue;
    event.preventDefault();
    if (control instanceof HTMLDetailsElement) toggle(control);
    else control.click();
    return;
  }
}

/** Open a box, or close it. Its field is ready at once, or the first letters typed would press other keys. */
function toggle(box) {
  box.open = !box.open;
  if (box.open) box.querySelector("form :is(input:not([type=hidden]), select, textarea, button)")?.focus();
}

/** The row above or below, from the one in focus or the case that is open. */
function step(event, by) {
  const links = [...document.querySelectorAll(".row-item > a, [data-answers]")];
  if (!links.length) return;
  event.preventDefault();
  const here = document.activeElement?.closest(".row-item, [data-answers]") ?? document.querySelector(".row-item.current");
  const place = links.findIndex((link) => here && (link === here || link.parentElement === here));
  const next = links[Math.min(Math.max(place + by, 0), links.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function select(event) {
  const here = document.activeElement?.closest(".row-item") ?? document.querySelector(".row-item.current");
  const box = here?.querySelector("input[type=checkbox]");
  if (!box) return;
  event.preventDefault();
  box.click();
}

function focusOn(event, selector) {
  const found = document.querySelector(selector);
  if (!found) return;
  event.preventDefault();
  found.focus();
}

function escape(event) {
  const box = event.target.closest?.("details.decide[open]") ?? document.querySelector("details.decide[open]");
  if (box) {
    box.open = false;
    box.querySelector("summary").focus();
  } else if (typing(event.target)) {
    event.target.blur();
  }
}

function help(event) {
  event.preventDefault();
  document.getElementById("help")?.showModal();
}
