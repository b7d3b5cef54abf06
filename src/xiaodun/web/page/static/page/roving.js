// A grid is one tab stop: inside [data-roving] the arrow keys go to the nearest link or button in that direction.
// Without this script every one of them is a tab stop, so nothing is lost.
(() => {
  const inside = "a[href],button";
  const aims = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function settle(grid, chosen) {
    for (const item of grid.querySelectorAll(inside)) item.setAttribute("tabindex", item === chosen ? "0" : "-1");
  }

  function settleAll() {
    for (const grid of document.querySelectorAll("[data-roving]")) settle(grid, grid.querySelector(inside));
  }

  function middle(item) {
    const box = item.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  }

  document.addEventListener("keydown", (event) => {
    const aim = aims[event.key];
    const grid = aim && event.target.closest("[data-roving]");
    if (!grid) return;
    const [x, y] = middle(event.target);
    let best = null, least = Infinity;
    for (const item of grid.querySelectorAll(inside)) {
      const [dx, dy] = [middle(item)[0] - x, middle(item)[1] - y];
      const along = dx * aim[0] + dy * aim[1], aside = Math.abs(dx * aim[1]) + Math.abs(dy * aim[0]);
      if (along > 1 && along + 2 * aside < least) [best, least] = [item, along + 2 * aside];
    }
    if (!best) return;
    event.preventDefault();
    settle(grid, best);
    best.focus();
  });

  settleAll();
  document.addEventListener("htmx:afterSwap", settleAll);
})();
