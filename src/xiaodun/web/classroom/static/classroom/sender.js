"use strict";
/* Carries the queue to the server, one row after the other, and says what the network is really like.
   A row is confirmed only by an answer that names it: a portal's friendly 200 page is not a confirmation. */
(function (room) {
  const TIMEOUT_MS = 20000;
  const LONGEST_WAIT_S = 60;
  const LATER = [408, 425, 429];
  const { queue } = room;

  const net = { online: navigator.onLine && !room.fromCopy, failing: false, signedOut: false };
  /* What the other device sent, while this page lives; never stored, a new attempt brings it again. */
  const theirs = new Map();
  let busy = false;
  let again = false;
  let failures = 0;
  let timer = 0;

  function setNet(change) {
    Object.assign(net, change);
    room.tell("net");
  }

  const token = () => /(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1] || "";

  /* {status, body} with status 0 for no network and 401 for a redirect to the sign-in page. */
  async function call(url, content) {
    const abort = new AbortController();
    const alarm = setTimeout(() => abort.abort(), TIMEOUT_MS);
    try {
      const response = await fetch(url, {
        method: "POST",
        credentials: "same-origin",
        redirect: "manual",
        cache: "no-store",
        signal: abort.signal,
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        body: JSON.stringify(content),
      });
      if (response.type === "opaqueredirect") return { status: 401, body: null };
      const isJson = /\bjson\b/.test(response.headers.get("Content-Type") || "");
      return { status: response.status, body: isJson ? await response.json() : null };
    } catch {
      return { status: 0, body: null };
    } finally {
      clearTimeout(alarm);
    }
  }

  const isDone = (status) => status === 200 || status === 201 || status === 204;
  const problemOf = (answer) => {
    const { code = `http.${answer.status}`, title = "", detail = "", hint = "" } = answer.body || {};
    return { status: answer.status, code, title, detail, hint };
  };

  /* True when the attempt must be made again later; notes why. */
  function mustWait(answer) {
    if (answer.status === 401) {
      setNet({ online: true, failing: false, signedOut: true });
      return true;
    }
    const strange = isDone(answer.status) && !answer.body && answer.status !== 204;
    if (answer.status === 0 || strange) {
      setNet({ online: false, failing: false });
      return true;
    }
    const failing = answer.status >= 500 || LATER.includes(answer.status);
    setNet({ online: true, failing, signedOut: false });
    return failing;
  }

  /* Sends one row. Resolves false when the queue should rest. */
  async function deliver(row) {
    if (row.state === "confirmed") return takeBack(row);
    const going = await queue.change(row.client_id, (now) => queue.isWaiting(now)
      ? { ...now, state: "sent", sent_at: Date.now(), tries: now.tries + 1 } : now);
    if (!going || going.state !== "sent") return true;
    const answer = await call(room.data.urls.checks, going.body);
    const named = isDone(answer.status) && answer.body?.client_id === row.client_id;
    if (mustWait(answer) || (isDone(answer.status) && !named)) {
      await queue.change(row.client_id, (now) => ({ ...now, state: "here", sent_at: null }));
      return false;
    }
    return named ? confirm(row, answer.body) : refuse(row, answer);
  }

  async function confirm(row, body) {
    const now = Date.now();
    const undoFor = body.undo_until ? new Date(body.undo_until) - new Date(body.received_at) : 0;
    const kept = await queue.change(row.client_id, (standing) => ({
      ...standing, state: "confirmed", undo_by: now + undoFor, answer: body, problem: null,
    }));
    if (kept?.undo) return takeBack(kept);
    await release(row.client_id, body.revision);
    return true;
  }

  /* Nothing stands at the server where another check was expected: it was taken back meanwhile. Ours then starts anew,
     under a new id, because a tried row is never edited. */
  async function startAnew(row) {
    const clientId = room.newId();
    const body = { ...row.body, client_id: clientId, base_revision: 0 };
    await queue.add({ ...row, client_id: clientId, body, state: "here", sent_at: null, tries: 0, after: null }, row.client_id);
    return true;
  }

  /* The server said no. A row that its writer had already taken back goes; every other one stays for a person. */
  async function refuse(row, answer) {
    const isOther = answer.status === 409 && answer.body?.code === "other";
    if (isOther && !answer.body.theirs && !row.undo) return startAnew(row);
    if (isOther) theirs.set(row.client_id, answer.body.theirs);
    await queue.change(row.client_id, (now) => now.undo ? null
      : { ...now, state: isOther ? "other" : "stuck", problem: problemOf(answer) });
    await release(row.client_id, row.body.base_revision);
    return true;
  }

  /* Undo of a row that the school has, or may have: only after its receipt is known, so that a late copy cannot revive it. */
  async function takeBack(row) {
    const url = room.data.urls.withdraw.replace("{client_id}", encodeURIComponent(row.client_id));
    const answer = await call(url, {});
    if (mustWait(answer)) return false;
    if (isDone(answer.status)) {
      const revision = answer.body?.revision ?? row.body.base_revision;
      await queue.remove(row.client_id);
      await release(row.client_id, revision);
      room.tell("withdrawn", { clientId: row.client_id, revision });
    } else {
      await queue.change(row.client_id, (now) => ({ ...now, undo: false, undo_by: 0, problem: problemOf(answer) }));
      await release(row.client_id, row.answer.revision);
      if (answer.body?.theirs) room.tell("replaced", { row, theirs: answer.body.theirs });
    }
    return true;
  }

  /* Rows written after an undo wait for it, and then stand on the revision it left. Never for a row already tried:
     the same id must always carry the same content. */
  async function release(clientId, revision) {
    for (const row of await queue.rows()) {
      if (row.after !== clientId) continue;
      await queue.change(row.client_id, (now) => ({
        ...now, after: null, body: now.tries ? now.body : { ...now.body, base_revision: revision },
      }));
    }
  }

  async function waiting() {
    const rows = await queue.rows();
    const settled = (id) => !rows.some((row) => row.client_id === id && (row.undo || queue.isWaiting(row)));
    return rows.filter((row) => (queue.isWaiting(row) || row.undo) && (!row.after || settled(row.after)));
  }

  async function round() {
    for (let rows = await waiting(); rows.length; rows = await waiting()) {
      if (!(await deliver(rows[0]))) return false;
    }
    return true;
  }

  /* One tab sends at a time; where the browser cannot promise that, the client id makes a double harmless. */
  async function alone(act) {
    if (!navigator.locks) return act();
    return navigator.locks.request("xiaodun-classroom", { ifAvailable: true }, (lock) => lock ? act() : false);
  }

  async function send() {
    again = busy;
    if (busy) return;
    clearTimeout(timer);
    if (!navigator.onLine) {
      setNet({ online: false });
      return;
    }
    busy = true;
    const done = await alone(round).catch(() => false);
    busy = false;
    failures = done ? 0 : failures + 1;
    if (again) send();
    else if (!done && !net.signedOut) timer = setTimeout(send, Math.min(2 ** failures, LONGEST_WAIT_S) * 1000);
  }

  function sendNow() {
    failures = 0;
    return send();
  }

  window.addEventListener("offline", () => setNet({ online: false }));
  window.addEventListener("online", () => { setNet({ online: true }); sendNow(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sendNow(); });

  room.sender = { net, theirs, send: sendNow };
})((window.classroom = window.classroom || {}));
