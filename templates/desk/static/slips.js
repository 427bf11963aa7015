// What a field lacks, in the page's language: browsers would say it in their own.

const words = JSON.parse(document.body.dataset.slips);
const locale = { ar: "ar-EG", fa: "fa-IR" }[document.documentElement.lang] ?? "en-GB";
const figure = new Intl.NumberFormat(locale);

/** The words for the first thing that is wrong with a field. */
function slip(field) {
  const { validity } = field;
  const filled = (text, place, bound) => text.replace(place, figure.format(bound));
  if (validity.valueMissing) return words.empty;
  if (validity.tooShort) return filled(words.short, "{least}", field.minLength);
  if (validity.tooLong) return filled(words.long, "{most}", field.maxLength);
  if (validity.badInput) return field.type === "number" ? words.number : words.moment;
  if (validity.rangeUnderflow && field.type === "number") return filled(words.little, "{least}", Number(field.min));
  if (validity.rangeOverflow && field.type === "number") return filled(words.much, "{most}", Number(field.max));
  if (validity.typeMismatch && field.type === "url") return words.address;
  return words.other;
}

document.addEventListener("invalid", ({ target }) => {
  target.setCustomValidity("");
  if (!target.validity.valid) target.setCustomValidity(slip(target));
}, true);

// What was said of a field no longer holds once it is touched, or filled in by a script before it is sent.
document.addEventListener("input", ({ target }) => target.setCustomValidity?.(""), true);
document.addEventListener("click", ({ target }) => {
  for (const field of target.closest?.("button")?.form?.elements ?? []) field.setCustomValidity("");
}, true);
