
"use strict";
const order = new Intl.Collator("en", { numeric: true });
for (const button of document.querySelectorAll("thead button")) {
  button.addEventListener("click", () => {
    const head = button.parentElement, place = head.cellIndex;
    const now = head.getAttribute("aria-sort"), number = head.classList.contains("number");
    const up = now ? now === "descending" : !number, sign = up ? 1 : -1;
    for (const each of head.parentElement.cells) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const key = (row) => row.cells[place].dataset.key;
    for (const body of head.closest("table").tBodies) {
      body.append(...[...body.rows].sort((a, b) =>
        !key(a) - !key(b) || sign * order.compare(key(a), key(b))));
    }
  });
}
