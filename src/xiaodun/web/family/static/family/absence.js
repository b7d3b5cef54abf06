// The button says what it will send: 发送：今天请假（发热）. Without this script it sends all the same.
const send = document.getElementById("send");
const form = document.getElementById("reasons");
if (send && form) {
  const name = () => {
    const chosen = form.querySelector("input[name=reason]:checked");
    if (chosen) send.textContent = send.dataset.word.replace("{}", chosen.dataset.word);
  };
  form.addEventListener("change", name);
  form.addEventListener("submit", () => {
    for (const button of document.querySelectorAll("button[form=reasons]")) button.disabled = true;
  });
  name();
}
