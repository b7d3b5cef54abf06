"use strict";
/* The sessions of one page: the morning and the noon of a class share its names and its queue. Which one is open changes;
   what each of them holds is kept apart, so that the page that a phone kept in the morning also serves at noon. */
(function (room) {
  const { data } = room;
  const tabs = [...document.querySelectorAll("#when button")];
  const heading = document.querySelector("h1");
  const order = Object.keys(data.sessions);
  const UNITS = {
    class: { done: "classes_done", well: "well", all: "all_well", measured: "all_cool" },
    dorm: { done: "dorms_done", well: "well_dorm", all: "all_well_dorm", measured: "all_cool" },
    bus: { done: "buses_done", well: "well_bus", all: "all_well_bus", measured: "all_cool" },
    staff: { done: "staff_done", well: "well_staff", all: "all_well_staff", measured: "all_cool" },
  };

  const STATE = { here: "state_here", sent: "state_sent", confirmed: "state_confirmed", stuck: "state_stuck", other: "state_here" };

  /* The words of this kind of unit. */
  room.unit = UNITS[data.unit];

  /* Minutes since midnight in Shanghai, on the server's clock. */
  function minuteNow() {
    const [hours, minutes] = room.clock(Date.now() + room.offset).split(":");
    return Number(hours) * 60 + Number(minutes);
  }

  function ofThisHour() {
    const now = minuteNow();
    return order.filter((session) => data.sessions[session].from <= now).pop() || order[0];
  }

  data.session = ofThisHour();
  /* What the server held of the open session when it made the page; changed when something newer is known. */
  for (const name of ["submitted", "revision"]) {
    Object.defineProperty(data, name, {
      get: () => data.sessions[data.session][name],
      set: (value) => { data.sessions[data.session][name] = value; },
    });
  }

  const tabOf = (session) => tabs.find((tab) => tab.value === session);
  room.sessionWord = (session) => tabOf(session)?.textContent || heading.dataset.word;
  room.before = (session) => order[order.indexOf(session) - 1] || null;

  /* How far each session has come, in a sign and in words: `stateOf(session)`, undefined where nothing was said. */
  room.markTabs = function (stateOf) {
    for (const tab of tabs) {
      const state = stateOf(tab.value);
      tab.dataset.state = state || "";
      if (state) tab.setAttribute("aria-label", room.say("tab", { session: tab.textContent, state: room.say(STATE[state]) }));
      else tab.removeAttribute("aria-label");
    }
  };

  function mark() {
    for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.value === data.session));
    document.title = `${heading.firstChild.textContent.trim()} ${tabs.length ? room.sessionWord(data.session) : ""}`.trim();
  }

  room.turnTo = function (session) {
    const from = data.session;
    if (session === from) return;
    data.session = session;
    mark();
    room.tell("session", { from });
  };

  for (const tab of tabs) tab.addEventListener("click", () => room.turnTo(tab.value));
  mark();
})((window.classroom = window.classroom || {}));
