// The page's place is in the URL of this script, and moves on with each event.
const script = document.currentScript;
const base = new URL('.', script.src);
let at = new URL(script.src).searchParams.get('at');
script.remove();

let stream = null;
let heard = false;

function connect() {
  stream = new EventSource(new URL(`events?at=${encodeURIComponent(at)}`, base));
  on('reload', reload);
  on('styles', refreshStyles);
  on('failures', showFailures);
  stream.onerror = () => {
    if (stream.readyState !== EventSource.CLOSED) return; // it connects again by itself
    if (heard) setTimeout(listen, 2000);
    else console.warn('supervisor: this page gets no events, so it will not reload by itself');
    stream = null;
  };
}

function on(name, act) {
  stream.addEventListener(name, (event) => {
    heard = true;
    at = event.lastEventId;
    act(JSON.parse(event.data));
  });
}

// A page that a service worker keeps is as old after a reload as it was before. It
// is reloaded once for each version, not for ever.
function reload(to) {
  const key = 'supervisor.reloaded';
  const reloaded = performance.getEntriesByType('navigation')[0]?.type === 'reload';
  try {
    if (reloaded && sessionStorage.getItem(key) === to) {
      console.warn('supervisor: this page is out of date, and a reload does not help: it comes from a cache');
      return;
    }
    sessionStorage.setItem(key, to);
  } catch { /* there is no storage for this page */ }
  stream.close();
  location.reload();
}

// Only a page that is seen keeps a connection: browsers allow six to a host, and a
// page that is restored from memory is told what it missed.
function listen() {
  const seen = document.visibilityState === 'visible';
  if (seen && !stream) connect();
  if (!seen && stream) {
    stream.close();
    stream = null;
  }
}

const once = Symbol.for('supervisor');
if (!window[once]) {
  window[once] = true;
  document.addEventListener('visibilitychange', listen);
  listen();
}
