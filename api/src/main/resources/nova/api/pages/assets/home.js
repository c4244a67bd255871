// What is live now, as cards; the list is asked for again every few seconds.

import { base, byId, copy, since, watching } from './dom.js';

const INTERVAL_MS = 4000;
const POSTER_INTERVAL_MS = 10_000;
const cards = byId('cards');

const STATES = { live: 'Live', reconnecting: 'Reconnecting', starting: 'Starting' };

/** Only what changed is touched, so that focus and scroll position stay. */
function showChannels(playbacks) {
  const wanted = new Map(playbacks.map((playback) => [playback.channel, playback]));
  for (const card of [...cards.children]) {
    if (!wanted.has(card.dataset.channel)) card.remove();
  }
  for (const playback of wanted.values()) {
    let card = cards.querySelector(`[data-channel="${CSS.escape(playback.channel)}"]`);
    if (!card) {
      card = newCard(playback.channel);
      cards.append(card);
    }
    fillCard(card, playback);
  }
  document.body.dataset.state = playbacks.length ? 'live' : 'empty';
  byId('empty').hidden = playbacks.length > 0;
  const count = playbacks.length === 1 ? '1 broadcast' : `${playbacks.length} broadcasts`;
  setText(byId('count'), playbacks.length ? count : '');
}

function newCard(channel) {
  const card = document.createElement('li');
  card.dataset.channel = channel;
  const link = element('a', 'card');
  link.href = `${base}/watch/${encodeURIComponent(channel)}`;
  const art = element('div', 'card-art');
  art.style.setProperty('--hue', String(hueOf(channel)));
  art.append(element('span', 'card-letter', channel.charAt(0)), element('span', 'badge'));
  const body = element('div', 'card-body');
  body.append(element('h2', 'card-title', channel), element('p', 'card-facts'));
  link.append(art, body);
  card.append(link);
  return card;
}

function fillCard(card, playback) {
  card.dataset.state = playback.state;
  const badge = card.querySelector('.badge');
  badge.dataset.state = playback.state;
  setText(badge, STATES[playback.state] ?? '');
  setText(card.querySelector('.card-title'), playback.title ?? playback.channel);
  setText(card.querySelector('.card-facts'), factsOf(playback));
  showPoster(card, playback.poster);
}

/** The letter stays until there is a picture, and the picture until there is the next. */
function showPoster(card, poster) {
  const shown = card.querySelector('.card-poster');
  if (!poster) {
    shown?.remove();
    return;
  }
  const now = performance.now();
  const fresh = shown && now - Number(shown.dataset.at) < POSTER_INTERVAL_MS;
  if (fresh || document.hidden || shown?.getAttribute('src') === poster) return;
  const image = shown ?? newPoster(card);
  image.dataset.at = String(now);
  image.src = poster;
}

function newPoster(card) {
  const image = element('img', 'card-poster');
  image.alt = `What ${card.dataset.channel} shows now`;
  image.hidden = true;
  image.addEventListener('load', () => (image.hidden = false));
  image.addEventListener('error', () => image.remove());
  card.querySelector('.card-letter').after(image);
  return image;
}

function factsOf({ state, startedAt, width, height, frameRate, viewers }) {
  const time = since(startedAt, Date.now());
  const facts = [time === 'just now' ? 'just started' : `for ${time}`];
  if (height) facts.push(`${Math.min(width, height)}p`);
  else if (state !== 'starting') facts.push('audio only');
  if (frameRate) facts.push(`${Math.round(frameRate)} fps`);
  if (viewers) facts.push(watching(viewers));
  return facts.join(' · ');
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** The same colour for a channel every time. */
function hueOf(channel) {
  let hash = 0;
  for (const letter of channel) hash = (hash * 31 + letter.codePointAt(0)) % 9973;
  return (hash * 137) % 360;
}

async function refresh() {
  const notice = byId('notice');
  try {
    const response = await fetch(`${base}/api/v1/playback`, {
      signal: AbortSignal.timeout(8000),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    showChannels((await response.json()).channels);
    notice.hidden = true;
  } catch {
    notice.textContent = 'The server cannot be reached. Trying again.';
    notice.hidden = false;
  }
  setTimeout(refresh, document.hidden ? 4 * INTERVAL_MS : INTERVAL_MS);
}

const port = document.documentElement.dataset.rtmpPort;
const server = `rtmp://${location.hostname}${port === '1935' ? '' : `:${port}`}/live`;
byId('server').textContent = server;
byId('copy-server').addEventListener('click', () => copy(server, byId('toast'), 'Server copied.'));
refresh();
