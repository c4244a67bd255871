// What the address of a player page may ask for: ?muted=0 and ?autoplay=0.

/** {muted, autoplay} as asked in a query string; a live player is muted and plays by default. */
export function playerOptions(query) {
  const asked = new URLSearchParams(query);
  return { muted: !isNo(asked.get('muted')), autoplay: !isNo(asked.get('autoplay')) };
}

function isNo(value) {
  return value === '0' || value === 'false';
}
