// The sample: keys answer for the row in focus, or for the first one.
import { startKeys } from "./keys.js";

startKeys();
// After an answer the next row is at hand; who just came in begins at the top of the page.
if (document.referrer && new URL(document.referrer).pathname === location.pathname) {
  document.querySelector("[data-answers]")?.focus();
}
