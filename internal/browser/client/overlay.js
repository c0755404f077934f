const look = `
:host {
  all: initial !important;
  position: fixed !important;
  inset: 0 !important;
  z-index: 2147483647 !important;
  display: block !important;
  box-sizing: border-box !important;
  width: 100% !important;
  height: 100% !important;
  padding: 5vh 1rem !important;
  overflow: auto !important;
  background: rgb(10 12 16 / 80%) !important;
}
main {
  max-width: 60rem;
  margin: 0 auto;
  padding: 1.25rem 1.5rem;
  border-top: 4px solid #ff5c57;
  border-radius: 6px;
  background: #16181d;
  color: #e6e6e6;
  font: 14px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
main + main { margin-top: 1rem; }
header { display: flex; justify-content: space-between; gap: 1rem; }
h1 { margin: 0; color: #ff7b76; font: inherit; font-size: 18px; font-weight: bold; }
button { padding: 0 .75rem; border: 1px solid #555; border-radius: 4px; background: none; color: inherit; font: inherit; cursor: pointer; }
ol { margin: 1rem 0; padding: 0; list-style: none; }
li { margin: .75rem 0; }
li b { color: #7cc7ff; }
p { margin: .5rem 0 0; color: #a8b0bd; }
pre { margin: .25rem 0 0; font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
`;

let overlay = null;

// showFailures lays the failures over the page, or takes them away if there are
// none. A page in a frame of a page of the same origin leaves it to that one.
function showFailures(failures) {
  hide();
  if (failures.length === 0 || framed()) return;
  overlay = document.createElement('supervisor-overlay');
  const root = overlay.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet(); // unlike a style element no policy forbids it
  sheet.replaceSync(look);
  root.adoptedStyleSheets = [sheet];
  root.append(...failures.map(panel));
  document.documentElement.append(overlay);
  if (overlay.showPopover) { // above dialogs too
    overlay.popover = 'manual';
    overlay.showPopover();
  }
  addEventListener('keydown', onKey, true);
}

function hide() {
  overlay?.remove();
  overlay = null;
  removeEventListener('keydown', onKey, true);
}

function onKey(event) {
  if (event.key !== 'Escape') return;
  event.stopPropagation();
  hide();
}

function panel(failure) {
  const close = element('button', 'Hide (Esc)');
  close.onclick = hide;
  const main = element('main', element('header', element('h1', `${failure.service}: ${failure.title}`), close));
  main.setAttribute('role', 'alert');
  const problems = failure.problems ?? [];
  if (problems.length) main.append(element('ol', ...problems.map(item)));
  if (failure.text) main.append(element('pre', failure.text));
  if (failure.note) main.append(element('p', failure.note));
  return main;
}

function item(problem) {
  const place = [problem.file, problem.line, problem.column].filter(Boolean).join(':');
  return element('li', element('b', place), element('pre', problem.message));
}

// element never reads markup: what compilers print is text.
function element(name, ...content) {
  const e = document.createElement(name);
  e.append(...content);
  return e;
}

function framed() {
  try {
    return window !== parent && Boolean(parent.location.href);
  } catch {
    return false; // of another origin
  }
}
