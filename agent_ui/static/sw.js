// The desktop works only with the server behind it, so nothing of its data is kept: the worker makes it
// installable, serves bundles from the cache at once, and says plainly when there is no connection.
const CACHE = "sangdam-desk-1";
const OFFLINE =
  '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>연결 없음</title>' +
  '<p lang="ko">서버에 연결할 수 없습니다. 네트워크를 확인한 후 새로 고쳐 주세요.</p>' +
  '<p lang="en">The server cannot be reached. Check the network, then reload.</p>';

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.includes("/static/dist/")) {
    event.respondWith(fromCache(event.request));
  } else if (event.request.mode === "navigate") {
    event.respondWith(
      fetch(event.request).catch(
        () => new Response(OFFLINE, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } }),
      ),
    );
  }
});

async function fromCache(request) {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok && new URL(request.url).searchParams.has("v")) await cache.put(request, answer.clone());
  return answer;
}
