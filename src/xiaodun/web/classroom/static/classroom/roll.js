"use strict";
/* The roll that is being written: who is listed and with what. Everybody else is well; that is never entered. */
(function (room) {
  const pupils = new Map(room.data.pupils.map((pupil) => [pupil.id, pupil]));
  const listed = document.getElementById("listed");
  const grid = document.getElementById("pupils");
  const rowPattern = document.getElementById("class-row").content.firstElementChild;
  const shapes = document.getElementById("class-shapes").content;
  const END = { ill_absent: "end_ill_absent", unwell: "end_unwell", leave: "end_leave" };
  let findings = new Map();

  const roll = { pupils };
  const inSheet = (selector) => document.querySelector(`#sheet ${selector}`);

  roll.shape = (name) => shapes.querySelector(`[data-shape="${name}"]`).firstElementChild.cloneNode(true);
  roll.symptomWord = (code) => inSheet(`[data-symptom="${code}"]`).textContent.trim();
  roll.kindWord = (kind) => inSheet(`[data-kind="${kind}"]`).textContent.trim();
  roll.nameOf = (id) => pupils.get(id)?.name || room.say("not_on_roll");

  /* 因病缺课:发热、呕吐 */
  roll.sentence = function (finding) {
    const kind = roll.kindWord(finding.kind);
    if (!finding.symptoms.length) return kind;
    return room.say("finding", { kind, symptoms: room.list(finding.symptoms.map(roll.symptomWord)) });
  };

  const carriedOver = (pupil) => ({
    person_id: pupil.id, kind: pupil.carried.kind || "ill_absent", symptoms: pupil.carried.symptoms, carried: true, onset_on: null,
  });

  /* Begins with what is given, else with the absences carried over from the last school day. */
  roll.start = function (given) {
    const first = given || room.data.pupils.filter((pupil) => pupil.carried).map(carriedOver);
    findings = new Map(first.map((finding) => [finding.person_id, finding]));
    draw();
  };

  roll.get = (id) => findings.get(id) || null;

  roll.set = function (id, kind, symptoms) {
    const pupil = pupils.get(id);
    const carried = Boolean(pupil.carried) && kind !== "leave";
    if (kind === "present") findings.delete(id);
    else findings.set(id, { person_id: id, kind, symptoms, carried, onset_on: null });
    draw();
  };

  roll.findings = () => [...findings.values()].map((finding) => ({ ...finding, symptoms: [...finding.symptoms] }));

  function shapeOf(finding) {
    if (!finding) return roll.shape("returned");
    if (finding.kind === "unwell") return inSheet(`[data-symptom="${finding.symptoms[0]}"] svg`).cloneNode(true);
    return roll.shape(finding.carried ? "carried" : "absent");
  }

  function noteOf(pupil, finding) {
    if (!finding) return pupil.carried.words;
    const sameKind = finding.kind === (pupil.carried?.kind || "ill_absent");
    const untouched = finding.carried && sameKind && finding.symptoms.join() === pupil.carried.symptoms.join();
    return untouched ? pupil.carried.words : roll.sentence(finding);
  }

  function endOf(finding) {
    if (!finding) return room.say("end_returned");
    return room.say(finding.carried && finding.kind === "ill_absent" ? "end_carried" : END[finding.kind]);
  }

  /* One row of a list: shape, name, note, and the word at its end. Without `act` it is text, not a button. */
  roll.row = function ({ shape, name, note, end, value = "" }, act) {
    const item = rowPattern.cloneNode(true);
    const button = item.firstElementChild;
    const part = (key) => button.querySelector(`[data-part="${key}"]`);
    part("shape").replaceChildren(shape);
    part("name").textContent = name;
    part("note").textContent = note;
    part("end").textContent = end;
    if (act) {
      button.value = value;
      return item;
    }
    const still = document.createElement("div");
    still.className = button.className;
    still.append(...button.childNodes);
    item.replaceChildren(still);
    return item;
  };

  /* The same row in a list that is no longer edited: its end says how far it has come. */
  roll.record = function (finding, end) {
    const pupil = pupils.get(finding.person_id);
    const note = pupil?.carried && finding.carried ? noteOf(pupil, finding) : roll.sentence(finding);
    return roll.row({ shape: shapeOf(finding), name: roll.nameOf(finding.person_id), note, end });
  };

  function draw() {
    const returned = room.data.pupils.filter((pupil) => pupil.carried && !findings.has(pupil.id));
    const order = [...findings.values()].sort((a, b) => b.carried - a.carried).map((finding) => pupils.get(finding.person_id));
    const rows = [...order, ...returned].filter(Boolean).map((pupil) => {
      const finding = roll.get(pupil.id);
      return roll.row({ shape: shapeOf(finding), name: pupil.name, note: noteOf(pupil, finding), end: endOf(finding), value: pupil.id }, true);
    });
    listed.replaceChildren(...rows);
    listed.hidden = !rows.length;
    for (const button of grid.querySelectorAll("button")) {
      const finding = roll.get(Number(button.value));
      button.classList.toggle("on", Boolean(finding));
      if (finding) button.setAttribute("aria-label", room.say("already_listed", { name: roll.nameOf(Number(button.value)) }));
      else button.removeAttribute("aria-label");
    }
    const count = { listed: findings.size, well: room.data.enrolled - findings.size };
    document.getElementById("counts").textContent = room.say("counts", count);
    room.roving(listed);
    room.roving(grid);
  }

  room.roll = roll;
})((window.classroom = window.classroom || {}));
