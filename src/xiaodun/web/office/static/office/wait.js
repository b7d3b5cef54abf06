// Work above one second says how much there is and about how long it takes; the bar runs by the clock, the page comes when it is done.
for (const form of document.querySelectorAll("form[data-wait]")) {
  form.addEventListener("submit", () => {
    const told = form.querySelector("[data-told]");
    if (!told) return;
    told.hidden = false;
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
    const bar = told.querySelector("progress"), begun = Date.now(), whole = 1000 * Number(form.dataset.wait || 2);
    setInterval(() => { bar.value = Math.min(0.97, (Date.now() - begun) / whole); }, 100);
  });
}
