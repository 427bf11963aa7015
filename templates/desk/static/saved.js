// Saved replies: picked by mouse or keys, put in at the cursor, so that undo takes them out again.

/** Start the box of saved replies in the editor, if there is one. */
export function startSaved(form) {
  const list = form?.querySelector("#saved-reply");
  if (!list || list.dataset.alive) return;
  list.dataset.alive = "yes";
  const shown = form.querySelector("#saved-text");
  const words = () => list.selectedOptions[0]?.dataset.text ?? "";
  list.addEventListener("change", () => { shown.textContent = words(); });
  list.addEventListener("dblclick", () => putIn(form, words()));
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // else the form would be sent
    putIn(form, words());
  });
  form.querySelector("[data-insert]").addEventListener("click", () => putIn(form, words()));
}

function putIn(form, words) {
  if (!words) return;
  const text = form.querySelector("textarea");
  form.querySelector("details.saved").open = false;
  text.focus();
  const gap = (neighbour) => (neighbour && !/\s/.test(neighbour) ? " " : "");
  words = gap(text.value[text.selectionStart - 1]) + words + gap(text.value[text.selectionEnd]);
  // The one way to change a field that its undo knows of; it tells of the change as typing does.
  if (document.execCommand("insertText", false, words)) return;
  text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
}
