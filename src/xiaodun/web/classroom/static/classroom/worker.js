"use strict";
/* Answers for the class page without a network: the page itself first from the network, then from the copy of the same day;
   its style and scripts from the copy when their address carries a version. Submissions never pass through here. */
const PAGES = "xiaodun-class-pages";
const ASSETS = "xiaodun-class-assets";
const WAIT_MS = 4000;
const ACCOUNT = "/.account";
const NOTICE = "/.notice";
const IS_CLASS_PAGE = 'id="class-data"';
const VERSIONED = /[?&]v=\w+|\.[0-9a-f]{8,}\./;

const deviceDay = () => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date());
const later = (ms) => new Promise((resolve) => { setTimeout(resolve, ms, null); });
const plain = (address) => address.split("#")[0];
const match = (cache, address) => cache.match(address, { ignoreVary: true });

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/* The copy says that it is one and of which day; its security headers stay, its encoding is undone. */
async function copyOf(response) {
  const html = await response.text();
  if (!html.includes(IS_CLASS_PAGE)) return null;
  const headers = new Headers(response.headers);
  for (const name of ["content-encoding", "content-length", "set-cookie"]) headers.delete(name);
  headers.set("x-kept-on", deviceDay());
  return new Response(html.replace("<html", `<html data-kept="${deviceDay()}"`), { headers });
}

/* Notes what the network said: a page is kept, a refusal or a sign-in page wipes the copy (the phone may have been revoked). */
async function note(address, response) {
  const pages = await caches.open(PAGES);
  const refused = response.type === "opaqueredirect" || response.redirected || [401, 403, 404, 410].includes(response.status);
  if (refused) return pages.delete(address, { ignoreVary: true });
  const copy = response.ok ? await copyOf(response) : null;
  return copy ? pages.put(address, copy) : false;
}

async function kept(address) {
  const pages = await caches.open(PAGES);
  const copy = await match(pages, address);
  if (copy && copy.headers.get("x-kept-on") === deviceDay()) return copy;
  if (copy) await pages.delete(address, { ignoreVary: true });
  return null;
}

async function page(event) {
  const address = plain(event.request.url);
  const asked = fetch(event.request).then((response) => {
    event.waitUntil(note(address, response.clone()).catch(() => null));
    return response;
  });
  event.waitUntil(asked.catch(() => null));
  const first = await Promise.race([asked.catch(() => null), later(WAIT_MS)]);
  if (first && first.status < 500) return first;
  const copy = await kept(address);
  if (copy) return copy;
  return first || asked.catch(async () => (await match(await caches.open(PAGES), NOTICE)) || Response.error());
}

async function asset(request) {
  const assets = await caches.open(ASSETS);
  const copy = await match(assets, request.url);
  if (copy && VERSIONED.test(request.url)) return copy;
  try {
    const response = await fetch(request);
    if (copy && response.ok) await assets.put(request.url, response.clone());
    return response;
  } catch (failure) {
    if (copy) return copy;
    throw failure;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (["style", "script"].includes(request.destination)) event.respondWith(asset(request));
});

async function wipe() {
  await Promise.all([caches.delete(PAGES), caches.delete(ASSETS)]);
}

function noticePage({ notice, title, language, assets }) {
  const style = assets.filter((address) => address.includes(".css")).map((address) => `<link rel="stylesheet" href="${address}">`);
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title>`;
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": "default-src 'self'" };
  return new Response(`<!doctype html><html lang="${language}"><head>${head}${style.join("")}</head><body class="phone">${notice}</body></html>`, { headers });
}

/* Keeps what the page stands on, for its own account and day only, and drops assets it no longer names. */
async function keep(message) {
  const held = await (await match(await caches.open(PAGES), ACCOUNT))?.text();
  if (held !== message.account) await caches.delete(PAGES);
  const pages = await caches.open(PAGES);
  await pages.put(ACCOUNT, new Response(message.account));
  await pages.put(NOTICE, noticePage(message));
  for (const { url } of await pages.keys()) {
    if (!url.endsWith(ACCOUNT) && !url.endsWith(NOTICE)) await kept(url);
  }
  if (!(await kept(plain(message.page)))) await note(plain(message.page), await fetch(message.page, { credentials: "same-origin" }));
  const assets = await caches.open(ASSETS);
  for (const request of await assets.keys()) {
    if (!message.assets.includes(request.url)) await assets.delete(request);
  }
  for (const address of message.assets) {
    if (!(await match(assets, address))) await assets.add(address);
  }
}

self.addEventListener("message", (event) => {
  const { kind } = event.data || {};
  if (kind === "keep") event.waitUntil(keep(event.data).catch(() => null));
  if (kind === "forget") event.waitUntil(wipe());
});
