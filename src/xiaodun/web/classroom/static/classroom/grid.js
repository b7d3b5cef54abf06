"use strict";
/* Moving among names: a list or a grid is one tab stop. Arrows move, letters jump to the pinyin initials, Enter opens. */
(function (room) {
  const FORGET_MS = 1000;
  const grid = document.getElementById("pupils");
  const listed = document.getElementById("listed");
  const field = document.getElementById("find");
  const found = document.getElementById("found");
  const initials = new Map(room.data.pupils.map((pupil) => [String(pupil.id), pupil.initials.toUpperCase()]));
  let typed = "";
  let typedAt = 0;

  const inSight = (container) => [...container.querySelectorAll("button")].filter((button) => !button.closest("[hidden]"));

  /* Leaves exactly one button of the container in the tab order: `chosen`, else the one that was, else the first. */
  room.roving = function (container, chosen = null) {
    const buttons = inSight(container);
    const stop = chosen || buttons.find((button) => button.tabIndex === 0) || buttons[0];
    for (const button of container.querySelectorAll("button")) button.tabIndex = button === stop ? 0 : -1;
  };

  function columns(buttons) {
    const second = buttons.findIndex((button) => button.offsetTop > buttons[0].offsetTop);
    return second < 0 ? buttons.length : second;
  }

  function target(key, buttons, at) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(buttons), ArrowDown: columns(buttons) }[key];
    if (step) return buttons[at + step];
    if (key === "Home") return buttons[0];
    if (key === "End") return buttons[buttons.length - 1];
    return null;
  }

  /* Letters typed within a second of one another are one word: L, J, L stops at 林见鹿. */
  function byInitials(letter) {
    const now = Date.now();
    typed = now - typedAt < FORGET_MS ? typed + letter : letter;
    typedAt = now;
    return inSight(grid).find((button) => initials.get(button.value).startsWith(typed));
  }

  function move(event) {
    const button = event.target.closest("button");
    if (!button || event.ctrlKey || event.metaKey || event.altKey) return;
    const buttons = inSight(event.currentTarget);
    const isLetter = /^[a-z]$/i.test(event.key);
    const next = isLetter ? byInitials(event.key.toUpperCase()) : target(event.key, buttons, buttons.indexOf(button));
    if (next || event.key.startsWith("Arrow")) event.preventDefault();
    if (!next) return;
    room.roving(next.closest("ul"), next);
    next.focus();
  }

  function matches(query) {
    return room.data.pupils.filter((pupil) => pupil.initials.toUpperCase().startsWith(query) || pupil.name.includes(query));
  }

  /* Shows only the names that fit. An empty field shows all. */
  function find() {
    const query = field.value.replace(/\s/g, "").toUpperCase();
    const fits = new Set(matches(query).map((pupil) => String(pupil.id)));
    for (const button of grid.querySelectorAll("button")) button.parentElement.hidden = !fits.has(button.value);
    for (const head of grid.querySelectorAll(".room")) head.hidden = Boolean(query);
    found.textContent = query ? room.say(fits.size ? "found" : "found_none", { n: fits.size }) : room.say("tap_a_name");
    const [first] = inSight(grid);
    if (first) room.roving(grid, first);
    return first;
  }

  room.clearFind = function () {
    if (!field.value) return;
    field.value = "";
    find();
  };

  field.addEventListener("input", find);
  field.addEventListener("keydown", (event) => {
    const first = inSight(grid)[0];
    if (event.isComposing) return;
    if (event.key === "Escape") room.clearFind();
    if (event.key === "ArrowDown") first?.focus();
    if (event.key === "Enter") {
      event.preventDefault();
      if (field.value) first?.click();
    }
  });
  for (const container of [grid, listed]) {
    container.addEventListener("keydown", move);
    container.addEventListener("focusin", (event) => room.roving(container, event.target.closest("button")));
    container.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) room.openSheet(Number(button.value), container.id);
    });
  }
})((window.classroom = window.classroom || {}));
