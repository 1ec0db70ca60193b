
"use strict";
const key = (row, place) => {
  const cell = row.cells[place];
  const text = (cell.firstChild ? cell.firstChild.textContent : "").trim();
  if ("value" in cell.dataset) return Number(cell.dataset.value);
  return text === "" || text === "—" ? null : text.toLowerCase();
};
const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, "en"));
for (const button of document.querySelectorAll("thead button")) {
  button.addEventListener("click", () => {
    const head = button.parentElement, heads = [...head.parentElement.cells];
    const first = head.classList.contains("number") ? "descending" : "ascending";
    const other = { ascending: "descending", descending: "ascending" };
    const now = head.getAttribute("aria-sort");
    const wanted = now ? other[now] : first, sign = wanted === "ascending" ? 1 : -1;
    for (const each of heads) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", wanted);
    const place = heads.indexOf(head);
    for (const body of head.closest("table").tBodies) {
      const rows = [...body.rows].map((row) => [key(row, place), row]);
      rows.sort(([a], [b]) => a === null || b === null ? (a === null) - (b === null)
        : sign * compare(a, b));
      body.append(...rows.map(([, row]) => row));
    }
  });
}
