"use strict";
/* Words and times. Every sentence the scripts show stands in the page, already in the reader's language. */
(function (room) {
  const shelf = document.getElementById("class-words").content;
  const SHANGHAI = { timeZone: "Asia/Shanghai" };

  /* The sentence of that key, its {places} filled in. A key that the page lacks is a mistake of the house: it throws. */
  room.say = function (key, values = {}) {
    const sentence = shelf.querySelector(`[data-word="${key}"]`);
    if (!sentence) throw new Error(`no words for ${key}`);
    return sentence.textContent.replace(/\{(\w+)\}/g, (place, name) => (name in values ? values[name] : place));
  };

  room.list = (words) => words.join(room.say("list_separator"));

  /* 7:31 in Shanghai, whatever the phone's own zone. */
  room.clock = function (instant) {
    const parts = new Intl.DateTimeFormat("en-GB", { ...SHANGHAI, hour: "numeric", minute: "2-digit" });
    return parts.format(new Date(instant)).replace(/^0/, "");
  };

  /* The phone's own calendar day in Shanghai. Only ever compared with itself: the server alone says which school day it is. */
  room.deviceDay = () => new Intl.DateTimeFormat("sv-SE", SHANGHAI).format(new Date());

  /* Device time with its offset, as the server keeps it beside its own. */
  room.instant = function (moment = new Date()) {
    const offset = -moment.getTimezoneOffset();
    const two = (number) => String(Math.trunc(Math.abs(number))).padStart(2, "0");
    const local = new Date(moment.getTime() + offset * 60000).toISOString().slice(0, 19);
    return `${local}${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
  };

  /* crypto.randomUUID is missing on plain http and on phones before 2022. */
  room.newId = function () {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  const events = new EventTarget();
  room.when = (name, act) => events.addEventListener(name, (event) => act(event.detail));
  room.tell = (name, detail) => events.dispatchEvent(new CustomEvent(name, { detail }));

  /* Ids and initials come as data; the name is read from the button that shows it. */
  const data = JSON.parse(document.getElementById("class-data").textContent);
  const nameOf = (id) => document.querySelector(`#pupils [value="${id}"]`).textContent;
  const named = ([id, initials]) => ({ id, initials, name: nameOf(id), carried: data.carried[id] || null });
  room.data = { ...data, pupils: data.pupils.map(named) };
  /* Set by the worker when it answers with the copy it kept: the network did not. */
  room.fromCopy = "kept" in document.documentElement.dataset;

  /* Times are shown on the server's clock: a phone's may be wrong by hours. A kept copy uses what the last fresh page knew. */
  const OFFSET = "xiaodun-classroom-clock";
  const served = document.querySelector("meta[name=xiaodun-now]");
  room.offset = served && !room.fromCopy ? Date.parse(served.content) - Date.now() : 0;
  try {
    if (room.fromCopy) room.offset = Number(localStorage.getItem(OFFSET));
    else localStorage.setItem(OFFSET, room.offset);
  } catch {
    /* Storage is refused: the phone's own clock has to do. */
  }
})((window.classroom = window.classroom || {}));
