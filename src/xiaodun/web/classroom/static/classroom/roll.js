"use strict";
/* The roll that is being written: who is listed and with what. Everybody else is well; that is never entered. */
(function (room) {
  const { data } = room;
  const pupils = new Map(data.pupils.map((pupil) => [pupil.id, pupil]));
  const listed = document.getElementById("listed");
  const grid = document.getElementById("pupils");
  const rowPattern = document.getElementById("class-row").content.firstElementChild;
  const shapes = document.getElementById("class-shapes").content;
  const END = { ill_absent: "end_ill_absent", unwell: "end_unwell", leave: "end_leave", unexplained: "end_unexplained" };
  let findings = new Map();
  /* Whom the page had on its list before the writer began: leaving one of them out says that they are back. */
  let shown = new Set();
  let touched = false;

  const roll = { pupils };
  const inSheet = (selector) => document.querySelector(`#sheet ${selector}`);
  const chip = (code) => inSheet(`[data-symptom="${code}"]`);

  roll.shape = (name) => shapes.querySelector(`[data-shape="${name}"]`).firstElementChild.cloneNode(true);
  roll.symptomWord = (code) => chip(code)?.textContent.trim() || data.beyond[code] || code;
  roll.kindWord = (kind) => inSheet(`[data-kind="${kind}"]`).textContent.trim();
  roll.nameOf = (id) => pupils.get(id)?.name || room.say("not_on_roll");

  /* 因病缺课:发热、呕吐,38.4℃ */
  roll.sentence = function (finding) {
    const kind = roll.kindWord(finding.kind);
    const said = finding.symptoms.map(roll.symptomWord);
    if (finding.temperature) said.push(room.say("degrees", { n: finding.temperature }));
    return said.length ? room.say("finding", { kind, symptoms: room.list(said) }) : kind;
  };

  const stillOn = (pupil) => pupil.carried && !pupil.carried.back;
  const fromList = ({ id, carried }) => ({
    person_id: id, kind: carried.kind, symptoms: carried.symptoms, carried: !carried.told, onset_on: null,
  });

  /* What the list holds before a word is said: of the morning what the session before had said, else what is carried over. */
  function prefilled(earlier) {
    if (!earlier) return data.pupils.filter(stillOn).map(fromList);
    const said = new Set(earlier.findings.map((finding) => finding.person_id));
    const since = data.pupils.filter((pupil) => stillOn(pupil) && !said.has(pupil.id) && isLater(pupil, earlier.saidAt));
    return [...earlier.findings.map(goesOn), ...since.map(fromList)];
  }

  const goesOn = (finding) => ({
    ...finding, carried: finding.kind === "leave" ? finding.carried : true, onset_on: null, temperature: null,
  });

  /* Told by the family, or said by another source of the day, after that moment (in ms; 0 = nobody has spoken yet). */
  const isLater = ({ carried }, moment) => Boolean(carried.today) || (carried.told || 0) * 1000 > moment;

  /* Those whom a standing check of `record` does not hold because the family told afterwards. */
  roll.toldAfter = function ({ findings: held, saidAt }) {
    const said = new Set(held.map((finding) => finding.person_id));
    return data.pupils.filter((pupil) => pupil.carried?.told && !said.has(pupil.id) && isLater(pupil, saidAt)).map(fromList);
  };

  /* Begins with what is given (a correction, a check taken back), else with what is on the list already. */
  roll.start = function (given, earlier = null) {
    const first = given || prefilled(earlier);
    findings = new Map(first.map((finding) => [finding.person_id, finding]));
    const isKnown = ({ id, carried }) => findings.has(id) || (!room.before(data.session) && !(given && carried.today));
    shown = new Set(data.pupils.filter((pupil) => pupil.carried && isKnown(pupil)).map((pupil) => pupil.id));
    if (earlier) for (const id of findings.keys()) shown.add(id);
    touched = false;
    draw();
  };

  /* What is being written, put aside while another session is open; null where nobody has entered anything. */
  roll.keep = () => touched ? { findings, shown } : null;
  roll.resume = (kept) => {
    ({ findings, shown } = kept);
    touched = true;
    draw();
  };

  roll.get = (id) => findings.get(id) || null;

  roll.set = function (id, { kind, symptoms, temperature }) {
    const { carried } = pupils.get(id);
    const before = findings.get(id);
    const same = carried && !carried.told ? kind !== "leave" || carried.kind === "leave" : Boolean(before?.carried) && kind !== "leave";
    touched = true;
    if (kind === "present") findings.delete(id);
    else findings.set(id, { person_id: id, kind, symptoms, carried: same, onset_on: null, temperature });
    draw();
  };

  roll.shown = () => [...shown];
  roll.findings = () => [...findings.values()].map(({ temperature, ...finding }) => ({
    ...finding, symptoms: [...finding.symptoms], ...(temperature ? { temperature } : {}),
  }));

  function shapeOf(finding) {
    if (!finding) return roll.shape("returned");
    if (finding.kind === "unwell") return (chip(finding.symptoms[0]) || chip("other")).querySelector("svg").cloneNode(true);
    if (finding.kind === "unexplained") return roll.shape("ask");
    return roll.shape(finding.carried ? "carried" : "absent");
  }

  function noteOf(pupil, finding) {
    if (!finding) return pupil.carried?.words || "";
    const { carried } = pupil;
    const untouched = carried && finding.kind === carried.kind && finding.symptoms.join() === carried.symptoms.join() && !finding.temperature;
    return untouched ? carried.words : roll.sentence(finding);
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
    const note = pupil?.carried ? noteOf(pupil, finding) : roll.sentence(finding);
    return roll.row({ shape: shapeOf(finding), name: roll.nameOf(finding.person_id), note, end });
  };

  function draw() {
    const returned = data.pupils.filter((pupil) => shown.has(pupil.id) && !findings.has(pupil.id));
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
    const count = { listed: findings.size, well: data.enrolled - findings.size };
    document.getElementById("counts").textContent = room.say("counts", count);
    room.roving(listed);
    room.roving(grid);
  }

  room.roll = roll;
})((window.classroom = window.classroom || {}));
