"use strict";
/* What became of the check: the three states with their times, what was handed in, undo and correction. */
(function (room) {
  const { data, queue, roll, sender } = room;
  /* The view has two pieces: what it says, and its buttons at the foot of the screen. */
  const part = (name) => document.querySelector(`[data-view=done] [data-part="${name}"]`);
  const STATES = ["here", "sent", "confirmed"];
  const TIMES = { here: "time_here", sent: "time_sent", confirmed: "time_confirmed" };
  const NOT_YET = { sent: "not_yet_sent", confirmed: "not_yet_confirmed" };
  const ENDS = { here: "state_here", sent: "state_sent", confirmed: "state_confirmed", stuck: "state_stuck", other: "state_here" };
  let record = null;
  let ticking = 0;

  const absent = (findings) => findings.filter((finding) => finding.kind !== "unwell").length;

  /* A row of this phone, in the shape this view shows. */
  room.recordOfRow = (row) => ({
    row, saidAt: row.saved_at + room.offset, clientId: row.client_id, findings: row.body.findings, answer: row.answer, problem: row.problem, undoBy: row.undo_by,
    state: row.state,
    times: {
      here: row.saved_at + room.offset, sent: row.sent_at && row.sent_at + room.offset, confirmed: row.answer?.received_at,
    },
  });

  /* What the server already held when the page was made; its own device saved and sent it. */
  room.recordOfSubmitted = (submitted) => ({
    row: null, saidAt: Date.parse(submitted.received_at), clientId: submitted.client_id, findings: submitted.findings, answer: submitted, problem: null, state: "confirmed",
    undoBy: submitted.client_id && submitted.undo_until ? Date.parse(submitted.undo_until) : 0,
    times: { confirmed: submitted.received_at },
  });

  function titleKey() {
    if (record.state === "confirmed") return "title_confirmed";
    if (record.state === "stuck") return "title_stuck";
    return record.state === "sent" ? "title_sending" : "title_here";
  }

  function reached() {
    const { answer } = record;
    if (record.state === "confirmed") {
      const known = answer.classes_expected !== undefined;
      return known ? room.say(room.unit.done, { reported: answer.classes_reported, expected: answer.classes_expected }) : "";
    }
    return room.say(record.state === "stuck" ? "reach_stuck" : sender.net.signedOut ? "reach_sign_in" : "reach_here");
  }

  function drawStages() {
    const refusedAt = record.state === "stuck" ? STATES.indexOf("sent") : 0;
    const reachedAt = Math.max(refusedAt, STATES.indexOf(record.state));
    STATES.forEach((state, place) => {
      const item = document.querySelector(`[data-stage="${state}"]`);
      const on = place <= reachedAt;
      const time = record.times[state];
      item.classList.toggle("on", on);
      const known = time ? room.say(TIMES[state], { time: room.clock(time) }) : room.say("other_device");
      const missing = record.state === "stuck" ? "state_stuck" : NOT_YET[state];
      item.querySelector("[data-part=time]").textContent = on ? known : room.say(missing);
    });
  }

  function drawFindings() {
    const end = room.say(ENDS[record.state]);
    part("findings").replaceChildren(...record.findings.map((finding) => roll.record(finding, end)));
    part("findings").hidden = !record.findings.length;
    const away = record.answer?.absent ?? absent(record.findings);
    part("well").textContent = room.say(room.unit.well, { present: record.answer?.present ?? data.enrolled - away, absent: away });
    const calls = record.findings.filter((finding) => !finding.carried && room.askForCall(finding));
    part("calls").hidden = !calls.length;
    part("calls").textContent = room.say("call_today", { names: room.list(calls.map((finding) => roll.nameOf(finding.person_id))) });
  }

  /* What families told after the check was said: one press opens the list with it, one sends it. */
  function drawLate() {
    const late = record.state === "confirmed" || record.state === "here" ? roll.toldAfter(record) : [];
    part("late").hidden = !late.length;
    part("late").textContent = room.say("told_later", { names: room.list(late.map((finding) => roll.nameOf(finding.person_id))) });
    part("correct").classList.toggle("main", Boolean(late.length));
    part("correct").classList.toggle("quiet", !late.length);
  }

  function drawUndo() {
    const left = Math.floor((record.undoBy - Date.now()) / 1000);
    const unsent = record.state === "here" || record.state === "sent";
    part("undo").hidden = !unsent && left <= 0;
    part("undo_words").textContent = unsent ? room.say("undo")
      : room.say("undo_left", { m: Math.floor(left / 60), s: left % 60 });
    if (part("undo").hidden) clearInterval(ticking);
  }

  room.showDone = function (shown) {
    /* An attempt made while the network is known to be down is not yet a sending. */
    const hopeless = shown.state === "sent" && !sender.net.online;
    record = hopeless ? { ...shown, state: "here" } : shown;
    part("title").textContent = room.say(titleKey());
    part("reach").textContent = reached();
    part("problem").hidden = record.state !== "confirmed" || !record.problem;
    part("problem").textContent = room.problemWords(record.problem);
    part("correct").hidden = record.state !== "confirmed";
    part("rewrite").hidden = record.state !== "stuck" || record.problem.status === 403;
    part("retry").hidden = record.state !== "here" || sender.net.signedOut;
    drawStages();
    drawFindings();
    drawLate();
    clearInterval(ticking);
    ticking = setInterval(drawUndo, 1000);
    drawUndo();
  };

  /* A refusal in words: what happened, what to do, and its code, a line each. */
  room.problemWords = (problem) => problem
    ? [problem.title, [problem.detail, problem.hint].filter(Boolean).join(" "), problem.code].filter(Boolean).join("\n") : "";

  /* Before it was ever sent, undo takes the row out of the queue. Afterwards the school must be told, so the wish is queued. */
  async function undo() {
    clearInterval(ticking);
    const { row, clientId, answer, findings } = record;
    if (!row) await queue.add(foreign(clientId, answer));
    const wished = await queue.change(clientId, (now) => (now.state === "here" && !now.tries ? null : { ...now, undo: true }));
    const base = row ? row.body.base_revision : answer.revision;
    const list = [...findings, ...roll.toldAfter(record)];
    room.edit(list, { base: wished?.answer?.revision ?? base, after: wished ? clientId : row?.after || null });
    sender.send();
  }

  /* A check that another device sent, as a row of this phone, so that its undo can be queued like any other. */
  const foreign = (clientId, answer) => ({
    ...room.newRow({ findings: answer.findings, base: answer.revision, clientId }),
    state: "confirmed", answer, undo: true,
  });

  document.addEventListener("click", (event) => {
    const act = event.target.closest("button")?.dataset.act;
    if (act === "undo") undo();
    if (act === "retry") sender.send();
    if (act === "rewrite") room.edit(record.findings, { base: record.row.body.base_revision, instead: record.clientId });
    if (act === "correct") room.edit([...record.findings, ...roll.toldAfter(record)], { base: record.answer.revision, correcting: true });
  });
})((window.classroom = window.classroom || {}));
