// The page's elements and the values the server put on <html>.

/** The element of that id, which the page's template always has. */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element #${id}`);
  return element;
}

/** Shows text in an element, or hides the element when there is none. */
export function show(element, text) {
  element.hidden = !text;
  if (text && element.textContent !== text) element.textContent = text;
}

/** Path below which the server is reached: empty, or starting with "/". */
export const base = document.documentElement.dataset.base ?? '';

/** Where playlists, media and the server's clock are: as `base`, or another origin. */
export const playbackBase = document.documentElement.dataset.playback ?? base;

/** The channel this page is about, empty on pages that are about none. */
export const channel = document.documentElement.dataset.channel ?? '';

/** "4 min", "1 h 12 min": how long ago an ISO time was, by a clock in ms. */
export function since(isoTime, nowMs) {
  const minutes = Math.max(0, Math.floor((nowMs - Date.parse(isoTime)) / 60_000));
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "12 watching"; empty when nobody does, and while that is not known. */
export function watching(viewers) {
  return viewers ? `${viewers.toLocaleString('en')} watching` : '';
}

/** Copies text and says in `toast` whether that worked. */
export async function copy(text, toast, done) {
  let said = done;
  try {
    await navigator.clipboard.writeText(text); // only on https and localhost
  } catch {
    said = copyBySelection(text) ? done : 'Copying is not allowed here; select the text instead.';
  }
  toast.textContent = said;
  toast.classList.add('shown');
  setTimeout(() => toast.classList.remove('shown'), 2500);
}

function copyBySelection(text) {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'offscreen';
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  return copied;
}
