"use strict";
/* The sheet for one pupil: what kind, which symptoms. Name, symptom, done: three taps. It closes by cancel, Esc or back. */
(function (room) {
  const { roll } = room;
  const sheet = document.getElementById("sheet");
  const part = (name) => sheet.querySelector(`[data-part="${name}"]`);
  const kinds = [...sheet.querySelectorAll("[data-kind]")];
  const chips = [...sheet.querySelectorAll("[data-symptom]")];
  const TROUBLING = ["fever", "vomiting"];
  let pupil = null;
  let openedFrom = "pupils";

  const isPressed = (button) => button.getAttribute("aria-pressed") === "true";
  const press = (button, on) => button.setAttribute("aria-pressed", String(on));
  const kind = () => kinds.find(isPressed).dataset.kind;
  const symptoms = () => chips.filter(isPressed).map((chip) => chip.dataset.symptom);
  const needsSymptom = () => kind() === "ill_absent" || kind() === "unwell";

  /* Fever with vomiting is the one pair after which the house asks for a call to the family on the same day. */
  room.askForCall = (finding) => TROUBLING.every((code) => finding.symptoms.includes(code));

  function choose(button) {
    for (const other of kinds) press(other, other === button);
    part("chips").hidden = !needsSymptom();
    explain();
  }

  function toggle(chip) {
    press(chip, !isPressed(chip));
    explain();
  }

  function explain() {
    const call = needsSymptom() && room.askForCall({ symptoms: symptoms() });
    const key = call ? "hint_call" : needsSymptom() ? "hint_several" : "hint_none";
    part("hint").textContent = room.say(key);
    part("refusal").hidden = true;
  }

  room.openSheet = function (id, from) {
    openedFrom = from;
    pupil = roll.pupils.get(id);
    const finding = roll.get(id);
    const present = kinds.find((button) => button.dataset.kind === "present");
    part("name").textContent = pupil.name;
    part("about").textContent = pupil.carried ? pupil.carried.words : pupil.initials;
    present.hidden = !finding && !pupil.carried;
    present.textContent = room.say(pupil.carried ? "kind_returned" : "kind_present");
    for (const chip of chips) press(chip, Boolean(finding?.symptoms.includes(chip.dataset.symptom)));
    const now = finding ? finding.kind : pupil.carried ? "present" : "ill_absent";
    choose(kinds.find((button) => button.dataset.kind === now));
    sheet.showModal();
    part("heading").focus();
    history.pushState({ sheet: id }, "");
  };

  function finish() {
    if (needsSymptom() && !symptoms().length) {
      part("refusal").hidden = false;
      chips[0].focus();
      return;
    }
    roll.set(pupil.id, kind(), needsSymptom() ? symptoms() : []);
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
    const chip = chips[Number(event.key) - 1];
    const elsewhere = !event.target.closest("button");
    if (chip && needsSymptom()) toggle(chip);
    else if (event.key === "Enter" && (elsewhere || event.ctrlKey)) finish();
    else return;
    event.preventDefault();
  });
  window.addEventListener("popstate", () => { if (sheet.open) sheet.close("cancel"); });
})((window.classroom = window.classroom || {}));
