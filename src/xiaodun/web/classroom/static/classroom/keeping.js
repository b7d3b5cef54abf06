"use strict";
/* Keeping today's list on this phone, and letting go of it: the worker that answers without a network, and signing out. */
(function (room) {
  const { data, queue } = room;
  const leaving = document.getElementById("leaving");
  const SIGN_OUT = "form[action*=sign-out], form[data-sign-out]";
  let form = null;

  const assets = () => [...document.querySelectorAll("link[rel=stylesheet], script[src]")]
    .map((element) => element.href || element.src);

  /* Hands the worker what this page stands on. Another account's pages are wiped by it first. */
  room.keepPage = async function () {
    if (!navigator.serviceWorker) return;
    await navigator.serviceWorker.register(data.urls.worker, { updateViaCache: "all" });
    const { active } = await navigator.serviceWorker.ready;
    const notice = document.getElementById("class-notice");
    active.postMessage({
      kind: "keep", account: data.account, page: location.href, assets: assets(),
      notice: notice.innerHTML, title: notice.content.querySelector("h1").textContent, language: document.documentElement.lang,
    });
  };

  async function leave() {
    await queue.forget();
    form.submit();
  }

  /* Signing out wipes the phone, so it asks first when something has not reached the school. */
  document.addEventListener("submit", async (event) => {
    if (!event.target.matches(SIGN_OUT)) return;
    event.preventDefault();
    form = event.target;
    const unsent = (await queue.rows()).filter(queue.isUnsent).length;
    if (!unsent) return leave();
    leaving.querySelector("[data-part=words]").textContent = room.say("leaving_unsent", { n: unsent });
    leaving.showModal();
  });

  leaving.addEventListener("click", (event) => {
    const act = event.target.closest("button")?.dataset.act;
    if (act) leaving.close();
    if (act === "leave") leave();
  });
})((window.classroom = window.classroom || {}));
