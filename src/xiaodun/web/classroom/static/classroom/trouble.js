"use strict";
/* What a person must decide: a check that another device sent first, a check the server refused, a check of an earlier day.
   Nothing here is dropped without a press. */
(function (room) {
  const { data, queue, roll, sender } = room;
  const difference = document.getElementById("difference");
  const trouble = document.getElementById("trouble");
  const itemPattern = document.getElementById("class-trouble").content.firstElementChild;
  let mine = null;
  let theirs = null;
  let link = null;

  const said = (finding) => finding ? roll.sentence(finding) : room.say("kind_present");
  const byPerson = (findings) => new Map(findings.map((finding) => [finding.person_id, finding]));

  function cell(tag, words) {
    const element = document.createElement(tag);
    element.textContent = words;
    if (tag === "th") element.scope = "row";
    return element;
  }

  /* One line for each pupil about whom the two devices differ: name, mine, theirs. */
  function lines() {
    const ours = byPerson(mine.body.findings);
    const others = byPerson(theirs.findings);
    const ids = [...new Set([...ours.keys(), ...others.keys()])];
    const pairs = ids.map((id) => [roll.nameOf(id), said(ours.get(id)), said(others.get(id))]);
    return pairs.filter(([, own, other]) => own !== other).map(([name, own, other]) => {
      const line = document.createElement("tr");
      line.append(cell("th", name), cell("td", own), cell("td", other));
      return line;
    });
  }

  room.showDifference = function (row, other) {
    mine = row;
    theirs = other;
    const body = difference.querySelector("tbody");
    body.replaceChildren(...lines());
    const about = { by: theirs.by || room.say("other_device"), time: room.clock(theirs.received_at), n: body.children.length };
    difference.querySelector("[data-part=about]").textContent = room.say(about.n ? "difference_about" : "difference_none", about);
    difference.querySelector("table").hidden = !about.n;
  };

  /* What stands at the school instead of ours, as the page would have had it had it been made now. */
  function know(session, standing) {
    const away = standing.findings.filter((finding) => finding.kind !== "unwell").length;
    const submitted = { ...standing, client_id: null, undo_until: null, absent: away, present: data.enrolled - away };
    Object.assign(data.sessions[session], { submitted, revision: standing.revision });
  }

  async function keepTheirs() {
    know(mine.body.session, theirs);
    await queue.remove(mine.client_id);
  }

  async function sendMine() {
    const again = room.newRow({ findings: mine.body.findings, base: theirs.revision, shown: mine.body.shown });
    await queue.add(again, mine.client_id);
    sender.send();
  }

  /* Our undo came too late: another device has corrected the check meanwhile. */
  room.when("replaced", ({ row, theirs: standing }) => {
    if (!room.isOnThisPage(row) || standing.revision <= row.answer.revision) return;
    know(row.body.session, standing);
    room.tell("queue");
  });

  document.addEventListener("click", (event) => {
    const act = event.target.closest("button")?.dataset.act;
    if (act === "keep-theirs") keepTheirs();
    if (act === "send-mine") sendMine();
  });

  function item(row) {
    const element = itemPattern.cloneNode(true);
    const part = (name) => element.querySelector(`[data-part="${name}"]`);
    element.dataset.clientId = row.client_id;
    part("name").textContent = row.title;
    part("words").textContent = room.problemWords(row.problem) || room.say("waits_for_network");
    part("again").value = row.client_id;
    part("again").hidden = row.state !== "stuck";
    part("open").hidden = row.state !== "other" || row.page === data.urls.page;
    part("open").href = row.page;
    return element;
  }

  /* Ids, codes and times of every unsent row: what the school doctor needs to enter by hand. No names. */
  function file(rows) {
    const unsent = rows.filter(queue.isUnsent).map(({ body, state, problem }) => ({ ...body, state, problem: problem?.code || null }));
    const text = JSON.stringify({ exported_at: room.instant(), checks: unsent }, null, 1);
    return new Blob([text], { type: "application/json" });
  }

  room.showTrouble = function (rows) {
    const old = (row) => queue.isUnsent(row) && row.body.day !== data.day;
    const foreign = (row) => row.state === "other" && !room.isOnThisPage(row);
    const shown = rows.filter((row) => row.state === "stuck" || old(row) || foreign(row));
    trouble.hidden = !shown.length && !(sender.net.signedOut && rows.some(queue.isUnsent));
    trouble.querySelector("ul").replaceChildren(...shown.map(item));
    if (link) URL.revokeObjectURL(link);
    link = trouble.hidden ? null : URL.createObjectURL(file(rows));
    const save = trouble.querySelector("[data-part=export]");
    save.href = link || "";
    save.download = `xiaodun-${data.class_id}-${data.day}.json`;
  };

  trouble.addEventListener("click", async (event) => {
    const again = event.target.closest("button");
    if (!again) return;
    await queue.change(again.value, (row) => ({ ...row, state: "here", problem: null }));
    sender.send();
  });
})((window.classroom = window.classroom || {}));
