"use strict";
/* The morning check of one class: opens the right view, hands in the roll, keeps the banner true. */
(function (room) {
  const { data, queue, roll, sender } = room;
  const views = [...document.querySelectorAll("[data-view]")];
  const banner = document.getElementById("banner");
  const submit = document.getElementById("submit");
  const openedOn = room.deviceDay();
  let editing = null;

  room.isOfThisCheck = ({ body }) => body.class_id === data.class_id && body.day === data.day && body.session === data.session;

  /* A new row of the queue. The body is what is signed for and never changes once it has been tried. */
  room.newRow = function ({ findings, base, after = null, clientId = room.newId() }) {
    const body = {
      client_id: clientId, class_id: data.class_id, day: data.day, session: data.session,
      device_at: room.instant(), base_revision: base, findings,
    };
    return {
      client_id: clientId, account: data.account, title: document.querySelector("h1").dataset.title, page: data.urls.page, body,
      state: "here", saved_at: Date.now(), kept_on: room.deviceDay(), sent_at: null,
      tries: 0, after, undo: false, undo_by: 0, answer: null, problem: null,
    };
  };

  function show(id) {
    const place = document.getElementById(id);
    const moved = place.hidden;
    for (const view of views) view.hidden = view.dataset.view !== id;
    if (moved && "ready" in document.documentElement.dataset) place.querySelector("h2").focus();
  }

  /* Opens the list for writing: the first check, one taken back, or a correction of what the school holds. */
  room.edit = function (findings, { base = data.revision, after = null, instead = null, correcting = false } = {}) {
    editing = { base, after, instead, correcting };
    submit.disabled = false;
    roll.start(findings);
    submit.querySelector("[data-part=words]").textContent = room.say(correcting ? "send_correction" : "all_well");
    document.getElementById("stop").hidden = !correcting && !instead;
    show("list");
  };

  /* The newest of this check's rows that still counts, else what the server held when it made the page. */
  function standing(rows) {
    const row = rows.filter((each) => room.isOfThisCheck(each) && !each.undo).pop();
    const { submitted } = data;
    if (!row) return submitted && !rows.some((each) => each.undo && each.client_id === submitted.client_id)
      ? room.recordOfSubmitted(submitted) : null;
    const newer = submitted && row.state === "confirmed" && submitted.revision > row.answer.revision;
    return newer ? room.recordOfSubmitted(submitted) : room.recordOfRow(row);
  }

  function bannerKey(net, n) {
    if (net.signedOut) return "banner_sign_in";
    if (!queue.lasting) return "banner_no_store";
    if (!net.online) return n ? "banner_offline_kept" : "banner_offline";
    if (n && net.failing) return "banner_failing";
    return n && editing ? "banner_sending" : "";
  }

  function drawBanner(rows) {
    const { net } = sender;
    const n = rows.filter((row) => queue.isUnsent(row) || row.undo).length;
    const key = bannerKey(net, n);
    banner.hidden = !key;
    banner.classList.toggle("refused", net.signedOut);
    banner.querySelector("a").hidden = !net.signedOut;
    const words = key ? room.say(key, { n }) : "";
    const place = banner.querySelector("[data-part=words]");
    if (place.textContent !== words) place.textContent = words;
  }

  async function draw() {
    const rows = await queue.rows();
    drawBanner(rows);
    room.showTrouble(rows);
    if (editing) return noticeLateUndo(rows);
    const record = standing(rows);
    const other = record?.row && sender.theirs.get(record.clientId);
    if (!record) return room.edit(null);
    if (record.state === "other" && other) room.showDifference(record.row, other);
    else room.showDone(record);
    show(record.state === "other" && other ? "difference" : "done");
  }

  /* The undo came too late: what is being written becomes a correction of what the school holds. */
  function noticeLateUndo(rows) {
    const late = rows.find((row) => row.client_id === editing.after && !row.undo && row.problem);
    if (!late) return;
    Object.assign(editing, { base: late.answer.revision, after: null });
    const place = document.getElementById("refusal");
    place.hidden = false;
    place.textContent = room.problemWords(late.problem);
  }

  async function handIn() {
    if (submit.disabled || isAnotherDay()) return;
    submit.disabled = true;
    document.getElementById("refusal").hidden = true;
    const row = room.newRow({ findings: roll.findings(), base: editing.base, after: editing.after });
    await queue.add(row, editing.instead);
    editing = null;
    await draw();
    queue.askToLast().catch(() => null);
    sender.send();
  }

  /* A page left open over night must not write yesterday's list. */
  function isAnotherDay() {
    const another = room.deviceDay() !== openedOn;
    if (another) location.reload();
    return another;
  }

  /* A fresh page is the server's word: a check confirmed before it was made and not in it was taken back elsewhere.
     Both times are the server's own; a page made before the receipt knows nothing of it. */
  async function meetServer() {
    const made = Date.parse(document.querySelector("meta[name=xiaodun-now]")?.content);
    const knows = (row) => row.state === "confirmed" && Date.parse(row.answer.received_at) < made;
    for (const row of (await queue.rows()).filter(room.isOfThisCheck)) {
      if (!room.fromCopy && !data.submitted && !row.undo && knows(row)) await queue.remove(row.client_id);
    }
    for (const row of (await queue.rows()).filter((each) => each.state === "other")) {
      await queue.change(row.client_id, (now) => ({ ...now, state: "here" }));
    }
  }

  submit.addEventListener("click", handIn);
  document.getElementById("stop").addEventListener("click", () => { editing = null; draw(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey && editing && !document.querySelector("dialog[open]")) handIn();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) isAnotherDay(); });
  room.when("queue", draw);
  room.when("net", draw);
  room.when("withdrawn", ({ clientId, revision }) => {
    if (data.submitted?.client_id === clientId) data.submitted = null;
    if (editing?.after === clientId) Object.assign(editing, { base: revision, after: null });
  });

  async function start() {
    if (history.state?.sheet) history.replaceState(null, "");
    await queue.tidy();
    await meetServer();
    await draw();
    document.documentElement.dataset.ready = "";
    room.keepPage?.();
    sender.send();
  }

  start();
})((window.classroom = window.classroom || {}));
