"use strict";
/* The sheet for one person: what kind, which symptoms. Name, symptom, done: three taps. It closes by cancel, Esc or back. */
(function (room) {
  const { data, roll } = room;
  const sheet = document.getElementById("sheet");
  const part = (name) => sheet.querySelector(`[data-part="${name}"]`);
  const kinds = [...sheet.querySelectorAll("[data-kind]")];
  const chips = [...sheet.querySelectorAll("[data-symptom]")];
  const degrees = document.getElementById("degrees");
  const TROUBLING = ["fever", "vomiting"];
  const LOWEST = 34;
  const HIGHEST = 43;
  /* How each kind is called where it is not a class that is checked. */
  const CALLED = {
    dorm: { ill_absent: "away_dorm", unwell: "unwell_dorm", unexplained: "unexplained_dorm" },
    bus: { ill_absent: "away_bus", unwell: "unwell_bus", unexplained: "unexplained_bus" },
    staff: { ill_absent: "away_staff", unwell: "unwell_staff", unexplained: "unexplained_staff" },
  };
  let pupil = null;
  let openedFrom = "pupils";

  const isPressed = (button) => button.getAttribute("aria-pressed") === "true";
  const press = (button, on) => button.setAttribute("aria-pressed", String(on));
  const kind = () => kinds.find(isPressed).dataset.kind;
  const needsSymptom = () => kind() === "ill_absent" || kind() === "unwell";
  const pressed = () => chips.filter(isPressed).map((chip) => chip.dataset.symptom);
  /* Symptoms that another source has said and that have no chip here stay as they are. */
  const beyond = () => (roll.get(pupil.id)?.symptoms || []).filter((code) => code in data.beyond);
  const symptoms = () => [...pressed(), ...beyond()];

  for (const button of kinds) {
    const word = CALLED[data.unit]?.[button.dataset.kind];
    if (word) button.textContent = room.say(word);
  }

  /* Fever with vomiting is the one pair after which the house asks for a call to the family on the same day. */
  room.askForCall = (finding) => TROUBLING.every((code) => finding.symptoms.includes(code));

  function choose(button) {
    for (const other of kinds) press(other, other === button);
    part("chips").hidden = !needsSymptom();
    part("degrees").hidden = data.measuring === "nobody" || !needsSymptom();
    explain();
  }

  function toggle(chip) {
    press(chip, !isPressed(chip));
    explain();
  }

  function explain() {
    const call = needsSymptom() && room.askForCall({ symptoms: pressed() });
    const key = call ? "hint_call" : needsSymptom() ? "hint_several" : kind() === "unexplained" ? "hint_unexplained" : "hint_none";
    part("hint").textContent = room.say(key);
    part("gate").hidden = !data.gate || !needsSymptom();
    part("gate").textContent = room.say("gate", { gate: data.gate });
    refuse("");
  }

  function refuse(key) {
    part("refusal").hidden = !key;
    part("refusal").textContent = key ? room.say(key, { low: LOWEST, high: HIGHEST }) : "";
  }

  /* 38.4, 38,4 and 384 are one number; null where nobody measured, NaN where it cannot be a temperature. */
  function measured() {
    const typed = degrees.value.trim().replace(/[,。，]/, ".");
    if (!typed || part("degrees").hidden) return null;
    const number = Number(/^\d{3}$/.test(typed) ? `${typed.slice(0, 2)}.${typed[2]}` : typed);
    return number >= LOWEST && number <= HIGHEST ? Math.floor(number * 10 + 1e-6) / 10 : NaN;
  }

  /* Where everybody is measured, who reaches the gate's limit has fever in its sense. */
  function feverOfTheGate(number) {
    const fever = chips.find((chip) => chip.dataset.symptom === "fever");
    if (data.gate && number >= data.gate && !symptoms().length) press(fever, true);
  }

  room.openSheet = function (id, from) {
    openedFrom = from;
    pupil = roll.pupils.get(id);
    const finding = roll.get(id);
    const known = finding || (pupil.carried && roll.shown().includes(id));
    const present = kinds.find((button) => button.dataset.kind === "present");
    part("name").textContent = pupil.name;
    part("about").textContent = pupil.carried ? pupil.carried.words : pupil.initials;
    present.hidden = !known;
    present.textContent = room.say(pupil.carried && !pupil.carried.told ? "kind_returned" : "kind_present");
    degrees.value = finding?.temperature || "";
    for (const chip of chips) press(chip, Boolean(finding?.symptoms.includes(chip.dataset.symptom)));
    const now = finding ? finding.kind : known ? "present" : "ill_absent";
    choose(kinds.find((button) => button.dataset.kind === now));
    sheet.showModal();
    part("heading").focus();
    history.pushState({ sheet: id }, "");
  };

  function finish() {
    const number = measured();
    if (Number.isNaN(number)) {
      refuse("refuse_degrees");
      degrees.focus();
      return;
    }
    feverOfTheGate(number);
    if (needsSymptom() && !symptoms().length) {
      refuse("refuse_symptom");
      chips[0].focus();
      return;
    }
    const said = needsSymptom();
    roll.set(pupil.id, { kind: kind(), symptoms: said ? symptoms() : [], temperature: said && number ? number.toFixed(1) : null });
    sheet.close("done");
  }

  /* The row or the cell may have been drawn anew: focus goes back by the pupil, not by the element. */
  function goBack() {
    if (history.state?.sheet) history.back();
    room.clearFind();
    const place = (list) => document.querySelector(`#${list} [value="${pupil.id}"]`);
    (place(openedFrom) || place("pupils")).focus();
    pupil = null;
  }

  sheet.addEventListener("close", goBack);
  sheet.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (event.target === sheet || button?.dataset.act === "cancel") sheet.close("cancel");
    else if (button?.dataset.act === "done") finish();
    else if (button?.dataset.kind) choose(button);
    else if (button?.dataset.symptom) toggle(button);
  });
  sheet.addEventListener("keydown", (event) => {
    const typing = event.target === degrees;
    const chip = typing ? null : chips[Number(event.key) - 1];
    const elsewhere = !event.target.closest("button");
    if (chip && needsSymptom()) toggle(chip);
    else if (event.key === "Enter" && (elsewhere || event.ctrlKey)) finish();
    else return;
    event.preventDefault();
  });
  window.addEventListener("popstate", () => { if (sheet.open) sheet.close("cancel"); });
})((window.classroom = window.classroom || {}));
