// The links that were put beside others and are not loaded yet: new by old.
const fresh = new Map();

// refreshStyles loads the style sheets of the page again that have the base names
// of changed files or import such, or all if there are none.
function refreshStyles(paths) {
  const names = new Set(paths.map(baseName));
  const links = [...document.querySelectorAll('link[rel~="stylesheet"][href]')]
    .filter((link) => ours(link.href) && ![...fresh.values()].includes(link));
  const hit = links.filter((link) => [link.href, ...imports(link.sheet)].some((url) => names.has(baseName(url))));
  for (const link of hit.length ? hit : links) swap(link);
}

// swap puts a new link after the old one, which stays until the new one is loaded.
async function swap(link) {
  const nested = imports(link.sheet).map((url) => fetch(url, { cache: 'reload' }).catch(() => {}));
  const next = link.cloneNode();
  fresh.get(link)?.remove();
  fresh.set(link, next);
  const url = new URL(link.href);
  url.searchParams.set('supervisor', at);
  next.removeAttribute('integrity'); // of the old content
  next.href = url;
  next.onload = () => done(link);
  next.onerror = () => done(next);
  await Promise.all(nested);
  if (fresh.get(link) === next) link.after(next);

  function done(gone) {
    gone.remove();
    if (fresh.get(link) === next) fresh.delete(link);
  }
}

// imports lists what a style sheet imports from this origin, and what that imports.
function imports(sheet) {
  const found = [];
  let rules = [];
  try {
    rules = sheet?.cssRules ?? [];
  } catch { /* of another origin */ }
  for (const rule of rules) {
    if (!(rule instanceof CSSImportRule)) continue;
    const url = new URL(rule.href, sheet.href ?? document.baseURI).href;
    if (ours(url)) found.push(url);
    found.push(...imports(rule.styleSheet));
  }
  return found;
}

function ours(url) {
  return new URL(url).origin === location.origin;
}

function baseName(path) {
  return path.split(/[?#]/)[0].split(/[\\/]/).pop();
}
