"use strict";
/* The queue of this phone, in IndexedDB: one row for each submission, appended and never edited. A row's body is what
   was signed for; only its state moves, here -> sent -> confirmed, or to other / stuck, where a person decides.
   Rows hold ids and codes, no names, so an unsent row may outlive the day on which the list itself is wiped. */
(function (room) {
  const DATABASE = "xiaodun-classroom";
  const STORE = "checks";
  const WAITING = ["here", "sent"];
  const memory = new Map();
  const neighbours = "BroadcastChannel" in window ? new BroadcastChannel(DATABASE) : null;
  let opening = null;

  const queue = { lasting: true };

  function open() {
    opening ||= new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "client_id" });
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        request.result.onversionchange = () => { request.result.close(); opening = null; };
        resolve(request.result);
      };
    });
    return opening;
  }

  /* Runs `work(store)` in one transaction; resolves with the value it gave to `give`, once the rows are on the disk. */
  async function transact(mode, work) {
    const database = await open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
      work(transaction.objectStore(STORE), (value) => { result = value; });
    });
  }

  /* A browser that refuses storage still sends: the rows live in this page, and the banner says so. */
  async function run(mode, work, without) {
    if (queue.lasting) {
      try {
        return await transact(mode, work);
      } catch {
        queue.lasting = false;
        opening = null;
      }
    }
    return without();
  }

  function changed() {
    room.tell("queue");
    neighbours?.postMessage("queue");
  }

  /* All rows of the signed-in account, oldest first. Another account's rows are neither shown nor sent. */
  queue.rows = async function () {
    const all = await run("readonly", (store, give) => {
      store.getAll().onsuccess = (event) => give(event.target.result);
    }, () => []);
    const mine = [...all, ...memory.values()].filter((row) => row.account === room.data.account);
    return mine.sort((a, b) => a.saved_at - b.saved_at);
  };

  queue.isWaiting = (row) => WAITING.includes(row.state);
  queue.isUnsent = (row) => row.state !== "confirmed";

  /* Appends a row; with `instead`, takes that row out in the same transaction, so that one of the two always stands. */
  queue.add = async function (row, instead = null) {
    await run("readwrite", (store) => {
      store.add(row);
      if (instead) store.delete(instead);
    }, () => { memory.set(row.client_id, row); memory.delete(instead); });
    changed();
  };

  /* Changes a row's state fields by `edit(row)`, which returns the new row or null to remove it.
     Resolves with what stands afterwards; null when the row was not there. */
  queue.change = async function (clientId, edit) {
    const standing = memory.get(clientId);
    const after = standing ? editInMemory(standing, edit) : await run("readwrite", (store, give) => {
      store.get(clientId).onsuccess = (event) => {
        const row = event.target.result;
        const next = row ? edit(row) : null;
        if (next) store.put(next);
        else if (row) store.delete(clientId);
        give(next);
      };
    }, () => null);
    changed();
    return after || null;
  };

  function editInMemory(row, edit) {
    const next = edit(row);
    if (next) memory.set(row.client_id, next);
    else memory.delete(row.client_id);
    return next;
  }

  queue.remove = (clientId) => queue.change(clientId, () => null);

  /* Wipes what has arrived and is not of today, and what another account left confirmed. Unsent rows stay. */
  queue.tidy = async function () {
    const today = room.deviceDay();
    const spent = (row) => row.state === "confirmed" && !row.undo
      && (row.kept_on !== today || row.account !== room.data.account);
    await run("readwrite", (store) => {
      store.openCursor().onsuccess = (event) => {
        const cursor = event.target.result;
        if (!cursor) return;
        if (spent(cursor.value)) cursor.delete();
        cursor.continue();
      };
    }, () => undefined);
  };

  /* Signing out: nothing of the class stays on the phone. */
  queue.forget = async function () {
    memory.clear();
    if (opening) (await opening.catch(() => null))?.close();
    opening = null;
    await new Promise((resolve) => {
      const request = indexedDB.deleteDatabase(DATABASE);
      request.onsuccess = request.onerror = request.onblocked = resolve;
    });
    await Promise.all((await window.caches?.keys() || []).filter((name) => name.startsWith("xiaodun-class"))
      .map((name) => caches.delete(name)));
  };

  /* Ask once that the browser does not clear the queue when the phone runs full. */
  queue.askToLast = async function () {
    if (navigator.storage?.persist && !(await navigator.storage.persisted())) await navigator.storage.persist();
  };

  neighbours?.addEventListener("message", (event) => {
    if (event.data === "queue") room.tell("queue");
    if (event.data === "signed-out") queue.forget().then(() => location.reload());
  });

  room.queue = queue;
})((window.classroom = window.classroom || {}));
