// Keeps the clocks of time limits going between two visits to the server. Without it a page shows the time as of loading.
// Counts on the server's clock (meta xiaodun-now), because the clock of a school PC may be wrong by hours.
(() => {
  const served = document.querySelector("meta[name=xiaodun-now]");
  const offset = served ? Date.parse(served.content) - Date.now() : 0;
  const chinese = document.documentElement.lang.startsWith("zh");
  const units = chinese ? ["天", "小时", "分", "秒"] : [" d", " h", " min", " s"];

  // The same spans as page/written.py: seconds below ten minutes, days from two days on.
  function span(ms) {
    const s = Math.floor(ms / 1000), m = Math.floor(s / 60), h = Math.floor(m / 60), d = Math.floor(h / 24);
    const parts = d >= 2 ? [[d, 0], [h % 24, 1]] : m >= 10 ? [[h, 1], [m % 60, 2]] : [[m, 2], [s % 60, 3]];
    const said = parts.filter(([n]) => n);
    return (said.length ? said : parts.slice(1)).map(([n, u]) => n + units[u]).join(chinese ? "" : " ");
  }

  function put(box, name, text) {
    const place = box.querySelector("[data-" + name + "]");
    if (place && place.textContent !== text) place.textContent = text;
  }

  function tick() {
    const now = Date.now() + offset;
    for (const box of document.querySelectorAll("[data-clock-from][data-due]")) {
      const from = Date.parse(box.dataset.clockFrom), due = Date.parse(box.dataset.due), left = due - now;
      put(box, "used", span(Math.max(now - from, 0)));
      put(box, "left", span(Math.abs(left)));
      if (left < 0) {
        box.classList.add("over");
        put(box, "label", box.querySelector("[data-over]").dataset.over);
      }
      const share = Math.min(Math.max((now - from) / Math.max(due - from, 1), 0), 1);
      const bar = box.querySelector("rect.used");
      if (bar) bar.setAttribute("width", (share * 100).toFixed(1));
    }
  }

  tick();
  setInterval(tick, 30000);
})();
