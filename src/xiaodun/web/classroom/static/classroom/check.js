"use strict";
/* The checks of one class or group: opens the right view, hands in the roll, keeps the banner true. */
(function (room) {
  const { data, queue, roll, sender } = room;
  const views = [...document.querySelectorAll("[data-view]")];
  const banner = document.getElementById("banner");
  const submit = document.getElementById("submit");
  const heading = document.querySelector("h1");
  const openedOn = room.deviceDay();
  const drafts = new Map(); // lists begun and put aside for another session
  let editing = null;

  const isOfThisDay = ({ body }) => body.class_id === data.class_id && body.day === data.day;
  const isOf = (session) => (row) => isOfThisDay(row) && row.body.session === session;
  room.isOnThisPage = (row) => isOfThisDay(row) && row.body.session in data.sessions;

  /* A new row of the queue. The body is what is signed for and never changes once it has been tried. */
  room.newRow = function ({ findings, base, after = null, shown = roll.shown(), clientId = room.newId() }) {
    const body = {
      client_id: clientId, class_id: data.class_id, day: data.day, session: data.session,
      device_at: room.instant(), base_revision: base, findings, shown,
    };
    if (data.measuring === "everybody") body.all_measured = true;
    const title = `${heading.dataset.title} ${room.sessionWord(data.session)}`;
    return {
      client_id: clientId, account: data.account, title, page: data.urls.page, body,
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

  /* Opens the list for writing: the first check, one taken back, or a correction of what the school holds.
     `earlier` is the record of the session before, which a first check of this one goes on from. */
  room.edit = function (findings, { base = data.revision, after = null, instead = null, correcting = false, earlier = null } = {}) {
    editing = { base, after, instead, correcting };
    roll.start(findings, earlier);
    openList();
  };

  function openList() {
    const all = data.measuring === "everybody" ? room.unit.measured : room.unit.all;
    submit.disabled = false;
    submit.querySelector("[data-part=words]").textContent = room.say(editing.correcting ? "send_correction" : all, { gate: data.gate });
    document.getElementById("stop").hidden = !editing.correcting && !editing.instead;
    show("list");
  }

  /* Another session: a list that has been begun waits as it is. */
  function turn({ from }) {
    const kept = editing && roll.keep();
    if (kept) drafts.set(from, { editing, roll: kept });
    const draft = drafts.get(data.session);
    drafts.delete(data.session);
    editing = draft ? draft.editing : null;
    document.getElementById("refusal").hidden = true;
    if (draft) {
      roll.resume(draft.roll);
      openList();
    }
    draw();
  }

  /* The newest of a session's rows that still counts, else what the server held when it made the page. */
  function standing(rows, session) {
    const row = rows.filter((each) => isOf(session)(each) && !each.undo).pop();
    const { submitted } = data.sessions[session];
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
    room.markTabs((session) => standing(rows, session)?.state);
    if (editing) return noticeLateUndo(rows);
    const record = standing(rows, data.session);
    const other = record?.row && sender.theirs.get(record.clientId);
    const before = room.before(data.session);
    if (!record) return room.edit(null, { earlier: before && standing(rows, before) });
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
    for (const row of (await queue.rows()).filter(room.isOnThisPage)) {
      const { submitted } = data.sessions[row.body.session];
      if (!room.fromCopy && !submitted && !row.undo && knows(row)) await queue.remove(row.client_id);
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
  room.when("session", turn);
  room.when("withdrawn", ({ clientId, revision }) => {
    for (const session of Object.values(data.sessions)) {
      if (session.submitted?.client_id === clientId) session.submitted = null;
    }
    for (const begun of [editing, ...[...drafts.values()].map((draft) => draft.editing)]) {
      if (begun?.after === clientId) Object.assign(begun, { base: revision, after: null });
    }
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
