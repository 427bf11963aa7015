// The editor: judged by the server at each pause of typing, marked in a layer beneath the letters, saved by itself.

const PAUSE = 250;
const locale = { ar: "ar-EG", fa: "fa-IR" }[document.documentElement.lang] ?? "en-GB";
const figure = new Intl.NumberFormat(locale);

/** Start the editor of the case that is open, if there is one. */
export function startEditor(form) {
  if (!form || form.dataset.alive) return;
  form.dataset.alive = "yes";
  const editor = new Editor(form);
  editor.judge();
}

class Editor {
  constructor(form) {
    this.form = form;
    this.text = form.querySelector("textarea");
    this.layer = form.querySelector("#layer");
    this.lit = null;
    this.notes = [];
    this.asked = 0;
    this.timer = 0;
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("scroll", () => { this.layer.scrollTop = this.text.scrollTop; });
    for (const item of form.querySelectorAll("#components li")) this.listen(item);
  }

  listen(item) {
    const button = item.querySelector("button");
    const light = (name) => { this.lit = name; this.mark(); };
    button.addEventListener("mouseenter", () => light(item.dataset.name));
    button.addEventListener("mouseleave", () => light(this.pressed()));
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") === "true";
      for (const other of this.form.querySelectorAll("#components [aria-pressed=true]")) other.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", String(!on));
      light(this.pressed());
      this.show(item.dataset.name);
    });
  }

  pressed() {
    return this.form.querySelector("#components [aria-pressed=true]")?.closest("li").dataset.name ?? null;
  }

  /** Bring the words of a component into view. */
  show(name) {
    const note = this.notes.find((one) => one.name === name);
    if (note) this.layer.querySelector(".lit")?.scrollIntoView({ block: "nearest" });
  }

  typed() {
    this.form.querySelector("#preview").textContent = this.text.value;
    // Old places would point at other words until the answer is there.
    this.notes = [];
    this.mark();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.judge(), PAUSE);
  }

  async judge() {
    const mine = ++this.asked;
    const text = this.text.value;
    let found;
    try {
      const answer = await fetch("/api/lint", {
        method: "POST",
        headers: { "content-type": "application/json", "x-csrf-token": this.form.elements.csrf.value },
        body: JSON.stringify({ case: Number(this.form.dataset.case), text }),
      });
      if (!answer.ok) return;
      found = await answer.json();
    } catch {
      return; // Without a line the page still takes what is typed; the next pause asks again.
    }
    if (mine !== this.asked || text !== this.text.value) return;
    const place = units(text);
    this.notes = found.notes.map((note) => ({ ...note, start: place(note.start), end: place(note.end) }));
    this.mark();
    this.count(found);
    this.tick(found);
    this.tell(found, text);
  }

  count({ length, limit }) {
    const count = this.form.querySelector("#count");
    count.textContent = `${figure.format(length)} / ${figure.format(limit)}`;
    count.classList.toggle("over", length > limit);
  }

  tick({ components, required }) {
    for (const item of this.form.querySelectorAll("#components li")) {
      const there = components.includes(item.dataset.name);
      item.className = there ? "there" : required.includes(item.dataset.name) ? "wanted" : "free";
      item.querySelector(".state").textContent = there ? this.form.dataset.there : this.form.dataset.missing;
    }
  }

  /** Faults, cautions and what stops an approval, in words. */
  tell({ cautions, stops }) {
    const lines = this.notes.filter((note) => note.kind === "fault").map((note) => this.fault(note));
    lines.push(...cautions.map((words) => line("hint", words)), ...stops.map((words) => line("stop", words)));
    const told = this.form.querySelector("#faults");
    if (told.textContent !== lines.map((one) => one.textContent).join("")) told.replaceChildren(...lines);
  }

  fault(note) {
    const found = line("fault", "");
    const words = document.createElement("q");
    words.dir = "auto";
    words.textContent = this.text.value.slice(note.start, note.end);
    const name = document.createElement("b");
    name.textContent = document.querySelector(`#fault-names [data-name="${CSS.escape(note.name)}"]`)?.textContent ?? note.name;
    const why = document.createElement("bdi");
    why.textContent = note.why;
    const better = document.createElement("bdi");
    better.className = "soft";
    better.textContent = note.suggestion;
    found.append(words, " ", name, ": ", why, " ", better);
    return found;
  }

  /** Draw the layer: the same text, unseen, with marks beneath its words. */
  mark() {
    const text = this.text.value;
    const drawn = this.notes.filter((note) => note.end > note.start && (note.kind !== "component" || note.name === this.lit));
    const edges = [...new Set([0, text.length, ...drawn.flatMap((note) => [note.start, note.end])])].sort((a, b) => a - b);
    const parts = [];
    for (let place = 0; place + 1 < edges.length; place += 1) {
      const [start, end] = [edges[place], edges[place + 1]];
      const kinds = drawn.filter((note) => note.start <= start && note.end >= end).map((note) => note.kind);
      const words = text.slice(start, end);
      if (!kinds.length) {
        parts.push(words);
        continue;
      }
      const span = document.createElement("span");
      span.className = kinds.map((kind) => (kind === "component" ? "component lit" : kind)).join(" ");
      span.textContent = words;
      parts.push(span);
    }
    // A line break at the end takes room only where something follows.
    this.layer.replaceChildren(...parts, "\u200b");
    this.layer.scrollTop = this.text.scrollTop;
  }
}

function line(kind, words) {
  const found = document.createElement("p");
  found.className = kind;
  if (words) {
    const isolated = document.createElement("bdi");
    isolated.textContent = words;
    found.append(isolated);
  }
  return found;
}

/** From places in code points, as the server counts, to places in this language's strings. */
function units(text) {
  const places = [0];
  for (const char of text) places.push(places.at(-1) + char.length);
  return (point) => places[Math.min(point, places.length - 1)];
}
