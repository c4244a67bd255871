// The token of a channel that is not for everybody, as in /watch/my-show#token=nova_… or ?token=…
// What follows # stays in the browser; what follows ? is in the logs of every proxy on the way.

import { playbackBase } from './dom.js';

const FORM = /^[\w.~-]{1,256}$/; // needs no escaping in a path

/** What this page's address shows, empty when it shows none. */
export const token = shown(location.hash.slice(1)) || shown(location.search);

/** Headers that show it to the API. */
export const authorization = token ? { Authorization: `Bearer ${token}` } : {};

/** Where media or a playlist is for whoever has the token; URIs relative to that have it too. */
export function throughToken(url) {
  return token ? `${playbackBase}/p/${token}${url.slice(playbackBase.length)}` : url;
}

function shown(parameters) {
  const value = new URLSearchParams(parameters).get('token') ?? '';
  return FORM.test(value) ? value : '';
}
